// Small models as files come: of each architecture one, whose matrices have the formats that are found together.
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import type { ModelConfig, ModelType } from "../../../engine/models/config.ts";
import type { TensorType } from "../../../engine/weights/block-formats.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";
import { metadataOf, shapesFor, tinyConfig } from "../graph/tiny-models.ts";
import { randomBlocks } from "../kernels/linear-sources.ts";
import { randomF32 } from "../random.ts";
import type { TinyModel } from "../tiny-model.ts";
import type { WrittenTensor } from "../weights/gguf-writer.ts";

type Parts = TinyModel["parts"];

export interface LlamaModel {
  readonly name: string;
  readonly type: ModelType;
  /** Formats of matrices: that of the first pattern which is found in the tensor's name. */
  readonly formats: readonly (readonly [pattern: RegExp, format: TensorType])[];
}

const ANY = /./;
export const LLAMA_MODELS: readonly LlamaModel[] = [
  {
    name: "qwen-q4_0",
    type: "qwen",
    formats: [
      [/^output/, "Q6_K"],
      [/ffn_down/, "Q4_1"],
      [ANY, "Q4_0"],
    ],
  },
  {
    name: "qwen2-q4_k_m",
    type: "qwen2",
    formats: [
      [/token_embd|attn_v|ffn_down/, "Q6_K"],
      [ANY, "Q4_K"],
    ],
  },
  { name: "qwen2-f16", type: "qwen2", formats: [[ANY, "F16"]] },
  {
    name: "qwen2moe-q5_k",
    type: "qwen2moe",
    formats: [
      [/shexp/, "Q5_1"],
      [/attn/, "Q8_0"],
      [ANY, "Q5_K"],
    ],
  },
  {
    name: "qwen3-iq4_xs",
    type: "qwen3",
    formats: [
      [/token_embd/, "Q5_0"],
      [/attn_v/, "IQ4_NL"],
      [ANY, "IQ4_XS"],
    ],
  },
  { name: "qwen3-bf16", type: "qwen3", formats: [[ANY, "BF16"]] },
  {
    name: "qwen3moe-q2_k",
    type: "qwen3moe",
    formats: [
      [/token_embd/, "Q8_0"],
      [/ffn_down/, "Q3_K"],
      [ANY, "Q2_K"],
    ],
  },
];

/** With rows of whole blocks of 256 values, and texts no longer than those that the first generation was trained on. */
export function llamaConfig(type: ModelType): ModelConfig {
  const { longContext: _, experts, ...config } = tinyConfig(type);
  const intermediateSize = type === "qwen" ? 1024 : 512;
  const isThird = type.startsWith("qwen3"); // heads are wider than the model
  return {
    ...{ ...config, intermediateSize, hiddenSize: 256, numAttentionHeads: 4, headDim: isThird ? 128 : 64 },
    numKeyValueHeads: type === "qwen" ? 4 : 2,
    ...(experts && { experts: { ...experts, moeIntermediateSize: 256, sharedExpertIntermediateSize: 512 } }),
  };
}

/** The model, and the same numbers in F32. */
export function llamaModel({ type, formats }: LlamaModel): { readonly stored: Parts; readonly asF32: Parts } {
  const config = llamaConfig(type);
  const metadata = metadataOf(config);
  const tensors = [...shapesFor(ARCHITECTURES[type], config)].map(([name, shape], i): WrittenTensor => {
    const isPlain = shape.length === 1 || name.includes("ffn_gate_inp"); // as in files, norms, biases and routers are F32
    const format = isPlain ? "F32" : formats.find(([pattern]) => pattern.test(name))![1];
    const length = shape.reduce((a, b) => a * b, 1);
    const size = isPlain ? 0.3 : 0.1;
    return {
      name,
      shape,
      type: format,
      data: randomTensor(format, length, i + 1, size, name.includes("norm") ? 1 : 0),
    };
  });
  const asF32 = tensors.map(({ name, shape, type, data }): WrittenTensor => {
    return { name, shape, type: "F32", data: new Uint8Array(new Float32Array(dequantize(type, data!)).buffer) };
  });
  return { stored: { metadata, tensors }, asF32: { metadata, tensors: asF32 } };
}

function randomTensor(format: TensorType, length: number, seed: number, size: number, mean: number): Uint8Array {
  if (format !== "F32" && format !== "BF16") return randomBlocks(format, length, seed, size);
  const values = randomF32(length, seed, Math.sqrt(3) * size).map((value) => value + mean);
  if (format === "F32") return new Uint8Array(values.buffer);
  const bits = new Uint32Array(values.buffer);
  return new Uint8Array(Uint16Array.from(bits, (word) => word >>> 16).buffer);
}
