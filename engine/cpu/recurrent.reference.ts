// Operations that keep a state of each sequence, by plain loops. The tokens of a sequence follow each other in a step.
import { PLACE_WORDS } from "../kernels/place.ts";
import type { Address, CpuMemory } from "./memory.ts";
import type { OperationOf } from "./operations.ts";

const EPS = 1e-6; // as in delta-rule.wgsl

interface Run {
  readonly sequence: number;
  readonly isFirst: boolean; // of the sequence's tokens: there is no state yet
  readonly tokens: readonly number[];
}

/** A step's tokens by sequence. */
function runsOf(memory: CpuMemory, places: Address, tokens: number): Run[] {
  const runs: (Run & { readonly tokens: number[] })[] = [];
  for (let t = 0; t < tokens; t++) {
    const [slot, , sequence] = memory.u32(places + 4 * PLACE_WORDS * t, 3) as unknown as [number, number, number];
    const last = runs.at(-1);
    if (last?.sequence === sequence) last.tokens.push(t);
    else runs.push({ sequence, isFirst: slot === 0, tokens: [t] });
  }
  return runs;
}

export function convReference(memory: CpuMemory, operation: OperationOf<"conv">, tokens: number): void {
  const { x, weight, state, places, y, channels, taps } = operation;
  const weights = memory.f32(weight, channels * taps);
  for (const run of runsOf(memory, places, tokens)) {
    const kept = memory.f32(state + 4 * run.sequence * (taps - 1) * channels, (taps - 1) * channels);
    if (run.isFirst) kept.fill(0);
    for (const t of run.tokens) {
      const own = memory.f32(x + 4 * t * channels, channels);
      for (let c = 0; c < channels; c++) {
        const inputs = Array.from({ length: taps }, (_, j) => (j < taps - 1 ? kept[j * channels + c]! : own[c]!));
        const sum = inputs.reduce((all, input, j) => all + weights[c * taps + j]! * input, 0);
        memory.f32(y + 4 * t * channels, channels)[c] = sum;
        for (let j = 0; j < taps - 1; j++) kept[j * channels + c] = inputs[j + 1]!;
      }
    }
  }
}

export function deltaRuleReference(memory: CpuMemory, operation: OperationOf<"delta rule">, tokens: number): void {
  const { state, places, keyDim, valueHeads, valueDim } = operation;
  const size = keyDim * valueDim;
  for (const run of runsOf(memory, places, tokens)) {
    for (let head = 0; head < valueHeads; head++) {
      const kept = memory.f32(state + 4 * (run.sequence * valueHeads + head) * size, size);
      const matrix = Float64Array.from(kept);
      if (run.isFirst) matrix.fill(0);
      for (const t of run.tokens) deltaRuleOfToken(memory, operation, matrix, t, head);
      kept.set(matrix);
    }
  }
}

/** The head's matrix [keyDim, valueDim] goes one token on. */
function deltaRuleOfToken(
  memory: CpuMemory,
  operation: OperationOf<"delta rule">,
  matrix: Float64Array,
  t: number,
  head: number,
) {
  const { qkv, gates, weights, y, keyHeads, keyDim, valueHeads, valueDim } = operation;
  const keys = keyHeads * keyDim;
  const row = memory.f32(qkv + 4 * t * (2 * keys + valueHeads * valueDim), 2 * keys + valueHeads * valueDim);
  const first = Math.floor(head / (valueHeads / keyHeads)) * keyDim;
  const query = ofLength1(row.subarray(first, first + keyDim)).map((value) => value / Math.sqrt(keyDim));
  const key = ofLength1(row.subarray(keys + first, keys + first + keyDim));
  const values = row.subarray(2 * keys + head * valueDim, 2 * keys + (head + 1) * valueDim);
  const [decay, bias] = [
    memory.f32(weights, valueHeads)[head]!,
    memory.f32(weights, 2 * valueHeads)[valueHeads + head]!,
  ];
  const own = memory.f32(gates + 4 * t * 2 * valueHeads, 2 * valueHeads);
  const kept = Math.exp(decay * Math.log1p(Math.exp(own[head]! + bias)));
  const written = 1 / (1 + Math.exp(-own[valueHeads + head]!));
  const attended = memory.f32(y + 4 * (t * valueHeads + head) * valueDim, valueDim);
  for (let j = 0; j < valueDim; j++) {
    let found = 0;
    for (let i = 0; i < keyDim; i++) {
      matrix[i * valueDim + j]! *= kept;
      found += key[i]! * matrix[i * valueDim + j]!;
    }
    let sum = 0;
    for (let i = 0; i < keyDim; i++) {
      matrix[i * valueDim + j]! += key[i]! * written * (values[j]! - found);
      sum += query[i]! * matrix[i * valueDim + j]!;
    }
    attended[j] = sum;
  }
}

function ofLength1(x: Float32Array): Float64Array {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, EPS));
  return Float64Array.from(x, (value) => value * scale);
}
