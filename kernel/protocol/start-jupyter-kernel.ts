// Starts one kernel, ours or ipykernel, to run code in it. Sockets are files in a folder that only this user can open; no
// Jupyter is needed.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  type Confinement,
  diesWithParent,
  endMarked,
  type JupyterKernel,
  type KernelMessage,
  leadsGroup,
  marked,
  newMark,
  ownFolder,
  type Room,
  signalGroup,
} from "../../interpreter/index.ts";
import { JupyterClient, PORTS } from "./jupyter-client.ts";
import { createWire } from "./wire.ts";

const START_TIMEOUT_MS = 180_000; // of what hangs, on a slow machine under load: a kernel that cannot start ends by itself
const STOP_TIMEOUT_MS = 3_000; // Jupyter gives a kernel 5 s to end with all that it started
const KEPT_STDERR = 1_000; // characters

/** A kernel that could not be started, or that ended. */
export class KernelEndedError extends Error {
  override readonly name = "KernelEndedError";
}

export interface KernelCommand {
  readonly program: string;
  readonly args: readonly string[]; // with CONNECTION_FILE for the file's path
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly confinement?: Confinement;
  readonly readable?: readonly string[]; // when confined, beside the folder
}

export interface StartedKernel extends JupyterKernel {
  readonly room: Room | undefined; // of a confined kernel
}

export const CONNECTION_FILE = "{connection_file}"; // as kernelspecs write it

/** Our own kernel, in `folder`. @throws KernelEndedError if it ends, or does not answer */
export function startOwnKernel(folder: string, signal: AbortSignal): Promise<JupyterKernel> {
  const program = join(dirname(createRequire(import.meta.url).resolve("qwenlab/package.json")), "bin", "qwenlab.js");
  return startJupyterKernel(
    { program: process.execPath, args: [program, "kernel", CONNECTION_FILE], cwd: folder },
    signal,
  );
}

/** @throws KernelEndedError if it ends, or does not answer */
export async function startJupyterKernel(command: KernelCommand, signal?: AbortSignal): Promise<StartedKernel> {
  const scratch = mkdtempSync(join(ownFolder(), "kernel-")); // mode 0700: sockets and key are ours alone
  const key = randomBytes(32).toString("hex");
  const running = spawnKernel(command, scratch, key);
  const { child, room, ended } = running;
  const sockets = (await room?.exchangePath()) ?? scratch; // in a room they are in its own memory
  const client = new JupyterClient({
    ip: join(sockets, "kernel"),
    wire: createWire(key),
    ended,
    onWrong: (why) => running.end(`sent what is no message of the protocol: ${why}`),
  });
  const kernel: StartedKernel = {
    room,
    ended,
    async execute(code, options) {
      tellOfOut(await room?.bringIn(), options.onMessage);
      const reply = await client.execute(code, options);
      tellOfOut(await room?.bringOut(), options.onMessage);
      return reply;
    },
    request: (type, content) => client.request(type, content),
    interrupt: () => client.tell("interrupt_request", {}),
    kill: () => signalGroup(child, "SIGKILL"),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
        const exited = new Promise((resolve) => child.once("exit", resolve));
        const timer = setTimeout(() => signalGroup(child, "SIGKILL"), STOP_TIMEOUT_MS);
        client.tell("shutdown_request", { restart: false });
        await exited;
        clearTimeout(timer);
      }
      client.close();
      await room?.bringOut();
      await room?.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
  try {
    await client.ready(startSignal(signal));
    return kernel;
  } catch (error) {
    await kernel[Symbol.asyncDispose]();
    throw error;
  }
}

function startSignal(signal: AbortSignal | undefined): AbortSignal {
  const late = new AbortController();
  const abort = () => late.abort(new KernelEndedError("the kernel did not start in time"));
  setTimeout(abort, START_TIMEOUT_MS).unref();
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  return late.signal;
}

interface KernelProcess {
  readonly child: ChildProcess;
  readonly room: Room | undefined;
  readonly ended: Promise<never>; // rejects when the process ends
  end(why: string): void; // what it did
}

function spawnKernel(
  { program, args, confinement, readable = [], cwd, env = process.env }: KernelCommand,
  scratch: string,
  key: string,
): KernelProcess {
  const ip = join(scratch, "kernel");
  const connection = { transport: "ipc", ip, ...PORTS, key, signature_scheme: "hmac-sha256", kernel_name: "qwenlab" };
  const connectionFile = join(scratch, "kernel.json");
  writeFileSync(connectionFile, JSON.stringify(connection), { mode: 0o600 });
  const plain = { program, args: args.map((arg) => (arg === CONNECTION_FILE ? connectionFile : arg)), env };
  const roomOptions = { readable: [...readable, connectionFile], exchange: scratch };
  const command = confinement ? confinement.wrap(plain, roomOptions) : diesWithParent(plain);
  if (confinement && process.getuid?.() === 0) chmodSync(connectionFile, 0o644); // for nobody, in a folder of ours
  const mark = newMark();
  const child = spawn(command.program, command.args, {
    cwd,
    env: marked(command.env, mark),
    stdio: ["ignore", "ignore", "pipe"],
    detached: leadsGroup(),
    windowsHide: true,
  });
  let endedBecause: string | undefined;
  const end = (why: string) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    endedBecause ??= `${confinement ? "the sandbox" : "qwenlab"} ended it: it ${why}`;
    signalGroup(child, "SIGKILL");
  };
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-KEPT_STDERR);
  });
  const ended = new Promise<never>((_, reject) => {
    child.on("error", ({ message }) => {
      const why = existsSync(cwd) ? message : `its folder ${cwd} is gone`;
      reject(new KernelEndedError(`the kernel could not be started: ${why}`));
    });
    child.on("exit", (code, killedBy) => {
      signalGroup(child, "SIGKILL"); // what it started and left
      endMarked(mark); // ... in groups of their own
      const how = endedBecause ?? killedBy ?? `exit ${code}`;
      reject(new KernelEndedError(`the kernel ended (${how}) ${said.trim()}`.trimEnd()));
    });
  });
  ended.catch(() => {}); // whoever waits for the kernel races with it
  const room = child.pid === undefined ? undefined : confinement?.enter(child.pid, end, roomOptions);
  return { child, room, ended, end };
}

function tellOfOut(leftOut: string | undefined, onMessage: (message: KernelMessage) => void): void {
  if (leftOut !== undefined) onMessage({ type: "stream", content: { name: "stderr", text: `${leftOut}\n` } });
}
