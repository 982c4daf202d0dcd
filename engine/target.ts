// The seam between what all models share (generation/, chat/, server/) and what computes: docs/decisions/0037-a-second-target.md.
import type { Runner } from "./generation/runner.ts";
import type { StateStore } from "./generation/state-store.ts";
import type { Plan } from "./graph/plan.ts";
import type { Precision } from "./language-model.ts";
import type { ModelConfig } from "./models/config.ts";
import type { Lora } from "./weights/lora-file.ts";
import type { ModelFile } from "./weights/model-file.ts";

/** Where models run: an adapter of WebGPU (gpu/), or the machine's processors (cpu/). */
export interface Target {
  readonly name: string; // as users see it
  readonly precision: Precision;
  readonly variant: string; // of the matrix products
  readonly maxTokens: number; // of a step; an interrupt waits for one
  readonly isInMemory: boolean; // computes in the machine's own memory, of which one can ask how much is free
  /** Of what decides a model's last bits here: keys and values that another target computed are not read back. */
  readonly identity: readonly string[];
  /** @throws EngineError `unsupported-model`, `bad-model-file`, `out-of-memory` */
  load(plan: Plan, file: ModelFile, config: ModelConfig, options: LoadOptions): Promise<LoadedModel>;
  /** The same, but what it loads has sizes only: nothing is allocated and nothing runs. */
  counted(): Target;
  /** Bytes per second that a copy reads and writes. */
  measureCopyBandwidth(): Promise<number>;
  /** Products of int8 per second, from registers. */
  measureInt8Peak(): Promise<number>;
  dispose(): void;
}

export interface LoadOptions {
  readonly contextLength: number; // tokens
  readonly numTables: number; // block tables, one a sequence
  /** A bit a token that may be chosen: u32 [ceil(vocabSize / 32)]. Asked for once; where threads read weights, they do so meanwhile. */
  allowed(): Uint32Array<ArrayBuffer>;
  readonly loras?: readonly Lora[]; // adapters that requests may choose; they were checked
  readonly onBytes?: (bytes: number) => void; // of weights read
}

/** A kernel's part of a step. */
export interface KernelWork {
  readonly label: string;
  readonly weightBytes?: number; // that its products read
  readonly products?: number; // multiplied and added
}

/** A model on a target, ready to run. */
export interface LoadedModel {
  readonly runner: Runner;
  readonly states: StateStore;
  readonly weightsBytes: number;
  readonly byteLength: number; // of all that it keeps, with its weights
  /** What a token of text runs: for each of the plan's steps, and behind them for the output head. */
  readonly tokenSteps: readonly (readonly KernelWork[])[];
  destroy(): void;
}
