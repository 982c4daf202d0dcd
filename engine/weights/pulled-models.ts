// Files that came from a hub and are in no catalogue: models/hf/OWNER/REPO/FILE.gguf in the cache folder, and beside it a record of what
// the hub said of them, FILE.gguf.json; or a folder of safetensors, models/hf/OWNER/REPO, with config.json.json.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { EngineError } from "../errors.ts";
import { quote } from "./bad-model-file.ts";
import { fingerprintOf } from "./file-hash.ts";
import { type HubFile, type HubName, hubName, isFolder } from "./hub.ts";
import { fileBytes, partialPath } from "./partial-file.ts";

const FOLDERS = { huggingface: "hf", modelscope: "ms" } as const;
const RECORD = ".json"; // behind the name of the first file
const IS_RECORD = /(\.gguf|[\\/]config\.json)\.json$/i;

export interface PulledModel {
  readonly name: string; // hf:OWNER/REPO/FILE; of a folder hf:OWNER/REPO/config.json
  readonly type: HubName["type"];
  readonly repository: string;
  readonly files: readonly HubFile[]; // all parts
}

/** Where a hub's file lies, or would. */
export function pulledPath({ type, repository }: Pick<HubName, "type" | "repository">, file: string, cacheDir: string) {
  return join(cacheDir, "models", FOLDERS[type], ...repository.split("/"), ...file.split("/"));
}

/** By what a model is opened: its first file, or the folder. */
export function modelPathOf(firstFile: string): string {
  return isFolder(basename(firstFile)) ? dirname(firstFile) : firstFile;
}

/** Once all parts are there. */
export async function keepRecord(model: Omit<PulledModel, "name">, cacheDir: string): Promise<void> {
  const { type, repository, files } = model;
  const path = pulledPath(model, files[0]!.path, cacheDir) + RECORD;
  await writeFile(path, `${JSON.stringify({ type, repository, files }, null, 2)}\n`);
}

/** Those that are here whole, by name. */
export async function pulledModels(cacheDir: string): Promise<PulledModel[]> {
  const found: PulledModel[] = [];
  for (const type of ["huggingface", "modelscope"] as const) {
    const root = join(cacheDir, "models", FOLDERS[type]);
    const entries = await readdir(root, { recursive: true }).catch(() => []);
    for (const entry of entries.filter((path) => IS_RECORD.test(path)).sort()) {
      const [owner, name, ...path] = entry.slice(0, -RECORD.length).split(sep);
      if (path.length === 0) continue;
      const repository = `${owner}/${name}`;
      const files = await recordedFiles(join(root, entry));
      if (files?.[0]?.path !== path.join("/")) continue; // not ours
      const model = { name: hubName(type, repository, path.join("/")), type, repository, files };
      if (await isWhole(model, cacheDir)) found.push(model);
    }
  }
  return found;
}

/**
 * The first file of a model that has been pulled: `modelPathOf` it is the model.
 *
 * @throws EngineError `model-not-found` if there is none, saying what to do, or several, naming them
 */
export async function pulledFile(
  asked: Pick<HubName, "repository" | "file"> & { readonly type?: HubName["type"] },
  as: string,
  cacheDir: string,
): Promise<string> {
  const { repository, type, file } = asked;
  const models = (await pulledModels(cacheDir)).filter(
    (model) =>
      model.repository === repository &&
      (type === undefined || model.type === type) &&
      (file === undefined || model.files[0]!.path === file),
  );
  const [only] = models;
  if (only && models.length === 1) return pulledPath(only, only.files[0]!.path, cacheDir);
  const problem = only
    ? `of ${quote(as)} several are here; name one: ${models.map(({ name }) => name).join(", ")}`
    : `${as} is not here yet; get it with: qwenlab models pull ${as}`;
  throw new EngineError("model-not-found", problem);
}

/** Deletes its files and record, and what an unfinished download left; gives the bytes freed. */
export async function removePulled(firstFile: string): Promise<number> {
  const files = await recordedFiles(firstFile + RECORD);
  const first = files?.[0]?.path;
  let freed = 0;
  for (const { path } of files ?? []) {
    const there = join(dirname(firstFile), relative(dirname(first!), path));
    for (const each of [there, partialPath(there)]) {
      freed += (await fileBytes(each)) ?? 0;
      await rm(each, { force: true });
    }
  }
  await rm(firstFile + RECORD, { force: true });
  return freed;
}

/** What the files had whose first lies at `firstFile` when they were last fetched. */
export async function recordedHashes(firstFile: string): Promise<ReadonlySet<string>> {
  const files = (await recordedFiles(firstFile + RECORD)) ?? [];
  return new Set(files.flatMap((file) => fingerprintOf(file) ?? []));
}

async function isWhole({ files, ...model }: PulledModel, cacheDir: string): Promise<boolean> {
  for (const { path, bytes } of files) {
    if ((await fileBytes(pulledPath(model, path, cacheDir))) !== bytes) return false;
  }
  return true;
}

async function recordedFiles(path: string): Promise<HubFile[] | undefined> {
  try {
    const { files } = JSON.parse(await readFile(path, "utf8")) as { files: HubFile[] }; // as `keepRecord` wrote it
    return files;
  } catch {
    return undefined; // not ours, or spoiled: what it told of is not known any more
  }
}
