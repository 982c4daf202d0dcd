import { EngineError } from "../errors.ts";
import { MAX_EXPERTS } from "../kernels/experts.ts";
import { type ExpertsConfig, type LongContextConfig, MODEL_TYPES, type ModelConfig } from "../models/config.ts";
import { badModelFile, badTensor, fieldIn, inWords, quote } from "./bad-model-file.ts";
import { metadataNumber, metadataString } from "./metadata.ts";
import { type ModelFile, requireTensor } from "./model-file.ts";
import { TextList } from "./text-list.ts";

/** Of the Qwen family too, and not run yet. */
const NOT_YET: readonly string[] = [
  ...["qwen3next", "qwen35", "qwen35moe", "qwen4exp"],
  ...["qwen2vl", "qwen3vl", "qwen3vlmoe", "qwen2audio"],
];

// Wide of every published model, so that only a broken file meets them; they keep products of sizes exact.
const MAX_LAYERS = 1024;
const MAX_HEADS = 1024;
const MAX_HEAD_DIM = 1024;
const MAX_WIDTH = 1 << 20; // hidden and intermediate size
const MAX_CONTEXT = 1 << 24; // tokens
const MOST_PADDING = 4096; // rows of the embedding that are no tokens, where they are most of it; published models have up to 400

/** Tokens that the first generation was trained on, by hidden size, where it goes beyond them: 1.8B, 7B, 14B. */
const QWEN_SEQ_LENGTHS: ReadonlyMap<number, number> = new Map([
  [2048, 8192],
  [4096, 8192],
  [5120, 2048],
]);

const MIXTURES: readonly ModelConfig["modelType"][] = ["qwen2moe", "qwen3moe"];

/**
 * Reads the model's sizes from the metadata and checks them against each other and the embedding's shape.
 *
 * @throws EngineError `bad-model-file` for a missing or implausible value; `unsupported-model` for an architecture
 * or a scaling of positions that we do not run.
 */
export function modelConfig(gguf: ModelFile): ModelConfig {
  const modelType = readArchitecture(gguf);
  rejectRopeScaling(gguf, modelType);
  rejectOthers(gguf, modelType);
  const key = (name: string) => `${modelType}.${name}`;
  const optional = (name: string, fallback: number) =>
    gguf.metadata.has(key(name)) ? metadataNumber(gguf, key(name)) : fallback;
  const integer = (name: string, max: number, fallback?: number) => {
    const value = fallback === undefined ? metadataNumber(gguf, key(name)) : optional(name, fallback);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    throw badModelFile(gguf, key(name), `${value} is not an integer from 1 to ${max}`);
  };
  const real = (name: string, min: number, max: number, fallback?: number) => {
    const value = fallback === undefined ? metadataNumber(gguf, key(name)) : optional(name, fallback);
    if (value > min && value <= max) return value;
    throw badModelFile(gguf, key(name), `${value} is not between ${min} and ${max}`);
  };

  const hiddenSize = integer("embedding_length", MAX_WIDTH);
  const numAttentionHeads = integer("attention.head_count", MAX_HEADS);
  const numKeyValueHeads = integer("attention.head_count_kv", MAX_HEADS, numAttentionHeads);
  if (numAttentionHeads % numKeyValueHeads !== 0) {
    const problem = `${numKeyValueHeads} does not divide the ${numAttentionHeads} attention heads`;
    throw badModelFile(gguf, key("attention.head_count_kv"), problem);
  }
  const intermediateSize = integer("feed_forward_length", MAX_WIDTH);
  const readExperts = (): ExpertsConfig => {
    const numExperts = integer("expert_count", MAX_EXPERTS);
    if (numExperts === 1) throw badModelFile(gguf, key("expert_count"), "1 expert is no mixture");
    const numExpertsPerTok = integer("expert_used_count", numExperts);
    return {
      numExperts,
      numExpertsPerTok,
      // Older files have neither width: the same two stand for them in llama.cpp.
      moeIntermediateSize: integer("expert_feed_forward_length", MAX_WIDTH, intermediateSize / numExpertsPerTok),
      sharedExpertIntermediateSize: integer("expert_shared_feed_forward_length", MAX_WIDTH, intermediateSize),
    };
  };
  const config: ModelConfig = {
    modelType,
    vocabSize: readVocabSize(gguf, modelType, hiddenSize),
    hiddenSize,
    intermediateSize,
    numHiddenLayers: integer("block_count", MAX_LAYERS),
    numAttentionHeads,
    numKeyValueHeads,
    headDim: integer("attention.key_length", MAX_HEAD_DIM, hiddenSize / numAttentionHeads),
    rmsNormEps: real("attention.layer_norm_rms_epsilon", 0, 0.1),
    ropeTheta: real("rope.freq_base", 1, 1e12, 10_000), // llama.cpp's default
    maxPositionEmbeddings: integer("context_length", MAX_CONTEXT),
    tieWordEmbeddings: !gguf.tensors.has("output.weight"),
    ...(MIXTURES.includes(modelType) && { experts: readExperts() }),
  };
  const longContext = modelType === "qwen" && readLongContext(gguf, config, integer);
  if (config.headDim % 2 !== 0) {
    throw badModelFile(gguf, key("attention.key_length"), `${config.headDim} is odd; rotation turns pairs`);
  }
  for (const name of ["attention.value_length", "rope.dimension_count"]) {
    const value = optional(name, config.headDim);
    if (value !== config.headDim) {
      throw badModelFile(gguf, key(name), `${value} differs from the head dimension, ${config.headDim}`);
    }
  }
  return longContext ? { ...config, longContext } : config;
}

/** GGUF files do not say; then it is what the published model of that width has. */
function readLongContext(
  gguf: ModelFile,
  { hiddenSize }: ModelConfig,
  integer: (name: string, max: number, fallback?: number) => number,
): LongContextConfig | undefined {
  const published = QWEN_SEQ_LENGTHS.get(hiddenSize);
  const flag = (key: string) => {
    if (!gguf.metadata.has(key)) return published !== undefined;
    const value = gguf.metadata.get(key);
    if (typeof value === "boolean") return value;
    throw badModelFile(gguf, key, `${inWords(value)} is neither true nor false`);
  };
  const [useDynamicNtk, useLognAttn] = [flag("qwen.rope.dynamic_ntk"), flag("qwen.attention.logn")];
  if (!useDynamicNtk && !useLognAttn) return undefined;
  const seqLength = integer("rope.scaling.original_context_length", MAX_CONTEXT, published);
  if (seqLength > 1) return { seqLength, useDynamicNtk, useLognAttn };
  throw badModelFile(gguf, "qwen.rope.scaling.original_context_length", "is 1, and must be more");
}

function readArchitecture(gguf: ModelFile): ModelConfig["modelType"] {
  const architecture = metadataString(gguf, "general.architecture");
  const supported = MODEL_TYPES.find((name) => name === architecture);
  if (supported) return supported;
  const known = MODEL_TYPES.join(", ");
  const isNotYet = NOT_YET.includes(architecture);
  const problem = `${quote(architecture)} is ${isNotYet ? "known, and not supported yet" : "not supported"}; supported: ${known}`;
  throw new EngineError("unsupported-model", `${gguf.path}: general.architecture: ${problem}`);
}

function rejectRopeScaling(gguf: ModelFile, modelType: string): void {
  const key = `${modelType}.rope.scaling.type`;
  const type = gguf.metadata.has(key) ? metadataString(gguf, key) : "none";
  if (type !== "none") {
    throw new EngineError(
      "unsupported-model",
      `${gguf.path}: ${key}: ${quote(type)} is not supported; supported: none`,
    );
  }
  // llama.cpp scales by it where no type is told; the first name is that of older files.
  for (const name of ["rope.scale_linear", "rope.scaling.factor"].map((own) => `${modelType}.${own}`)) {
    const factor = gguf.metadata.has(name) ? metadataNumber(gguf, name) : 1;
    if (factor === 0 || factor === 1) continue;
    throw new EngineError("unsupported-model", `${gguf.path}: ${name}: ${factor} is not supported; supported: 1`);
  }
}

/** Keys that ask for another computation than the architecture's, and the values that ask for none. */
const OTHERS: readonly (readonly [name: string, values: readonly unknown[], of?: string])[] = [
  ["attention.causal", [true]],
  ["rope.scaling.attn_factor", [1]],
  ["leading_dense_block_count", [0]],
  ["expert_gating_func", [0, 1]], // 1: softmax
  ["expert_weights_scale", [0, 1]],
  ["expert_weights_norm", [false], "qwen2moe"],
  ["expert_weights_norm", [true], "qwen3moe"],
];

function rejectOthers({ path, metadata }: ModelFile, modelType: string): void {
  for (const [name, values, of = modelType] of OTHERS) {
    const key = `${modelType}.${name}`;
    const value = metadata.get(key);
    if (value === undefined || of !== modelType || values.includes(value)) continue;
    const problem = `${inWords(value)} is not supported; supported: ${values.join(", ")}`;
    throw new EngineError("unsupported-model", `${path}: ${key}: ${problem}`);
  }
}

/** Rows of the embedding: what logits there are. Those past the vocabulary are padding; it may have fewer tokens, never more. */
function readVocabSize(gguf: ModelFile, modelType: string, hiddenSize: number): number {
  const embedding = requireTensor(gguf, "token_embd.weight");
  const [columns, rows] = embedding.shape;
  if (embedding.shape.length !== 2 || columns !== hiddenSize || rows === undefined) {
    const { field } = fieldIn(gguf, `${modelType}.embedding_length`);
    const shape = gguf.own?.shape(embedding.shape) ?? embedding.shape;
    throw badTensor(gguf, embedding.name, `has shape [${shape}], but ${field} is ${hiddenSize}`);
  }
  const key = `${modelType}.vocab_size`;
  const vocabSize = gguf.metadata.has(key) ? metadataNumber(gguf, key) : rows;
  if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > rows) {
    throw badModelFile(gguf, key, `${vocabSize}, but the embedding has ${rows} rows`);
  }
  const tokens = gguf.metadata.get("tokenizer.ggml.tokens");
  const count = tokens instanceof TextList ? tokens.length : rows;
  if (count > rows || rows - count > Math.max(MOST_PADDING, count)) {
    const problem = `${count} tokens, but the embedding has ${rows} rows: the vocabulary is another model's`;
    throw badModelFile(gguf, "tokenizer.ggml.tokens", problem);
  }
  return rows;
}
