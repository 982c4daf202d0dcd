// What /proc says of processes. They come and go while one looks: one that is gone has no file any more.
import { readdirSync, readFileSync } from "node:fs";

export function allProcesses(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

/** Its program and arguments, each ended by U+0000; empty of one that is gone. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`);
}

/** "" of one that is gone. */
export function statusOf(pid: number): string {
  return read(`/proc/${pid}/stat`);
}

/** A zombie, which init reaps some time, counts as gone. */
export function isAlive(pid: number): boolean {
  if (process.platform === "linux") return /\) [^ZX]/.test(statusOf(pid));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
