// Tries to get out. Runs inside the confinement, as its own program: self-test.ts starts it and reads its JSON.
// An attempt that throws was stopped, by the reason that it throws.
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { seenInHomes } from "./homes.ts";
import { fillingAttempts, kernelAttempts } from "./probes-kernel.ts";

/** What is outside, for the attempts to reach. */
export interface Victims {
  readonly folder: string; // the notebook's
  readonly outside: string; // a folder beside it, with secret.txt
  readonly pid: number; // a process of the same user
  readonly port: number; // it listens there
  readonly socketPath: string;
  readonly abstractSocket: string;
  readonly secretVariable: string; // in the environment of whoever starts this
  readonly marker: string; // seconds of a sleep that must not outlive this
  readonly thorough: boolean; // with what takes seconds, and gigabytes of memory
}

export interface Attempt {
  readonly name: string;
  readonly stoppedBy: string | undefined; // undefined: it succeeded
}

type Try = () => unknown;

const ANSWER_WITHIN_MS = 10_000; // a wall that refuses says so at once

const victims: Victims = JSON.parse(process.argv[2] ?? "{}");
const { folder, outside, pid, port, socketPath, abstractSocket, secretVariable, marker, thorough } = victims;
const secret = join(outside, "secret.txt");

const attempts: Readonly<Record<string, Try>> = {
  "write beside the folder": () => writeFileSync(join(outside, "new.txt"), "x"),
  "write beside it by ..": () => writeFileSync(join(folder, "..", "new.txt"), "x"),
  "write into the system": () => touch("/usr/local/bin/x"),
  "write into the root folder": () => touch("/new.txt"),
  "change the data": () => writeFileSync(join(folder, "data.csv"), "x"),
  "add a file to the folder": () => touch(join(folder, "new.txt")),
  "change the notebook": () => writeFileSync(join(folder, "notebook.ipynb"), "{}"),
  "plant a git hook": () => plant(join(folder, ".git", "hooks", "post-commit")),
  "change git's configuration": () => plant(join(folder, ".git", "config")),
  "plant an MCP server": () => plant(join(folder, ".mcp.json")),
  "plant a task of the editor": () => plant(join(folder, ".vscode", "tasks.json")),
  "plant a package": () => plant(join(folder, "package.json")),
  "patch our own code": () => touch(process.argv[1] ?? ""),
  "read a file outside": () => readFileSync(secret, "utf8"),
  "read a secret of the folder": () => notEmpty(readFileSync(join(folder, ".env"), "utf8")),
  "read /etc/shadow": () => readFileSync("/etc/shadow", "utf8"),
  "see the users' homes": () => notEmpty(seenInHomes()),
  "follow a link out": () => readFileSync(join(folder, "link.txt"), "utf8"),
  "make a link out": () => {
    symlinkSync(secret, join(folder, "out", "link.txt"));
    return readFileSync(join(folder, "out", "link.txt"), "utf8");
  },
  "make a hard link out": () => linkSync(secret, join(folder, "out", "hard.txt")),
  "call a port of this machine": () => connected({ host: "127.0.0.1", port }),
  "call it by IPv6": () => connected({ host: "::1", port }),
  "call the cloud's metadata": () => connected({ host: "169.254.169.254", port: 80 }),
  "send a datagram": () => datagram(),
  "open a socket by its path": () => connected({ path: socketPath }),
  "open an abstract socket": () => connected({ path: `\0${abstractSocket}` }),
  "read the environment": () => notEmpty(process.env[secretVariable] ?? ""),
  "read another's environment": () => contains(readFileSync(`/proc/${pid}/environ`, "utf8"), secretVariable),
  "read the first process's environment": () => contains(readFileSync("/proc/1/environ", "utf8"), secretVariable),
  "see other processes": () =>
    notEmpty(processes().filter((other) => other === String(pid) && commandOf(other).includes("victim"))),
  "signal another process": () => process.kill(isVictim(pid), 0),
  "open another's inspector": () => process.kill(isVictim(pid), "SIGUSR1"),
  "read another's memory": () => readFileSync(`/proc/${isVictim(pid)}/mem`),
  "find an open file of the host": () =>
    notEmpty(
      readdirSync("/proc/self/fd")
        .map(fileOf)
        .filter((file) => file.startsWith(outside)),
    ),
  "make a user namespace": () => succeeds("unshare", ["--user", "true"]),
  "mount something": () => {
    succeeds("mount", ["-t", "tmpfs", "none", join(folder, "out")]);
    succeeds("umount", [join(folder, "out")]);
  },
  "become root": () => succeeds("setpriv", ["--reuid=0", "true"]),
  "be root": () => {
    if (process.getuid?.() !== 0) throw new Error(`it is ${process.getuid?.()}`);
  },
  "start processes without end": () => forkBomb(),
};

const greedy: Readonly<Record<string, Try>> = {
  "take memory without end": () =>
    succeeds(process.execPath, ["-e", "const all = []; for (let i = 0; i < 40; i++) all.push(Buffer.alloc(100e6, 1))"]),
  "write a file without end": () =>
    succeeds(process.execPath, [
      "-e",
      `const fs = require("fs"); const f = fs.openSync(${JSON.stringify(join(folder, "out", "huge"))}, "w"); for (let i = 0; i < 30; i++) fs.writeSync(f, Buffer.alloc(10e6)); fs.unlinkSync(${JSON.stringify(join(folder, "out", "huge"))})`,
    ]),
};

const results: Attempt[] = [];
for (const [name, attempt] of Object.entries({
  ...attempts,
  ...kernelAttempts(folder),
  ...(thorough && { ...greedy, ...fillingAttempts(folder) }),
}))
  results.push({ name, stoppedBy: await stopped(attempt) });
// It must not live on: whoever reads the results looks for it.
spawn("sleep", [marker], { detached: true, stdio: "ignore" })
  .on("error", () => {})
  .unref();
process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit());

async function stopped(attempt: Try): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

/** Opens a file to write, and leaves everything as it was: these attempts also run unconfined, in tests. */
function touch(path: string): void {
  const isNew = !existsSync(path);
  closeSync(openSync(path, "a"));
  if (isNew) unlinkSync(path);
}

/** A file that stays. What vanishes with this process is no plant: the folder's hidden entries are covered here. */
function plant(path: string): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, "planted");
}

function notEmpty(found: string | readonly unknown[]): void {
  if (found.length === 0) throw new Error("nothing is there");
}

function contains(text: string, wanted: string): void {
  if (!text.includes(wanted)) throw new Error("it is not in there");
}

function connected(to: { host: string; port: number } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(to, () => {
      socket.destroy();
      resolve();
    });
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error("no answer")));
    socket.on("error", reject);
  });
}

/** Whether it arrives, the other side knows; in a room without a network nobody has the port, which a connected socket is told. */
function datagram(): Promise<void> {
  const socket = createSocket("udp4");
  return new Promise<void>((resolve, reject) => {
    socket.on("message", () => resolve()); // the victim answers, when it has its turn
    socket.on("error", reject);
    socket.connect(port, "127.0.0.1", () => socket.send("hello"));
    setTimeout(() => reject(new Error("no answer")), ANSWER_WITHIN_MS).unref();
  }).finally(() => socket.close());
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** The number may be another process's in here: only the victim itself counts. */
function isVictim(id: number): number {
  if (!commandOf(String(id)).includes("victim")) throw new Error("there is no such process");
  return id;
}

function fileOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}

function succeeds(program: string, args: readonly string[]): void {
  const { status, signal, error } = spawnSync(program, args, { stdio: "ignore", timeout: 20_000 });
  if (error) throw error;
  if (status !== 0) throw new Error(signal ?? `exit ${status}`);
}

async function forkBomb(): Promise<void> {
  const children = Array.from({ length: 300 }, () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    const ended = new Promise<boolean>((resolve) => {
      child.on("error", () => resolve(false)).on("exit", () => resolve(true));
    });
    return { child, ended };
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const { child } of children) child.kill("SIGKILL");
  const ran = await Promise.all(children.map(({ ended }) => ended)); // the next attempt needs a process
  const count = ran.filter(Boolean).length;
  if (count < children.length) throw new Error(`${count} of ${children.length} processes`);
}
