import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, lstat, mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import type { LoraSpec } from "../weights/lora-file.ts";

/** Where a running engine is, and the key to it: a file that only its user can read. */
export interface RunningEngine {
  readonly pid: number;
  readonly url: string; // with /v1
  readonly token: string;
  readonly version: string;
}

/** What makes two engines different: one process a model and setting. */
export interface EngineSettings {
  readonly path: string; // of the model's file
  readonly name: string; // what clients ask for
  readonly precision?: string | undefined;
  readonly contextLength?: number | undefined; // tokens
  readonly adapter?: string | undefined;
  readonly loras?: readonly LoraSpec[] | undefined;
}

const MAX_FILE_BYTES = 4_096; // one is a few hundred
const LOOPBACK_URL = /^http:\/\/127\.0\.0\.1:\d{1,5}\/v1$/;

/** The file's path, in a folder that only the user can enter. @throws EngineError if it is somebody else's */
export async function runtimeFile(engine: EngineSettings): Promise<string> {
  const folder = await runtimeFolder();
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => {}); // what is wrong with it is told below
  const info = await lstat(folder).catch(() => undefined);
  if (!info?.isDirectory() || !isOwn(info)) {
    const problem = info ? "belongs to somebody else, or is a link" : "cannot be made";
    throw new EngineError("engine-unavailable", `${folder} ${problem}; set XDG_RUNTIME_DIR to a folder of your own`);
  }
  if (process.platform !== "win32" && (info.mode & 0o077) !== 0) await chmod(folder, 0o700);
  const { path, name, precision, contextLength, adapter, loras } = engine;
  const settings = JSON.stringify([path, name, precision, contextLength, adapter, loras]);
  return join(folder, `engine-${createHash("sha256").update(settings).digest("hex").slice(0, 16)}.json`);
}

/** The session's own folder for such files; after `su` or `sudo` the variable may still name another user's. */
async function runtimeFolder(): Promise<string> {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const info = runtime ? await stat(runtime).catch(() => undefined) : undefined;
  if (runtime && info?.isDirectory() && isOwn(info)) return join(runtime, "qwenlab");
  return join(tmpdir(), `qwenlab-${process.getuid?.() ?? 0}`);
}

function isOwn({ uid }: { readonly uid: number }): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

/**
 * `undefined` if there is none. What is no such file, or not this user's alone, is removed: it would keep every engine
 * from its place, or send the user's prompts to somebody else's.
 */
export async function readRuntimeFile(file: string): Promise<RunningEngine | undefined> {
  const text = await readOwn(file).catch((error: NodeJS.ErrnoException) =>
    error.code === "ENOENT" ? null : undefined,
  );
  if (text === null) return undefined;
  const engine = text === undefined ? undefined : parsed(text);
  if (engine === undefined) await rm(file, { force: true, recursive: true });
  return engine;
}

/** Undefined for a pipe, a folder, another user's file, or one that others may read or write; fails for a link. */
async function readOwn(file: string): Promise<string | undefined> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants; // not on Windows
  await using handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const info = await handle.stat();
  const isPrivate = process.platform === "win32" || (isOwn(info) && (info.mode & 0o077) === 0);
  return info.isFile() && isPrivate && info.size <= MAX_FILE_BYTES ? handle.readFile("utf8") : undefined;
}

function parsed(text: string): RunningEngine | undefined {
  try {
    const { pid, url, token, version } = JSON.parse(text) as Partial<Record<keyof RunningEngine, unknown>>;
    const isEngine = [url, token, version].every((value) => typeof value === "string") && Number(pid) > 0;
    if (!isEngine || !Number.isInteger(pid) || !LOOPBACK_URL.test(String(url))) return undefined;
    return { pid, url, token, version } as RunningEngine; // as: just checked
  } catch {
    return undefined;
  }
}

/** Appears whole or not at all; `false` if another engine was first. */
export async function claimRuntimeFile(file: string, engine: RunningEngine): Promise<boolean> {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, JSON.stringify(engine), { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes the file unless it has become another engine's. */
export async function dropRuntimeFile(file: string, pid: number): Promise<void> {
  if ((await readRuntimeFile(file))?.pid === pid) await rm(file, { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
