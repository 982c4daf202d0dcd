// Brings files from the room's out/, which is memory, to the notebook's, and the notebook's into the room. The room's
// code may change its folder meanwhile, so each folder is entered from the one above it, which is held open, and never
// through a link: no path leads elsewhere, or grows too long. Regular files only; hidden ones stay where they are.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { isHidden } from "../../hidden-files.ts";
import { KEPT_FILES } from "./limits.ts";

const PART_BYTES = 2 ** 20;
const MAX_DEPTH = 32; // folders in folders; each holds two descriptors of ours while what is in it is copied
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK; // a FIFO would keep us waiting
const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What was copied when: path in out/ -> what the file was. */
export type Seen = Map<string, string>;

export interface Copying {
  readonly seen: Seen; // of the source; a file that is as it was is not copied again
  readonly copies: Seen; // of the target, where what was copied is seen so
  readonly owner: number | undefined; // of what is made
  bytes: number; // that may still be added
  entries: number; // looked at
  readonly leftOut: string[]; // paths
}

export function openFolder(path: string): Promise<FileHandle> {
  return open(path, FOLDER);
}

export async function copyFolder(from: FileHandle, to: FileHandle, copying: Copying, path = "", depth = 0) {
  for (const { name } of await readdir(within(from), { withFileTypes: true })) {
    if (isHidden(name)) continue;
    const own = path === "" ? name : `${path}/${name}`;
    if (++copying.entries > KEPT_FILES || depth > MAX_DEPTH) {
      copying.leftOut.push(own);
      return;
    }
    try {
      await copyEntry(from, to, name, own, copying, depth);
    } catch {
      copying.leftOut.push(own); // changed meanwhile, or another kind of thing is there
    }
  }
}

async function copyEntry(
  from: FileHandle,
  to: FileHandle,
  name: string,
  path: string,
  copying: Copying,
  depth: number,
): Promise<void> {
  const source = await open(within(from, name), FILE).catch(notALink);
  if (!source) return;
  try {
    const status = await source.stat();
    if (status.isFile()) await copyFile(source, to, name, path, copying);
    if (!status.isDirectory()) return;
    const target = await enter(to, name, copying.owner);
    try {
      await copyFolder(source, target, copying, path, depth + 1);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** What a link leads to, and a socket, are not brought anywhere. */
function notALink(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ELOOP" || error.code === "ENXIO") return undefined;
  throw error;
}

async function copyFile(source: FileHandle, to: FileHandle, name: string, path: string, copying: Copying) {
  const stamp = await stampOf(source);
  if (copying.seen.get(path) === stamp) return;
  const { size } = await source.stat();
  const before = await sizeOf(to, name);
  if (size - before > copying.bytes) {
    copying.leftOut.push(path);
    return;
  }
  const temporary = within(to, `.qwenlab-${randomUUID()}`);
  const target = await open(temporary, NEW_FILE, 0o644);
  try {
    await write(source, target, size);
    if (copying.owner !== undefined) await target.chown(copying.owner, copying.owner);
    await rename(temporary, within(to, name));
    copying.bytes -= size - before;
    copying.seen.set(path, stamp);
    copying.copies.set(path, await stampOf(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await target.close();
  }
}

/** One file, into a folder where it is new. @throws where it is no regular file */
export async function copyOne(source: string, target: string, owner?: number): Promise<void> {
  const from = await open(source, FILE);
  try {
    const status = await from.stat();
    if (!status.isFile()) throw new Error("it is no file");
    const to = await open(target, NEW_FILE, 0o644);
    try {
      await write(from, to, status.size);
      if (owner !== undefined) await to.chown(owner, owner);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/** What was there when its size was looked at: a file may grow for ever meanwhile. */
async function write(source: FileHandle, target: FileHandle, size: number): Promise<void> {
  const part = Buffer.allocUnsafe(Math.min(size, PART_BYTES));
  for (let written = 0; written < size; ) {
    const { bytesRead } = await source.read(part, 0, Math.min(part.length, size - written), written);
    if (bytesRead === 0) return;
    await target.writeFile(part.subarray(0, bytesRead));
    written += bytesRead;
  }
}

async function sizeOf(folder: FileHandle, name: string): Promise<number> {
  const file = await open(within(folder, name), FILE).catch(() => undefined);
  const status = await file?.stat();
  await file?.close();
  return status?.isFile() ? status.size : 0;
}

/** The folder of this name, made where there is none. */
async function enter(folder: FileHandle, name: string, owner: number | undefined): Promise<FileHandle> {
  const path = within(folder, name);
  await mkdir(path, 0o755).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  const entered = await open(path, FOLDER);
  if (owner !== undefined) await entered.chown(owner, owner);
  return entered;
}

async function stampOf(file: FileHandle): Promise<string> {
  const { ino, size, mtimeMs } = await file.stat();
  return `${ino} ${size} ${mtimeMs}`;
}

/** A path by the open folder, not by its names. */
export function within(folder: FileHandle, name = ""): string {
  return `/proc/self/fd/${folder.fd}/${name}`;
}
