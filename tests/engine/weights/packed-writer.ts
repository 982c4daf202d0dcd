// Matrices as GPTQ and AWQ pack them, from what they are made of; written from their formulas, apart from what reads them.
import type { Quantization } from "../../../engine/weights/packed-weights.ts";
import { randomNumbers } from "../kernels/linear-sources.ts";
import type { SafetensorsEntry } from "./safetensors-folder.ts";

export interface PackedExample {
  readonly entries: readonly SafetensorsEntry[];
  readonly weights: Float32Array; // [outputs, inputs], as the formula has them
}

const AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7]; // of the outputs in a word's nibbles
const words = (values: Uint32Array): Uint8Array => new Uint8Array(values.buffer);

/** A random matrix of that kind. @param module of the checkpoint: `model.layers.0.mlp.up_proj` */
export function packedExample(
  module: string,
  { method, bits, groupSize, isSymmetric, hasOrder, zeroOffset }: Quantization,
  [outputs, inputs]: readonly [number, number],
  seed: number,
): PackedExample {
  const random = randomNumbers(seed);
  const below = (count: number) => Math.floor(random() * count);
  const levels = 2 ** bits;
  const size = groupSize === -1 ? inputs : groupSize;
  const groups = Math.ceil(inputs / size);
  const groupOf = Uint32Array.from({ length: inputs }, (_, i) => Math.floor(i / size));
  if (hasOrder) for (let i = inputs - 1; i > 0; i--) swap(groupOf, i, below(i + 1));
  const quants = Array.from({ length: inputs }, () => Array.from({ length: outputs }, () => below(levels)));
  const zeros = Array.from({ length: groups }, () =>
    Array.from({ length: outputs }, () => (isSymmetric ? levels / 2 : below(levels))),
  );
  // f16 of 1.xxx * 2^-8, or 2^-12 for more levels, of either sign
  const power = -4 - bits;
  const halves = Uint16Array.from({ length: groups * outputs }, () => {
    return (below(2) << 15) | ((15 + power) << 10) | below(1024);
  });
  const scale = (half: number) => (half & 0x8000 ? -1 : 1) * (1 + (half & 1023) / 1024) * 2 ** power;

  const perWord = 32 / bits;
  const inWord = (count: number, of: (k: number) => number) => {
    let word = 0;
    for (let k = 0; k < count; k++) word |= of(k) << (bits * k);
    return word >>> 0;
  };
  const acrossOutputs = (row: readonly number[], stored: (value: number) => number) =>
    Array.from({ length: outputs / perWord }, (_, c) =>
      inWord(perWord, (k) => stored(row[c * perWord + (method === "awq" ? AWQ_ORDER[k]! : k)]!)),
    );
  const qweight =
    method === "awq"
      ? quants.flatMap((row) => acrossOutputs(row, (q) => q))
      : Array.from({ length: inputs / perWord }, (_, r) =>
          Array.from({ length: outputs }, (_, o) => inWord(perWord, (k) => quants[r * perWord + k]![o]!)),
        ).flat();
  const qzeros = zeros.flatMap((row) => acrossOutputs(row, (zero) => (zero - zeroOffset + levels) % levels));
  const rows = method === "awq" ? inputs : inputs / perWord;
  const entry = (kind: string, dtype: string, shape: readonly number[], data: Uint8Array) => {
    return { name: `${module}.${kind}`, dtype, shape, data };
  };
  return {
    entries: [
      entry("qweight", "I32", [rows, qweight.length / rows], words(Uint32Array.from(qweight))),
      entry("qzeros", "I32", [groups, outputs / perWord], words(Uint32Array.from(qzeros))),
      entry("scales", "F16", [groups, outputs], new Uint8Array(halves.buffer)),
      ...(method === "gptq" ? [entry("g_idx", "I32", [inputs], words(groupOf))] : []),
    ],
    weights: Float32Array.from({ length: outputs * inputs }, (_, at) => {
      const [o, i] = [Math.floor(at / inputs), at % inputs];
      const group = groupOf[i]!;
      return scale(halves[group * outputs + o]!) * (quants[i]![o]! - zeros[group]![o]!);
    }),
  };
}

/** As config.json has it under `quantization_config`. */
export function quantizationConfig(quantization: Quantization): Record<string, unknown> {
  const { method, bits, groupSize, isSymmetric, hasOrder, zeroOffset } = quantization;
  const own =
    method === "awq"
      ? { version: "gemm", zero_point: true }
      : { sym: isSymmetric, desc_act: hasOrder, ...(zeroOffset === 0 && { checkpoint_format: "gptq_v2" }) };
  return { quant_method: method, bits, group_size: groupSize, ...own };
}

function swap(values: Uint32Array, i: number, j: number): void {
  const value = values[i]!;
  values[i] = values[j]!;
  values[j] = value;
}
