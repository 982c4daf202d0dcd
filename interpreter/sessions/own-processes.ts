// What this process starts ends with it, however it ends. Three means, since each has a gap:
// - A guard, a shell of its own session, waits for the end of a pipe that this process holds. Then it ends all that
//   bears our mark in its environment, what cells detached too, and removes our folder. Linux; elsewhere the folder only.
// - Linux kills a direct child at the moment its parent dies (PR_SET_PDEATHSIG by setpriv), whatever it is busy with,
//   also stopped.
// - The channels to the children close, and they end; a loop that never rests does not notice.
// Not covered: what was given an environment without the mark, or runs as another user.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "../find-program.ts";

const MARK = "QWENLAB_STARTED_BY";
const MAX_ROUNDS = 50; // of looking for processes: what starts others while it is ended comes up in the next
const OURS = randomBytes(8).toString("hex");
// $1 our mark without the number of what was started, $2 our folder. Three rounds: a process that is just starting has
// its environment a moment later.
const GUARD = `read -r _
for _ in 1 2 3; do
  for file in $(grep -lsz "^$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}"
  done
  rm -rf -- "$2"
  sleep 0.3
done`;

let folder: string | undefined;
let setpriv: string | null | undefined;
let nextNumber = 1;

/** A folder for files that nobody needs after this process; only this user can open it (mode 0700). */
export function ownFolder(): string {
  if (folder !== undefined && existsSync(folder)) return folder; // a cleaner of /tmp may have taken it
  const made = mkdtempSync(join(tmpdir(), "qwenlab-"));
  if (process.platform !== "win32") startGuard(made);
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

/** A mark for what is started together, to be ended together. */
export function newMark(): string {
  ownFolder(); // and with it the guard
  return `${OURS}.${nextNumber++}.`;
}

export function marked(env: NodeJS.ProcessEnv, mark: string): NodeJS.ProcessEnv {
  return { ...env, [MARK]: mark };
}

/** The same command, which does not outlive this process; unchanged where the system has no means for it. */
export function diesWithParent<Command extends { readonly program: string; readonly args: readonly string[] }>(
  command: Command,
): Command {
  const wrapper = deathSignalWrapper();
  if (wrapper.length === 0) return command;
  const [program = "", ...args] = [...wrapper, command.program, ...command.args];
  return { ...command, program, args };
}

/** What goes before a command, so that it is killed when its parent dies; empty where there is no such program. */
export function deathSignalWrapper(): readonly string[] {
  setpriv ??= process.platform === "linux" ? (findSetpriv() ?? null) : null;
  return setpriv === null ? [] : [setpriv, "--pdeathsig", "KILL"];
}

/** Kills all that bears the mark. Nothing where there is no /proc. */
export function endMarked(mark: string): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = processesWith(`${MARK}=${mark}`);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // it ended in the meantime
      }
    }
  }
}

function startGuard(ownedFolder: string): void {
  const guard = spawn("/bin/sh", ["-c", GUARD, "qwenlab-guard", `${MARK}=${OURS}\\.`, ownedFolder], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // whoever kills our group leaves it
  });
  guard.on("error", () => {}); // no shell: the other means are left
  guard.stdin.on("error", () => {});
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref(); // a pipe is a socket here, which its type does not say
}

/** Not every setpriv knows the option: busybox has one without it. */
function findSetpriv(): string | undefined {
  const path = findProgram("setpriv");
  if (path === undefined) return undefined;
  return spawnSync(path, ["--pdeathsig", "KILL", "true"], { stdio: "ignore" }).status === 0 ? path : undefined;
}

function processesWith(variable: string): number[] {
  if (process.platform !== "linux") return [];
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => pid !== process.pid && environmentOf(pid).split("\0").includes(variable));
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8");
  } catch {
    return ""; // it has ended, or is another user's
  }
}
