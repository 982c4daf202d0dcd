import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";

/**
 * Bytes that a process may still take: the machine's, or what a container's limit leaves, where Node sees only the machine's.
 *
 * @param controlGroup the folder of Linux' control group (version 2)
 */
export function freeMemory(controlGroup = "/sys/fs/cgroup"): number {
  return Math.min(freemem(), leftOfLimit(controlGroup));
}

/** What files have in memory is given up when it is needed, but for those that lie nowhere else. */
function leftOfLimit(folder: string): number {
  try {
    const read = (name: string) => readFileSync(join(folder, name), "utf8");
    const limit = read("memory.max").trim();
    if (limit === "max") return Number.POSITIVE_INFINITY;
    const stat = read("memory.stat");
    const of = (key: string) => Number(new RegExp(`^${key} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
    const left = Number(limit) - (Number(read("memory.current")) - of("file") + of("shmem"));
    return Number.isFinite(left) ? Math.max(0, left) : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY; // there is none
  }
}
