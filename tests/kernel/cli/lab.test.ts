import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { freePorts } from "../../free-ports.ts";

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

const api = (path: string, token = url.searchParams.get("token"), init: RequestInit = {}) =>
  fetch(`${url.origin}/api/${path}?token=${token}`, init);

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
  const post = { method: "POST", body: JSON.stringify({ name }) };
  const { id } = (await (await api("kernels", undefined, post)).json()) as { id: string };
  const connection = JSON.parse(readFileSync(join(folder, "..", "runtime", `kernel-${id}.json`), "utf8"));
  expect(connection).toMatchObject({ transport: "tcp", curve_publickey: expect.stringMatching(/^\S{40}$/) });
  expect(await resultOf(id, code)).toBe("42");
});

/** Of a cell in a kernel, through the server's websocket. */
async function resultOf(kernelId: string, code: string): Promise<string> {
  const token = url.searchParams.get("token");
  const socket = new WebSocket(`ws://${url.host}/api/kernels/${kernelId}/channels?token=${token}`);
  try {
    return await new Promise<string>((resolve, reject) => {
      socket.on("error", reject);
      socket.on("message", (data) => {
        const { msg_type, content } = JSON.parse(String(data));
        if (msg_type === "execute_result") resolve(content.data["text/plain"]);
        if (msg_type === "error") reject(new Error(content.evalue));
      });
      socket.on("open", () => {
        const header = { msg_id: "1", msg_type: "execute_request", session: "1", username: "", version: "5.5" };
        const content = { code, silent: false, store_history: false, user_expressions: {}, allow_stdin: false };
        socket.send(JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content }));
      });
    });
  } finally {
    socket.close();
  }
}

test("Ctrl-C ends everything", async () => {
  lab.kill("SIGINT");
  const [exitCode] = await once(lab, "exit");
  expect(exitCode).toBe(0);
  await expect(api("status")).rejects.toThrow();
});
