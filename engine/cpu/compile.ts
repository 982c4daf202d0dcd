// A plan as the CPU's operations, with a place in memory for each result.
import { MAX_OUTPUTS } from "../generation/runner.ts";
import type { Plan } from "../graph/plan.ts";
import { stateSizes } from "../graph/state-sizes.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { PLACE_WORDS } from "../kernels/place.ts";
import type { Precision } from "../language-model.ts";
import type { ModelConfig } from "../models/config.ts";
import type { LoadOptions } from "../target.ts";
import type { Allocator } from "./allocator.ts";
import { compileStep, type Parts } from "./compile-step.ts";
import { type AddLora, type Pack, uploadLoras } from "./loras.ts";
import type { Address } from "./memory.ts";
import { CACHE_BYTES, type CpuOperation } from "./operations.ts";
import { quantizedBytes } from "./packed.ts";
import { checkLimits } from "./records.ts";
import { createResults, inputFormOf, quantizeOperations, readAs } from "./results.ts";
import { cacheTypeOf, createStates, type States } from "./states.ts";
import type { Weights } from "./weights.ts";

const WORD_BYTES = 4;

/** What steps read and leave, and what computes it. */
export interface Program {
  readonly tokenIds: Address; // u32 [maxTokens]
  readonly places: Address; // [maxTokens], as `placesOf` makes them
  readonly blockTables: Address; // u32 [numTables, tableLength]
  readonly tableLength: number;
  readonly rotations: Address; // f32 [maxTokens, headDim / 2, 2], as `ropeRotations` makes them
  readonly hidden: Address; // f32 [maxTokens, hiddenSize], before the final norm
  readonly headRows: Address; // f32 [MAX_OUTPUTS, hiddenSize], rows of `hidden`
  readonly normed: Address; // f32 [MAX_OUTPUTS, hiddenSize], after the final norm
  readonly logits: Address; // f32 [MAX_OUTPUTS, vocabSize]
  readonly choices: Address; // u32 [MAX_OUTPUTS]
  readonly states: States;
  /** What each of the plan's steps is, without adapters. */
  readonly steps: readonly (readonly CpuOperation[])[];
  /** tokens -> cache and `hidden` */
  body(loras: readonly string[]): readonly CpuOperation[];
  readonly norm: readonly CpuOperation[]; // `headRows` -> `normed`
  readonly head: readonly CpuOperation[]; // `headRows` -> `normed`, `logits`
  readonly headOfHidden: readonly CpuOperation[]; // the first row of `hidden` -> likewise
  /** One token -> cache, and the first row of `normed` and `logits` */
  next(loras: readonly string[]): readonly CpuOperation[];
  readonly argmax: readonly CpuOperation[]; // `logits` -> `choices`
}

export interface CompileOptions extends Pick<LoadOptions, "contextLength" | "numTables" | "loras"> {
  readonly precision: Precision;
  readonly maxTokens: number;
  readonly allowed: Address; // a bit a token
  readonly pack: Pack;
}

/** @throws EngineError `unsupported-model` for sizes past those of the kernels, `out-of-memory` */
export function compileProgram(
  plan: Plan,
  config: ModelConfig,
  weights: Weights,
  memory: Allocator,
  options: CompileOptions,
): Program {
  const { contextLength, numTables, loras = [], precision, maxTokens } = options;
  const { headDim, rmsNormEps } = config;
  const words: Words = (label, ...shape) => memory.allocate(WORD_BYTES * shape.reduce((a, b) => a * b), label);
  const tableLength = Math.ceil(contextLength / BLOCK_TOKENS);
  const input = {
    tokenIds: words("token ids", maxTokens),
    places: words("places", maxTokens, PLACE_WORDS),
    blockTables: words("block tables", numTables, tableLength),
    rotations: words("rotations", maxTokens, headDim),
  };
  const cacheType = cacheTypeOf(precision);
  const sizes = stateSizes(plan, contextLength, CACHE_BYTES[cacheType]);
  const states = createStates(memory, { sizes, cacheType, numSequences: numTables, ...input });
  const results = createResults(plan, memory, precision, maxTokens);
  const scratch = oncePer((label: string, bytes: number) => memory.allocate(bytes, label));
  const inputFor = inputsWith(scratch, precision, maxTokens);
  const added = uploadLoras(loras, { maxTokens, scratch, pack: options.pack });
  const own = {
    ...input,
    ...weights,
    results,
    states,
    rmsNormEps,
    precision,
    maxTokens,
    contextLength,
    scratch,
    inputFor,
  };
  const stepsFor = (names: readonly string[]) =>
    plan.steps.map((step) => compileStep(step, { ...own, added: addedBy(names, added) }));
  const steps = stepsFor([]); // takes what it needs of the memory
  checkLimits(steps.flat()); // here, so that a plan of the memory hears of it before weights are read

  const hidden = results.rows(plan.hidden);
  const head = compileHead(plan, config, weights, { words, scratch, hidden, precision, allowed: options.allowed });
  const body = oncePer((names: readonly string[]) => (names.length > 0 ? stepsFor(names) : steps).flat());
  return {
    ...{ ...input, ...head, tableLength, hidden, states, steps, body },
    next: oncePer((names: readonly string[]) => [...body(names), ...head.headOfHidden]),
  };
}

type Words = (label: string, ...shape: number[]) => Address;

interface HeadParts extends Pick<Parts, "scratch" | "precision"> {
  readonly words: Words;
  readonly hidden: Address;
  readonly allowed: Address;
}

/** What makes logits of rows, and greedy choices of logits. */
function compileHead(
  { finalNorm, lmHead }: Plan,
  { hiddenSize, vocabSize, rmsNormEps }: ModelConfig,
  weights: Weights,
  { words, scratch, precision, hidden, allowed }: HeadParts,
) {
  const headRows = words("head rows", MAX_OUTPUTS, hiddenSize);
  const normed = words("normed", MAX_OUTPUTS, hiddenSize);
  const logits = words("logits", MAX_OUTPUTS, vocabSize);
  const choices = words("choices", MAX_OUTPUTS);
  const input = inputsWith(scratch, precision, MAX_OUTPUTS)(lmHead, "head input", normed, 1);
  const norm = (x: Address): CpuOperation => ({
    ...{ kind: "norm", x, xStride: hiddenSize, y: normed, yStride: hiddenSize },
    ...{ weight: weights.vector(finalNorm), count: 1, columns: hiddenSize, eps: rmsNormEps },
  });
  const product: CpuOperation = {
    ...{ kind: "product", weight: weights.matrix(lmHead), ...readAs(input, inputFormOf(lmHead, precision)) },
    ...{ y: logits, yStride: vocabSize, bias: 0, isAdded: false, isBeside: false, rowsPerToken: 1 },
  };
  const headOf = (x: Address): readonly CpuOperation[] => [norm(x), ...quantizeOperations(input), product];
  const argmax: CpuOperation = { kind: "argmax", logits, allowed, y: choices, vocabSize };
  return {
    ...{ headRows, normed, logits, choices },
    ...{ norm: [norm(headRows)], head: headOf(headRows), headOfHidden: headOf(hidden), argmax: [argmax] },
  };
}

function addedBy(names: readonly string[], loras: ReadonlyMap<string, AddLora>): AddLora {
  return (...product) => names.flatMap((name) => loras.get(name)!(...product));
}

function inputsWith(scratch: Parts["scratch"], precision: Precision, maxTokens: number): Parts["inputFor"] {
  return (matrix, label, rows, rowsPerToken) => {
    const { columns } = matrix;
    const form = inputFormOf(matrix, precision);
    const place = () => scratch(label, quantizedBytes(columns, maxTokens * rowsPerToken));
    const quantized = new Map(form === "f32" ? [] : [[form, place()]]);
    return { rows, columns, rowsPerToken, quantized };
  };
}

/** The function, called once for all equal arguments. */
function oncePer<Arguments extends readonly unknown[], Result>(
  create: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const created = new Map<string, Result>();
  return (...given) => {
    const key = JSON.stringify(given);
    const result = created.get(key) ?? create(...given);
    created.set(key, result);
    return result;
  };
}
