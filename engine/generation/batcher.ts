import { setImmediate } from "node:timers/promises";
import type { StepProfile } from "../language-model.ts";
import type { BlockPool } from "./block-pool.ts";
import { MAX_OUTPUTS, type Outcome, type Output, type Row, type Runner } from "./runner.ts";
import { type ChosenLora, rootOf, Sequence, type SequenceOptions } from "./sequence.ts";
import { aborted, Tables } from "./tables.ts";
import { createTurn, type Question, type Turn } from "./turn.ts";

/** Requests that run side by side. */
export const MAX_SEQUENCES = 8;

const SHARED_ROWS = 32; // of a step that reads a prompt while others wait for their next token

interface Job extends Question {
  readonly sequence: Sequence;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
  length?: number; // of the sequence with the job's tokens, once it has begun
}

interface Step {
  readonly loras: readonly string[]; // names of adapters
  readonly rows: Row[];
  readonly outputs: Output[];
  readonly ended: Job[]; // in the order of their outputs
  readonly begun: { readonly job: Job; readonly computed: number }[]; // that need more steps; tokens of the sequence after this one
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
  async begin({ signal, ...options }: SequenceOptions & { readonly signal?: AbortSignal | undefined }): Promise<Turn> {
    if (options.sampling) await this.#runner.enableSampling();
    const table = await this.#tables.take(signal);
    const sequence = new Sequence(table, this.#pool, this.#runner, options);
    this.#sequences.push(sequence);
    return createTurn({
      ask: (question) =>
        new Promise((resolve, reject) => {
          this.#jobs.push({ sequence, signal, resolve, reject, ...question });
          void this.#run();
        }),
      isAlone: () => this.#sequences.length === 1,
      truncate: (length) => {
        this.#rejectAborted(this.#jobsOf(sequence)); // they go on from tokens that are taken back
        sequence.truncate(length);
      },
      end: () => this.#end(sequence),
    });
  }

  /** Of the blocks of a sequence with such a prompt. */
  rootOf(promptTokens: number, loras: readonly ChosenLora[] = []): string {
    return rootOf(this.#runner.ropeThetaFor(promptTokens), loras);
  }

  /** Where the time of a step of so many tokens goes, with as many in the cache before them. */
  async profile(numTokens: number, position: number): Promise<StepProfile> {
    const tables = await this.#takeAllTables(); // nothing else runs
    const sequence = new Sequence(tables[0]!, this.#pool, this.#runner, { reuses: false });
    try {
      sequence.reserve(position + numTokens);
      const row = (_: unknown, i: number) => ({
        ...{ token: 0, slot: position + i, angle: position + i, table: sequence.table },
        theta: this.#runner.ropeThetaFor(position + numTokens),
      });
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
    this.#rejectAborted(this.#jobsOf(sequence));
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

  #jobsOf(sequence: Sequence): Job[] {
    return this.#jobs.filter((job) => job.sequence === sequence);
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
      const { sequence, tokens, progress, isTentative } = job;
      const isNew = job.length === undefined;
      if (isNew) {
        if (sequence.isUnseen || !sequence.hasBlocks) await this.#allRead(); // its tokens must be known
        const isNext = this.#chosenOnAdapter === sequence && sequence.missing === 0;
        const isOnAdapter = isAlone && isNext && !sequence.isUnseen;
        try {
          sequence.append("then" in tokens ? [isOnAdapter ? undefined : await tokens] : tokens, isTentative);
        } catch (error) {
          job.reject(error); // the choice before was none
          this.#drop([job]);
          continue;
        }
        if (sequence.isUnseen) sequence.markSeen();
        job.length = sequence.tokens.length;
      }
      sequence.attach();
      if (isNew) progress(sequence.computed);
    }
  }

  async #plan(): Promise<Step | undefined> {
    const waiting = this.#firstJobs();
    const lorasOf = ({ sequence }: Job) => sequence.loras.map(({ name }) => name);
    const loras = waiting[0] ? lorasOf(waiting[0]) : [];
    const jobs = waiting.filter((job) => lorasOf(job).join() === loras.join()); // a step has one choice of adapters
    const texts = jobs.filter(({ sequence }) => sequence.missing <= MAX_OUTPUTS);
    const prompts = jobs.filter((job) => !texts.includes(job));
    const maxRows = texts.length > 0 && prompts.length > 0 ? SHARED_ROWS : this.#runner.maxRows;
    const step: Step = { loras, rows: [], outputs: [], ended: [], begun: [] };
    const inStep = () => [...step.ended, ...step.begun.map(({ job }) => job)].map(({ sequence }) => sequence);
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
    const most = sequence.stepLength(Math.min(room, sequence.missing));
    const isLast = most === sequence.missing;
    const count = isLast ? most : Math.min(most, sequence.missing - outputs);
    if (count <= 0 || (isLast && step.outputs.length + outputs > MAX_OUTPUTS)) return;
    while (!sequence.reserve(count)) {
      const victim = victims.findLast(({ hasBlocks }) => hasBlocks);
      if (!victim) return;
      await this.#allRead();
      victim.detach();
    }
    step.rows.push(...sequence.advance(count));
    if (!isLast) {
      step.begun.push({ job, computed: sequence.computed });
      return;
    }
    const { sampling } = sequence;
    for (let i = outputs; i > 0; i--) step.outputs.push({ row: step.rows.length - i, kind, sampling });
    step.ended.push(job);
  }

  /** Takes a step. Never rejects: those who asked hear of what fails. */
  async #take({ loras, rows, outputs, ended, begun }: Step): Promise<void> {
    this.#chosenOnAdapter = outputs.length === 1 && outputs[0]!.kind === "choice" ? ended[0]!.sequence : undefined;
    this.#drop(ended);
    const isBegun = ({ sequence }: Job) => begun.some(({ job }) => job.sequence === sequence);
    this.#jobs = [...this.#jobs.filter((job) => !isBegun(job)), ...this.#jobs.filter(isBegun)]; // prompts take turns
    try {
      const running = this.#runner.run(rows, outputs, loras);
      for (const { sequence } of [...ended, ...begun.map(({ job }) => job)]) sequence.stepQueued();
      const outcomes = await running;
      let first = 0;
      for (const { sequence, length, outputs, resolve } of ended) {
        const own = outcomes.slice(first, first + outputs);
        first += outputs;
        sequence.learn(length!, own.at(-1)!.choice);
        sequence.seal();
        resolve(own);
      }
      for (const { job, computed } of begun) {
        job.sequence.seal();
        job.progress(computed);
      }
    } catch (error) {
      const unfinished = begun.map(({ job }) => job);
      for (const { sequence, reject } of [...ended, ...unfinished]) {
        sequence.discard();
        reject(error);
      }
      this.#drop(unfinished);
    }
  }
}
