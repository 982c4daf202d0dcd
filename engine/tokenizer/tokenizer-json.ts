// The vocabulary of a folder of Hugging Face's transformers, as a GGUF's metadata: from tokenizer.json
// (https://github.com/huggingface/tokenizers), or from the first generation's qwen.tiktoken; and its chat template.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { badModelFile, inWords, quote } from "../weights/bad-model-file.ts";
import { jsonObject } from "../weights/json-object.ts";
import type { GgufValue } from "../weights/metadata.ts";
import { TextList } from "../weights/text-list.ts";
import { PRE_TOKENIZERS } from "./pre-tokenizers.ts";
import { boundsMetadata, configBounds, postProcessorBounds, type TextBounds } from "./text-bounds.ts";
import { firstGenerationVocabulary } from "./tiktoken-vocabulary.ts";
import { TOKEN_TYPE } from "./vocabulary.ts";

const MAX_BYTES = 64 << 20; // the largest have 20 MB
const MAX_TOKENS = 1 << 20; // the largest vocabulary has 262,144
const MAX_TEMPLATE_BYTES = 1 << 20;

/** Of `model`, what we compute; where there are two, both mean the same. */
const MODEL_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  ignore_merges: [false],
  byte_fallback: [false],
  dropout: ["none", 0],
  continuing_subword_prefix: ["none", ""],
  end_of_word_suffix: ["none", ""],
};

type Json = Readonly<Record<string, unknown>>;
type Reject = (field: string, problem: string) => never;

interface Tokens {
  readonly texts: TextList;
  readonly types: readonly number[];
  readonly merges: TextList;
  readonly pre: string; // of PRE_TOKENIZERS
  readonly bounds: TextBounds;
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
  const config = await jsonOf(join(folder, "tokenizer_config.json"));
  const { texts, types, merges, pre, bounds } = await tokensOf(folder, architecture, config);
  const template = (await readText(join(folder, "chat_template.jinja"), MAX_TEMPLATE_BYTES)) ?? templateIn(config);
  return [
    ["tokenizer.ggml.model", "gpt2"],
    ["tokenizer.ggml.pre", pre],
    ["tokenizer.ggml.tokens", texts],
    ["tokenizer.ggml.token_type", types],
    ["tokenizer.ggml.merges", merges],
    ...(endToken === undefined ? [] : ([["tokenizer.ggml.eos_token_id", endToken]] as [string, GgufValue][])),
    ...boundsMetadata(bounds), // a GGUF has one id for both: that of Qwen's texts ends answers anyway
    ...(template === undefined ? [] : ([["tokenizer.chat_template", template]] as [string, GgufValue][])),
  ];
}

async function tokensOf(folder: string, architecture: string, config: Json): Promise<Tokens> {
  const path = join(folder, "tokenizer.json");
  const file = await readText(path, MAX_BYTES);
  if (file !== undefined) {
    const parsed = parse(path, file);
    const { ids, ...tokens } = parseTokenizer(path, parsed);
    const idOf = (token: string) => ids.get(token);
    const ofConfig = configBounds(join(folder, "tokenizer_config.json"), config, idOf);
    return { ...tokens, bounds: { ...ofConfig, ...postProcessorBounds(path, parsed, idOf) } };
  }
  const tiktoken = join(folder, "qwen.tiktoken");
  const lines = architecture === "qwen" ? await readText(tiktoken, MAX_BYTES) : undefined;
  if (lines !== undefined) return { ...firstGenerationVocabulary(tiktoken, lines), pre: "qwen2", bounds: {} };
  throw new EngineError("model-not-found", `${folder}: no tokenizer.json`);
}

/** With the ids of its tokens that are no bytes: what stands around a text is one of them. */
function parseTokenizer(path: string, file: Json) {
  const reject: Reject = (field, problem) => {
    throw badModelFile(path, field, problem);
  };
  const model = objectIn(file, "model");
  if (model.type !== "BPE") reject("model.type", `is ${inWords(model.type)}; known is BPE`);
  rejectOthers(file, model, reject);
  const pre = preTokenizerOf(file, reject);
  const texts: string[] = [];
  const types: number[] = [];
  const ids = new Map<string, number>();
  const put = (field: string, token: string, id: unknown, type: number) => {
    if (!Number.isInteger(id) || (id as number) < 0 || (id as number) >= MAX_TOKENS)
      reject(field, `${inWords(id)} is no id`);
    const other = texts[id as number]; // as: looked at above
    if (other !== undefined && other !== token) reject(field, `${quote(other)} and ${quote(token)} have one id, ${id}`);
    texts[id as number] = token;
    types[id as number] = type;
  };
  const vocab = objectIn(model, "vocab");
  for (const [token, id] of Object.entries(vocab)) put("model.vocab", token, id, TOKEN_TYPE.normal);
  for (const added of Array.isArray(file.added_tokens) ? (file.added_tokens as unknown[]) : []) {
    const { id, content, special, ...how } = (added ?? {}) as Json; // as: any object
    if (typeof content !== "string") return reject("added_tokens", "a token without its text");
    const taken = ["lstrip", "rstrip", "single_word"].find((each) => how[each] === true);
    if (taken) reject("added_tokens", `${quote(content)}: ${taken} is not supported`);
    put("added_tokens", content, id, special === false ? TOKEN_TYPE.userDefined : TOKEN_TYPE.control);
    ids.set(content, id as number); // as: put has looked
  }
  for (let id = 0; id < texts.length; id++) {
    if (texts[id] !== undefined) continue;
    texts[id] = `[PAD${id}]`;
    types[id] = TOKEN_TYPE.unused;
  }
  return { texts: TextList.from(texts), types, merges: TextList.from(mergesOf(model.merges, reject)), pre, ids };
}

function mergesOf(merges: unknown, reject: Reject): string[] {
  if (!Array.isArray(merges)) return reject("model.merges", "is not a list");
  return merges.map((merge: unknown) => {
    if (typeof merge === "string") return merge;
    if (Array.isArray(merge) && merge.length === 2 && merge.every((half) => typeof half === "string"))
      return merge.join(" ");
    return reject("model.merges", `${inWords(merge)} is no pair of tokens`);
  });
}

/** By the pattern of the step that cuts text; which others stand around it has changed several times. */
function preTokenizerOf(file: Json, reject: Reject): string {
  const whole = objectIn(file, "pre_tokenizer");
  const steps = whole.type === "Sequence" && Array.isArray(whole.pretokenizers) ? whole.pretokenizers : [whole];
  const patterns: unknown[] = [];
  for (const step of steps as readonly unknown[]) {
    const { type, pattern, behavior, invert, add_prefix_space, use_regex } = (step ?? {}) as Json; // as: any object
    const keepsAll = behavior === "Removed" ? invert === true : behavior === "Isolated" && invert !== true;
    if (type === "Split" && !keepsAll) reject("pre_tokenizer", "a Split that drops text is not supported");
    if (type === "Split") patterns.push((pattern as Json | null)?.Regex); // as: any object
    if (type === "ByteLevel" && add_prefix_space === true) reject("pre_tokenizer", "add_prefix_space is not supported");
    if (type === "ByteLevel" && use_regex === true) reject("pre_tokenizer", "use_regex is not supported");
  }
  const name = [...PRE_TOKENIZERS].find(([, { oniguruma }]) => patterns.length === 1 && patterns[0] === oniguruma)?.[0];
  if (name === undefined) {
    const known = [...PRE_TOKENIZERS.keys()].join(", ");
    return reject("pre_tokenizer", `cuts text by none of the patterns that are known, which are those of ${known}`);
  }
  const isKnown = (step: unknown) => ["Split", "ByteLevel"].includes((step as Json | null)?.type as string);
  const other = (steps as readonly unknown[]).find((step) => !isKnown(step)) as Json | null | undefined;
  if (other !== undefined)
    reject("pre_tokenizer", `${inWords(other?.type)} is not supported; supported: Split, ByteLevel`);
  return name;
}

/** What a tokenizer.json may ask for, and Qwen's do not: the same text would become other tokens. */
function rejectOthers(file: Json, model: Json, reject: Reject): void {
  const { normalizer } = file;
  const isNfc = (one: unknown) => (one as Json | null | undefined)?.type === "NFC"; // as: any object
  const steps =
    objectIn(file, "normalizer").type === "Sequence" ? objectIn(file, "normalizer").normalizers : [normalizer];
  if (!Array.isArray(steps) || steps.length !== 1 || !isNfc(steps[0]))
    reject("normalizer", "is not supported; supported: NFC");
  for (const [field, values] of Object.entries(MODEL_VALUES)) {
    const value = model[field] ?? values[0];
    if (!values.includes(value))
      reject(`model.${field}`, `${inWords(value)} is not supported; supported: ${values[0]}`);
  }
}

/** Of one that has several by name, the default. */
function templateIn({ chat_template: template }: Json): string | undefined {
  if (typeof template === "string") return template;
  const named = Array.isArray(template) ? (template as unknown[]) : [];
  const [first] = named.filter((each) => (each as Json | null)?.name === "default");
  const content = (first as Json | undefined)?.template;
  return typeof content === "string" ? content : undefined;
}

/** Empty where there is no such file. @throws EngineError `bad-model-file` */
async function jsonOf(path: string): Promise<Json> {
  const text = await readText(path, MAX_BYTES);
  return text === undefined ? {} : parse(path, text);
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
