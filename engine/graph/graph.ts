// What an architecture is said with. A description (models/*.ts) uses these words once; nothing is computed, and no device,
// buffer or schedule is in it. What it says is read by plan.ts (what runs on an adapter) and reference.ts (the same in f64).
import type { ModelConfig } from "../models/config.ts";
import { badShape, badTensor, type NamedFile } from "../weights/bad-model-file.ts";
import type { TensorType } from "../weights/block-formats.ts";

/** A matrix of the checkpoint. */
export interface Matrix {
  readonly name: string;
  readonly type: TensorType;
  readonly rows: number;
  readonly columns: number;
  readonly experts: number; // matrices of these sizes one behind the other: 1, or one for each expert
}

/** A vector of the checkpoint; or a small matrix that no product reads, flat. */
export interface Vector {
  readonly name: string;
  readonly size: number;
}

/** Of a convolution that each channel has for itself. */
export interface Taps extends Vector {
  readonly channels: number;
  readonly taps: number; // tokens that a result is made of
}

/** What the gated delta rule reads of each token, and of the checkpoint. */
export interface DeltaRuleInputs {
  readonly q: Value; // [keyHeads, keyDim]
  readonly k: Value; // likewise
  readonly v: Value; // [valueHeads, valueDim]
  readonly a: Value; // [valueHeads]
  readonly beta: Value; // likewise
  readonly decay: Vector; // likewise
  readonly bias: Vector; // likewise
}

/** SwiGLU layers of a mixture's experts: of each gate and up [width, hidden], and down [hidden, width]. */
export interface ExpertWeights {
  readonly gate: Matrix;
  readonly up: Matrix;
  readonly down: Matrix;
}

/** How a token's experts are chosen. */
export interface ExpertChoice {
  readonly numExpertsPerTok: number;
  readonly normTopkProb: boolean; // what the chosen ones count is made to add up to 1
}

/** What an operation gives for each token of a step: f32 [...shape]. It is what was said, not yet numbers. */
export type Value = Operation & { readonly shape: readonly number[] };

export type Operation =
  | { readonly op: "embed"; readonly table: Matrix }
  | { readonly op: "linear"; readonly x: Value; readonly weight: Matrix; readonly bias: Vector | undefined }
  | { readonly op: "rmsNorm"; readonly x: Value; readonly weight: Vector }
  | { readonly op: "columns"; readonly x: Value; readonly first: number }
  | { readonly op: "heads"; readonly x: Value }
  | { readonly op: "rope"; readonly x: Value }
  | { readonly op: "attention"; readonly q: Value; readonly k: Value; readonly v: Value }
  | { readonly op: "conv"; readonly x: Value; readonly weight: Taps }
  | ({ readonly op: "deltaRule" } & DeltaRuleInputs)
  | {
      readonly op: "experts";
      readonly x: Value;
      readonly scores: Value;
      readonly weights: ExpertWeights;
      readonly choice: ExpertChoice;
    }
  | { readonly op: "add" | "mul"; readonly a: Value; readonly b: Value }
  | { readonly op: "gate"; readonly x: Value; readonly score: Value }
  | { readonly op: "silu" | "sigmoid"; readonly x: Value };

/** The tensors that there are: of a file, or of several. */
export interface Checkpoint extends NamedFile {
  readonly tensors: Pick<
    ReadonlyMap<string, { readonly type: TensorType; readonly shape: readonly number[] }>,
    "get" | "has"
  >;
}

/** The words. Shapes are checked as they are said: those of tensors against the file, those of values against each other. */
export class Graph {
  readonly config: ModelConfig;
  readonly #checkpoint: Checkpoint;
  readonly #prefix: string;

  constructor(config: ModelConfig, checkpoint: Checkpoint, prefix = "") {
    this.config = config;
    this.#checkpoint = checkpoint;
    this.#prefix = prefix;
  }

  /** The same words for tensors whose names begin so. */
  within(prefix: string): Graph {
    return new Graph(this.config, this.#checkpoint, this.#prefix + prefix);
  }

  has(name: string): boolean {
    return this.#checkpoint.tensors.has(this.#prefix + name);
  }

  /** @throws EngineError `bad-model-file` if it is missing or has another shape */
  matrix(name: string, rows: number, columns: number): Matrix {
    return { ...this.#tensor(name, [columns, rows]), rows, columns, experts: 1 };
  }

  /** One matrix for each expert. @throws EngineError as `matrix` */
  expertMatrix(name: string, experts: number, rows: number, columns: number): Matrix {
    return { ...this.#tensor(name, [columns, rows, experts]), rows, columns, experts };
  }

  /** A vector as a matrix of one row. @throws EngineError as `matrix` */
  row(name: string, columns: number): Matrix {
    return { ...this.#tensor(name, [columns]), rows: 1, columns, experts: 1 };
  }

  /** @throws EngineError as `matrix` */
  vector(name: string, size: number): Vector {
    return { name: this.#tensor(name, [size]).name, size };
  }

  /** The weight of `conv`. @throws EngineError as `matrix` */
  taps(name: string, channels: number, taps: number): Taps {
    return { name: this.#tensor(name, [taps, channels]).name, size: channels * taps, channels, taps };
  }

  /** Of each token its row of the table. */
  embed(table: Matrix): Value {
    return { op: "embed", table, shape: [table.columns] };
  }

  /** x W^T (+ bias) */
  linear(x: Value, weight: Matrix, bias?: Vector): Value {
    expectShape("linear", x, [weight.columns]);
    if (bias && bias.size !== weight.rows) throw new TypeError(`a bias of ${bias.size} for ${weight.rows} rows`);
    return { op: "linear", x, weight, bias, shape: [weight.rows] };
  }

  /** x / sqrt(mean(x^2) + eps) * weight, over the last axis: the row's, or each head's. */
  rmsNorm(x: Value, weight: Vector): Value {
    if (x.shape.at(-1) !== weight.size) throw new TypeError(`a norm of ${weight.size} for [${x.shape}]`);
    return { op: "rmsNorm", x, weight, shape: x.shape };
  }

  /** `count` columns from `first` on. */
  columns(x: Value, first: number, count: number): Value {
    if (x.shape.length !== 1 || first + count > x.shape[0]!) throw new TypeError(`${count} columns of [${x.shape}]`);
    return { op: "columns", x, first, shape: [count] };
  }

  /** [count * headDim] -> [count, headDim] */
  heads(x: Value, count: number, headDim = this.config.headDim): Value {
    expectShape("heads", x, [count * headDim]);
    return { op: "heads", x, shape: [count, headDim] };
  }

  /** Rotates pairs (i, i + headDim / 2) of each head by the token's position: NeoX's pairing of arXiv:2104.09864. */
  rope(x: Value): Value {
    return { op: "rope", x, shape: x.shape };
  }

  /**
   * Causal attention to the sequence's tokens so far, whose keys and values are kept; query heads share key heads evenly.
   * @returns [number of query heads * headDim]
   */
  attention(q: Value, k: Value, v: Value): Value {
    expectShape("attention", v, k.shape);
    return { op: "attention", q, k, v, shape: [q.shape[0]! * q.shape[1]!] };
  }

  /** Causal convolution of each channel over the sequence's last `taps` tokens, whose inputs are kept. */
  conv(x: Value, weight: Taps): Value {
    expectShape("conv", x, [weight.channels]);
    if (weight.taps < 2) throw new TypeError("a convolution of one token");
    return { op: "conv", x, weight, shape: x.shape };
  }

  /**
   * The gated delta rule (arXiv:2412.06464): of each head a matrix that is kept from token to token, read by q, and written at k
   * with v. kernels/delta-rule.wgsl has the formula.
   * @returns [valueHeads * valueDim]
   */
  deltaRule(inputs: DeltaRuleInputs): Value {
    const { q, k, v, a, beta, decay, bias } = inputs;
    const [valueHeads, valueDim] = v.shape as readonly [number, number];
    expectShape("deltaRule", k, q.shape);
    for (const gate of [a, beta]) expectShape("deltaRule", gate, [valueHeads]);
    const isEven = valueHeads % q.shape[0]! === 0 && decay.size === valueHeads && bias.size === valueHeads;
    if (!isEven) throw new TypeError(`deltaRule: ${valueHeads} heads of values, [${q.shape}] of keys`);
    return { op: "deltaRule", ...inputs, shape: [valueHeads * valueDim] };
  }

  /**
   * A mixture of experts (arXiv:1701.06538): of those with the highest scores down(silu(gate(x)) * up(x)), weighted by softmax
   * of all scores and added up.
   * @param scores [experts]
   */
  experts(x: Value, scores: Value, weights: ExpertWeights, choice: ExpertChoice): Value {
    const { gate, up, down } = weights;
    expectShape("experts", x, [gate.columns]);
    expectShape("experts", scores, [gate.experts]);
    if (up.rows !== gate.rows || down.columns !== gate.rows) throw new TypeError("experts of several widths");
    if (gate.experts === 1) throw new TypeError("a mixture of one expert");
    if (choice.numExpertsPerTok > gate.experts) throw new TypeError("more experts a token than there are");
    return { op: "experts", x, scores, weights, choice, shape: [down.rows] };
  }

  /** x * sigmoid(score), with one score a token. */
  gate(x: Value, score: Value): Value {
    expectShape("gate", score, [1]);
    return { op: "gate", x, score, shape: x.shape };
  }

  add(a: Value, b: Value): Value {
    expectShape("add", b, a.shape);
    return { op: "add", a, b, shape: a.shape };
  }

  mul(a: Value, b: Value): Value {
    expectShape("mul", b, a.shape);
    return { op: "mul", a, b, shape: a.shape };
  }

  /** x / (1 + exp(-x)) */
  silu(x: Value): Value {
    return { op: "silu", x, shape: x.shape };
  }

  /** 1 / (1 + exp(-x)) */
  sigmoid(x: Value): Value {
    return { op: "sigmoid", x, shape: x.shape };
  }

  #tensor(name: string, shape: readonly number[]): { readonly name: string; readonly type: TensorType } {
    const full = this.#prefix + name;
    const tensor = this.#checkpoint.tensors.get(full);
    if (!tensor) throw badTensor(this.#checkpoint, full, "is missing");
    if (shape.length !== tensor.shape.length || shape.some((size, i) => size !== tensor.shape[i])) {
      throw badShape(this.#checkpoint, full, tensor.shape, shape);
    }
    return { name: full, type: tensor.type };
  }
}

/** An architecture: logits [vocabSize] of the token that follows, said with a graph's words. */
export type Architecture = (g: Graph) => Value;

/** What an operation reads. */
export function inputsOf(value: Value): readonly Value[] {
  switch (value.op) {
    case "embed":
      return [];
    case "attention":
      return [value.q, value.k, value.v];
    case "deltaRule":
      return [value.q, value.k, value.v, value.a, value.beta];
    case "add":
    case "mul":
      return [value.a, value.b];
    case "experts":
      return [value.x, value.scores];
    case "gate":
      return [value.x, value.score];
    default:
      return [value.x];
  }
}

/** Everything that `output` is made of, what is read before what reads it, and it as the last. */
export function inOrder(output: Value): readonly Value[] {
  const ordered = new Set<Value>();
  const waiting = [output]; // a stack, since hundreds of layers are deeper than calls may be
  for (let value = waiting.at(-1); value !== undefined; value = waiting.at(-1)) {
    const missing = inputsOf(value).filter((input) => !ordered.has(input));
    if (missing.length > 0) waiting.push(...missing.reverse());
    else ordered.add(waiting.pop()!);
  }
  return [...ordered];
}

function expectShape(word: string, { shape }: Value, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) return;
  throw new TypeError(`${word}: a value of shape [${shape}], where [${expected}] is expected`);
}
