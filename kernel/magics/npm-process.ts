import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { posix, win32 } from "node:path";
import type { Readable } from "node:stream";
import { childEnvironment, diesWithParent, endMarked, marked, newMark } from "../../interpreter/index.ts";
import { UserError } from "../cells/cell.ts";

const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=http"];
const KILL_AFTER_MS = 10_000; // an interrupted npm puts the folder back first: killed before, it would leave it half changed

export interface NpmRun {
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<void>; // rejects with a UserError where npm failed
}

/** npm in a folder; packages' own install scripts get an environment without the secrets of qwenlab and Jupyter. */
export function runNpm(words: readonly string[], folder: string, signal: AbortSignal): NpmRun {
  const mark = newMark();
  const npm = npmCommand(process);
  const command = diesWithParent({ ...npm, args: [...npm.args, ...words, ...QUIET, "--prefix", folder] });
  const env = marked(childEnvironment(process.env), mark);
  const child = spawn(command.program, command.args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => {
    child.kill("SIGINT");
    setTimeout(endMarked, KILL_AFTER_MS, mark).unref();
  };
  signal.addEventListener("abort", stop, { once: true });
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", ({ message }) => reject(new UserError(`npm could not be started: ${message}`)));
    child.on("exit", (code) => {
      signal.removeEventListener("abort", stop);
      if (code === 0) resolve();
      else
        reject(
          new UserError(`npm ended with ${code === null ? "a signal" : `exit status ${code}`}; it says why above`),
        );
    });
  });
  return { stdout: child.stdout, stderr: child.stderr, ended };
}

/** npm is a program for Node, and lies beside it; on Windows only so can it be started without a shell. */
export function npmCommand(
  { execPath, platform }: Pick<NodeJS.Process, "execPath" | "platform">,
  isThere: (path: string) => boolean = existsSync,
): { readonly program: string; readonly args: readonly string[] } {
  const { dirname, join } = platform === "win32" ? win32 : posix;
  const beside = platform === "win32" ? dirname(execPath) : join(dirname(dirname(execPath)), "lib");
  const script = join(beside, "node_modules", "npm", "bin", "npm-cli.js");
  return isThere(script) ? { program: execPath, args: [script] } : { program: "npm", args: [] };
}
