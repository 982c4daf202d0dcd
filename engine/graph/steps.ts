// The words of a plan: what runs as one kernel, and where its results lie.
import type { DeltaRuleSizes } from "../kernels/delta-rule.ts";
import type { ElementwiseFunction } from "../kernels/elementwise.ts";
import type { HeadSizes } from "../kernels/rope.ts";
import type { ExpertChoice, ExpertWeights, Matrix, Taps, Value, Vector } from "./graph.ts";

/** A result, from the step that makes it to the last one that reads it. */
export interface Edge {
  readonly label: string;
  readonly columns: number;
  readonly rowsPerToken: number;
  /** `rows`: f32 [tokens * rowsPerToken, columns]. `input`: stored as products read it, by kernels/activations.ts. */
  readonly kind: "rows" | "input";
  /** RMSNorm is begun: rows are multiplied by its weight, and the product that reads them does the rest. */
  readonly isNormed: boolean;
  readonly readBy: readonly Matrix[]; // whose products read it as their input
  readonly isReadAsRows: boolean; // by anything else
}

/** RMSNorm that a step begins for the product that follows. */
export interface BegunNorm {
  readonly weight: Vector;
  readonly y: Edge;
}

/** One kernel for all tokens of a step. `does` says which operations of the graph it computes. */
export type Step = { readonly does: readonly Value[] } & (
  | { readonly kernel: "embedding"; readonly table: Matrix; readonly y: Edge; readonly norm?: BegunNorm }
  | {
      readonly kernel: "linear"; // of matrices one below the other
      readonly x: Edge;
      readonly weights: readonly Matrix[];
      readonly biases: readonly Vector[]; // none, or one for each matrix
      readonly y: Edge;
    }
  | {
      readonly kernel: "residual"; // hidden += x W^T, in place
      readonly x: Edge;
      readonly weight: Matrix;
      readonly hidden: Edge;
      readonly norm: BegunNorm;
    }
  | { readonly kernel: "gated"; readonly x: Edge; readonly gate: Matrix; readonly up: Matrix; readonly y: Edge }
  | {
      readonly kernel: "head norm"; // of queries and keys, in place
      readonly qkv: Edge;
      readonly sizes: HeadSizes;
      readonly q: Vector;
      readonly k: Vector;
    }
  | {
      readonly kernel: "attention"; // keys and values of the tokens so far are the step's own state
      readonly qkv: Edge;
      readonly sizes: HeadSizes;
      readonly rotates: boolean; // queries and keys, by RoPE
      readonly y: Edge;
    }
  | { readonly kernel: "conv"; readonly x: Edge; readonly weight: Taps; readonly y: Edge } // with a recurrent state
  | {
      readonly kernel: "delta rule"; // likewise
      readonly qkv: Edge;
      readonly gates: Edge; // a, then beta
      readonly sizes: DeltaRuleSizes;
      readonly weights: readonly [decay: Vector, bias: Vector];
      readonly y: Edge;
    }
  | { readonly kernel: "rms norm"; readonly x: Edge; readonly weight: Vector; readonly y: Edge }
  | { readonly kernel: "rope"; readonly x: Edge; readonly headDim: number; readonly y: Edge }
  | {
      readonly kernel: "columns"; // y[yFirst + i] = x[first + i] of each token
      readonly x: Edge;
      readonly first: number;
      readonly count: number;
      readonly y: Edge;
      readonly yFirst: number;
    }
  | {
      readonly kernel: "experts";
      readonly x: Edge;
      readonly scores: Edge;
      readonly weights: ExpertWeights;
      readonly choice: ExpertChoice;
      readonly y: Edge;
    }
  | {
      readonly kernel: "experts residual"; // hidden += the experts' sum (+ beside), in place
      readonly x: Edge;
      readonly scores: Edge;
      readonly weights: ExpertWeights;
      readonly choice: ExpertChoice;
      readonly beside: Edge | undefined;
      readonly besideScore: Edge | undefined; // one a token: `beside` counts as far as its sigmoid
      readonly hidden: Edge;
      readonly norm: BegunNorm;
    }
  | {
      readonly kernel: "elementwise";
      readonly function: ElementwiseFunction;
      readonly a: Edge;
      readonly b?: Edge; // of `gate` one value a token
      readonly y: Edge;
    }
  | { readonly kernel: "activations"; readonly x: Edge; readonly y: Edge } // from rows to what products read
);

/** The results that a step reads or makes. */
export function edgesOf(step: Step): readonly Edge[] {
  switch (step.kernel) {
    case "embedding":
      return step.norm ? [step.y, step.norm.y] : [step.y];
    case "residual":
      return [step.x, step.hidden, step.norm.y];
    case "head norm":
      return [step.qkv];
    case "attention":
      return [step.qkv, step.y];
    case "delta rule":
      return [step.qkv, step.gates, step.y];
    case "experts":
      return [step.x, step.scores, step.y];
    case "experts residual":
      return [step.x, step.scores, step.beside, step.besideScore, step.hidden, step.norm.y].filter(
        (edge) => edge !== undefined,
      );
    case "elementwise":
      return step.b ? [step.a, step.b, step.y] : [step.a, step.y];
    default:
      return [step.x, step.y];
  }
}
