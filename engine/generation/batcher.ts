import { setImmediate } from "node:timers/promises";
import type { StepProfile } from "../language-model.ts";
import type { BlockPool } from "./block-pool.ts";
import { MAX_OUTPUTS, type Outcome, type Output, type Row, type Runner } from "./runner.ts";
import { Sequence } from "./sequence.ts";
import { aborted, Tables } from "./tables.ts";

/** Requests that run side by side. */
export const MAX_SEQUENCES = 8;

const SHARED_ROWS = 32; // of a step that reads a prompt while others wait for their next token

/** One request's turn with the model: each call goes on where the one before ended. Calls of many requests share steps. */
export interface Turn {
  /** No other request is under way. */
  readonly isAlone: boolean;
  /** The greedy choice after these tokens; NO_TOKEN if a logit is no finite number. */
  choiceAfter(tokens: readonly number[], progress?: Progress): Promise<number>;
  /** The choice after the last choice, which need not have been read yet. */
  choiceNext(): Promise<number>;
  /** After each of MAX_OUTPUTS tokens at most. */
  choicesAfterEach(tokens: readonly number[]): Promise<number[]>;
  /** f32 [vocabSize] */
  logitsAfter(tokens: readonly number[], progress?: Progress): Promise<Float32Array>;
  /** Of MAX_OUTPUTS tokens at most. */
  logitsAfterEach(tokens: readonly number[]): Promise<Float32Array[]>;
  /** After the final norm. f32 [hiddenSize] */
  hiddenAfter(tokens: readonly number[]): Promise<Float32Array>;
  /** Takes back all but the first `length` tokens. */
  truncate(length: number): void;
  end(): void;
}

/** Told at a prompt's beginning, and after each part of it but the last: how many of the turn's tokens are done. */
export type Progress = (processed: number) => void;

export interface TurnOptions {
  readonly signal?: AbortSignal | undefined;
  readonly reuses?: boolean; // default true: what the cache holds of the prompt is not computed
}

interface Job {
  readonly sequence: Sequence;
  readonly tokens: readonly number[] | Promise<number>; // a promise: the choice before
  readonly kind: Output["kind"];
  readonly outputs: number; // after the last so many tokens
  readonly progress: Progress;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
  length?: number; // of the sequence with the job's tokens, once it has begun
}

interface Step {
  readonly rows: Row[];
  readonly outputs: Output[];
  readonly ended: Job[]; // in the order of their outputs
  readonly begun: Job[]; // that need more steps
}

/**
 * Runs many requests on one decoder: what they ask for at the same time is one step. Text goes before prompts, so that
 * nobody's text stands still while another's prompt is read; prompts take turns. What a request is given does not depend
 * on what runs beside it: a token's numbers are the same bits alone and among others.
 */
export class Batcher {
  readonly #runner: Runner;
  readonly #pool: BlockPool;
  readonly #tables = new Tables(MAX_SEQUENCES);
  readonly #sequences: Sequence[] = []; // the oldest first
  #jobs: Job[] = [];
  #isRunning = false;
  #chosenOnAdapter: Sequence | undefined; // whose choice is the next step's first token id
  #inFlight: Promise<void>[] = [];

  constructor(runner: Runner, pool: BlockPool) {
    this.#runner = runner;
    this.#pool = pool;
  }

  /** @throws EngineError `aborted` while it waits for others to end */
  async begin({ signal, reuses = true }: TurnOptions): Promise<Turn> {
    const table = await this.#tables.take(signal);
    const sequence = new Sequence(table, this.#pool, this.#runner, reuses);
    this.#sequences.push(sequence);
    const ask = (tokens: Job["tokens"], kind: Output["kind"], outputs = 1, progress: Progress = () => {}) =>
      new Promise<Outcome[]>((resolve, reject) => {
        this.#jobs.push({ sequence, tokens, kind, outputs, progress, signal, resolve, reject });
        void this.#run();
      });
    let lastChoice: Promise<number> = Promise.reject(new TypeError("no choice before the first"));
    const chosen = (asked: Promise<Outcome[]>) => {
      lastChoice = asked.then(([outcome]) => outcome!.choice);
      lastChoice.catch(() => {}); // who asked hears of it
      return lastChoice;
    };
    lastChoice.catch(() => {});
    const isAlone = () => this.#sequences.length === 1;
    return {
      get isAlone() {
        return isAlone();
      },
      choiceAfter: (tokens, progress) => chosen(ask(tokens, "choice", 1, progress)),
      choiceNext: () => {
        const before = lastChoice;
        const asked = ask(before, "choice");
        asked.catch(() => {}); // who asked hears of what failed first
        return chosen(before.then(() => asked));
      },
      choicesAfterEach: async (tokens) => (await ask(tokens, "choice", tokens.length)).map(({ choice }) => choice),
      logitsAfter: async (tokens, progress) => (await ask(tokens, "logits", 1, progress))[0]!.values,
      logitsAfterEach: async (tokens) => (await ask(tokens, "logits", tokens.length)).map(({ values }) => values),
      hiddenAfter: async (tokens) => (await ask(tokens, "hidden"))[0]!.values,
      truncate: (length) => sequence.truncate(length),
      end: () => this.#end(sequence),
    };
  }

  /** Where the time of a step of so many tokens goes, with as many in the cache before them. */
  async profile(numTokens: number, position: number): Promise<StepProfile> {
    const tables = await this.#takeAllTables(); // nothing else runs
    const sequence = new Sequence(tables[0]!, this.#pool, this.#runner, false);
    try {
      sequence.reserve(position + numTokens);
      const row = (_: unknown, i: number) => ({ token: 0, position: position + i, table: sequence.table });
      return await this.#runner.profile(Array.from({ length: numTokens }, row));
    } finally {
      sequence.detach();
      for (const table of tables) this.#tables.giveBack(table);
    }
  }

  /** Waits until all requests have ended; none begins after it. */
  async close(): Promise<void> {
    await this.#takeAllTables();
  }

  #takeAllTables(): Promise<number[]> {
    return Promise.all(Array.from({ length: MAX_SEQUENCES }, () => this.#tables.take(undefined)));
  }

  #end(sequence: Sequence): void {
    this.#rejectAborted(this.#jobs.filter((job) => job.sequence === sequence));
    this.#sequences.splice(this.#sequences.indexOf(sequence), 1);
    sequence.detach();
    this.#tables.giveBack(sequence.table);
    void this.#run(); // there is room for those who wait
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (await this.#runStep());
    } catch (error) {
      for (const { reject } of this.#jobs) reject(error); // a progress callback may throw
      this.#jobs = [];
    }
    this.#isRunning = false;
  }

  /** Starts a step, and on most adapters waits for it; false: there is nothing to do. */
  async #runStep(): Promise<boolean> {
    await setImmediate(); // who has just been answered asks for the next token
    const mayRunAhead = this.#runner.stepsInFlight > 1 && this.#sequences.length === 1;
    if (!mayRunAhead) await this.#allRead();
    this.#rejectAborted(this.#jobs.filter(({ signal }) => signal?.aborted));
    await this.#beginJobs(mayRunAhead);
    const step = await this.#plan();
    if (!step) return false;
    if (this.#inFlight.length >= this.#runner.stepsInFlight) await this.#inFlight.shift();
    const done = this.#take(step);
    if (mayRunAhead) this.#inFlight.push(done);
    else await done;
    return true;
  }

  async #allRead(): Promise<void> {
    await Promise.all(this.#inFlight);
    this.#inFlight = [];
  }

  #drop(jobs: readonly Job[]): void {
    this.#jobs = this.#jobs.filter((job) => !jobs.includes(job));
  }

  #rejectAborted(jobs: readonly Job[]): void {
    for (const { signal, reject } of jobs) reject(aborted(signal));
    this.#drop(jobs);
  }

  /** The first of each sequence; those behind it wait for it. */
  #firstJobs(): Job[] {
    const seen = new Set<Sequence>();
    return this.#jobs.filter(({ sequence }) => !seen.has(sequence) && seen.add(sequence));
  }

  /** Appends jobs' tokens to their sequences, and takes over what the cache holds of them. */
  async #beginJobs(isAlone: boolean): Promise<void> {
    for (const job of this.#firstJobs()) {
      const { sequence, tokens, progress } = job;
      const isNew = job.length === undefined;
      if (isNew) {
        const isOnAdapter = isAlone && this.#chosenOnAdapter === sequence;
        try {
          sequence.tokens.push(...("then" in tokens ? [isOnAdapter ? undefined : await tokens] : tokens));
        } catch (error) {
          job.reject(error); // the choice before was none
          this.#drop([job]);
          continue;
        }
        job.length = sequence.tokens.length;
      }
      sequence.attach();
      if (isNew) progress(sequence.computed);
    }
  }

  async #plan(): Promise<Step | undefined> {
    const jobs = this.#firstJobs();
    const texts = jobs.filter(({ sequence }) => sequence.missing <= MAX_OUTPUTS);
    const prompts = jobs.filter((job) => !texts.includes(job));
    const maxRows = texts.length > 0 && prompts.length > 0 ? SHARED_ROWS : this.#runner.maxRows;
    const step: Step = { rows: [], outputs: [], ended: [], begun: [] };
    const inStep = () => [...step.ended, ...step.begun].map(({ sequence }) => sequence);
    for (const job of [...texts, ...prompts]) {
      const younger = this.#sequences.slice(this.#sequences.indexOf(job.sequence) + 1);
      await this.#add(
        job,
        step,
        maxRows,
        younger.filter((sequence) => !inStep().includes(sequence)),
      );
    }
    const [first] = jobs;
    if (first && step.rows.length === 0) {
      // All blocks belong to older ones that ask for nothing, such as those whose reader has stopped.
      await this.#add(
        first,
        step,
        maxRows,
        this.#sequences.filter((sequence) => sequence !== first.sequence),
      );
    }
    return step.rows.length > 0 ? step : undefined;
  }

  /** As much of a job as the step has room for. Where blocks are short, the youngest of `victims` lose theirs, and compute again. */
  async #add(job: Job, step: Step, maxRows: number, victims: readonly Sequence[]): Promise<void> {
    const { sequence, outputs, kind } = job;
    const room = maxRows - step.rows.length;
    const isLast = sequence.missing <= room;
    const count = isLast ? sequence.missing : Math.min(room, sequence.missing - outputs);
    if (count <= 0 || (isLast && step.outputs.length + outputs > MAX_OUTPUTS)) return;
    while (!sequence.reserve(count)) {
      const victim = victims.findLast(({ hasBlocks }) => hasBlocks);
      if (!victim) return;
      await this.#allRead();
      victim.detach();
    }
    step.rows.push(...sequence.advance(count));
    if (!isLast) {
      step.begun.push(job);
      return;
    }
    for (let i = outputs; i > 0; i--) step.outputs.push({ row: step.rows.length - i, kind });
    step.ended.push(job);
  }

  /** Takes a step. Never rejects: those who asked hear of what fails. */
  async #take({ rows, outputs, ended, begun }: Step): Promise<void> {
    this.#chosenOnAdapter = outputs.length === 1 && outputs[0]!.kind === "choice" ? ended[0]!.sequence : undefined;
    this.#drop(ended);
    const isBegun = ({ sequence }: Job) => begun.some((job) => job.sequence === sequence);
    this.#jobs = [...this.#jobs.filter((job) => !isBegun(job)), ...this.#jobs.filter(isBegun)]; // prompts take turns
    try {
      const outcomes = await this.#runner.run(rows, outputs);
      let first = 0;
      for (const { sequence, length, outputs, resolve } of ended) {
        const own = outcomes.slice(first, first + outputs);
        first += outputs;
        sequence.learn(length!, own.at(-1)!.choice);
        sequence.seal();
        resolve(own);
      }
      for (const { sequence, progress } of begun) {
        sequence.seal();
        progress(sequence.computed);
      }
    } catch (error) {
      for (const { sequence, reject } of [...ended, ...begun]) {
        sequence.truncate(0); // nobody knows what its blocks hold
        reject(error);
      }
      this.#drop(begun);
    }
  }
}
