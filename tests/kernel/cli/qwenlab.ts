import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { vi } from "vitest";
import { main } from "../../../kernel/cli/main.ts";

export const PROGRAM = resolve(import.meta.dirname, "../../../bin/qwenlab.js");

export interface Result {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly timeout?: number; // ms, of a command that could go on for ever: it is ended then, and has no exit code
}

/** Runs the compiled program as a user does. */
export function qwenlab(
  args: readonly string[],
  { input = "", env = {}, cwd, timeout }: RunOptions = {},
): Promise<Result> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, timeout, env: { ...process.env, ...env } });
  child.stdin.on("error", () => {}); // a command that does not read may be gone before
  child.stdin.end(input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (exitCode) => done({ exitCode, stdout, stderr }));
  });
}

/** What the program says of a command line that opens no model: without the second that a process takes. */
export async function qwenlabHere(args: readonly string[]): Promise<Result> {
  const said = { stdout: "", stderr: "" };
  const written = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      said[name] += text;
      return true;
    }),
  );
  const before = process.stdout.listeners("error");
  try {
    return { exitCode: await main(args), ...said };
  } finally {
    for (const spy of written) spy.mockRestore();
    for (const listener of process.stdout.listeners("error")) {
      if (!before.includes(listener)) process.stdout.off("error", listener as () => void);
    }
  }
}
