// Models that no catalogue knows: `hf:OWNER/REPO[/FILE]` and `ms:OWNER/REPO[/FILE]`. The hub says what files there are, how large, and
// their sha256, which is then as binding as one that we know; nothing else of its answer is believed.
// Hugging Face: https://huggingface.co/docs/hub/api, ListFileEntry; ModelScope: modelscope/hub/api.py, get_model_files.
import { EngineError } from "../errors.ts";
import { quote } from "./bad-model-file.ts";
import { fingerprintOf } from "./file-hash.ts";
import { endpointOf, fetchJson } from "./http-source.ts";
import { partName } from "./split-model.ts";

/** A name as users type it. */
export interface HubName {
  readonly type: "huggingface" | "modelscope";
  readonly repository: string; // OWNER/REPO
  readonly file: string | undefined; // its path there
}

/** A file of a repository, as the hub tells of it. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | undefined; // lower-case hexadecimal; large files have one
  readonly gitHash?: string; // likewise, of the others on Hugging Face
}

const PREFIXES = { hf: "huggingface", ms: "modelscope" } as const;
export const BRANCHES = { huggingface: "main", modelscope: "master" } as const;
const MAX_BYTES = 2 ** 42; // of a file: 4 TB
const MAX_PAGES = 20; // of a list, of a thousand files each
const MOST_NAMED = 30; // files, in an error
const PREFERRED = /q4_k_m/i; // the smallest that loses little
const FOLDERS_FIRST = "config.json";
/** What a folder of safetensors is read from; a repository may hold the same weights in other forms, too. */
const OF_FOLDER = [
  ...["generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "qwen.tiktoken"],
  "model.safetensors.index.json",
];
const TOKENIZERS = ["tokenizer.json", "qwen.tiktoken"]; // the other one is the first generation's
const LATER_PART = /-(?!00001)\d{5}-of-\d{5}\.gguf$/i;

/** @throws EngineError `model-not-found` for a name that begins as one and is none; undefined: it does not begin so */
export function parseHubName(name: string): HubName | undefined {
  const prefix = /^(hf|ms):/i.exec(name)?.[1]?.toLowerCase() as keyof typeof PREFIXES | undefined; // as: by the pattern
  if (prefix === undefined) return undefined;
  const [owner = "", repository = "", ...path] = name.slice(prefix.length + 1).split("/");
  const isSafe = [owner, repository, ...path].every(isPlainName);
  const isFile = path.length === 0 || isModelFile(path.at(-1)!) || isFolder(path.join("/"));
  if (isSafe && isFile) {
    const file = path.length > 0 ? path.join("/") : undefined;
    return { type: PREFIXES[prefix], repository: `${owner}/${repository}`, file };
  }
  const form = `${prefix}:OWNER/REPOSITORY, or ${prefix}:OWNER/REPOSITORY/FILE.gguf`;
  throw new EngineError("model-not-found", `${quote(name)} is no file of a hub; write ${form}`);
}

/** How a model is named where a name is asked for. @param file its first */
export function hubName(type: HubName["type"], repository: string, file: string): string {
  return `${type === "huggingface" ? "hf" : "ms"}:${repository}/${file}`;
}

/** Whether the model that begins with this file is a folder of safetensors, not a GGUF. */
export function isFolder(firstFile: string): boolean {
  return firstFile === FOLDERS_FIRST;
}

/**
 * The files that make the model: one, all its parts in order, or where there is no GGUF a folder's, its config.json first.
 *
 * @throws EngineError `model-not-found` where there is none, or several and none is preferred, naming them;
 * `download-failed` where the hub does not answer, or not as hubs do
 */
export async function hubFiles(name: HubName, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<HubFile[]> {
  const all = (await listFiles(name, env, signal)).filter(({ path }) => isPlainPath(path));
  const files = all.filter(({ path }) => isModelFile(path));
  const folder = folderOf(name, all);
  const parts = folder.length > 0 ? folder : partsOf(chooseFile(name, files, all), files);
  for (const file of parts) {
    const { path, bytes } = file;
    if (bytes === 0)
      throw new EngineError("download-failed", `${name.repository}: of ${quote(path)} the hub has 0 bytes`);
    if (fingerprintOf(file) !== undefined) continue;
    const problem = `the hub tells no sha256 of ${quote(path)}, without which nothing says that it arrives whole`;
    throw new EngineError("download-failed", `${name.repository}: ${problem}`);
  }
  return parts;
}

/** Empty where the repository has none, or a GGUF that is meant. */
function folderOf({ repository, file }: HubName, all: readonly HubFile[]): HubFile[] {
  const first = all.find(({ path }) => path === FOLDERS_FIRST);
  const ofWeights = all.filter(({ path }) => /^[^/]+\.safetensors$/.test(path));
  const named = ofWeights.filter(({ path }) => path.startsWith("model")); // others may hold the same once more
  const weights = named.length > 0 ? named : ofWeights;
  const isMeant = file === undefined ? !all.some(({ path }) => isModelFile(path)) : isFolder(file);
  if (!isMeant || first === undefined || weights.length === 0) return [];
  if (!all.some(({ path }) => TOKENIZERS.includes(path))) {
    const problem = `has no ${TOKENIZERS.join(", nor a ")}, without which nobody knows its tokens`;
    throw new EngineError("model-not-found", `${repository} ${problem}`);
  }
  return [first, ...all.filter(({ path }) => OF_FOLDER.includes(path)), ...weights];
}

function chooseFile({ repository, file }: HubName, files: readonly HubFile[], all: readonly HubFile[]): HubFile {
  const firsts = files.filter(({ path }) => !LATER_PART.test(path));
  const named = files.find(({ path }) => path === file);
  if (named) return named;
  const list = firsts.slice(0, MOST_NAMED).map(({ path, bytes }) => `  ${quote(path)}, ${(bytes / 1e9).toFixed(1)} GB`);
  if (firsts.length > MOST_NAMED) list.push(`  and ${firsts.length - MOST_NAMED} more`);
  const there = firsts.length > 0 ? `; there are:\n${list.join("\n")}` : ", nor any other GGUF file";
  if (file !== undefined) throw new EngineError("model-not-found", `${repository} has no ${quote(file)}${there}`);
  const models = firsts.filter(({ path }) => !/mmproj/i.test(path)); // the eyes of another model
  const preferred = models.filter(({ path }) => PREFERRED.test(path)).sort((a, b) => a.path.length - b.path.length);
  const only = preferred[0] ?? (models.length === 1 ? models[0] : undefined); // of a whole file and its parts, the whole
  if (only) return only;
  if (models.length === 0)
    throw new EngineError(
      "model-not-found",
      `${repository} has no GGUF file, nor a ${FOLDERS_FIRST} with .safetensors${ofPickles(all)}`,
    );
  throw new EngineError("model-not-found", `${repository} has several models; name one of its files${there}`);
}

/** PyTorch's own files, which are programs: whoever loads one runs it. */
function ofPickles(files: readonly HubFile[]): string {
  const pickle = files.find(({ path }) => /\.(bin|pt|pth|ckpt)$/i.test(path));
  if (pickle === undefined) return "";
  const wayOut = "take a repository that has one, or save this one anew with transformers' save_pretrained()";
  return `, but ${quote(pickle.path)}, which can only be read by running what is in it: ${wayOut}`;
}

function partsOf(first: HubFile, files: readonly HubFile[]): HubFile[] {
  const [, name, count] = /^(.*)-00001-of-(\d{5})\.gguf$/.exec(first.path) ?? [];
  if (name === undefined) return [first];
  const byPath = new Map(files.map((file) => [file.path, file]));
  return Array.from({ length: Number(count) }, (_, i) => {
    const path = partName(name, i + 1, Number(count));
    const part = byPath.get(path);
    if (part) return part;
    throw new EngineError("model-not-found", `the model is ${count} files, of which ${quote(path)} is not there`);
  });
}

async function listFiles(name: HubName, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<HubFile[]> {
  const { type, repository } = name;
  const endpoint = endpointOf(type, env);
  const files: HubFile[] = [];
  if (type === "modelscope") {
    const url = `${endpoint}/api/v1/models/${repository}/repo/files?Revision=${BRANCHES[type]}&Recursive=true`;
    const { body } = await fetchJson(url, signal);
    for (const entry of listIn(property(property(body, "Data"), "Files"), url)) {
      if (property(entry, "Type") === "tree") continue;
      const sha256 = property(entry, "Sha256");
      files.push(fileOf(property(entry, "Path"), property(entry, "Size"), sha256, url));
    }
    return files;
  }
  let url: string | undefined = `${endpoint}/api/models/${repository}/tree/${BRANCHES[type]}?recursive=true`;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page++) {
    const { body, next } = await fetchJson(url, signal);
    for (const entry of listIn(body, url)) {
      if (property(entry, "type") !== "file") continue;
      const lfs = property(entry, "lfs"); // of large files; the others' id is git's own hash
      const file = fileOf(property(entry, "path"), property(entry, "size"), property(lfs, "oid"), url);
      const gitHash = property(entry, "oid");
      const isHash = lfs === undefined && typeof gitHash === "string" && /^[0-9a-f]{40}$/.test(gitHash);
      files.push(isHash ? { ...file, gitHash } : file);
    }
    url = next;
  }
  return files;
}

function fileOf(path: unknown, bytes: unknown, sha256: unknown, url: string): HubFile {
  const isSize = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (bytes as number) <= MAX_BYTES;
  if (typeof path !== "string" || !isSize) throw strangeAnswer(url);
  const hash = typeof sha256 === "string" && /^[0-9a-f]{64}$/i.test(sha256) ? sha256.toLowerCase() : undefined;
  return { path, bytes: bytes as number, sha256: hash }; // as: looked at above
}

function listIn(value: unknown, url: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw strangeAnswer(url);
}

function strangeAnswer(url: string): EngineError {
  return new EngineError("download-failed", `${url} does not answer with a list of files, as a hub does`);
}

function property(of: unknown, name: string): unknown {
  return typeof of === "object" && of !== null ? (of as Record<string, unknown>)[name] : undefined; // as: any object
}

function isModelFile(path: string): boolean {
  return path.toLowerCase().endsWith(".gguf");
}

/** Becomes a path on this machine. */
function isPlainPath(path: string): boolean {
  return path.split("/").every(isPlainName);
}

function isPlainName(name: string): boolean {
  return /^[\w.() -]+$/.test(name) && !/^\.+$/.test(name);
}
