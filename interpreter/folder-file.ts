// How a file of the notebook's folder is opened when its name comes from a model, or from another file: as a name it may
// lead anywhere, and between a look at it and its opening confined code may put something else in its place.
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InterpreterError } from "./errors.ts";
import { isHidden } from "./hidden-files.ts";
import { isInFolder } from "./in-folder.ts";

/**
 * The real path of a file or a folder that is visible in the notebook's folder.
 *
 * @param path absolute, or relative to `folder`; `.` is the folder itself
 * @throws InterpreterError that says why it is not read: there is none, it leads outside, it is hidden
 */
export function visiblePath(folder: string, path: string): string {
  const root = realpathSync(folder);
  const named = resolve(root, path);
  const outside = new InterpreterError(`${path} is outside the notebook's folder`);
  if (!isInFolder(named, root) && !isInFolder(named, resolve(folder))) throw outside; // also where there is nothing
  let real: string;
  try {
    real = realpathSync(named);
  } catch {
    throw new InterpreterError(`there is no file ${path}`);
  }
  if (!isInFolder(real, root)) throw outside;
  if (isHidden(relative(root, real))) throw new InterpreterError(`${path} is hidden; it is not read`);
  return real;
}

/**
 * The bytes of a regular file that is visible in the folder, at most `maxBytes` of them.
 *
 * @throws InterpreterError as visiblePath(); for what is no file (a pipe would never end), or too large
 */
export function readFolderFile(folder: string, path: string, maxBytes: number): Buffer {
  const real = visiblePath(folder, path);
  const file = open(real, path);
  try {
    const about = fstatSync(file);
    if (!about.isFile()) throw new InterpreterError(`${path} is not a file`);
    if (about.size > maxBytes)
      throw new InterpreterError(`${path} has ${about.size} bytes; at most ${maxBytes} are read`);
    if (leadsElsewhere(file, real))
      throw new InterpreterError(`${path} was changed while it was opened; it is not read`);
    return readUpTo(file, about.size);
  } finally {
    closeSync(file);
  }
}

/** Windows lacks the flags, and the links and pipes that they are about. */
function open(real: string, shown: string): number {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  try {
    return openSync(real, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch (error) {
    throw new InterpreterError(`${shown} cannot be read (${error instanceof Error ? error.message : error})`);
  }
}

/** A folder on the way may have become a link since its real path was taken; Linux tells what was really opened. */
function leadsElsewhere(file: number, real: string): boolean {
  return process.platform === "linux" && readlinkSync(`/proc/self/fd/${file}`) !== real;
}

/** A file that grows is read as far as it was when it was looked at. */
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
