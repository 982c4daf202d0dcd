// A front end in the small: starts one kernel, ours or ipykernel, and runs code in it over the protocol's own sockets.
// Sockets are files in a folder that only this user can open; no Jupyter is needed.
import { type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  type Confinement,
  diesWithParent,
  endMarked,
  type JupyterKernel,
  marked,
  newMark,
  ownFolder,
  watchLimits,
} from "../interpreter/index.ts";
import { createWire } from "./protocol/wire.ts";
import { Client, killGroup, PORTS, type StartedKernel } from "./running-kernel.ts";

const START_TIMEOUT_MS = 60_000; // a slow machine under load; a kernel that cannot start ends by itself

export interface KernelCommand {
  readonly program: string;
  readonly args: readonly string[]; // with CONNECTION_FILE for the file's path
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly confinement?: Confinement;
  readonly readable?: readonly string[]; // when confined, beside the folder
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
export async function startJupyterKernel(
  { program, args, confinement, readable = [], ...options }: KernelCommand,
  signal?: AbortSignal,
): Promise<StartedKernel> {
  const scratch = mkdtempSync(join(ownFolder(), "kernel-")); // mode 0700: sockets and key are ours alone
  const key = randomBytes(32).toString("hex");
  const ip = join(scratch, "kernel");
  const connection = { transport: "ipc", ip, ...PORTS, key, signature_scheme: "hmac-sha256", kernel_name: "qwenlab" };
  const connectionFile = join(scratch, "kernel.json");
  writeFileSync(connectionFile, JSON.stringify(connection), { mode: 0o600 });

  const spawnOptions: SpawnOptions = {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32", // an interrupt's signal goes to its group
    windowsHide: true,
  };
  const plain = {
    program,
    args: args.map((arg) => (arg === CONNECTION_FILE ? connectionFile : arg)),
    env: options.env ?? process.env,
  };
  const command = confinement ? confinement.wrap(plain, { readable, writable: [scratch] }) : diesWithParent(plain);
  if (confinement && process.getuid?.() === 0) chmodSync(connectionFile, 0o644); // for nobody, in a folder of theirs
  const mark = newMark();
  const child = spawn(command.program, command.args, { ...spawnOptions, env: marked(command.env, mark) });
  const stopWatching =
    confinement && child.pid !== undefined
      ? watchLimits(child.pid, confinement.outFolder, () => killGroup(child))
      : undefined;
  child.on("exit", () => {
    stopWatching?.();
    killGroup(child); // what it started and left
    endMarked(mark); // ... in groups of their own
  });
  const client = new Client(child, ip, createWire(key), scratch);
  try {
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
    await client.ready(signal ? AbortSignal.any([signal, timeout]) : timeout);
    return client;
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}
