// Attention over a paged cache, by plain loops.
import { attentionReference } from "../kernels/attention.reference.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { PLACE_WORDS } from "../kernels/place.ts";
import { readF16 } from "../weights/dequantize.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { CACHE_BYTES, type OperationOf, type PagedCache } from "./operations.ts";

/** Which slot a token of the step has, and where a slot of its sequence is: tokens of the cache before it. */
function placeOf(memory: CpuMemory, { places, blockTables }: PagedCache, token: number) {
  const [slot, table] = memory.u32(places + 4 * PLACE_WORDS * token, 2) as unknown as [number, number];
  const scoreScale = memory.f32(places + 4 * (PLACE_WORDS * token + 3), 1)[0]!;
  const tokenAt = (of: number) => {
    const block = memory.u32(blockTables + 4 * (table + Math.floor(of / BLOCK_TOKENS)), 1)[0]!;
    return block * BLOCK_TOKENS + (of % BLOCK_TOKENS);
  };
  return { slot, scoreScale, tokenAt };
}

export function storeReference(memory: CpuMemory, operation: OperationOf<"store">, tokens: number): void {
  const { qkv, cache, numHeads, numKeyValueHeads, headDim } = operation;
  const count = numKeyValueHeads * headDim;
  const row = (numHeads + 2 * numKeyValueHeads) * headDim;
  for (let t = 0; t < tokens; t++) {
    const { slot, tokenAt } = placeOf(memory, cache, t);
    const keys = memory.f32(qkv + 4 * (t * row + numHeads * headDim), 2 * count);
    const at = tokenAt(slot) * count * CACHE_BYTES[cache.type];
    writeNumbers(memory, cache, cache.keys + at, keys.subarray(0, count));
    writeNumbers(memory, cache, cache.values + at, keys.subarray(count));
  }
}

export function attentionOfReference(memory: CpuMemory, operation: OperationOf<"attention">, tokens: number): void {
  const { qkv, cache, y, numHeads, numKeyValueHeads, headDim } = operation;
  const count = numKeyValueHeads * headDim;
  const row = (numHeads + 2 * numKeyValueHeads) * headDim;
  for (let t = 0; t < tokens; t++) {
    const { slot, scoreScale, tokenAt } = placeOf(memory, cache, t);
    const gather = (from: Address) => {
      const all = new Float32Array((slot + 1) * count);
      for (let s = 0; s <= slot; s++) {
        all.set(readNumbers(memory, cache, from + tokenAt(s) * count * CACHE_BYTES[cache.type], count), s * count);
      }
      return all;
    };
    const queries = memory.f32(qkv + 4 * t * row, row).map((value) => value * scoreScale);
    const attended = attentionReference(queries, gather(cache.keys), gather(cache.values), slot, operation);
    memory.f32(y + 4 * t * numHeads * headDim, numHeads * headDim).set(attended);
  }
}

function readNumbers(memory: CpuMemory, { type }: PagedCache, at: Address, count: number): Float32Array {
  if (type === "f32") return memory.f32(at, count);
  const halves = memory.u8(at, 2 * count);
  const view = new DataView(halves.buffer, halves.byteOffset, halves.byteLength);
  return Float32Array.from({ length: count }, (_, i) => readF16(view, 2 * i));
}

function writeNumbers(memory: CpuMemory, { type }: PagedCache, at: Address, numbers: Float32Array): void {
  if (type === "f32") memory.f32(at, numbers.length).set(numbers);
  else memory.u16(at, numbers.length).set(Uint16Array.from(numbers, f16Bits));
}

/** The nearest half-precision number, ties to even; infinite where that is past the largest, or the value is no number. */
export function f16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (!(size < 65_520)) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-9)));
  const scaled = size / 2 ** (exponent - 10); // 1024 to 2047, or less below the smallest normal number
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  return sign | (rounded + (exponent + 14) * 1024); // a fraction that is full carries into the exponent
}
