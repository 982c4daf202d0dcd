// Which models are on this machine, and where.
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { EngineError } from "../errors.ts";
import { badModelFile } from "./bad-model-file.ts";
import {
  type CatalogueModel,
  findModel,
  type ListedModel,
  MODELS,
  REPOSITORY_MODELS,
  type RepositoryModel,
} from "./catalogue.ts";
import { parseHubName } from "./hub.ts";
import { meantHubName } from "./meant-hub-name.ts";
import { fileBytes, partialPath, wheelFolder } from "./partial-file.ts";
import { modelPathOf, pulledFile, pulledModels, pulledPath, removePulled } from "./pulled-models.ts";

export interface CacheOptions {
  readonly cacheDir: string; // models lie in its folder `models`
}

export interface InstalledModel {
  readonly model: ListedModel;
  readonly path: string | undefined; // where it is or would be; of what is in a repository once it is here
  readonly isInstalled: boolean;
  readonly partialBytes: number; // of an unfinished download
}

/**
 * The file of a model that has been pulled, from the catalogue or by its hub's name (hf:OWNER/REPO/FILE), or of a path to a `.gguf` or a
 * folder of safetensors.
 *
 * @throws EngineError `model-not-found`, saying what to do; `bad-model-file` for a pulled file of the wrong size.
 */
export async function modelFile(nameOrPath: string, { cacheDir }: CacheOptions): Promise<string> {
  const hub = parseHubName(nameOrPath);
  if (hub) return modelPathOf(await pulledFile(hub, nameOrPath, cacheDir));
  if (isPath(nameOrPath)) {
    if ((await fileBytes(nameOrPath)) !== undefined || existsSync(join(nameOrPath, "config.json"))) return nameOrPath;
    const meant = meantHubName(nameOrPath);
    const wayOut = meant === undefined ? "" : `; if a hub's is meant, write ${meant}`;
    throw new EngineError("model-not-found", `${nameOrPath}: no such file${wayOut}`);
  }
  const model = findModel(nameOrPath);
  if ("repository" in model) {
    return modelPathOf(await pulledFile({ repository: model.repository, file: undefined }, model.name, cacheDir));
  }
  const path = modelPath(model, cacheDir);
  const bytes = await fileBytes(path);
  if (bytes === undefined) {
    const problem = `${model.name} is not here yet; get it with: qwenlab models pull ${model.name}`;
    throw new EngineError("model-not-found", problem);
  }
  if (bytes !== model.bytes) {
    const remedy = `run: qwenlab models remove ${model.name}, then: qwenlab models pull ${model.name}`;
    throw badModelFile(path, "size", `${bytes} bytes instead of ${model.bytes}; ${remedy}`);
  }
  return path;
}

/** Every model of the catalogue, and whether it is here; then what else came from hubs. */
export async function listModels({ cacheDir }: CacheOptions): Promise<InstalledModel[]> {
  const known = await Promise.all(
    MODELS.map(async (model) => {
      const path = modelPath(model, cacheDir);
      const isInstalled = (await fileBytes(path)) === model.bytes;
      return { model, path, isInstalled, partialBytes: (await fileBytes(partialPath(path))) ?? 0 };
    }),
  );
  const pulled = (await pulledModels(cacheDir)).map((model) => ({
    ...model,
    path: modelPathOf(pulledPath(model, model.files[0]!.path, cacheDir)),
    bytes: model.files.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: model.files.find(({ sha256 }) => sha256 !== undefined)?.sha256, // of a folder's files the large ones have one
  }));
  const listed = REPOSITORY_MODELS.map((model) => {
    const here = pulled.filter(({ repository }) => repository === model.repository);
    if (here.length !== 1) return { model, path: undefined, isInstalled: false, partialBytes: 0 };
    const { path, bytes, sha256 } = here[0]!;
    return { model: { ...model, bytes, sha256 }, path, isInstalled: true, partialBytes: 0 };
  });
  const byName = new Set(listed.filter(({ isInstalled }) => isInstalled).map(({ path }) => path));
  const others = pulled
    .filter(({ path }) => !byName.has(path))
    .map(({ name, repository, bytes, sha256, path }) => {
      const model = { name, title: repository, licence: "see its page", bytes, memoryBytes: undefined, sha256 };
      return { model, path, isInstalled: true, partialBytes: 0 };
    });
  return [...known, ...listed, ...others];
}

/** Deletes a model's file, which has been pulled, and what an unfinished download left; gives the bytes freed. */
export async function removeModel(name: string, { cacheDir }: CacheOptions): Promise<number> {
  const hub = parseHubName(name);
  const model = hub ? undefined : findModel(name);
  if (!model || "repository" in model) {
    const asked = hub ?? { repository: (model as RepositoryModel).repository, file: undefined };
    return removePulled(await pulledFile(asked, name, cacheDir));
  }
  const path = modelPath(model, cacheDir);
  let freed = 0;
  for (const file of [path, partialPath(path)]) {
    freed += (await fileBytes(file)) ?? 0;
    await rm(file, { force: true });
  }
  await rm(wheelFolder(partialPath(path)), { recursive: true, force: true });
  return freed;
}

export function modelPath(model: Pick<CatalogueModel, "fileName">, cacheDir: string): string {
  return join(cacheDir, "models", model.fileName);
}

function isPath(nameOrPath: string): boolean {
  return nameOrPath !== basename(nameOrPath) || nameOrPath.includes(sep) || nameOrPath.toLowerCase().endsWith(".gguf");
}
