// The same cells against an engine that is not ours: llama.cpp's own server with the same file.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelFile } from "../../engine/index.ts";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { isNightly } from "../nightly.ts";
import { KernelProcess } from "./kernel-process.ts";

const VEGA_LITE = "application/vnd.vegalite.v5+json";

let server: ChildProcess;
let kernel: KernelProcess;

beforeAll(async () => {
  const model = await modelFile("qwen2.5-coder-0.5b", { cacheDir: process.env.QWENLAB_CACHE_DIR! });
  const script = fileURLToPath(new URL("llama-server.py", import.meta.url));
  server = spawn(process.env.TEST_PYTHON!, [script, model], { stdio: ["pipe", "pipe", "pipe"] });
  const address = await firstLine(server);
  const env = { QWENLAB_BASE_URL: `${address}/v1`, QWENLAB_API_KEY: "a key" };
  kernel = await KernelProcess.start({ env, answer: () => "no" });
  writeFileSync(join(kernel.folder, "cars.csv"), "name,origin,mpg\na,USA,10\nb,USA,20\nc,Japan,30\n");
});
afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  server?.kill();
});

/** Of what a server prints; fails with what it complains of if it ends before. */
function firstLine(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr!.on("data", (text) => {
    said = (said + text).slice(-20_000);
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout! }).once("line", resolve);
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
}

async function shown(source: string): Promise<Record<string, unknown>[]> {
  const { reply, messages } = await kernel.execute(source);
  expect(reply, String(reply.evalue)).toMatchObject({ status: "ok" });
  const latest = new Map<unknown, Record<string, unknown>>(); // of each display, its last state
  for (const { header, content } of messages as JupyterMessage[]) {
    if (!/display_data|execute_result/.test(header.msg_type)) continue;
    const { display_id = header.msg_id } = (content.transient ?? {}) as { display_id?: string };
    latest.set(display_id, content.data as Record<string, unknown>);
  }
  return [...latest.values()];
}

test("%%chat streams its answer", async () => {
  const [answer] = await shown("%%chat --max-tokens 30\nWhat is the capital of France? One word.");
  expect(answer?.["text/plain"]).toContain("Paris");
});

// Each reads prompts of some thousand tokens: what the agent makes of its answers, analyst.test.ts shows by day.
describe.each(isNightly ? ["the agent"] : [])("%s", () => {
  test("queries the table and answers", async () => {
    const [trace] = await shown("%%agent\nHow many cars are there?");
    expect(trace?.["text/markdown"]).toContain("run_sql");
    expect(trace?.["text/markdown"]).toMatch(/\b3\b/);
  });

  test("draws a chart under a schema, as with ours", async () => {
    const outputs = await shown("%%agent\nDraw a bar chart of the mean mpg by origin");
    const chart = outputs.find((data) => VEGA_LITE in data);
    expect(chart).toMatchObject({ "image/svg+xml": expect.stringContaining("<svg") });
  });
});

test("qwen.chat() reaches it", async () => {
  const [answer] = await shown("await qwen.chat('Say yes.', { notebook: false, maxTokens: 5 })");
  expect(String(answer?.["text/plain"])).toMatch(/yes/i);
});
