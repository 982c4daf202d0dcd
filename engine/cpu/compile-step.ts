// What the CPU runs for each kernel of a plan.
import type { Matrix, Vector } from "../graph/graph.ts";
import type { BegunNorm, Edge, Step } from "../graph/steps.ts";
import type { Precision } from "../language-model.ts";
import type { Address } from "./memory.ts";
import type { CpuOperation } from "./operations.ts";
import type { PackedMatrix } from "./packed.ts";
import { sliceBytes } from "./records.ts";
import { inputFormOf, type ProductInput, quantizeOperations, type Results, readAs, sizeOf } from "./results.ts";
import type { States } from "./states.ts";

const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** What all steps are compiled with. */
export interface Parts {
  readonly results: Results;
  readonly states: States;
  readonly rmsNormEps: number;
  readonly precision: Precision;
  readonly maxTokens: number;
  readonly contextLength: number;
  readonly tokenIds: Address; // u32 [maxTokens]
  readonly places: Address; // as `placesOf` makes them
  readonly rotations: Address; // f32 [maxTokens, headDim / 2, 2]
  matrix(matrix: Matrix): PackedMatrix;
  vector(vector: Vector): Address;
  vectors(joined: readonly Vector[]): Address;
  /** What one step alone needs, and other steps of its kind after it. */
  scratch(label: string, bytes: number): Address;
  /** Rows that are no result of the plan's, for a product with the matrix. */
  inputFor(matrix: Matrix, label: string, rows: Address, rowsPerToken: number): ProductInput;
  /** What requests' adapters add to a product of `x` with `matrix`, whose results are `y`. */
  added(matrix: Matrix, x: Address, y: Address, yStride: number): readonly CpuOperation[];
}

type Of<Kernel extends Step["kernel"]> = Extract<Step, { readonly kernel: Kernel }>;

export function compileStep(step: Step, parts: Parts): readonly CpuOperation[] {
  const { results, rmsNormEps: eps } = parts;
  const { rows } = results;
  const quantize = (edge: Edge) => quantizeOperations(results.input(edge));
  switch (step.kernel) {
    case "embedding": {
      const y = rows(step.y);
      const embed = { kind: "embed" as const, table: parts.matrix(step.table), tokenIds: parts.tokenIds, y };
      return [embed, ...(step.norm ? wholeNorm(step.y, step.norm, parts) : [])];
    }
    case "linear":
      return linear(step, parts);
    case "residual": {
      const { x, weight, hidden } = step;
      const target = { y: rows(hidden), yStride: sizeOf(hidden), isAdded: true };
      return [...product(x, weight, target, parts), ...wholeNorm(hidden, step.norm, parts)];
    }
    case "gated":
      return gated(step, parts);
    case "head norm": {
      const { numHeads, numKeyValueHeads, headDim } = step.sizes;
      const stride = sizeOf(step.qkv);
      const norm = (weight: Vector, first: number, count: number): CpuOperation => {
        const at = rows(step.qkv) + first * headDim * F32_BYTES;
        const place = { x: at, xStride: stride, y: at, yStride: stride };
        return { kind: "norm", ...place, weight: parts.vector(weight), count, columns: headDim, eps };
      };
      return [norm(step.q, 0, numHeads), norm(step.k, numHeads, numKeyValueHeads)];
    }
    case "attention":
      return attention(step, parts);
    case "conv": {
      const { channels, taps } = step.weight;
      const kept = { state: parts.states.recurrent(step), places: parts.places };
      const weight = parts.vector(step.weight);
      return [{ kind: "conv", x: rows(step.x), weight, ...kept, y: rows(step.y), channels, taps }];
    }
    case "delta rule": {
      const kept = { state: parts.states.recurrent(step), places: parts.places };
      const read = { qkv: rows(step.qkv), gates: rows(step.gates), weights: parts.vectors(step.weights) };
      return [{ kind: "delta rule", ...read, ...kept, y: rows(step.y), ...step.sizes }];
    }
    case "rms norm": {
      const { x, y } = step;
      const place = { x: rows(x), xStride: sizeOf(y), y: rows(y), yStride: sizeOf(y) };
      const weight = parts.vector(step.weight);
      return [{ kind: "norm", ...place, weight, count: y.rowsPerToken, columns: y.columns, eps }, ...quantize(y)];
    }
    case "rope": {
      const { x, y, headDim } = step;
      const place = { x: rows(x), xStride: sizeOf(x), y: rows(y), yStride: sizeOf(y) };
      return [{ kind: "rotate", ...place, rotations: parts.rotations, numHeads: sizeOf(y) / headDim, headDim }];
    }
    case "columns": {
      const { x, y, first, count, yFirst } = step;
      const from = { x: rows(x) + first * F32_BYTES, xStride: sizeOf(x) };
      return [{ kind: "columns", ...from, y: rows(y) + yFirst * F32_BYTES, yStride: sizeOf(y), count }];
    }
    case "experts":
      return [...experts(step, rows(step.y), parts), ...quantize(step.y)];
    case "experts residual": {
      const { beside, besideScore: score } = step;
      const columns = sizeOf(step.hidden);
      const scratch = (what: string) => parts.scratch(what, parts.maxTokens * columns * F32_BYTES);
      const mixed = scratch("experts' sum");
      const elementwise = (name: "add" | "gate", a: Address, b: Address, y: Address) => {
        return { kind: "elementwise" as const, function: name, a, b, y, columns };
      };
      const add = (a: Address, b: Address) => elementwise("add", a, b, a);
      const addGated = (a: Address, b: Edge, by: Edge) => {
        const gated = scratch("gated beside experts");
        return [elementwise("gate", rows(b), rows(by), gated), add(a, gated)];
      };
      return [
        ...experts(step, mixed, parts),
        ...(beside ? (score ? addGated(mixed, beside, score) : [add(mixed, rows(beside))]) : []),
        add(rows(step.hidden), mixed),
        ...wholeNorm(step.hidden, step.norm, parts),
      ];
    }
    case "elementwise": {
      const { a, b, y } = step;
      const read = { a: rows(a), b: b ? rows(b) : 0 };
      return [
        { kind: "elementwise", function: step.function, ...read, y: rows(y), columns: sizeOf(y) },
        ...quantize(y),
      ];
    }
    case "activations": {
      const { x, y } = step;
      const copied = { x: rows(x), xStride: sizeOf(x), y: rows(y), yStride: sizeOf(y), count: sizeOf(y) };
      return [{ kind: "columns", ...copied }, ...quantize(y)];
    }
  }
}

/** The norm that a GPU's step begins and its products end; here it is done at once. */
function wholeNorm(of: Edge, { weight, y }: BegunNorm, { results, vector, rmsNormEps }: Parts): CpuOperation[] {
  const columns = sizeOf(of);
  const place = { x: results.rows(of), xStride: columns, y: results.rows(y), yStride: columns };
  return [
    { kind: "norm", ...place, weight: vector(weight), count: 1, columns, eps: rmsNormEps },
    ...quantizeOperations(results.input(y)),
  ];
}

interface ProductTarget {
  readonly y: Address;
  readonly yStride: number;
  readonly isAdded?: boolean;
  readonly isBeside?: boolean;
  readonly bias?: Address;
}

/** With what requests' adapters add to it. */
function product(x: Edge, matrix: Matrix, target: ProductTarget, parts: Parts): CpuOperation[] {
  const { y, yStride } = target;
  const weight = parts.matrix(matrix);
  const input = readAs(parts.results.input(x), inputFormOf(matrix, parts.precision));
  const own = { isAdded: false, isBeside: false, bias: 0, ...target };
  const { rowsPerToken } = x;
  return [
    { kind: "product", weight, ...input, ...own, rowsPerToken },
    ...parts.added(matrix, parts.results.rows(x), y, yStride),
  ];
}

/** Products of one x, whose results lie side by side. */
function sideBySide(x: Edge, matrices: readonly Matrix[], y: Address, parts: Parts, biases: readonly Vector[] = []) {
  const yStride = matrices.reduce((sum, { rows }) => sum + rows, 0);
  let first = 0;
  return matrices.flatMap((matrix, i) => {
    const bias = biases[i] ? parts.vector(biases[i]) : 0;
    const target = { y: y + first * F32_BYTES, yStride, isBeside: i > 0, bias };
    first += matrix.rows;
    return product(x, matrix, target, parts);
  });
}

function linear({ x, weights, biases, y }: Of<"linear">, parts: Parts): CpuOperation[] {
  return sideBySide(x, weights, parts.results.rows(y), parts, biases);
}

function gated({ x, gate, up, y }: Of<"gated">, parts: Parts): CpuOperation[] {
  const { rowsPerToken } = x;
  const gateUp = parts.scratch("gate and up", parts.maxTokens * rowsPerToken * 2 * gate.rows * F32_BYTES);
  return [
    ...sideBySide(x, [gate, up], gateUp, parts),
    { kind: "gated", x: gateUp, y: parts.results.rows(y), columns: gate.rows, rowsPerToken },
    ...quantizeOperations(parts.results.input(y)),
  ];
}

function attention(step: Of<"attention">, parts: Parts): CpuOperation[] {
  const { qkv, sizes, rotates, y } = step;
  const { results, states, rotations } = parts;
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const at = results.rows(qkv);
  const stride = sizeOf(qkv);
  const cache = states.cache(step);
  const slices = parts.scratch("attention's slices", sliceBytes(numHeads, parts.contextLength));
  const turned = { x: at, xStride: stride, y: at, yStride: stride, numHeads: numHeads + numKeyValueHeads, headDim };
  return [
    ...(rotates ? [{ kind: "rotate" as const, ...turned, rotations }] : []),
    { kind: "store", qkv: at, cache, ...sizes },
    { kind: "attention", qkv: at, cache, y: results.rows(y), slices, contextLength: parts.contextLength, ...sizes },
    ...quantizeOperations(results.input(y)),
  ];
}

/** Of each token, as many results as experts are chosen, one row behind the other; their sums go to `y`. */
function experts(step: Of<"experts"> | Of<"experts residual">, y: Address, parts: Parts): CpuOperation[] {
  const { x, scores, weights, choice } = step;
  const { results, maxTokens, scratch } = parts;
  const { gate, up, down } = weights;
  const chosen = choice.numExpertsPerTok;
  const count = maxTokens * chosen;
  const width = gate.rows;
  const ids = scratch("chosen experts", count * F32_BYTES);
  const counts = scratch("experts' weights", count * F32_BYTES);
  const gateUp = scratch("experts' gate and up", count * 2 * width * F32_BYTES);
  const inner = scratch("experts' gated", count * width * F32_BYTES);
  const outer = scratch("experts' results", count * down.rows * F32_BYTES);
  const ofExperts = { kind: "product of experts" as const, ids, chosen };
  const gateAndUp = [gate, up].map((matrix, i): CpuOperation => {
    const target = { y: gateUp + i * width * F32_BYTES, yStride: 2 * width, isBeside: i > 0 };
    const input = readAs(results.input(x), inputFormOf(matrix, parts.precision));
    return { ...ofExperts, weight: parts.matrix(matrix), ...input, xRows: "tokens", ...target };
  });
  const gatedInput = parts.inputFor(down, "experts' gated, int8", inner, chosen);
  const { numExperts, isNormalized } = { numExperts: gate.experts, isNormalized: choice.normTopkProb };
  return [
    { kind: "choose experts", scores: results.rows(scores), ids, weights: counts, numExperts, chosen, isNormalized },
    ...gateAndUp,
    { kind: "gated", x: gateUp, y: inner, columns: width, rowsPerToken: chosen },
    ...quantizeOperations(gatedInput),
    {
      ...{ ...ofExperts, weight: parts.matrix(down), xRows: "results" },
      ...readAs(gatedInput, inputFormOf(down, parts.precision)),
      ...{ y: outer, yStride: down.rows, isBeside: false },
    },
    { kind: "mix experts", x: outer, weights: counts, y, chosen, columns: down.rows },
  ];
}
