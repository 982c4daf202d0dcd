import type { Sampling } from "../kernels/sample.ts";
import type { StepProfile } from "../language-model.ts";

/** Rows after which something can be asked for in one step. */
export const MAX_OUTPUTS = 8;

/** A token of a step. Those of a sequence follow each other, with none of another between them. */
export interface Row {
  readonly token: number | undefined; // undefined: what the step before chose, as its first output
  readonly slot: number; // in the sequence's part of the cache: tokens before it
  readonly angle: number; // by which RoPE turns it: its position in the text
  readonly theta: number; // RoPE's base for that text
  readonly table: number; // the sequence's block table
}

/** What is wanted after a row: a choice, NO_TOKEN if a logit is no finite number; f32 [vocabSize]; f32 [hiddenSize] after the final norm. */
export interface Output {
  readonly row: number;
  readonly kind: "choice" | "logits" | "hidden";
  readonly sampling?: Sampling | undefined; // of a choice; undefined: greedy
}

/** Steps of a decoder: tokens in, choices or logits out. Steps run in the order of the calls. */
export interface Runner {
  /** Steps that may wait to be read. */
  readonly stepsInFlight: number;
  readonly maxRows: number;
  /** To be called before the first choice with `sampling`. */
  enableSampling(): Promise<void>;
  /** The tokens that penalties are for; choices are counted by themselves. */
  setSeen(table: number, prompt: readonly number[], answer: readonly number[]): void;
  /** RoPE's base for a text whose prompt has so many tokens. */
  ropeThetaFor(promptTokens: number): number;
  /** Where a block table continues from its entry `first` on. */
  setBlocks(table: number, first: number, blocks: readonly number[]): void;
  /**
   * @param rows 1 to maxRows
   * @param outputs MAX_OUTPUTS at most
   * @param loras adapters, for all rows; default: none
   * @returns in the order of `outputs`, f32 in `values`
   */
  run(rows: readonly Row[], outputs: readonly Output[], loras?: readonly string[]): Promise<Outcome[]>;
  /** Where the time of a step of these rows goes. */
  profile(rows: readonly Row[]): Promise<StepProfile>;
  readonly dispatchesPerToken: number; // and operations, where nothing is dispatched
}

export interface Outcome {
  readonly choice: number;
  readonly values: Float32Array; // of a choice, empty
}
