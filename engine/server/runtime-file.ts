import { createHash, randomBytes } from "node:crypto";
import { chmod, link, lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EngineError } from "../errors.ts";

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
}

/** The file's path, in a folder that only the user can enter. @throws EngineError if it is somebody else's */
export async function runtimeFile({ path, name, precision, contextLength, adapter }: EngineSettings): Promise<string> {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  const uid = process.getuid?.() ?? 0;
  const folder = runtime ? join(runtime, "qwenlab") : join(tmpdir(), `qwenlab-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const info = await lstat(folder);
  if (!info.isDirectory() || (process.getuid && info.uid !== uid)) {
    throw new EngineError(
      "engine-unavailable",
      `${folder} belongs to somebody else; set XDG_RUNTIME_DIR to a folder of your own`,
    );
  }
  if (process.platform !== "win32" && (info.mode & 0o077) !== 0) await chmod(folder, 0o700);
  const settings = JSON.stringify([path, name, precision, contextLength, adapter]);
  return join(folder, `engine-${createHash("sha256").update(settings).digest("hex").slice(0, 16)}.json`);
}

/** `undefined` if there is none; what is no such file is removed, since it would keep every engine from its place. */
export async function readRuntimeFile(file: string): Promise<RunningEngine | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    return undefined;
  }
  const engine = parsed(text);
  if (engine === undefined) await rm(file, { force: true });
  return engine;
}

function parsed(text: string): RunningEngine | undefined {
  try {
    const { pid, url, token, version } = JSON.parse(text) as Partial<Record<keyof RunningEngine, unknown>>;
    const isEngine = [url, token, version].every((value) => typeof value === "string") && Number.isInteger(pid);
    return isEngine ? ({ pid, url, token, version } as RunningEngine) : undefined; // just checked
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
