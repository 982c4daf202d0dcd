import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where users' homes are: root's own, and the folder of all others'. */
const HOMES = ["/root", "/home"];

/**
 * What can be seen in users' homes, beside what is mounted there for this process to run: its program, Node or Python, which people
 * keep in their homes, too. A home that is mounted whole is seen.
 */
export function seenInHomes(): string[] {
  const mounts = mountPoints();
  const wholeHomes = mounts.filter((mount) => mount === "/root" || dirname(mount) === "/home");
  return [...wholeHomes, ...HOMES.flatMap((homes) => seenBelow(homes, mounts))];
}

/** Entries that are no mounts and lead to none. */
export function seenBelow(folder: string, mounts: readonly string[]): string[] {
  const entries = existsSync(folder) ? readdirSync(folder) : [];
  return entries.flatMap((name) => {
    const path = join(folder, name);
    if (mounts.includes(path)) return [];
    return mounts.some((mount) => mount.startsWith(`${path}/`)) ? seenBelow(path, mounts) : [path];
  });
}

/** The fifth field of each line, with spaces and the like as octal numbers: proc_pid_mountinfo(5). */
export function mountPoints(mountinfo = readFileSync("/proc/self/mountinfo", "utf8")): string[] {
  const fields = mountinfo.split("\n").map((line) => line.split(" ")[4] ?? "");
  const unescaped = (path: string) =>
    path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return fields.filter((path) => path !== "").map(unescaped);
}
