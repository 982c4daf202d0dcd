// What the CPU target's words mean: operations in plain loops over the same memory, with sums in f64. The kernels' slow twin.
import { argmaxReference } from "../kernels/argmax.reference.ts";
import { chooseExperts } from "../kernels/experts.reference.ts";
import { rmsNormReference } from "../kernels/rms-norm.reference.ts";
import { isInMask } from "../token-mask.ts";
import { attentionOfReference, storeReference } from "./attention.reference.ts";
import type { Address, CpuMemory } from "./memory.ts";
import type { CpuOperation, OperationOf } from "./operations.ts";
import { unpackRow } from "./packed.reference.ts";
import { quantizeReference, readQuantized } from "./quantize.reference.ts";
import { convReference, deltaRuleReference } from "./recurrent.reference.ts";

type Runs = {
  readonly [Kind in CpuOperation["kind"]]: (memory: CpuMemory, operation: OperationOf<Kind>, tokens: number) => void;
};

const RUNS: Runs = {
  embed,
  norm,
  quantize,
  product,
  gated,
  rotate,
  store: storeReference,
  attention: attentionOfReference,
  elementwise,
  columns: copyColumns,
  "choose experts": choose,
  "product of experts": productOfExperts,
  "mix experts": mix,
  conv: convReference,
  "delta rule": deltaRuleReference,
  argmax,
};

/** Runs them for so many tokens, one after another. */
export function runReference(memory: CpuMemory, operations: readonly CpuOperation[], tokens: number): void {
  for (const operation of operations) {
    const run = RUNS[operation.kind] as (memory: CpuMemory, operation: CpuOperation, tokens: number) => void; // of its kind
    run(memory, operation, tokens);
  }
}

function embed(memory: CpuMemory, { table, tokenIds, y }: OperationOf<"embed">, tokens: number): void {
  for (const [t, id] of memory.u32(tokenIds, tokens).entries()) {
    const row = unpackRow(memory, table, Math.min(id, table.rows - 1));
    memory.f32(y + 4 * t * table.columns, table.columns).set(row);
  }
}

function norm(memory: CpuMemory, operation: OperationOf<"norm">, tokens: number): void {
  const { x, xStride, y, yStride, weight, count, columns, eps } = operation;
  for (let t = 0; t < tokens; t++) {
    const rows = memory.f32(x + 4 * t * xStride, count * columns);
    memory.f32(y + 4 * t * yStride, count * columns).set(rmsNormReference(rows, memory.f32(weight, columns), eps));
  }
}

function quantize(memory: CpuMemory, operation: OperationOf<"quantize">, tokens: number): void {
  const { x, y, columns, rowsPerToken, isInTiles } = operation;
  quantizeReference(memory, memory.f32(x, tokens * rowsPerToken * columns), y, columns, isInTiles);
}

function f32Rows(memory: CpuMemory, x: Address, rows: number, columns: number): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => Float64Array.from(memory.f32(x + 4 * row * columns, columns)));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function product(memory: CpuMemory, operation: OperationOf<"product">, tokens: number): void {
  const { weight, x, isQuantized, y, yStride, bias, isAdded, rowsPerToken } = operation;
  const count = tokens * rowsPerToken;
  const rows = isQuantized
    ? readQuantized(memory, x, count, weight.columns, true)
    : f32Rows(memory, x, count, weight.columns);
  for (let r = 0; r < weight.rows; r++) {
    const own = unpackRow(memory, weight, r);
    const begin = bias > 0 ? memory.f32(bias, weight.rows)[r]! : 0;
    for (const [i, row] of rows.entries()) {
      const result = memory.f32(y + 4 * (i * yStride + r), 1);
      result[0] = (isAdded ? result[0]! : 0) + begin + dot(row, own);
    }
  }
}

function productOfExperts(memory: CpuMemory, operation: OperationOf<"product of experts">, tokens: number): void {
  const { weight, x, isQuantized, xRows, ids, chosen, y, yStride } = operation;
  const results = tokens * chosen;
  const count = xRows === "tokens" ? tokens : results;
  const rows = isQuantized
    ? readQuantized(memory, x, count, weight.columns, false)
    : f32Rows(memory, x, count, weight.columns);
  for (const [i, expert] of memory.u32(ids, results).entries()) {
    const row = rows[xRows === "tokens" ? Math.floor(i / chosen) : i]!;
    const own = memory.f32(y + 4 * i * yStride, weight.rows);
    for (let r = 0; r < weight.rows; r++) own[r] = dot(row, unpackRow(memory, weight, r, expert));
  }
}

function gated(memory: CpuMemory, { x, y, columns, rowsPerToken }: OperationOf<"gated">, tokens: number): void {
  for (let row = 0; row < tokens * rowsPerToken; row++) {
    const gateUp = memory.f32(x + 8 * row * columns, 2 * columns);
    const results = gateUp.slice(0, columns).map((gate, i) => gate * sigmoid(gate) * gateUp[columns + i]!);
    memory.f32(y + 4 * row * columns, columns).set(results);
  }
}

function rotate(memory: CpuMemory, operation: OperationOf<"rotate">, tokens: number): void {
  const { x, xStride, y, yStride, rotations, numHeads, headDim } = operation;
  const half = headDim / 2;
  for (let t = 0; t < tokens; t++) {
    const turns = memory.f32(rotations + 4 * t * headDim, headDim);
    for (let head = 0; head < numHeads; head++) {
      const from = memory.f32(x + 4 * (t * xStride + head * headDim), headDim).slice();
      const to = memory.f32(y + 4 * (t * yStride + head * headDim), headDim);
      for (let i = 0; i < half; i++) {
        const [cos, sin] = [turns[2 * i]!, turns[2 * i + 1]!];
        to[i] = from[i]! * cos - from[half + i]! * sin;
        to[half + i] = from[half + i]! * cos + from[i]! * sin;
      }
    }
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

const FUNCTIONS: Readonly<Record<OperationOf<"elementwise">["function"], (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  silu: (a) => a * sigmoid(a),
  sigmoid: (a) => sigmoid(a),
  gate: (a, b) => a * sigmoid(b),
};

function elementwise(memory: CpuMemory, operation: OperationOf<"elementwise">, tokens: number): void {
  const { a, b, y, columns, function: name } = operation;
  const count = tokens * columns;
  const isUnary = name === "silu" || name === "sigmoid";
  const second = memory.f32(isUnary ? a : b, name === "gate" ? tokens : count).slice();
  const at = (i: number) => (name === "gate" ? Math.floor(i / columns) : i);
  memory.f32(y, count).set(memory.f32(a, count).map((value, i) => FUNCTIONS[name](value, second[at(i)]!)));
}

function copyColumns(memory: CpuMemory, operation: OperationOf<"columns">, tokens: number): void {
  const { x, xStride, y, yStride, count } = operation;
  for (let t = 0; t < tokens; t++) {
    memory.f32(y + 4 * t * yStride, count).set(memory.f32(x + 4 * t * xStride, count));
  }
}

function choose(memory: CpuMemory, operation: OperationOf<"choose experts">, tokens: number): void {
  const { scores, ids, weights, numExperts, chosen, isNormalized } = operation;
  for (let t = 0; t < tokens; t++) {
    const own = Array.from(memory.f32(scores + 4 * t * numExperts, numExperts));
    for (const [i, { expert, weight }] of chooseExperts(own, chosen, isNormalized).entries()) {
      memory.u32(ids, tokens * chosen)[t * chosen + i] = expert;
      memory.f32(weights, tokens * chosen)[t * chosen + i] = weight;
    }
  }
}

function mix(memory: CpuMemory, { x, weights, y, chosen, columns }: OperationOf<"mix experts">, tokens: number): void {
  for (let t = 0; t < tokens; t++) {
    const results = memory.f32(x + 4 * t * chosen * columns, chosen * columns);
    const counts = memory.f32(weights + 4 * t * chosen, chosen);
    const sumAt = (column: number) => counts.reduce((sum, count, i) => sum + count * results[i * columns + column]!, 0);
    memory.f32(y + 4 * t * columns, columns).set(Float32Array.from({ length: columns }, (_, i) => sumAt(i)));
  }
}

function argmax(memory: CpuMemory, { logits, allowed, y, vocabSize }: OperationOf<"argmax">, tokens: number): void {
  const bits = memory.u32(allowed, Math.ceil(vocabSize / 32));
  const isAllowed = (token: number) => isInMask(bits, token);
  for (let t = 0; t < tokens; t++) {
    memory.u32(y, tokens)[t] = argmaxReference(memory.f32(logits + 4 * t * vocabSize, vocabSize), isAllowed);
  }
}
