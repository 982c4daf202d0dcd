// What a graph says, in plain loops and f64: the slow twin of every model, and of every row of the table of fusions.
import { convReference } from "../kernels/conv.reference.ts";
import { deltaRuleReference } from "../kernels/delta-rule.reference.ts";
import { chooseExperts } from "../kernels/experts.reference.ts";
import type { LoraMatrix } from "../weights/lora-file.ts";
import { inOrder, type Matrix, type Value, type Vector } from "./graph.ts";

/** A tensor's values, dequantized: of a matrix [rows, columns]. */
export type ReadTensor = (tensor: Matrix | Vector) => ArrayLike<number>;

type Rows = readonly (readonly number[])[]; // of each token

/**
 * @param output a graph's
 * @returns what it is after each of the tokens [tokens, ...shape], flat
 */
export function evaluate(output: Value, tokens: readonly number[], constants: Constants, read: ReadTensor): Rows {
  const computed = new Map<Value, Rows>();
  for (const value of inOrder(output)) {
    const of = (input: Value) => computed.get(input)!; // what is read comes first
    computed.set(value, operate(value, of, tokens, constants, read));
  }
  return computed.get(output)!;
}

/** Of a model's config what its operations need. */
export interface Constants {
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  readonly angles?: readonly number[]; // by which RoPE turns each token; default: its place among the tokens
  readonly loras?: readonly ReadonlyMap<string, LoraMatrix>[]; // adapters that count, by matrix; default: none
  readonly scoreScales?: readonly number[]; // of each token's scores in attention; default: 1
}

function operate(
  value: Value,
  of: (input: Value) => Rows,
  tokens: readonly number[],
  { rmsNormEps, ropeTheta, angles, scoreScales, loras = [] }: Constants,
  read: ReadTensor,
): Rows {
  switch (value.op) {
    case "embed": {
      const { columns } = value.table;
      const table = read(value.table);
      return tokens.map((token) => Array.from({ length: columns }, (_, i) => table[token * columns + i]!));
    }
    case "linear": {
      const weight = read(value.weight);
      const bias = value.bias && read(value.bias);
      const deltas = loras.flatMap((lora) => lora.get(value.weight.name) ?? []);
      return of(value.x).map((x) => {
        const added = deltas.map((delta) => loraProduct(delta, x));
        return product(weight, value.weight.rows, x, bias).map((y, i) => added.reduce((sum, own) => sum + own[i]!, y));
      });
    }
    case "rmsNorm": {
      const weight = read(value.weight);
      return of(value.x).map((x) => perHead(x, value.weight.size, (head) => rmsNorm(head, weight, rmsNormEps)));
    }
    case "columns":
      return of(value.x).map((x) => x.slice(value.first, value.first + value.shape[0]!));
    case "heads":
      return of(value.x);
    case "rope":
      return of(value.x).map((x, t) =>
        perHead(x, value.shape[1]!, (head) => rotate(head, angles?.[t] ?? t, ropeTheta)),
      );
    case "attention":
      return attention(value, of, scoreScales);
    case "conv":
      return convReference(of(value.x), read(value.weight), value.weight.taps);
    case "deltaRule": {
      const { q, k, v, a, beta } = value;
      const [keyHeads, keyDim] = q.shape as readonly [number, number];
      const [valueHeads, valueDim] = v.shape as readonly [number, number];
      const inputs = { q: of(q), k: of(k), v: of(v), a: of(a), beta: of(beta) };
      const sizes = { keyHeads, keyDim, valueHeads, valueDim };
      return deltaRuleReference(inputs, read(value.decay), read(value.bias), sizes);
    }
    case "experts":
      return mixture(value, of, read);
    case "gate":
      return of(value.x).map((x, t) => x.map((a) => a / (1 + Math.exp(-of(value.score)[t]![0]!))));
    case "add":
      return pairwise(of(value.a), of(value.b), (a, b) => a + b);
    case "mul":
      return pairwise(of(value.a), of(value.b), (a, b) => a * b);
    case "silu":
      return of(value.x).map((x) => x.map((a) => a / (1 + Math.exp(-a))));
    case "sigmoid":
      return of(value.x).map((x) => x.map((a) => 1 / (1 + Math.exp(-a))));
  }
}

function attention(
  { q, k, v }: Value & { readonly op: "attention" },
  of: (input: Value) => Rows,
  scoreScales: Constants["scoreScales"],
): Rows {
  const [numHeads, headDim] = q.shape as readonly [number, number];
  const sharing = numHeads / k.shape[0]!; // query heads of a key head
  const [queries, keys, values] = [of(q), of(k), of(v)];
  return queries.map((query, position) =>
    Array.from({ length: numHeads }, (_, head) => {
      const own = query.slice(head * headDim, (head + 1) * headDim);
      const first = Math.floor(head / sharing) * headDim;
      const seen = Array.from({ length: position + 1 }, (_, i) => i);
      const scale = (scoreScales?.[position] ?? 1) / Math.sqrt(headDim);
      const scores = seen.map((i) => dot(own, keys[i]!.slice(first, first + headDim)) * scale);
      const weights = softmax(scores);
      return own.map((_, at) => seen.reduce((sum, i) => sum + weights[i]! * values[i]![first + at]!, 0));
    }).flat(),
  );
}

function mixture(value: Value & { readonly op: "experts" }, of: (input: Value) => Rows, read: ReadTensor): Rows {
  const { numExpertsPerTok, normTopkProb } = value.choice;
  const { gate, up, down } = value.weights;
  const scores = of(value.scores);
  const weights = new Map([gate, up, down].map((matrix) => [matrix, Array.from(read(matrix))]));
  const ofExpert = (matrix: Matrix, expert: number, x: readonly number[]) => {
    const size = matrix.rows * matrix.columns;
    return product(weights.get(matrix)!.slice(expert * size, (expert + 1) * size), matrix.rows, x);
  };
  return of(value.x).map((x, t) => {
    const results = chooseExperts(scores[t]!, numExpertsPerTok, normTopkProb).map(({ expert, weight }) => {
      const ups = ofExpert(up, expert, x);
      const gated = ofExpert(gate, expert, x).map((a, i) => (a / (1 + Math.exp(-a))) * ups[i]!);
      return ofExpert(down, expert, gated).map((a) => a * weight);
    });
    return results.reduce((sum, result) => sum.map((a, i) => a + result[i]!));
  });
}

function product(weight: ArrayLike<number>, rows: number, x: readonly number[], bias?: ArrayLike<number>): number[] {
  return Array.from({ length: rows }, (_, row) =>
    x.reduce((sum, value, i) => sum + weight[row * x.length + i]! * value, bias?.[row] ?? 0),
  );
}

function loraProduct({ rank, rows, scale, a, b }: LoraMatrix, x: readonly number[]): number[] {
  return product(b, rows, product(a, rank, x)).map((y) => y * scale);
}

function rmsNorm(x: readonly number[], weight: ArrayLike<number>, eps: number): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + eps);
  return x.map((value, i) => value * scale * weight[i]!);
}

/** Turns the pairs (i, i + length / 2). */
function rotate(head: readonly number[], turned: number, theta: number): number[] {
  const half = head.length / 2;
  return head.map((value, i) => {
    const angle = turned * theta ** (-(i % half) / half);
    const other = head[(i + half) % head.length]!;
    return value * Math.cos(angle) + (i < half ? -other : other) * Math.sin(angle);
  });
}

function perHead(x: readonly number[], size: number, of: (head: readonly number[]) => number[]): number[] {
  return Array.from({ length: x.length / size }, (_, i) => of(x.slice(i * size, (i + 1) * size))).flat();
}

function pairwise(a: Rows, b: Rows, of: (a: number, b: number) => number): Rows {
  return a.map((row, t) => row.map((value, i) => of(value, b[t]![i]!)));
}

/** Of weights that add up to 1. */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
