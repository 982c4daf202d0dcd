// Small models of any architecture, with random weights: the tensors are those that its description asks for.
import { type Architecture, Graph, type Matrix, type Taps, type Vector } from "../../../engine/graph/graph.ts";
import type { Constants } from "../../../engine/graph/reference.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import type { ExpertsConfig, LongContextConfig, ModelConfig, ModelType } from "../../../engine/models/config.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";
import { randomF32 } from "../random.ts";
import { quantize, TINY, type TinyModel, tinyTokenizer } from "../tiny-model.ts";
import type { WrittenTensor, WrittenValue } from "../weights/gguf-writer.ts";

const number = (value: number): WrittenValue => ({ type: "u32", value });
const real = (value: number): WrittenValue => ({ type: "f32", value });

/** Few: in steps of some tokens results are sorted by expert. */
function experts(numExperts: number, numExpertsPerTok: number): ExpertsConfig {
  return { numExperts, numExpertsPerTok, moeIntermediateSize: 64, sharedExpertIntermediateSize: TINY.intermediateSize };
}

/** What each architecture has that TINY does not say. */
const SIZES: Readonly<Record<ModelType, Partial<ModelConfig>>> = {
  qwen: {
    ...{ numKeyValueHeads: TINY.numAttentionHeads, intermediateSize: 2 * TINY.intermediateSize, headDim: 32 },
    longContext: { seqLength: 5, useDynamicNtk: true, useLognAttn: true },
  },
  qwen2: {},
  qwen2moe: { experts: experts(5, 2) },
  qwen3: { headDim: 64 }, // heads are wider than the model
  qwen3moe: { headDim: 64, experts: experts(9, 3) },
};

export function tinyConfig(modelType: ModelType): ModelConfig {
  const { contextLength, ...sizes } = TINY;
  return {
    ...{
      modelType,
      ...sizes,
      maxPositionEmbeddings: 2 * contextLength,
      tieWordEmbeddings: !["qwen", "qwen2moe"].includes(modelType),
    },
    ...SIZES[modelType],
  };
}

export function tinyModelOf(modelType: ModelType): TinyModel {
  const config = tinyConfig(modelType);
  const { parts, weights } = tensorsFor(ARCHITECTURES[modelType], config);
  return { parts: { ...parts, metadata: metadataOf(config) }, weights };
}

/** What a GGUF says of a model whose tokens are bytes. */
export function metadataOf(config: ModelConfig): TinyModel["parts"]["metadata"] {
  const key = (name: string) => `${config.modelType}.${name}`;
  return [
    ["general.architecture", { type: "string", value: config.modelType }],
    ["general.name", { type: "string", value: "tiny" }],
    [key("block_count"), number(config.numHiddenLayers)],
    [key("context_length"), number(config.maxPositionEmbeddings)],
    [key("embedding_length"), number(config.hiddenSize)],
    [key("feed_forward_length"), number(config.intermediateSize)],
    [key("attention.head_count"), number(config.numAttentionHeads)],
    [key("attention.head_count_kv"), number(config.numKeyValueHeads)],
    [key("attention.key_length"), number(config.headDim)],
    [key("attention.value_length"), number(config.headDim)],
    [key("rope.freq_base"), real(config.ropeTheta)],
    [key("attention.layer_norm_rms_epsilon"), real(config.rmsNormEps)],
    ...(config.experts ? expertKeys(config.experts, key) : []),
    ...(config.longContext ? longContextKeys(config.longContext, key) : []),
    ...tinyTokenizer,
  ];
}

function expertKeys(config: ExpertsConfig, key: (name: string) => string): TinyModel["parts"]["metadata"] {
  return [
    [key("expert_count"), number(config.numExperts)],
    [key("expert_used_count"), number(config.numExpertsPerTok)],
    [key("expert_feed_forward_length"), number(config.moeIntermediateSize)],
    [key("expert_shared_feed_forward_length"), number(config.sharedExpertIntermediateSize)],
  ];
}

function longContextKeys(config: LongContextConfig, key: (name: string) => string): TinyModel["parts"]["metadata"] {
  return [
    [key("rope.scaling.original_context_length"), number(config.seqLength)],
    [key("rope.dynamic_ntk"), { type: "bool", value: config.useDynamicNtk }],
    [key("attention.logn"), { type: "bool", value: config.useLognAttn }],
  ];
}

/** What the reference is told of a text, by the formulas of modeling_qwen.py. */
export function constantsOf(config: ModelConfig, tokens: number, promptTokens: number): Constants {
  const { rmsNormEps, ropeTheta, headDim, longContext } = config;
  if (!longContext) return { rmsNormEps, ropeTheta };
  const { seqLength } = longContext;
  const alpha = Math.max(2 ** Math.ceil(Math.log2(promptTokens / seqLength) + 1) - 1, 1);
  const logn = (i: number) => (i > seqLength ? Math.log(i) / Math.log(seqLength) : 1);
  return {
    rmsNormEps,
    ropeTheta: ropeTheta * alpha ** (headDim / (headDim - 2)),
    scoreScales: Array.from({ length: tokens }, (_, position) => logn(position + 1)),
  };
}

/** Random weights for a description. Norms are near 1; of matrices some are Q8_0, others f32, also side by side. */
export function tensorsFor(describe: Architecture, config: ModelConfig): TinyModel {
  const weights = new Map<string, Float32Array>();
  const tensors = [...shapesFor(describe, config)].map(([name, shape], i): WrittenTensor => {
    const isMatrix = shape.length > 1;
    const isNorm = name.includes("norm");
    const scale = name === "token_embd.weight" ? 1 : isMatrix ? 0.2 : 0.5;
    const values = randomF32(
      shape.reduce((a, b) => a * b, 1),
      i + 1,
      scale,
    ).map((value) => (isNorm ? 1 + value : name.endsWith("ssm_a") ? -Math.abs(value) : value));
    const isFloat = !isMatrix || /attn_v|1\.ffn_up|ffn_gate_inp|conv/.test(name);
    const data = isFloat ? new Uint8Array(values.buffer) : quantize(values);
    weights.set(name, isFloat ? values : dequantize("Q8_0", data));
    return { name, type: isFloat ? "F32" : "Q8_0", shape, data };
  });
  return { parts: { metadata: [], tensors }, weights };
}

/** The tensors that a description asks for. */
export function shapesFor(describe: Architecture, config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const asked = new Map<string, readonly number[]>();
  describe(new Recorder(config, asked));
  return asked;
}

/** Notes which tensors are asked for, instead of looking for them. */
class Recorder extends Graph {
  readonly #asked: Map<string, readonly number[]>;
  readonly #prefix: string;

  constructor(config: ModelConfig, asked: Map<string, readonly number[]>, prefix = "") {
    super(config, { path: "", tensors: new Map() });
    this.#asked = asked;
    this.#prefix = prefix;
  }

  override within(prefix: string): Graph {
    return new Recorder(this.config, this.#asked, this.#prefix + prefix);
  }

  override matrix(name: string, rows: number, columns: number): Matrix {
    this.#asked.set(this.#prefix + name, [columns, rows]);
    return { name, type: "F32", rows, columns, experts: 1 };
  }

  override expertMatrix(name: string, experts: number, rows: number, columns: number): Matrix {
    this.#asked.set(this.#prefix + name, [columns, rows, experts]);
    return { name, type: "F32", rows, columns, experts };
  }

  override row(name: string, columns: number): Matrix {
    this.#asked.set(this.#prefix + name, [columns]);
    return { name, type: "F32", rows: 1, columns, experts: 1 };
  }

  override taps(name: string, channels: number, taps: number): Taps {
    this.#asked.set(this.#prefix + name, [taps, channels]);
    return { name, size: channels * taps, channels, taps };
  }

  override vector(name: string, size: number): Vector {
    this.#asked.set(this.#prefix + name, [size]);
    return { name, size };
  }
}
