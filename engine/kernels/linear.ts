import type { Precision } from "../language-model.ts";
import type { Dispatch } from "../shader.ts";

/** Columns of a product are computed in tiles of this many tokens: see `LinearBuffers`. */
export const TOKEN_TILE = 8;

/** Block formats of GGUF that the products run. */
export type LinearTensorType =
  | "F32"
  | "F16"
  | "BF16"
  | "Q8_0"
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K";

/** A matrix as it lies in the model file: rows of blocks, `columns` values each. */
export interface LinearSource {
  readonly name: string; // for labels and errors
  readonly type: string; // a LinearTensorType; anything else throws `unsupported-model`
  readonly rows: number;
  readonly columns: number; // a multiple of 32
  /** Fills `into` with the tensor's bytes from `byteOffset` on. */
  read(into: Uint8Array, byteOffset: number): Promise<void>;
}

/** Rows of one or several sources, one below the other, repacked on the device. */
export interface LinearWeight {
  readonly rows: number;
  readonly columns: number;
  readonly byteLength: number; // device memory
  destroy(): void;
}

/**
 * All buffers are f32 and hold `maxTokens` rows. With n > 1 tokens the product works on roundUp(n, TOKEN_TILE) rows:
 * rows of x past n are read (their values do not matter), rows of y past n are overwritten.
 */
export interface LinearBuffers {
  readonly x: GPUBuffer; // f32 [maxTokens, columns]
  readonly y: GPUBuffer; // f32 [maxTokens, rows]
  readonly bias?: GPUBuffer; // f32 [rows]
  /** y += instead of y =: the residual stream is added to in place. */
  readonly accumulate?: boolean;
}

/** y = x W^T (+ bias) (+ y). Encodes nothing: gives the dispatches for the first `numTokens` rows of x, prebuilt. */
export type Linear = (numTokens: number) => readonly Dispatch[];

/** y[t] = row tokenIds[t] of the weight, dequantized. `numTokens` <= maxTokens; ids past the last row are clamped. */
export interface EmbeddingBuffers {
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]
  readonly y: GPUBuffer; // f32 [maxTokens, columns]
}

/** Uploads weights and compiles products; pipelines and scratch buffers are shared by all of them. */
export interface Linears {
  /** Streams the file's bytes through one staging buffer and repacks them on the device. Sources may differ in type. */
  upload(sources: readonly LinearSource[]): Promise<LinearWeight>;
  compile(weight: LinearWeight, buffers: LinearBuffers): Promise<Linear>;
  compileEmbedding(weight: LinearWeight, buffers: EmbeddingBuffers): Promise<Linear>;
  readonly scratchBytes: number; // device memory that the products share
  /** Frees the staging memory; call it when all weights are uploaded. */
  finishUploads(): void;
  /** Frees the shared buffers, not the weights. */
  dispose(): void;
}

export interface LinearsOptions {
  readonly precision: Precision;
  readonly maxTokens: number; // tokens a chunk of the prompt, at most; a multiple of TOKEN_TILE
  /** Default: `rows` on a software adapter (a lane owns rows), `columns` on a GPU (lanes split a row). */
  readonly variant?: "rows" | "columns";
  /** Bytes a binding of a weight may have, default the device's limit; weights are cut into parts by rows. */
  readonly maxBindingBytes?: number;
}
