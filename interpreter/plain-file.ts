// How a file is read that somebody else may have put there: a pipe, a device, a folder, an endless file or a link out of a
// folder is an error, and none of them is waited for. Light, since the settings are read before anything else is there.
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, realpathSync } from "node:fs";
import { InterpreterError } from "./errors.ts";
import { isInFolder } from "./in-folder.ts";

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
  readonly shown?: string; // what an error calls it; its path
}

/**
 * Its bytes; a file that grows is read as far as it was when it was looked at. `undefined` where there is none.
 * @throws InterpreterError that begins with its name
 */
export function readPlainFile(path: string, { maxBytes, within, shown = path }: PlainFileOptions): Buffer | undefined {
  const fail = (what: string): never => {
    throw new InterpreterError(`${shown} ${what}`);
  };
  try {
    if (!isThere(path)) return undefined;
    const target = realpathSync(path);
    if (within !== undefined && !isInFolder(target, realpathSync(within)))
      fail("is a link that leads out of its folder");
    if (!lstatSync(target).isFile()) fail("is not a plain file"); // before: opening alone does something to some devices
    const file = openSync(target, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    try {
      const about = fstatSync(file);
      if (!about.isFile()) fail("is not a plain file");
      if (about.size > maxBytes) fail(`has ${about.size} bytes; at most ${maxBytes} are read`);
      if (leadsElsewhere(file, target)) fail("was changed while it was opened; it is not read");
      return readUpTo(file, about.size);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof InterpreterError) throw error;
    return fail(`cannot be read (${error instanceof Error ? error.message : error})`);
  }
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

/** A folder on the way may have become a link since its real path was taken; Linux tells what was really opened. */
function leadsElsewhere(file: number, target: string): boolean {
  return process.platform === "linux" && readlinkSync(`/proc/self/fd/${file}`) !== target;
}

function readUpTo(file: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
