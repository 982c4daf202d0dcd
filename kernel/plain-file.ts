import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { isAbsolute, relative, sep } from "node:path";

// Absent on Windows, where opening a pipe or a link needs no such care.
const {
  O_RDONLY,
  O_NONBLOCK = 0,
  O_NOFOLLOW = 0,
  O_NOCTTY = 0,
} = constants as Partial<typeof constants> & {
  O_RDONLY: number;
};

export interface PlainFileOptions {
  readonly maxBytes: number;
  readonly within?: string; // a folder that links may not lead out of
}

/**
 * The text of a file that somebody else may have put there: a pipe, a device, a folder, an endless file or a link out of
 * the folder is an error, and none of them is waited for. `undefined` where there is none.
 * @throws Error that names the file
 */
export function readPlainFile(path: string, { maxBytes, within }: PlainFileOptions): string | undefined {
  const target = targetOf(path, within);
  if (target === undefined) return undefined;
  const file = openSync(target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  try {
    const about = fstatSync(file);
    if (!about.isFile()) throw notPlain(path);
    const bytes = Buffer.allocUnsafe(Math.min(about.size, maxBytes) + 1); // one more tells that it grows
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length === bytes.length) throw new Error(`${path}: it is larger than ${Math.min(about.size, maxBytes)} bytes`);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

/** Looked at before it is opened: opening alone does something to some devices. */
function targetOf(path: string, within: string | undefined): string | undefined {
  if (!isThere(path)) return undefined;
  const target = realpathSync(path);
  if (!lstatSync(target).isFile()) throw notPlain(path);
  const way = within === undefined ? "" : relative(realpathSync(within), target);
  if (way.split(sep)[0] === ".." || isAbsolute(way))
    throw new Error(`${path}: it is a link that leads out of its folder`);
  return target;
}

/** A link to nothing is there: what it was to say is lost, not absent. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return false; // as: what fs throws
    throw error;
  }
}

function notPlain(path: string): Error {
  return new Error(`${path}: it is not a plain file`);
}
