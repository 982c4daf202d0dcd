// A process and what it starts, signalled together: a group where the system has groups, a tree of processes on Windows.
import { type ChildProcess, spawn } from "node:child_process";

type Leader = Pick<ChildProcess, "pid" | "exitCode" | "signalCode" | "kill">;

/** What a signal goes through; tests give others. */
export interface Signals {
  readonly platform: NodeJS.Platform;
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  readonly run: (program: string, args: readonly string[], onFailure: () => void) => void;
}

const SYSTEM: Signals = {
  platform: process.platform,
  kill: (pid, signal) => process.kill(pid, signal),
  run(program, args, onFailure) {
    spawn(program, args, { stdio: "ignore", windowsHide: true }).on("error", onFailure).unref();
  },
};

/** For spawn()'s `detached`: a group of its own is what a signal reaches, and nothing else. On Windows, a window. */
export function leadsGroup(platform: NodeJS.Platform = process.platform): boolean {
  return platform !== "win32";
}

/**
 * Signals a child that leads its group, and all that is in it, also what a child that has ended left.
 * Windows knows no interrupt of another process: Node would end the child for SIGINT, so nothing is sent. A child that has
 * ended is left alone there: its number may be another's.
 */
export function signalGroup(leader: Leader, signal: NodeJS.Signals, { platform, kill, run }: Signals = SYSTEM): void {
  const { pid } = leader;
  if (pid === undefined) return;
  if (platform === "win32") {
    const hasEnded = leader.exitCode !== null || leader.signalCode !== null;
    if (!hasEnded && signal !== "SIGINT")
      run("taskkill", ["/PID", String(pid), "/T", "/F"], () => leader.kill("SIGKILL"));
    return;
  }
  try {
    kill(-pid, signal);
  } catch {
    // all of it has ended
  }
}
