// A control group for a room: then Linux itself counts all memory that its processes take together, shared memory and
// files in memory included, and their number. Where this user may make one (cgroup v2, delegated as systemd does for a
// desktop's programs); elsewhere watch-limits.ts counts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MAX_PROCESSES, MEMORY_BYTES, OUT_BYTES, SHARED_MEMORY_BYTES, TMP_BYTES } from "./limits.ts";

const CGROUPS = "/sys/fs/cgroup";
const CONTROLLERS = ["memory", "pids"];
const FILES_IN_MEMORY = OUT_BYTES + TMP_BYTES + SHARED_MEMORY_BYTES; // they count here, too
const BUBBLEWRAP_PROCESSES = 8;
const GROUP_NAME = /^qwenlab-(\d+)-\d+$/; // the process that made it

export interface MemoryGroup {
  readonly processes: string; // the file that takes the number of a process
  /** Ends what is in it. */
  end(): void;
}

let usable: string | false | undefined;
let count = 0;

/** Undefined where this user may make none. */
export function openMemoryGroup(): MemoryGroup | undefined {
  usable ??= usableParent() ?? false;
  return usable === false ? undefined : makeGroup(usable);
}

function usableParent(): string | undefined {
  const parent = findParent(CGROUPS, ownGroup());
  if (parent !== undefined) removeLeftGroups(parent);
  return parent;
}

/** Those of processes that were killed. One that still has processes is not removed. */
export function removeLeftGroups(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = GROUP_NAME.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) quietly(() => rmdirSync(join(parent, name)));
  }
}

/** The nearest group above `own`, or itself, in which a group can be made that a process of ours can be moved to. */
export function findParent(root: string, own: string | undefined): string | undefined {
  if (own === undefined) return undefined;
  const top = join(root);
  for (let folder = join(root, own); folder.startsWith(top); folder = dirname(folder)) {
    const given = read(join(folder, "cgroup.subtree_control")).split(/\s+/);
    if (CONTROLLERS.every((name) => given.includes(name)) && works(folder)) return folder;
  }
  return undefined;
}

/** Tried with a process, since only that tells: it takes the right to move it out of the group that it is in. */
function works(parent: string): boolean {
  const group = makeGroup(parent);
  if (!group) return false;
  const { status } = spawnSync("/bin/sh", ["-c", 'echo $$ > "$0"', group.processes], { stdio: "ignore" });
  group.end();
  return status === 0;
}

function makeGroup(parent: string): MemoryGroup | undefined {
  const folder = join(parent, `qwenlab-${process.pid}-${++count}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, "memory.max"), String(MEMORY_BYTES + FILES_IN_MEMORY));
    writeFileSync(join(folder, "pids.max"), String(MAX_PROCESSES + BUBBLEWRAP_PROCESSES));
    quietly(() => writeFileSync(join(folder, "memory.swap.max"), "0")); // a kernel without swap has none of it
    quietly(() => writeFileSync(join(folder, "memory.oom.group"), "1")); // all of the room, not one process of it
  } catch {
    quietly(() => rmdirSync(folder));
    return undefined;
  }
  return {
    processes: join(folder, "cgroup.procs"),
    end() {
      quietly(() => writeFileSync(join(folder, "cgroup.kill"), "1"));
      quietly(() => rmdirSync(folder));
    },
  };
}

/** The path of this process's group under the root of cgroup v2. */
function ownGroup(): string | undefined {
  return /^0::(\/.*)$/m.exec(read("/proc/self/cgroup"))?.[1];
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function quietly(change: () => void): void {
  try {
    change();
  } catch {
    // not offered by this kernel, or still in use
  }
}
