import type { Matrix } from "../graph/graph.ts";
import type { Plan, PlanBuffer } from "../graph/plan.ts";
import type { Edge } from "../graph/steps.ts";
import type { Precision } from "../language-model.ts";
import type { Allocator } from "./allocator.ts";
import type { Address } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import { quantizedBytes, takesQuantized } from "./packed.ts";

const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** How a product reads rows: as they are, or quantized in tiles, or each by itself for products of experts. */
export type InputForm = "f32" | "tiles" | "rows";

/** f32 rows, and where they are quantized to. */
export interface ProductInput {
  readonly rows: Address; // f32 [tokens * rowsPerToken, columns]
  readonly columns: number;
  readonly rowsPerToken: number;
  readonly quantized: ReadonlyMap<InputForm, Address>; // the forms in which products read them
}

/**
 * Where the plan's results lie in a memory, each from when it is first asked for. All have f32 rows; of those that products read,
 * `fast` keeps int8 as well.
 */
export interface Results {
  rows(edge: Edge): Address;
  input(edge: Edge): ProductInput;
  /** All that is kept of a result of so many tokens: the same number of parts in each memory, in the same order. */
  partsOf(edge: Edge, tokens: number): readonly Part[];
}

interface Part {
  readonly at: Address;
  readonly bytes: number;
}

export function inputFormOf({ type, experts }: Matrix, precision: Precision): InputForm {
  if (precision === "exact" || !takesQuantized(type)) return "f32";
  return experts > 1 ? "rows" : "tiles";
}

export function createResults(plan: Plan, memory: Allocator, precision: Precision, maxTokens: number): Results {
  const buffers = new Map<PlanBuffer, ProductInput>();
  const formsOf = ({ readBy }: Edge) => new Set(readBy.map((matrix) => inputFormOf(matrix, precision)));

  function placeBuffer(buffer: PlanBuffer): ProductInput {
    const { label, columns, rowsPerToken } = buffer;
    const count = maxTokens * rowsPerToken;
    const rows = memory.allocate(count * columns * F32_BYTES, label);
    const forms = [...formsOf(buffer)].filter((form) => form !== "f32");
    const place = () => memory.allocate(quantizedBytes(columns, count), `${label}, int8`);
    const placed = { rows, columns, rowsPerToken, quantized: new Map(forms.map((form) => [form, place()])) };
    buffers.set(buffer, placed);
    return placed;
  }

  function input(edge: Edge): ProductInput {
    const buffer = plan.bufferOf(edge);
    const { rows, quantized } = buffers.get(buffer) ?? placeBuffer(buffer);
    const own = formsOf(edge); // others that share the buffer may be read in other forms
    const { columns, rowsPerToken } = edge;
    return { rows, columns, rowsPerToken, quantized: new Map([...quantized].filter(([form]) => own.has(form))) };
  }

  return {
    input,
    rows: (edge) => input(edge).rows,
    partsOf(edge, tokens) {
      const { rows, columns, rowsPerToken, quantized } = input(edge);
      const count = tokens * rowsPerToken;
      const bytes = quantizedBytes(columns, count);
      return [
        { at: rows, bytes: count * columns * F32_BYTES },
        ...[...quantized.values()].map((at) => ({ at, bytes })),
      ];
    },
  };
}

/** What makes the forms that products read of f32 rows. */
export function quantizeOperations({ rows, columns, rowsPerToken, quantized }: ProductInput): CpuOperation[] {
  return [...quantized].map(([form, y]) => {
    return { kind: "quantize", x: rows, y, columns, rowsPerToken, isInTiles: form === "tiles" };
  });
}

/** How a product with the matrix reads them. */
export function readAs({ rows, quantized }: ProductInput, form: InputForm) {
  return { x: quantized.get(form) ?? rows, isQuantized: form !== "f32" };
}

/** Values of a token. */
export function sizeOf({ columns, rowsPerToken }: Edge): number {
  return columns * rowsPerToken;
}
