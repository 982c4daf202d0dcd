// What an entry of a folder's MCP configuration would run, found once: what is shown is what is started.
import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { join, posix, relative, resolve, win32 } from "node:path";
import { InterpreterError } from "../errors.ts";
import { isInFolder } from "../in-folder.ts";
import type { McpEntry } from "./mcp-config.ts";

const MAX_HASHED_BYTES = 256 * 2 ** 20;

const MAX_WORDS = 200; // of a text of an entry, which is itself bounded
const ENDINGS = [".js", ".cjs", ".mjs", ".json", ".ts", ".py", ".sh"];
const ENTRIES = ["package.json", "index.js", "index.cjs", "index.mjs", "index.json", "__main__.py", "__init__.py"];

export interface FolderFile {
  readonly path: string; // relative to the folder, as it is named
  readonly leadsTo?: string; // where it is a link, or leads through one
  readonly sha256: string;
}

/** Where programs are looked for, and how they are told from other files. */
export interface ProgramPlaces {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly isRunnable: (path: string) => boolean;
}

/**
 * The path of a program, as the user's own PATH has it; one with a slash is the folder's. Empty and relative places of the
 * PATH are left out: they would be the notebook's folder.
 */
export function findServerProgram(
  command: string,
  folder: string,
  { platform, env, isRunnable }: ProgramPlaces = {
    platform: process.platform,
    env: process.env,
    isRunnable: isRunnableFile,
  },
): string | undefined {
  const isWindows = platform === "win32";
  const { delimiter, extname, isAbsolute, join, resolve } = isWindows ? win32 : posix;
  const programEndings = (env.PATHEXT || ".EXE;.CMD;.BAT").split(";"); // of Windows, in its order
  const hasEnding = !isWindows || programEndings.includes(extname(command).toUpperCase());
  const endings = hasEnding ? [""] : programEndings;
  const isOfFolder = isWindows ? /[\\/:]/.test(command) : command.includes("/");
  const places = (env.PATH ?? "").split(delimiter).filter((place) => isAbsolute(place));
  const paths = isOfFolder ? [resolve(folder, command)] : places.map((place) => join(place, command));
  return paths.flatMap((path) => endings.map((ending) => path + ending)).find(isRunnable);
}

function isRunnableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The files of the folder that an entry names, as its program, an argument or a variable, with what they hold now; those
 * that runtimes take by a shorter name (`.`, `server`, `-m package`) among them, and links, with where they lead. What the
 * files read in turn is not.
 * @throws InterpreterError for a file that is too large to be looked at
 */
export function filesOfEntry(entry: McpEntry, folder: string): readonly FolderFile[] {
  if ("url" in entry) return [];
  const root = realpathSync(folder);
  const files = new Map<string, FolderFile>();
  const named = [entry.command, ...entry.args, ...Object.values(entry.env)].flatMap(pathsIn).flatMap(filesMeant);
  for (const name of named) {
    const path = resolve(root, name);
    const real = files.has(path) ? undefined : realFile(path);
    if (real === undefined || !(isInFolder(path, root) || isInFolder(real, root))) continue;
    const leadsTo = real === path ? {} : { leadsTo: isInFolder(real, root) ? relative(root, real) : real };
    files.set(path, { path: relative(root, path), ...leadsTo, sha256: hashOf(real) });
  }
  return [...files.values()];
}

/** Every word of a text that may be a path: all of it, behind a "=", each of a shell's words, as an address has it. */
function pathsIn(text: string): string[] {
  const words = [text, text.slice(text.indexOf("=") + 1), ...text.split(/[\s"'`;&|<>()=]+/)];
  const paths = words.map((word) => word.replace(/^file:\/\//, "")).filter((word) => word !== "");
  return [...new Set([...paths, ...paths.map(decoded)])].slice(0, MAX_WORDS);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no address
  }
}

/** What runtimes take for this name: Node a folder's index, Python a module. */
function filesMeant(path: string): string[] {
  const module = /^[\w.]+$/.test(path) && !/^\.+$/.test(path) ? path.replaceAll(".", "/") : path;
  const beside = [path, module].flatMap((base) => ENDINGS.map((ending) => base + ending));
  const within = [path, module].flatMap((base) => ENTRIES.map((entry) => join(base, entry)));
  return [path, ...beside, ...within];
}

function realFile(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined; // no file's name
  }
}

function hashOf(path: string): string {
  if (statSync(path).size > MAX_HASHED_BYTES)
    throw new InterpreterError(`${path} is too large for an MCP server's program`);
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
