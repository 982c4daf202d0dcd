import type { KeyValues } from "../kernels/key-values.ts";
import type { RecurrentState } from "../kernels/recurrent-state.ts";
import type { Dispatch } from "../shader.ts";

/** Where a step begins: buffers that the caller fills, but for token ids that the step before has chosen. */
export interface DecoderInput {
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]; ids past the vocabulary are clamped
  readonly places: GPUBuffer; // [maxTokens], as `placesOf` makes them
  readonly blockTables: GPUBuffer; // u32 [numTables, tableLength]: blocks of `keyValues`
  readonly tableLength: number; // ceil(contextLength / BLOCK_TOKENS)
  readonly rotations: GPUBuffer; // f32 [maxTokens, headDim / 2, 2], as `ropeRotations` makes them
}

/** A model on a device, as its runner runs it: everything is recorded, nothing is created by a call. */
export interface Decoder {
  readonly contextLength: number; // tokens
  readonly maxTokens: number; // of one `forward`
  readonly input: DecoderInput;
  readonly hidden: GPUBuffer; // f32 [maxTokens, hiddenSize], before the final norm
  readonly headRows: GPUBuffer; // f32 [MAX_OUTPUTS, hiddenSize], rows of `hidden`
  readonly normed: GPUBuffer; // f32 [MAX_OUTPUTS, hiddenSize], after the final norm
  readonly logits: GPUBuffer; // f32 [MAX_OUTPUTS, vocabSize]
  readonly keyValues: readonly KeyValues[]; // the KV cache: keys and values of each layer
  readonly recurrent: readonly RecurrentState[]; // of a sequence what is no keys and values
  readonly kvBlocks: number; // of BLOCK_TOKENS tokens, shared by all sequences
  readonly byteLength: number; // of all its buffers
  readonly weightsBytes: number; // those of them that hold weights
  /**
   * input -> KV cache and `hidden`
   * @param contextLength tokens that any row can see, at most
   * @param loras names of adapters; default: none
   */
  forward(numTokens: number, contextLength: number, loras?: readonly string[]): readonly Dispatch[];
  /** `headRows` -> `logits` */
  head(numRows: number): readonly Dispatch[];
  /** `headRows` -> `normed` */
  norm(numRows: number): readonly Dispatch[];
  /** What the plan's step of that number dispatches for one token. */
  stepDispatches(step: number): readonly Dispatch[];
  /** input, of one token -> KV cache and the first row of `logits` */
  next(contextLength: number, loras?: readonly string[]): readonly Dispatch[];
  destroy(): void;
}
