// Operations as the kernels read them: records of 32-bit words, whose fields kernels/records.h names in the same order.
import { EngineError } from "../errors.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { type CpuOperation, ELEMENTWISE, type OperationOf, type PagedCache } from "./operations.ts";
import { type PackedMatrix, packedBytes, tilesOf } from "./packed.ts";

/** Operations in a `CpuMemory`, to be run for any number of tokens. */
export interface Program {
  readonly memory: CpuMemory;
  readonly at: Address;
  readonly length: number; // records
}

export const BARRIER_WORDS = 4; // of kernels/main.cpp
const RECORD_WORDS = 32;
const HEADER_WORDS = 4;

const MAX_HEAD_DIM = 256; // of kernels/attention.h
const SLICE_TOKENS = 512; // likewise
const SLICED_TOKENS = 8; // likewise
const MAX_EXPERTS = 1024; // of kernels/experts.h

/** A number that is stored as f32; all others are integers. */
interface Float {
  readonly f32: number;
}

type Fields = readonly (number | boolean | Float)[];

/** The order is that of kernels/records.h. */
const KINDS = [
  "embed",
  "norm",
  "quantize",
  "product",
  "gated",
  "rotate",
  "store",
  "attention",
  "elementwise",
  "columns",
  "choose experts",
  "product of experts",
  "mix experts",
  "conv",
  "delta rule",
  "argmax",
] as const satisfies readonly CpuOperation["kind"][];

const FIELDS: { readonly [Kind in CpuOperation["kind"]]: (operation: OperationOf<Kind>) => Fields } = {
  embed: (o) => [...matrix(o.table), o.tokenIds, o.y],
  norm: (o) => [o.x, o.xStride, o.y, o.yStride, o.weight, o.count, o.columns, { f32: o.eps }],
  quantize: (o) => [o.x, o.y, o.columns, o.rowsPerToken, o.isInTiles],
  product: (o) => [...matrix(o.weight), o.x, o.isQuantized, o.y, o.yStride, o.bias, o.isAdded, o.rowsPerToken],
  gated: (o) => [o.x, o.y, o.columns, o.rowsPerToken],
  rotate: (o) => [o.x, o.xStride, o.y, o.yStride, o.rotations, o.numHeads, o.headDim],
  store: (o) => [o.qkv, ...cache(o.cache), o.numHeads, o.numKeyValueHeads, o.headDim],
  attention: (o) => [
    ...[o.qkv, ...cache(o.cache), o.y, o.numHeads, o.numKeyValueHeads, o.headDim],
    ...[o.slices, slicesOf(o.contextLength)],
  ],
  elementwise: (o) => [ELEMENTWISE.indexOf(o.function), o.a, o.b, o.y, o.columns],
  columns: (o) => [o.x, o.xStride, o.y, o.yStride, o.count],
  "choose experts": (o) => [o.scores, o.ids, o.weights, o.numExperts, o.chosen, o.isNormalized],
  "product of experts": (o) => [
    ...matrix(o.weight),
    ...[o.x, o.isQuantized, o.xRows === "tokens", o.ids, o.chosen, o.y, o.yStride],
  ],
  "mix experts": (o) => [o.x, o.weights, o.y, o.chosen, o.columns],
  conv: (o) => [o.x, o.weight, o.state, o.places, o.y, o.channels, o.taps],
  "delta rule": (o) => [
    ...[o.qkv, o.gates, o.weights, o.state, o.places, o.y],
    ...[o.keyHeads, o.keyDim, o.valueHeads, o.valueDim],
  ],
  argmax: (o) => [o.logits, o.allowed, o.y, o.vocabSize],
};

function slicesOf(contextLength: number): number {
  return Math.ceil(contextLength / SLICE_TOKENS);
}

/** Bytes that attention to so long a context needs for its slices: kernels/attention.h has the layout. */
export function sliceBytes(numHeads: number, contextLength: number): number {
  const found = MAX_HEAD_DIM + 2; // of a head and a slice
  return SLICED_TOKENS * numHeads * 4 * (1 + slicesOf(contextLength) * found);
}

function matrix({ type, rows, columns, experts, at }: PackedMatrix): Fields {
  return [tilesOf(type).id, rows, columns, experts, at, packedBytes(type, rows, columns)];
}

function cache({ type, keys, values, places, blockTables }: PagedCache): Fields {
  return [type === "f16", keys, values, places, blockTables];
}

function checkLimit(what: string, count: number, most: number): void {
  if (count <= most) return;
  throw new EngineError(
    "unsupported-model",
    `${what}: ${count}, but the CPU's kernels take ${most} at most; use a GPU.`,
  );
}

/** @throws EngineError `unsupported-model` for sizes past those of the kernels, which have room for so much on their stack */
export function checkLimits(operations: readonly CpuOperation[]): void {
  for (const operation of operations) {
    if (operation.kind === "attention") checkLimit("values of an attention head", operation.headDim, MAX_HEAD_DIM);
    if (operation.kind === "choose experts") checkLimit("experts", operation.numExperts, MAX_EXPERTS);
  }
}

/** @param operations within the kernels' limits. @throws EngineError as `allocate` */
export function writeProgram(memory: CpuMemory, operations: readonly CpuOperation[]): Program {
  const words = operations.length * RECORD_WORDS;
  const at = memory.allocate(words * 4, "a program");
  const integers = memory.i32(at, words);
  const floats = memory.f32(at, words);
  for (const [i, operation] of operations.entries()) {
    const first = i * RECORD_WORDS;
    integers[first] = KINDS.indexOf(operation.kind);
    integers[first + 1] = "isBeside" in operation && operation.isBeside ? 1 : 0;
    const fields = (FIELDS[operation.kind] as (operation: CpuOperation) => Fields)(operation); // of its kind
    for (const [j, field] of fields.entries()) {
      const word = first + HEADER_WORDS + j;
      if (typeof field === "object") floats[word] = field.f32;
      else integers[word] = Number(field);
    }
  }
  return { memory, at, length: operations.length };
}
