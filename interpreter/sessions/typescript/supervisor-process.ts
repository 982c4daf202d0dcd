// The supervisor's process: started with its session, or ahead of a notebook's first one.
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { totalmem } from "node:os";
import { leadsGroup, signalGroup } from "../../process-group.ts";
import type { Confinement } from "../confinement/confinement.ts";
import { deathSignalWrapper, diesWithParent, marked, newMark } from "../own-processes.ts";
import { childEnvironment } from "./child-environment.ts";

export interface SupervisorProcess {
  readonly child: ChildProcess;
  readonly mark: string; // of all that it starts
}

export interface SupervisorOptions {
  readonly cwd: string;
  readonly confinement?: Confinement | undefined;
  readonly heapMegabytes?: number;
}

let ahead: (SupervisorProcess & { readonly cwd: string }) | undefined;

/**
 * Starts the processes of the first session that there will be, if it is one in this folder and not confined: so they get
 * ready while the rest of the program is loaded. They do nothing before that session tells them to start.
 */
export function startSupervisorAhead(cwd: string): void {
  if (ahead !== undefined) return;
  ahead = { cwd, ...spawnSupervisor({ cwd }) };
  ahead.child.on("error", () => {}); // whoever would take it starts another one
}

export function startSupervisor(options: SupervisorOptions): SupervisorProcess {
  return takeAhead(options) ?? spawnSupervisor(options);
}

/** What it has written by now is read by the first listener; that it has ended is not told. */
function takeAhead({ cwd, confinement, heapMegabytes }: SupervisorOptions): SupervisorProcess | undefined {
  const taken = ahead;
  ahead = undefined;
  if (taken === undefined) return undefined;
  const { child } = taken;
  const isSame = taken.cwd === cwd && confinement === undefined && heapMegabytes === undefined;
  if (isSame && child.pid !== undefined && child.exitCode === null && child.signalCode === null) return taken;
  signalGroup(child, "SIGKILL");
  return undefined;
}

function spawnSupervisor({ cwd, heapMegabytes, confinement }: SupervisorOptions): SupervisorProcess {
  const mark = newMark();
  const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/supervisor.js");
  const heap = heapMegabytes ?? Math.max(512, Math.min(4096, Math.floor(totalmem() / 2 ** 21)));
  const command = {
    program: process.execPath,
    args: [`--max-old-space-size=${heap}`, entry, ...(confinement ? [] : deathSignalWrapper())],
    env: childEnvironment(process.env),
  };
  // Confined, all of it ends with bubblewrap, which dies with its parent.
  const { program, args, env } = confinement ? confinement.wrap(command) : diesWithParent(command);
  const child = spawn(program, args, {
    cwd,
    env: marked(env, mark),
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
    detached: leadsGroup(),
    windowsHide: true,
  });
  return { child, mark };
}
