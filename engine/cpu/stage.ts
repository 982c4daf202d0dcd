// What of a model lies in one memory: some of its plan's steps, one after another, as the CPU's operations, with a place for all that
// they read, keep and leave. Most models have one stage; stages.ts divides those for which a memory is too small.
import { MAX_OUTPUTS } from "../generation/runner.ts";
import type { Plan } from "../graph/plan.ts";
import { stateSizes } from "../graph/state-sizes.ts";
import { weightsOf } from "../graph/step-weights.ts";
import type { Step } from "../graph/steps.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import { PLACE_WORDS } from "../kernels/place.ts";
import type { Precision } from "../language-model.ts";
import type { ModelConfig } from "../models/config.ts";
import type { LoadOptions } from "../target.ts";
import type { Allocator } from "./allocator.ts";
import { compileStep, type Parts } from "./compile-step.ts";
import { compileHead, type Head } from "./head.ts";
import { createLoras, type PlacedLoras } from "./loras.ts";
import type { Machine } from "./machine.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { oncePer } from "./once-per.ts";
import { CACHE_BYTES, type CpuOperation } from "./operations.ts";
import { quantizedBytes } from "./packed.ts";
import { checkLimits } from "./records.ts";
import { createResults, inputFormOf, type Results } from "./results.ts";
import { cacheTypeOf, createStates, type States } from "./states.ts";
import { createWeights, type Weights } from "./weights.ts";

const WORD_BYTES = 4;

export interface StageOptions extends Pick<LoadOptions, "contextLength" | "numTables" | "loras"> {
  readonly plan: Plan;
  readonly config: ModelConfig;
  readonly precision: Precision;
  readonly maxTokens: number;
}

/** What steps are told of their tokens; in each memory the same. */
interface StepInputs {
  readonly tokenIds: Address; // u32 [maxTokens]
  readonly places: Address; // [maxTokens], as `placesOf` makes them
  readonly blockTables: Address; // u32 [numTables, tableLength]
  readonly rotations: Address; // f32 [maxTokens, headDim / 2, 2], as `ropeRotations` makes them
}

export class Stage {
  readonly machine: Machine;
  readonly inputs: StepInputs;
  readonly weights: Weights;
  readonly results: Results;
  readonly states: States;
  readonly loras: PlacedLoras;
  readonly steps: Step[] = [];
  /** What each of the steps is, without adapters. */
  readonly operations: (readonly CpuOperation[])[] = [];
  readonly #options: StageOptions;
  readonly #allocator: Allocator;
  readonly #parts: Omit<Parts, "added">;
  #head: Head | undefined;

  /** @param allocator of the machine's memory, or one that only counts: then everything has sizes only */
  constructor(options: StageOptions, machine: Machine, allocator: Allocator) {
    const { plan, config, contextLength, numTables, loras = [], precision, maxTokens } = options;
    const words = (label: string, ...shape: number[]) =>
      allocator.allocate(WORD_BYTES * shape.reduce((a, b) => a * b), label);
    this.machine = machine;
    this.#options = options;
    this.#allocator = allocator;
    this.inputs = {
      tokenIds: words("token ids", maxTokens),
      places: words("places", maxTokens, PLACE_WORDS),
      blockTables: words("block tables", numTables, Math.ceil(contextLength / BLOCK_TOKENS)),
      rotations: words("rotations", maxTokens, config.headDim),
    };
    const cacheType = cacheTypeOf(precision);
    const sizes = stateSizes(plan, contextLength, CACHE_BYTES[cacheType]);
    const scratch = oncePer((label: string, bytes: number) => allocator.allocate(bytes, label));
    this.weights = createWeights(allocator);
    this.results = createResults(plan, allocator, precision, maxTokens);
    this.states = createStates(allocator, { sizes, cacheType, numSequences: numTables, ...this.inputs });
    this.loras = createLoras(loras, { allocator, maxTokens, scratch });
    this.#parts = {
      ...{ ...this.inputs, ...this.weights, results: this.results, states: this.states, scratch },
      ...{ precision, maxTokens, contextLength, rmsNormEps: config.rmsNormEps },
      inputFor: inputsWith(scratch, precision, maxTokens),
    };
  }

  /** Bytes that it takes of its memory. */
  get byteLength(): number {
    return this.#allocator.byteLength;
  }

  get memory(): CpuMemory {
    return this.machine.memory;
  }

  /**
   * @throws EngineError `out-of-memory`; `unsupported-model` for sizes past those of the kernels, here, so that a plan of the
   *   memory hears of it before weights are read
   */
  add(step: Step): void {
    for (const matrix of weightsOf(step).matrices.flatMap(({ packed }) => packed)) this.loras.place(matrix);
    const operations = compileStep(step, { ...this.#parts, added: () => [] });
    checkLimits(operations);
    this.steps.push(step);
    this.operations.push(operations);
  }

  /** @throws EngineError `out-of-memory` */
  addHead(): void {
    const { plan, config, precision } = this.#options;
    const inputFor = inputsWith(this.#parts.scratch, precision, MAX_OUTPUTS);
    this.#head = compileHead(plan, config, this.#allocator, { weights: this.weights, inputFor, precision });
  }

  /** The output head, if it lies here. */
  get head(): Head | undefined {
    return this.#head;
  }

  /** What its steps run with the adapters of these names. */
  readonly body = oncePer((names: readonly string[]): readonly CpuOperation[] => {
    if (names.length === 0) return this.operations.flat();
    const parts: Parts = { ...this.#parts, added: (...product) => this.loras.added(names, ...product) };
    return this.steps.flatMap((step) => compileStep(step, parts));
  });

  /** And behind them the head of what they leave: the whole of a single token, where both lie here. */
  readonly bodyAndHead = oncePer((names: readonly string[]): readonly CpuOperation[] => {
    return [...this.body(names), ...this.#head!.of(this.results.rows(this.#options.plan.hidden))];
  });
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
