import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { linearByteLength, TOKEN_TILE } from "../kernels/linear.ts";
import type { PlaneKind } from "../kernels/plane.ts";
import type { Precision } from "../language-model.ts";
import type { GgufFile } from "./gguf.ts";
import { modelConfig } from "./model-config.ts";

export interface MemoryPlanOptions {
  readonly contextLength: number; // tokens
  readonly precision: Precision;
  /** Tokens a chunk of the prompt; a multiple of TOKEN_TILE. */
  readonly maxTokens?: number;
  /** Where weights lie. Default: textures, as on software adapters, where they take the most. */
  readonly planes?: PlaneKind;
}

/** Device memory in bytes, known before anything is loaded. */
export interface MemoryPlan {
  readonly weightsBytes: number;
  readonly kvCacheBytes: number;
  readonly prefixBytes: number; // keys and values of other requests and earlier ones, at most
  readonly kvBlocks: number; // of BLOCK_TOKENS tokens, for both
  readonly activationBytes: number;
  readonly totalBytes: number;
}

const DEFAULT_MAX_TOKENS = 128;
const F32_BYTES = 4;
const MAX_PREFIX_BYTES = 256 * 2 ** 20;
const INT8_BYTES = 1 + (4 * F32_BYTES) / 32; // a quant, and its share of its block's vec4 of scales

/**
 * What running a model takes, from the file's header alone.
 *
 * @throws EngineError as `modelConfig`; RangeError for a context that is no positive integer.
 */
export function planMemory(gguf: GgufFile, options: MemoryPlanOptions): MemoryPlan {
  const { contextLength, precision, maxTokens = DEFAULT_MAX_TOKENS, planes = "texture" } = options;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1) {
    throw new RangeError(`a context of ${contextLength} tokens`);
  }
  const config = modelConfig(gguf);
  const { hiddenSize, intermediateSize, headDim, numAttentionHeads, numKeyValueHeads } = config;

  // Matrices as kernels/linear.ts repacks them, vectors as f32.
  const weightsBytes = [...gguf.tensors.values()].reduce((sum, { type, shape: [columns = 0, rows] }) => {
    return sum + (rows === undefined ? columns * F32_BYTES : linearByteLength(type, rows, columns, planes));
  }, 0);

  // Keys and values: f32 [kvBlocks, numHiddenLayers, 2, BLOCK_TOKENS, numKeyValueHeads, headDim]
  const blockBytes = config.numHiddenLayers * 2 * BLOCK_TOKENS * numKeyValueHeads * headDim * F32_BYTES;
  const contextBlocks = Math.ceil(contextLength / BLOCK_TOKENS);
  const kvCacheBytes = contextBlocks * blockBytes;

  const prefixBlocks = Math.max(1, Math.floor(Math.min(kvCacheBytes, MAX_PREFIX_BYTES) / blockBytes));
  const prefixBytes = prefixBlocks * blockBytes;

  // The residual stream; q, k, v; gate and up, where they are no one product.
  const qkv = (numAttentionHeads + 2 * numKeyValueHeads) * headDim;
  const f32PerToken = hiddenSize + qkv + (hasMixedGates(gguf) ? 2 * intermediateSize : 0);
  // What matrices are multiplied with: two norms, what attention gives, gate times up.
  const inputsPerToken = 2 * hiddenSize + numAttentionHeads * headDim + intermediateSize;
  const bytesPerToken = f32PerToken * F32_BYTES + inputsPerToken * (precision === "fast" ? INT8_BYTES : F32_BYTES);
  const logitsBytes = TOKEN_TILE * config.vocabSize * F32_BYTES;
  const activationBytes = Math.ceil(maxTokens * bytesPerToken) + logitsBytes;

  const totalBytes = weightsBytes + kvCacheBytes + prefixBytes + activationBytes;
  const kvBlocks = contextBlocks + prefixBlocks;
  return { weightsBytes, kvCacheBytes, prefixBytes, kvBlocks, activationBytes, totalBytes };
}

/** Gate and up of one layer in two types, which compileGated of kernels/linear.ts multiplies one after the other. */
function hasMixedGates({ tensors }: GgufFile): boolean {
  return [...tensors].some(([name, { type }]) => {
    const up = tensors.get(name.replace("ffn_gate", "ffn_up"));
    return up !== undefined && up.type !== type;
  });
}
