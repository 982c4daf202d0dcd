// The same cells against an engine that is not ours: llama.cpp's own server with the same file.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modelFile } from "../../engine/index.ts";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { KernelProcess } from "./kernel-process.ts";

const STARTS_WITHIN_MS = 120_000;
const ANSWERS_WITHIN_MS = 180_000;
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
}, STARTS_WITHIN_MS);
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

test("%%chat streams its answer", { timeout: ANSWERS_WITHIN_MS }, async () => {
  const [answer] = await shown("%%chat --max-tokens 30\nWhat is the capital of France? One word.");
  expect(answer?.["text/plain"]).toContain("Paris");
});

test("%%agent queries the table and answers", { timeout: ANSWERS_WITHIN_MS }, async () => {
  const [trace] = await shown("%%agent\nHow many cars are there?");
  expect(trace?.["text/markdown"]).toContain("run_sql");
  expect(trace?.["text/markdown"]).toMatch(/\b3\b/);
});

test("a chart comes under a schema, as ours gives it", { timeout: ANSWERS_WITHIN_MS }, async () => {
  const outputs = await shown("%%agent\nDraw a bar chart of the mean mpg by origin");
  expect(outputs.find((data) => VEGA_LITE in data)).toMatchObject({ "image/svg+xml": expect.stringContaining("<svg") });
});

test("qwen.chat() reaches it", { timeout: ANSWERS_WITHIN_MS }, async () => {
  const [answer] = await shown("await qwen.chat('Say yes.', { notebook: false, maxTokens: 5 })");
  expect(String(answer?.["text/plain"])).toMatch(/yes/i);
});
