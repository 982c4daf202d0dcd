// What an entry of a folder's MCP configuration would run, found once: what is shown is what is started.
import { createHash } from "node:crypto";
import { accessSync, constants, readFileSync, realpathSync, statSync } from "node:fs";
import { delimiter, extname, isAbsolute, join, relative, resolve } from "node:path";
import { InterpreterError } from "../errors.ts";
import { isInFolder } from "../in-folder.ts";
import type { McpEntry } from "./mcp-config.ts";

const IS_WINDOWS = process.platform === "win32";
const MAX_HASHED_BYTES = 256 * 2 ** 20;

export interface FolderFile {
  readonly path: string; // relative to the folder
  readonly sha256: string;
}

/**
 * The path of a program, as the user's own PATH has it; one with a slash is the folder's. Empty and relative places of the
 * PATH are left out: they would be the notebook's folder.
 */
export function findServerProgram(command: string, folder: string): string | undefined {
  if (/[\\/]/.test(IS_WINDOWS ? command : command.replaceAll("\\", ""))) return runnable(resolve(folder, command));
  const places = (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
  for (const place of places) {
    const found = runnable(join(place, command));
    if (found !== undefined) return found;
  }
  return undefined;
}

function runnable(path: string): string | undefined {
  const endings = IS_WINDOWS && extname(path) === "" ? (process.env.PATHEXT ?? ".EXE;.CMD;.BAT").split(";") : [""];
  return endings.map((ending) => path + ending).find(isRunnable);
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The files of the folder that an entry names, as its program, an argument or a variable, with what they hold now. What
 * those read in turn is not among them.
 * @throws InterpreterError for a file that is too large to be looked at
 */
export function filesOfEntry(entry: McpEntry, folder: string): readonly FolderFile[] {
  if ("url" in entry) return [];
  const root = realpathSync(folder);
  const named = [entry.command, ...entry.args, ...Object.values(entry.env)];
  const files = new Map<string, FolderFile>();
  for (const text of named.flatMap((text) => [text, text.slice(text.indexOf("=") + 1)])) {
    const path = realFile(resolve(root, text.replace(/^file:\/\//, "")));
    if (path === undefined || !isInFolder(path, root) || files.has(path)) continue;
    files.set(path, { path: relative(root, path), sha256: hashOf(path) });
  }
  return [...files.values()];
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
