// What runs for an operation that is in no fusion: one plain kernel.
import { headSizesOf } from "./fusions.ts";
import type { Value } from "./graph.ts";
import type { Group, StepList } from "./step-list.ts";
import type { Edge } from "./steps.ts";

/** @returns undefined for what is only another view of its input */
export function plainGroup(value: Value): Group | undefined {
  const does = [value];
  switch (value.op) {
    case "heads":
      return undefined;
    case "embed":
      return {
        ...{ does, reads: [] },
        addTo: (steps) => steps.add({ kernel: "embedding", does, table: value.table, y: steps.makeRows(value) }),
      };
    case "linear":
      return {
        ...{ does, reads: [{ value: value.x, by: [value.weight] }] },
        addTo(steps) {
          const { weight, bias } = value;
          const x = steps.input(value.x);
          const y = steps.makeRows(value);
          steps.add({ kernel: "linear", does, x, weights: [weight], biases: bias ? [bias] : [], y });
        },
      };
    case "rmsNorm":
      return {
        ...{ does, reads: [{ value: value.x }] },
        addTo(steps) {
          const y = steps.makeStored(value, value.weight.size);
          steps.add({ kernel: "rms norm", does, x: steps.rows(value.x), weight: value.weight, y });
        },
      };
    case "columns":
      return {
        ...{ does, reads: [{ value: value.x }] },
        addTo(steps) {
          const copied = { first: value.first, count: value.shape[0]!, yFirst: 0 };
          steps.add({ kernel: "columns", does, x: steps.rows(value.x), ...copied, y: steps.makeRows(value) });
        },
      };
    case "rope":
      return {
        ...{ does, reads: [{ value: value.x }] },
        addTo(steps) {
          const x = steps.rows(value.x);
          steps.add({ kernel: "rope", does, x, headDim: value.shape[1]!, y: steps.makeRows(value) });
        },
      };
    case "attention":
      return plainAttention(value);
    case "conv":
      return {
        ...{ does, reads: [{ value: value.x }] },
        addTo(steps) {
          steps.add({
            kernel: "conv",
            does,
            x: steps.rows(value.x),
            weight: value.weight,
            y: steps.makeRows(value),
          });
        },
      };
    case "deltaRule":
      return plainDeltaRule(value);
    case "add":
    case "mul":
      return {
        ...{ does, reads: [{ value: value.a }, { value: value.b }] },
        addTo(steps) {
          const [a, b] = [steps.rows(value.a), steps.rows(value.b)];
          steps.add({ kernel: "elementwise", function: value.op, does, a, b, y: steps.makeStored(value) });
        },
      };
    case "experts": {
      const { gate, up } = value.weights;
      return {
        ...{ does, reads: [{ value: value.x, by: [gate, up] }, { value: value.scores }] },
        addTo(steps) {
          const [x, scores] = [steps.input(value.x), steps.rows(value.scores)];
          const { weights, choice } = value;
          steps.add({ kernel: "experts", does, x, scores, weights, choice, y: steps.makeStored(value) });
        },
      };
    }
    case "gate":
      return {
        ...{ does, reads: [{ value: value.x }, { value: value.score }] },
        addTo(steps) {
          const [a, b] = [steps.rows(value.x), steps.rows(value.score)];
          steps.add({ kernel: "elementwise", function: "gate", does, a, b, y: steps.makeStored(value) });
        },
      };
    case "silu":
    case "sigmoid":
      return {
        ...{ does, reads: [{ value: value.x }] },
        addTo(steps) {
          const a = steps.rows(value.x);
          steps.add({ kernel: "elementwise", function: value.op, does, a, y: steps.makeStored(value) });
        },
      };
  }
}

/** The kernel of attention wants queries, keys and values side by side. */
function plainAttention(value: Extract<Value, { readonly op: "attention" }>): Group {
  const parts = [value.q, value.k, value.v];
  return {
    does: [value],
    reads: parts.map((part) => ({ value: part })),
    addTo(steps) {
      const qkv = sideBySide(steps, "q, k, v", parts);
      const sizes = headSizesOf(value);
      steps.add({ kernel: "attention", does: [value], qkv, sizes, rotates: false, y: steps.makeStored(value) });
    },
  };
}

/** Likewise that of the delta rule. */
function plainDeltaRule(value: Extract<Value, { readonly op: "deltaRule" }>): Group {
  const { q, k, v, a, beta } = value;
  return {
    does: [value],
    reads: [q, k, v, a, beta].map((part) => ({ value: part })),
    addTo(steps) {
      const [keyHeads, keyDim] = q.shape as readonly [number, number];
      const [valueHeads, valueDim] = v.shape as readonly [number, number];
      steps.add({
        kernel: "delta rule",
        does: [value],
        qkv: sideBySide(steps, "q, k, v", [q, k, v]),
        gates: sideBySide(steps, "a, beta", [a, beta]),
        sizes: { keyHeads, keyDim, valueHeads, valueDim },
        weights: [value.decay, value.bias],
        y: steps.makeRows(value),
      });
    },
  };
}

/** Copies what values have for a token into one row. */
function sideBySide(steps: StepList, label: string, values: readonly Value[]): Edge {
  const counts = values.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const y = steps.scratch(
    label,
    counts.reduce((a, b) => a + b, 0),
  );
  let yFirst = 0;
  for (const [i, value] of values.entries()) {
    steps.add({ kernel: "columns", does: [], x: steps.rows(value), first: 0, count: counts[i]!, y, yFirst });
    yFirst += counts[i]!;
  }
  return y;
}
