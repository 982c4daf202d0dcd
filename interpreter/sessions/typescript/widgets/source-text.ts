// A widget's JavaScript or CSS: the text itself, an address, or a file that is read anew when it changes.
import { type FSWatcher, readFileSync, realpathSync, watch } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const SETTLES_MS = 50; // an editor writes a file in several steps
const FILE_NAME = /^[^\r\n{}<>;]*[\w-]\.[A-Za-z0-9]+$/;

export interface SourceText {
  readonly text: string;
  /** Undefined where it is no file. */
  watch(changed: (text: string) => void): FSWatcher | undefined;
}

/** @param what "esm" or "css", for the error. @throws Error where a file is meant that cannot be read */
export function sourceText(given: string | URL, what: string): SourceText {
  const isAddress = !(given instanceof URL) && /^https?:\/\//.test(given);
  if (isAddress || (typeof given === "string" && !FILE_NAME.test(given.trim())))
    return { text: String(given), watch: () => undefined };
  if (given instanceof URL && given.protocol !== "file:") return { text: given.href, watch: () => undefined };
  const path = resolve(given instanceof URL ? fileURLToPath(given) : given.trim());
  const text = read(path, what);
  return { text, watch: (changed) => watchFile(path, text, changed) };
}

function read(path: string, what: string): string {
  if (/\.[cm]?tsx?$|\.jsx$/.test(path))
    throw new Error(`${what}: ${path} is not JavaScript that a browser reads; compile it, and name the .js file`);
  try {
    const inOut = relative(realpathSync(resolve("out")), realpathSync(path));
    if (inOut !== "" && !isAbsolute(inOut) && inOut.split(sep)[0] !== "..")
      throw new Error(
        "the model's confined code may write to out/, and this would run in your browser; copy it elsewhere",
      );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(error, path, what);
  }
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(error, path, what);
  }
}

function unreadable(error: unknown, path: string, what: string): Error {
  return new Error(`${what}: ${path} cannot be used: ${(error as Error).message}`, { cause: error });
}

/** Its folder is watched: editors put a new file in the place of the old one. */
function watchFile(path: string, first: string, changed: (text: string) => void): FSWatcher {
  let latest = first;
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    try {
      const text = readFileSync(path, "utf8");
      if (text === latest || text === "") return;
      latest = text;
      changed(text);
    } catch {
      // it is being replaced: the next event comes when it is there
    }
  };
  const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(look, SETTLES_MS);
  });
  return watcher.on("error", () => {}); // the folder is gone: there is nothing to read anew
}
