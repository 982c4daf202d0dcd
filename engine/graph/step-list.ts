import { EngineError } from "../errors.ts";
import { BLOCK } from "../kernels/linear-formats.ts";
import type { Matrix, Value } from "./graph.ts";
import type { Edge, Step } from "./steps.ts";

/** Operations that become one step, or a few. */
export interface Group {
  readonly does: readonly Value[];
  readonly reads: readonly Read[];
  /** Adds its steps; what it reads is there. */
  addTo(steps: StepList): void;
}

/** A value that is read as f32 rows, or as the input of products with these matrices. */
export type Read = { readonly value: Value; readonly by?: readonly Matrix[] };

interface Readers {
  readonly matrices: Matrix[];
  asRows: boolean;
}

/** Steps in the order in which they run, while they are planned: who reads a result decides how it is stored. */
export class StepList {
  readonly steps: Step[] = [];
  readonly #path: string; // of the model, for errors
  readonly #readers = new Map<Value, Readers>();
  readonly #rows = new Map<Value, Edge>();
  readonly #inputs = new Map<Value, Edge>();

  constructor(path: string, reads: readonly Read[]) {
    this.#path = path;
    for (const { value, by } of reads) {
      const readers = this.#readersOf(value);
      if (by) readers.matrices.push(...by);
      else readers.asRows = true;
    }
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Where the value's f32 rows are. */
  rows(value: Value): Edge {
    return this.#rows.get(flat(value))!;
  }

  /** Where the value is as products read it; a step that makes it from rows is added where there is none. */
  input(value: Value): Edge {
    const source = flat(value);
    const present = this.#inputs.get(source);
    if (present) return present;
    const y = this.#edge(value, {
      kind: "input",
      columns: value.shape.reduce((a, b) => a * b, 1),
      isReadAsRows: false,
    });
    this.add({ kernel: "activations", does: [], x: this.rows(value), y });
    this.#inputs.set(source, y);
    return y;
  }

  /** A result that a kernel leaves as f32 rows. */
  makeRows(value: Value): Edge {
    const edge = this.scratch(labelOf(value), sizeOf(value));
    this.#rows.set(value, edge);
    return edge;
  }

  /** A result that a kernel leaves as those who read it want it. `columns` of a row: fewer than the token's where rows are heads. */
  makeStored(value: Value, columns = sizeOf(value)): Edge {
    const { matrices, asRows } = this.#readersOf(value);
    const isWhole = columns === sizeOf(value);
    const isInput = isWhole && matrices.length > 0;
    const edge = this.#edge(value, { kind: "input", columns, isReadAsRows: asRows || !isInput });
    if (isInput) this.#inputs.set(value, edge);
    if (edge.isReadAsRows) this.#rows.set(value, edge);
    return edge;
  }

  /** A norm of which the kernel does the first half, for products. */
  makeNormed(value: Value): Edge {
    const edge = this.#edge(value, { kind: "input", columns: sizeOf(value), isReadAsRows: false, isNormed: true });
    this.#inputs.set(value, edge);
    return edge;
  }

  /** The rows of `value` are made in those of another, which nobody reads any more. */
  makeInPlace(value: Value, of: Value): Edge {
    const edge = this.rows(of);
    this.#rows.set(value, edge);
    return edge;
  }

  /** Rows that are no value of the graph. */
  scratch(label: string, columns: number): Edge {
    return { label, columns, rowsPerToken: 1, kind: "rows", isNormed: false, readBy: [], isReadAsRows: true };
  }

  #edge(value: Value, of: Pick<Edge, "kind" | "columns" | "isReadAsRows"> & { readonly isNormed?: boolean }): Edge {
    const label = labelOf(value);
    if (of.columns % BLOCK !== 0) {
      const problem = `${label}: rows of ${of.columns} values; kernels take multiples of ${BLOCK}`;
      throw new EngineError("unsupported-model", `${this.#path}: ${problem}.`);
    }
    const readBy = this.#readersOf(value).matrices;
    return { isNormed: false, ...of, label, rowsPerToken: sizeOf(value) / of.columns, readBy };
  }

  #readersOf(value: Value): Readers {
    const source = flat(value);
    const readers = this.#readers.get(source) ?? { matrices: [], asRows: false };
    this.#readers.set(source, readers);
    return readers;
  }
}

/** Heads are the same rows, seen otherwise. */
function flat(value: Value): Value {
  return value.op === "heads" ? flat(value.x) : value;
}

function sizeOf({ shape }: Value): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** What a value is called where a plan is shown: its operation, and the tensor that it is made with. */
export function labelOf(value: Value): string {
  if (value.op === "embed") return `embed ${value.table.name}`;
  if (value.op === "linear" || value.op === "rmsNorm" || value.op === "conv") return `${value.op} ${value.weight.name}`;
  if (value.op === "deltaRule") return `deltaRule ${value.decay.name}`;
  if (value.op === "experts") {
    const { gate, up, down } = value.weights;
    return `experts ${[gate, up, down].map(({ name }) => name).join(" ")}`;
  }
  return value.op;
}
