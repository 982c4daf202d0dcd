// What the CPU target can compute: the words of its programs. Addresses are bytes of one `CpuMemory`, rows are f32 and lie one
// behind the other unless a stride says otherwise (in f32, too). Every operation runs for all tokens of a step.
// operations.reference.ts says in plain loops what each word means; kernels/*.h compute it.
import type { Address } from "./memory.ts";
import type { PackedMatrix } from "./packed.ts";

/** How the numbers of a cache of keys and values are stored. */
export type CacheType = "f32" | "f16";

/** Bytes of one of them. */
export const CACHE_BYTES: Readonly<Record<CacheType, number>> = { f32: 4, f16: 2 };

/** Keys and values of one layer: [blocks, BLOCK_TOKENS, numKeyValueHeads, headDim]. */
export interface PagedCache {
  readonly type: CacheType;
  readonly keys: Address;
  readonly values: Address;
  readonly places: Address; // of the step's tokens, as `placesOf` (kernels/place.ts) makes them
  readonly blockTables: Address; // u32: blocks in the order of slots; a place's `table` is where its sequence's begins
}

export interface Heads {
  readonly numHeads: number;
  readonly numKeyValueHeads: number; // divides numHeads
  readonly headDim: number; // a multiple of 32
}

export const ELEMENTWISE = ["add", "mul", "silu", "sigmoid", "gate"] as const;

export type CpuOperation =
  /** y = the table's rows of the step's ids; ids past its end are its last row. */
  | {
      readonly kind: "embed";
      readonly table: PackedMatrix;
      readonly tokenIds: Address; // u32 [tokens]
      readonly y: Address; // [tokens, table.columns]
    }
  /** y = x / sqrt(mean(x^2) + eps) * weight, over rows, or over a token's heads; y may be x. */
  | {
      readonly kind: "norm";
      readonly x: Address; // [tokens, count, columns]
      readonly xStride: number; // from one token to the next
      readonly y: Address; // likewise
      readonly yStride: number;
      readonly weight: Address; // [columns]
      readonly count: number; // of a token
      readonly columns: number; // a multiple of 4
      readonly eps: number;
    }
  /** x as int8 in blocks of 32 with a scale each, and as products of `fast` read it. */
  | {
      readonly kind: "quantize";
      readonly x: Address; // [tokens * rowsPerToken, columns]
      readonly y: Address; // `quantizedBytes` of them
      readonly columns: number; // a multiple of 32
      readonly rowsPerToken: number;
      readonly isInTiles: boolean; // as `product` reads them; each row by itself is for `product of experts`
    }
  /** y = x W^T + bias, or y += x W^T. */
  | {
      readonly kind: "product";
      readonly weight: PackedMatrix;
      /** Quantized rows where `isQuantized`, else f32 [tokens * rowsPerToken, weight.columns]. */
      readonly x: Address;
      readonly isQuantized: boolean; // only where `takesQuantized(weight.type)`
      readonly y: Address; // [tokens * rowsPerToken, weight.rows]
      readonly yStride: number; // from one row to the next: more than weight.rows where several matrices write side by side
      readonly bias: Address; // f32 [weight.rows]; 0: none
      readonly isAdded: boolean; // to what y holds
      readonly rowsPerToken: number;
      /** Reads nothing that the operation before it writes, nor writes what that reads: it may run beside it. */
      readonly isBeside: boolean;
    }
  /** y = silu(gate) * up, with gate and up side by side. */
  | {
      readonly kind: "gated";
      readonly x: Address; // [tokens * rowsPerToken, 2, columns]
      readonly y: Address; // [tokens * rowsPerToken, columns]
      readonly columns: number; // a multiple of 4
      readonly rowsPerToken: number;
    }
  /** y = x, each head turned by its token's angles; y may be x. */
  | {
      readonly kind: "rotate";
      readonly x: Address; // [tokens, numHeads, headDim]
      readonly xStride: number; // from one token to the next
      readonly y: Address; // likewise
      readonly yStride: number;
      readonly rotations: Address; // f32 [tokens, headDim / 2, 2], as `ropeRotations` (kernels/rope.ts) makes them
      readonly numHeads: number;
      readonly headDim: number;
    }
  /** Keys and values of the step's tokens go into their slots of the cache. */
  | ({
      readonly kind: "store";
      readonly qkv: Address; // [tokens, numHeads + 2 * numKeyValueHeads, headDim]; keys are turned already
      readonly cache: PagedCache;
    } & Heads)
  /** Causal attention of each token to its sequence's slots up to its own. */
  | ({
      readonly kind: "attention";
      readonly qkv: Address; // likewise; only queries are read
      readonly cache: PagedCache;
      readonly y: Address; // [tokens, numHeads * headDim]
      readonly slices: Address; // `sliceBytes` of them, zeros: what threads find that divide a long context among them
      readonly contextLength: number; // slots that a sequence may have
    } & Heads)
  /** y = f(a, b), value by value; of `gate` b is one score a token: a * sigmoid(b). */
  | {
      readonly kind: "elementwise";
      readonly function: (typeof ELEMENTWISE)[number];
      readonly a: Address; // [tokens, columns]
      readonly b: Address; // likewise; of silu and sigmoid not read
      readonly y: Address; // may be a or b
      readonly columns: number;
    }
  /** y[t, i] = x[t, i], for i below count. */
  | {
      readonly kind: "columns";
      readonly x: Address; // of the first column that is copied
      readonly xStride: number;
      readonly y: Address; // likewise
      readonly yStride: number;
      readonly count: number;
    }
  /** Of each token the experts with the highest scores, the best first, and what each counts: softmax of all scores. */
  | {
      readonly kind: "choose experts";
      readonly scores: Address; // [tokens, numExperts]
      readonly ids: Address; // u32 [tokens, chosen]
      readonly weights: Address; // [tokens, chosen]
      readonly numExperts: number;
      readonly chosen: number;
      readonly isNormalized: boolean; // what the chosen ones count adds up to 1
    }
  /** y = x W^T, with each result's expert's W. */
  | {
      readonly kind: "product of experts";
      readonly weight: PackedMatrix; // of all experts
      readonly x: Address; // rows of tokens, or of results: quantized ones each by itself
      readonly isQuantized: boolean;
      readonly xRows: "tokens" | "results";
      readonly ids: Address; // u32 [tokens, chosen]
      readonly chosen: number;
      readonly y: Address; // [tokens * chosen, weight.rows]
      readonly yStride: number;
      readonly isBeside: boolean; // as of `product`
    }
  /** y = the sum of a token's results by their weights. */
  | {
      readonly kind: "mix experts";
      readonly x: Address; // [tokens, chosen, columns]
      readonly weights: Address; // [tokens, chosen]
      readonly y: Address; // [tokens, columns]
      readonly chosen: number;
      readonly columns: number;
    }
  /** Causal convolution of each channel by itself: kernels/conv.wgsl has the formula. */
  | {
      readonly kind: "conv";
      readonly x: Address; // [tokens, channels]
      readonly weight: Address; // [channels, taps]
      readonly state: Address; // [sequences, taps - 1, channels]
      readonly places: Address;
      readonly y: Address; // [tokens, channels]
      readonly channels: number;
      readonly taps: number;
    }
  /** The gated delta rule: kernels/delta-rule.wgsl has the formula. */
  | {
      readonly kind: "delta rule";
      readonly qkv: Address; // [tokens, 2 * keyHeads * keyDim + valueHeads * valueDim]
      readonly gates: Address; // a, then beta [tokens, 2, valueHeads]
      readonly weights: Address; // decay, then bias [2, valueHeads]
      readonly state: Address; // [sequences, valueHeads, keyDim, valueDim]
      readonly places: Address;
      readonly y: Address; // [tokens, valueHeads * valueDim]
      readonly keyHeads: number;
      readonly keyDim: number;
      readonly valueHeads: number;
      readonly valueDim: number; // a multiple of 4
    }
  /** The allowed token with the highest logit, the lowest of equal ones; NO_TOKEN where a logit is no finite number. */
  | {
      readonly kind: "argmax";
      readonly logits: Address; // [tokens, vocabSize]
      readonly allowed: Address; // u32: a bit a token, lowest first
      readonly y: Address; // u32 [tokens]
      readonly vocabSize: number;
    };

export type OperationOf<Kind extends CpuOperation["kind"]> = Extract<CpuOperation, { readonly kind: Kind }>;
