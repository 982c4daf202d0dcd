// LoRA adapters of a plan: two small products beside each product that they add to, for the steps that have them.
import type { Matrix } from "../graph/graph.ts";
import type { Lora, LoraMatrix } from "../weights/lora-file.ts";
import type { Address } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import type { PackedMatrix } from "./packed.ts";

const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Packs a matrix that is no tensor of the model's file. */
export type Pack = (label: string, values: Float32Array<ArrayBuffer>, rows: number, columns: number) => PackedMatrix;

export interface LoraParts {
  readonly maxTokens: number;
  readonly pack: Pack;
  scratch(label: string, bytes: number): Address;
}

/** What an adapter adds to a product of `x` [tokens, matrix.columns] whose results are `y`. */
export type AddLora = (matrix: Matrix, x: Address, y: Address, yStride: number) => readonly CpuOperation[];

/** By the adapters' names. */
export function uploadLoras(loras: readonly Lora[], parts: LoraParts): ReadonlyMap<string, AddLora> {
  const ranks = loras.flatMap(({ matrices }) => [...matrices.values()].map(({ rank }) => rank));
  const most = Math.max(1, ...ranks);
  const inner = loras.length > 0 ? parts.scratch("lora", parts.maxTokens * most * F32_BYTES) : 0;
  return new Map(loras.map(({ name, matrices }) => [name, uploadLora(name, matrices, inner, parts)]));
}

function uploadLora(
  name: string,
  matrices: ReadonlyMap<string, LoraMatrix>,
  inner: Address,
  { pack }: LoraParts,
): AddLora {
  const packed = new Map(
    [...matrices].map(([matrix, { rank, rows, columns, scale, a, b }]) => {
      const down = pack(`${name}: ${matrix}, a`, a, rank, columns);
      const scaled = b.map((value) => value * scale);
      return [matrix, { down, up: pack(`${name}: ${matrix}, b`, scaled, rows, rank) }];
    }),
  );
  return (matrix, x, y, yStride) => {
    const own = packed.get(matrix.name);
    if (!own) return [];
    const common = { kind: "product" as const, isQuantized: false, bias: 0, rowsPerToken: 1, isBeside: false };
    return [
      { ...common, weight: own.down, x, y: inner, yStride: own.down.rows, isAdded: false },
      { ...common, weight: own.up, x: inner, y, yStride, isAdded: true },
    ];
  };
}
