// Which files of the notebook's folder may be read when their names come from a model, or from another file: as a name it
// may lead anywhere.
import { realpathSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InterpreterError } from "./errors.ts";
import { isHidden } from "./hidden-files.ts";
import { isInFolder } from "./in-folder.ts";
import { readPlainFile } from "./plain-file.ts";

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

/** The bytes of such a file. @throws InterpreterError as visiblePath() and readPlainFile() */
export function readVisibleFile(folder: string, path: string, maxBytes: number): Buffer {
  const bytes = readPlainFile(visiblePath(folder, path), { maxBytes, within: folder, shown: path });
  if (bytes === undefined) throw new InterpreterError(`there is no file ${path}`); // any more
  return bytes;
}
