// What no limit of a process and no size of a tmpfs holds: the memory of all processes together, where there is no
// control group, and the number of files, each of which takes memory of the kernel's. And what is mounted on hidden files.
import { lstatSync, readdirSync, readFileSync, statfsSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { freemem, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { MAX_FILES, MEMORY_BYTES } from "./limits.ts";

const INTERVAL_MS = 250;
const KEPT_FREE = Math.min(totalmem() / 20, 512 * 2 ** 20); // of the machine: below, the room goes before anything else

/** Folders of a room, which live as long as they are open here. */
export interface RoomFolders {
  readonly out: FileHandle;
  readonly notebook: FileHandle; // its view of the notebook's folder
  readonly tmp: FileHandle;
  readonly shared: FileHandle; // its /dev/shm
  readonly processes: FileHandle; // its /proc
  readonly exchange?: FileHandle;
}

export interface WatchedRoom extends RoomFolders {
  readonly covered: readonly string[]; // paths in the notebook's folder
}

/**
 * Calls `onExceeded` once, with what was exceeded, or with why it cannot be told any more: a room that is not watched
 * has to end. @returns what stops the watch
 */
export function watchLimits(room: WatchedRoom, onExceeded: (why: string) => void): () => void {
  const timer = setInterval(() => {
    const why = lookAt(room);
    if (why === undefined) return;
    clearInterval(timer);
    onExceeded(why);
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function lookAt(room: WatchedRoom): string | undefined {
  try {
    return exceeded(room) ?? uncovered(room);
  } catch (error) {
    return `could not be watched: ${error instanceof Error ? error.message : error}`;
  }
}

function exceeded({ out, tmp, shared, exchange = tmp, processes }: RoomFolders): string | undefined {
  for (const [folder, name] of [
    [out, "out/"],
    [tmp, "/tmp"],
    [shared, "/dev/shm"],
    [exchange, "its folder"],
  ] as const) {
    const { files, ffree } = statfsSync(path(folder.fd)); // of the whole tmpfs, unlinked files included
    if (files - ffree > MAX_FILES) return `made more than ${MAX_FILES} files in ${name}`;
  }
  // The room's own /proc has its processes and no others, whoever started them.
  const all = readdirSync(path(processes.fd)).filter((name) => /^\d+$/.test(name));
  const members = all.map((id) => `${path(processes.fd)}/${id}`);
  // Shared pages count once for each process: only where that is too much are they counted exactly, which takes longer.
  const tooMuch = sum(members, resident) > MEMORY_BYTES && sum(members, proportional) > MEMORY_BYTES;
  if (tooMuch) return `used more than ${MEMORY_BYTES / 2 ** 30} GB of memory`;
  return members.length > 0 && available() < KEPT_FREE ? "left the machine without memory" : undefined;
}

/** Linux takes away what is mounted on a file when another one is moved to its place, as editors save. */
function uncovered({ notebook, covered }: WatchedRoom): string | undefined {
  const status = (name: string) => lstatSync(join(path(notebook.fd), name), { throwIfNoEntry: false });
  const seen = covered.find((name) => {
    const now = status(name);
    return now?.isFile() || (now?.isDirectory() && now.dev === status(dirname(name))?.dev);
  });
  return seen && `${JSON.stringify(seen)} was replaced, and with that hidden no more`;
}

function path(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

function sum(members: readonly string[], bytesOf: (member: string) => number): number {
  return members.reduce((total, member) => total + bytesOf(member), 0);
}

function resident(member: string): number {
  const status = read(`${member}/status`);
  return kilobytes(status, "VmRSS") + kilobytes(status, "VmSwap") + kilobytes(status, "VmPTE"); // tables of pages, too
}

/** A process may hide its pages from us, and counts in full then. */
function proportional(member: string): number {
  const pages = read(`${member}/smaps_rollup`);
  if (pages === "") return resident(member);
  return kilobytes(pages, "Pss") + kilobytes(pages, "SwapPss") + kilobytes(read(`${member}/status`), "VmPTE");
}

function kilobytes(text: string, name: string): number {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0);
}

/** What programs could get: free memory, and what Linux keeps of files. */
function available(): number {
  return kilobytes(read("/proc/meminfo"), "MemAvailable") || freemem();
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH" || code === "EACCES") return ""; // it has ended, or hides
    throw error;
  }
}
