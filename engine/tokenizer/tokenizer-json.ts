// The vocabulary of a folder of Hugging Face's transformers, as a GGUF's metadata: from tokenizer.json
// (https://github.com/huggingface/tokenizers), or from the first generation's qwen.tiktoken; and its chat template.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { badModelFile, inWords } from "../weights/bad-model-file.ts";
import { jsonObject } from "../weights/json-object.ts";
import type { GgufValue } from "../weights/metadata.ts";
import { PRE_TOKENIZERS } from "./pre-tokenizers.ts";
import { firstGenerationVocabulary } from "./tiktoken-vocabulary.ts";
import { TOKEN_TYPE } from "./vocabulary.ts";

const MAX_BYTES = 64 << 20; // the largest have 20 MB
const MAX_TOKENS = 1 << 20; // the largest vocabulary has 262,144
const MAX_TEMPLATE_BYTES = 1 << 20;

interface Tokens {
  readonly texts: readonly string[];
  readonly types: readonly number[];
  readonly merges: readonly string[];
  readonly pre: string; // of PRE_TOKENIZERS
}

export interface TokenizerFolder {
  readonly architecture: string;
  readonly endToken: number | undefined;
}

/** @throws EngineError `model-not-found` where there is no vocabulary; `bad-model-file` */
export async function tokenizerMetadata(
  folder: string,
  { architecture, endToken }: TokenizerFolder,
): Promise<[string, GgufValue][]> {
  const { texts, types, merges, pre } = await tokensOf(folder, architecture);
  const template = await templateOf(folder);
  return [
    ["tokenizer.ggml.model", "gpt2"],
    ["tokenizer.ggml.pre", pre],
    ["tokenizer.ggml.tokens", texts],
    ["tokenizer.ggml.token_type", types],
    ["tokenizer.ggml.merges", merges],
    ...(endToken === undefined ? [] : ([["tokenizer.ggml.eos_token_id", endToken]] as [string, GgufValue][])),
    ...(template === undefined ? [] : ([["tokenizer.chat_template", template]] as [string, GgufValue][])),
  ];
}

async function tokensOf(folder: string, architecture: string): Promise<Tokens> {
  const path = join(folder, "tokenizer.json");
  const text = await readText(path, MAX_BYTES);
  if (text !== undefined) return parseTokenizer(path, text);
  const tiktoken = join(folder, "qwen.tiktoken");
  const lines = architecture === "qwen" ? await readText(tiktoken, MAX_BYTES) : undefined;
  if (lines !== undefined) return { ...firstGenerationVocabulary(tiktoken, lines), pre: "qwen2" };
  throw new EngineError("model-not-found", `${folder}: no tokenizer.json`);
}

function parseTokenizer(path: string, text: string): Tokens {
  const reject = (field: string, problem: string): never => {
    throw badModelFile(path, field, problem);
  };
  const file = parse(path, text);
  const model = objectIn(file, "model");
  if (model.type !== "BPE") reject("model.type", `is ${inWords(model.type)}; known is BPE`);
  const texts: string[] = [];
  const types: number[] = [];
  const put = (field: string, token: string, id: unknown, type: number) => {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= MAX_TOKENS)
      reject(field, `${inWords(id)} is no id`);
    texts[id as number] = token; // as: looked at above
    types[id as number] = type;
  };
  const vocab = objectIn(model, "vocab");
  for (const [token, id] of Object.entries(vocab)) put("model.vocab", token, id, TOKEN_TYPE.normal);
  for (const added of Array.isArray(file.added_tokens) ? (file.added_tokens as unknown[]) : []) {
    const { id, content, special } = (added ?? {}) as Record<string, unknown>; // as: any object
    if (typeof content !== "string") reject("added_tokens", "a token without its text");
    put("added_tokens", content as string, id, special === false ? TOKEN_TYPE.userDefined : TOKEN_TYPE.control);
  }
  for (let id = 0; id < texts.length; id++) {
    if (texts[id] !== undefined) continue;
    texts[id] = `[PAD${id}]`;
    types[id] = TOKEN_TYPE.unused;
  }
  return { texts, types, merges: mergesOf(model.merges, reject), pre: preTokenizerOf(path, text) };
}

function mergesOf(merges: unknown, reject: (field: string, problem: string) => never): string[] {
  if (!Array.isArray(merges)) return reject("model.merges", "is not a list");
  return merges.map((merge: unknown) => {
    if (typeof merge === "string") return merge;
    if (Array.isArray(merge) && merge.length === 2 && merge.every((half) => typeof half === "string"))
      return merge.join(" ");
    return reject("model.merges", `${inWords(merge)} is no pair of tokens`);
  });
}

/** By the pattern itself, wherever in the file it stands: how the steps around it are written has changed several times. */
function preTokenizerOf(path: string, text: string): string {
  for (const [name, pattern] of PRE_TOKENIZERS) {
    if (text.includes(JSON.stringify(pattern))) return name;
  }
  const known = [...PRE_TOKENIZERS.keys()].join(", ");
  throw badModelFile(
    path,
    "pre_tokenizer",
    `cuts text by none of the patterns that are known, which are those of ${known}`,
  );
}

/** chat_template.jinja, else tokenizer_config.json's. */
async function templateOf(folder: string): Promise<string | undefined> {
  const own = await readText(join(folder, "chat_template.jinja"), MAX_TEMPLATE_BYTES);
  if (own !== undefined) return own;
  const path = join(folder, "tokenizer_config.json");
  const text = await readText(path, MAX_BYTES);
  const template: unknown = text === undefined ? undefined : parse(path, text).chat_template;
  if (typeof template === "string") return template;
  const named = Array.isArray(template) ? (template as unknown[]) : []; // several, by name
  const [first] = named.filter((each) => (each as Record<string, unknown> | null)?.name === "default");
  const content = (first as Record<string, unknown> | undefined)?.template;
  return typeof content === "string" ? content : undefined;
}

function parse(path: string, text: string): Record<string, unknown> {
  const object = jsonObject(text);
  if (object) return object;
  throw badModelFile(path, "file", "is not a JSON object");
}

function objectIn(of: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = of[name];
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}; // as: any object
}

/** Undefined where there is none. @throws EngineError `bad-model-file` for what is too large to be one */
async function readText(path: string, maxBytes: number): Promise<string | undefined> {
  const about = await stat(path).catch(() => undefined);
  if (!about?.isFile()) return undefined;
  if (about.size > maxBytes) throw badModelFile(path, "size", `is ${about.size} bytes, and ${maxBytes} are the most`);
  return readFile(path, "utf8");
}
