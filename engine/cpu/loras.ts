// LoRA adapters of a plan: two small products beside each product that they add to, for the steps that have them.
import type { Matrix } from "../graph/graph.ts";
import type { Lora, LoraMatrix } from "../weights/lora-file.ts";
import type { Allocator } from "./allocator.ts";
import { allocateMatrix } from "./kernels.ts";
import type { Address } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import type { PackedMatrix } from "./packed.ts";

const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** A matrix that is no tensor of the model's file. */
export interface ComputedMatrix {
  readonly matrix: PackedMatrix;
  values(): Float32Array<ArrayBuffer>; // [rows, columns]
}

export interface PlacedLoras {
  /** Finds room for what adapters have of the matrix. @throws EngineError `out-of-memory` */
  place(matrix: Matrix): void;
  /** What the adapters of these names add to a product of `x` [tokens, matrix.columns] whose results are `y`. */
  added(names: readonly string[], matrix: Matrix, x: Address, y: Address, yStride: number): readonly CpuOperation[];
  readonly matrices: readonly ComputedMatrix[]; // of those that were placed; they are zeros until they are packed
}

export interface LoraParts {
  readonly allocator: Allocator;
  readonly maxTokens: number;
  scratch(label: string, bytes: number): Address;
}

/** The two products of one adapter and one matrix. */
interface Halves {
  readonly down: PackedMatrix;
  readonly up: PackedMatrix;
}

export function createLoras(loras: readonly Lora[], { allocator, maxTokens, scratch }: LoraParts): PlacedLoras {
  const ranks = loras.flatMap(({ matrices }) => [...matrices.values()].map(({ rank }) => rank));
  const innerBytes = maxTokens * Math.max(1, ...ranks) * F32_BYTES;
  const placed = new Map<string, Map<string, Halves>>(loras.map(({ name }) => [name, new Map()]));
  const matrices: ComputedMatrix[] = [];

  function place(label: string, rows: number, columns: number, values: ComputedMatrix["values"]): PackedMatrix {
    const matrix = allocateMatrix(allocator, { type: "F32", rows, columns, experts: 1 }, label);
    matrices.push({ matrix, values });
    return matrix;
  }

  function placeHalves(label: string, { rank, rows, columns, scale, a, b }: LoraMatrix): Halves {
    scratch("lora", innerBytes);
    return {
      down: place(`${label}, a`, rank, columns, () => a),
      up: place(`${label}, b`, rows, rank, () => b.map((value) => value * scale)),
    };
  }

  return {
    matrices,
    place(matrix) {
      for (const { name, matrices } of loras) {
        const own = matrices.get(matrix.name);
        const halves = placed.get(name)!;
        if (own && !halves.has(matrix.name)) halves.set(matrix.name, placeHalves(`${name}: ${matrix.name}`, own));
      }
    },
    added: (names, matrix, x, y, yStride) =>
      names.flatMap((name): CpuOperation[] => {
        const halves = placed.get(name)!.get(matrix.name);
        if (!halves) return [];
        const { down, up } = halves;
        const inner = scratch("lora", innerBytes);
        const common = { kind: "product" as const, isQuantized: false, bias: 0, rowsPerToken: 1, isBeside: false };
        return [
          { ...common, weight: down, x, y: inner, yStride: down.rows, isAdded: false },
          { ...common, weight: up, x: inner, y, yStride, isAdded: true },
        ];
      }),
  };
}
