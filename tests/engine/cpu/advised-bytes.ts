import { readFileSync } from "node:fs";

/** Bytes of this process for which huge pages were asked (proc_pid_smaps(5): `hg`). */
export function advisedBytes(): number {
  const mappings = readFileSync("/proc/self/smaps", "utf8").split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  const advised = mappings.filter((mapping) => /^VmFlags:.* hg(?: |$)/m.test(mapping));
  return advised.reduce((sum, mapping) => sum + 1024 * Number(/^Size: +(\d+) kB/m.exec(mapping)![1]), 0);
}
