// How long a thread has computed, which other programs do not lengthen as they do the time by the clock.
import { openSync, readFileSync, readlinkSync, readSync } from "node:fs";
import { Worker } from "node:worker_threads";

/** How a thread's time is told, from inside and from outside. */
export type TimeSource =
  | { readonly by: "system"; readonly file: string } // of Linux: /proc/PID/task/TID/schedstat
  | { readonly by: "node" } // of newer versions than 20
  | { readonly by: "clock" }; // where there is neither: a busy machine lengthens it

type CpuUsage = Readonly<Record<"user" | "system", number>>; // microseconds
// The types are those of Node 20, which has neither.
const measured = process as { readonly threadCpuUsage?: () => CpuUsage };
type MeasuredWorker = Worker & { readonly cpuUsage?: () => Promise<CpuUsage> };

/** The calling thread's. @returns its time in ms, and how others read it */
export function ownTime(): { readonly source: TimeSource; readonly now: () => number } {
  try {
    const file = `/proc/${readlinkSync("/proc/thread-self")}/schedstat`;
    const open = openSync(file, "r");
    const bytes = Buffer.alloc(64);
    const now = () => millisecondsOf(bytes.toString("latin1", 0, readSync(open, bytes, 0, bytes.length, 0)));
    if (now() > 0) return { source: { by: "system", file }, now };
  } catch {
    // another system
  }
  if (measured.threadCpuUsage && "cpuUsage" in Worker.prototype) {
    return { source: { by: "node" }, now: () => sumOf(measured.threadCpuUsage!()) };
  }
  return { source: { by: "clock" }, now: clock };
}

/** The same of another thread. */
export async function timeOf(worker: MeasuredWorker, source: TimeSource): Promise<number> {
  if (source.by === "system") return millisecondsOf(readFileSync(source.file, "latin1"));
  if (source.by === "node") return sumOf(await worker.cpuUsage!());
  return clock();
}

/** The first number of `schedstat`: nanoseconds on a processor. */
function millisecondsOf(schedstat: string): number {
  return Number.parseInt(schedstat, 10) / 1e6;
}

function sumOf({ user, system }: CpuUsage): number {
  return (user + system) / 1000;
}

/** The same in all threads, unlike `performance.now()`. */
function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
