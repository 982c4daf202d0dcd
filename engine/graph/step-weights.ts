import type { Matrix, Vector } from "./graph.ts";
import type { Step } from "./steps.ts";

/** What a step reads of the checkpoint. */
export function weightsOf(step: Step): {
  readonly matrices: readonly { readonly packed: readonly Matrix[]; readonly inTurn: boolean }[];
  readonly vectors: readonly (readonly Vector[])[]; // joined
} {
  const below = (...packed: readonly Matrix[]) => [{ packed, inTurn: false }];
  const inTurn = (...packed: readonly Matrix[]) => [{ packed, inTurn: true }];
  switch (step.kernel) {
    case "embedding":
      return { matrices: below(step.table), vectors: step.norm ? [[step.norm.weight]] : [] };
    case "linear":
      return { matrices: below(...step.weights), vectors: [step.biases] };
    case "residual":
      return { matrices: below(step.weight), vectors: [[step.norm.weight]] };
    case "gated":
      return { matrices: inTurn(step.gate, step.up), vectors: [] };
    case "experts":
    case "experts residual": {
      const { gate, up, down } = step.weights;
      const vectors = step.kernel === "experts" ? [] : [[step.norm.weight]];
      return { matrices: [...inTurn(gate, up), ...below(down)], vectors };
    }
    case "head norm":
      return { matrices: [], vectors: [[step.q], [step.k]] };
    case "rms norm":
    case "conv":
      return { matrices: [], vectors: [[step.weight]] };
    case "delta rule":
      return { matrices: [], vectors: [step.weights] };
    default:
      return { matrices: [], vectors: [] };
  }
}
