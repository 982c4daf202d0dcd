import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../free-ports.ts";
import { execute, startKernel } from "../../jupyter-server.ts";

const STARTS_WITHIN_MS = 240_000; // less than a hook may take
const PROGRAM = resolve(import.meta.dirname, "../../../bin/qwenlab.js");

let folder: string;
let lab: ChildProcess;
let url: URL;

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), "lab-")), "notebooks");
  const [port] = await freePorts(1); // what `lab` takes by itself, another that starts meanwhile may find as well
  lab = spawn(process.execPath, [PROGRAM, "lab", folder, "--no-browser", "--yes", "--port", String(port)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, JUPYTER_RUNTIME_DIR: join(folder, "..", "runtime") },
  });
  let said = "";
  lab.stderr?.on("data", (text) => {
    said += text;
  });
  url = await new Promise((found, fail) => {
    createInterface({ input: lab.stdout! }).on("line", (line) => line.includes("token=") && found(new URL(line)));
    lab.on("exit", (code) => fail(new Error(`lab ended with ${code}: ${said}`)));
    setTimeout(() => fail(new Error(`lab tells no address: ${said}`)), STARTS_WITHIN_MS).unref();
  });
});

afterAll(() => {
  lab.kill("SIGKILL");
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

const api = (path: string, token = url.searchParams.get("token")) => fetch(`${url.origin}/api/${path}?token=${token}`);

test("JupyterLab listens on the loopback address and knows the kernel", async () => {
  expect(url.hostname).toBe("127.0.0.1");
  const { kernelspecs } = (await (await api("kernelspecs")).json()) as { kernelspecs: Record<string, unknown> };
  expect(kernelspecs.qwenlab).toMatchObject({
    spec: { display_name: "Qwen (TypeScript)", language: "typescript", interrupt_mode: "message" },
  });
});

test("nobody comes in without the token", async () => {
  expect((await api("contents", "wrong")).status).toBe(403);
});

test("the tutorial notebooks are there", () => {
  expect(existsSync(join(folder, "01-first-notebook.ipynb"))).toBe(true);
});

test.each([
  ["qwenlab", "6 * 7"],
  ["python3", "6 * 7"],
])("a kernel %s answers, and what it says is encrypted: other users reach its ports", async (name, code) => {
  const id = await startKernel(url, name);
  const connection = JSON.parse(readFileSync(join(folder, "..", "runtime", `kernel-${id}.json`), "utf8"));
  expect(connection).toMatchObject({ transport: "tcp", curve_publickey: expect.stringMatching(/^\S{40}$/) });
  expect(await execute(url, id, code)).toEqual(["42"]);
});

test("Ctrl-C ends everything", async () => {
  lab.kill("SIGINT");
  const [exitCode] = await once(lab, "exit");
  expect(exitCode).toBe(0);
  await expect(api("status")).rejects.toThrow();
});
