// What no limit of a single process can hold: the memory of all of them together, and the size of the folder.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const INTERVAL_MS = 250;
const MAX_MEMORY_BYTES = 2 * 2 ** 30;
const MAX_FOLDER_BYTES = 512 * 2 ** 20;
const MAX_ENTRIES = 20_000; // of the folder
const PAGE_BYTES = 4096;

/** Calls `onExceeded` once, with what was exceeded. @returns what stops the watch */
export function watchLimits(pid: number, folder: string, onExceeded: (what: string) => void): () => void {
  const before = sizeOf(folder);
  const timer = setInterval(() => {
    const what = exceeded(pid, folder, before);
    if (what === undefined) return;
    clearInterval(timer);
    onExceeded(what);
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

interface FolderSize {
  readonly bytes: number;
  readonly entries: number;
}

function exceeded(pid: number, folder: string, before: FolderSize): string | undefined {
  const memory = family(pid).reduce((sum, member) => sum + residentBytes(member), 0);
  if (memory > MAX_MEMORY_BYTES) return `used more than ${MAX_MEMORY_BYTES / 2 ** 30} GB of memory`;
  const { bytes, entries } = sizeOf(folder);
  if (entries - before.entries > MAX_ENTRIES) return `made more than ${MAX_ENTRIES} files in out/`;
  return bytes - before.bytes > MAX_FOLDER_BYTES
    ? `wrote more than ${MAX_FOLDER_BYTES / 2 ** 20} MB to out/`
    : undefined;
}

function family(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

function residentBytes(pid: number): number {
  return Number(read(`/proc/${pid}/statm`).split(" ")[1] ?? 0) * PAGE_BYTES;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return ""; // it has ended
  }
}

function sizeOf(folder: string): FolderSize {
  let bytes = 0;
  let entries = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined && entries <= 5 * MAX_ENTRIES; next = open.pop()) {
    for (const entry of list(next)) {
      entries++;
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return { bytes, entries };
}

function list(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
