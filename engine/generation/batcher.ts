import { setImmediate } from "node:timers/promises";
import type { StepProfile } from "../language-model.ts";
import type { BlockPool } from "./block-pool.ts";
import { type Job, type Part, planStep, type Step } from "./plan-step.ts";
import type { Runner } from "./runner.ts";
import { type ChosenLora, rootOf, Sequence, type SequenceOptions } from "./sequence.ts";
import { aborted, Tables } from "./tables.ts";
import { createTurn, type Turn } from "./turn.ts";

/** Requests that run side by side. */
export const MAX_SEQUENCES = 8;

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
        new Promise((resolve, reject) => this.#ask({ sequence, signal, resolve, reject, ...question })),
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
    const tables = await this.#takeAll(); // nothing else runs
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
    await this.#takeAll();
  }

  /** All tables, once no step runs any more: also of a request that has ended. */
  async #takeAll(): Promise<number[]> {
    const tables = await Promise.all(Array.from({ length: MAX_SEQUENCES }, () => this.#tables.take(undefined)));
    await this.#allRead();
    return tables;
  }

  #ask(job: Job): void {
    const { failure } = job.sequence;
    const isEnded = !this.#sequences.includes(job.sequence);
    if (isEnded || failure) {
      job.reject(failure ?? aborted(job.signal));
      return;
    }
    this.#jobs.push(job);
    if ("then" in job.tokens) {
      job.tokens.then(
        (token) => {
          job.tokens = [token];
        },
        (error) => this.#rejectFrom(job, error), // the choice before was none
      );
    }
    void this.#run();
  }

  #end(sequence: Sequence): void {
    if (!this.#sequences.includes(sequence)) return;
    this.#rejectAborted(this.#jobsOf(sequence));
    this.#sequences.splice(this.#sequences.indexOf(sequence), 1);
    sequence.detach();
    this.#tables.giveBack(sequence.table);
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#jobs.length > 0) await this.#runStep();
    } catch (error) {
      this.#reject(this.#jobs, error);
    }
    this.#isRunning = false;
  }

  /**
   * Starts a step, and on most adapters waits for it. While it waits for anything jobs come, and others are dropped with their
   * sequences' tokens and blocks: what has to be over first is waited for, and then all is looked at anew. From that look until
   * the step has been queued it waits for nothing.
   */
  async #runStep(): Promise<void> {
    await setImmediate(); // who has just been answered asks for the next token
    this.#rejectAborted(this.#jobs.filter(({ signal }) => signal?.aborted));
    const mayRunAhead = this.#runner.stepsInFlight > 1 && this.#sequences.length === 1;
    const unfinished = this.#unfinished(mayRunAhead);
    if (unfinished) {
      await unfinished;
      return;
    }
    if (this.#jobs.length === 0) return;
    const begun = this.#beginJobs();
    this.#inFlight.push(this.#take(planStep(this.#firstJobs(), this.#sequences, this.#runner.maxRows)));
    for (const part of begun) this.#tell(part);
    if (!mayRunAhead) await this.#allRead();
  }

  /** What must be over before the next step can be planned. */
  #unfinished(mayRunAhead: boolean): Promise<unknown> | undefined {
    const { length } = this.#inFlight;
    if (length > 0 && !mayRunAhead) return this.#allRead();
    if (length > 0 && length >= this.#runner.stepsInFlight) return this.#inFlight.shift();
    for (const job of this.#firstJobs()) {
      const { sequence, tokens } = job;
      if (length > 0 && (sequence.isUnseen || !sequence.hasBlocks)) return this.#allRead(); // its tokens must be known
      const isOnAdapter = mayRunAhead && this.#isNextOnAdapter(sequence);
      if ("then" in tokens && job.length === undefined && !isOnAdapter) return tokens.catch(() => {});
    }
    return undefined;
  }

  /** The sequence goes on with what the newest step has chosen. */
  #isNextOnAdapter(sequence: Sequence): boolean {
    return this.#chosenOnAdapter === sequence && sequence.missing === 0 && !sequence.isUnseen;
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

  #reject(jobs: readonly Job[], error: unknown): void {
    for (const job of jobs) {
      job.isRejected = true;
      job.reject(error);
    }
    this.#drop(jobs);
  }

  /** With it those that go on from its tokens. */
  #rejectFrom(job: Job, error: unknown): void {
    if (!job.isRejected) this.#reject([job, ...this.#jobsOf(job.sequence)], error);
  }

  #rejectAborted(jobs: readonly Job[]): void {
    for (const job of jobs) this.#reject([job], aborted(job.signal));
  }

  /** A progress callback may throw: who gave it hears of it, and nobody else. */
  #tell({ job, computed }: Part): void {
    try {
      if (!job.isRejected) job.progress(computed);
    } catch (error) {
      this.#rejectFrom(job, error);
    }
  }

  /** The first of each sequence; those behind it wait for it. */
  #firstJobs(): Job[] {
    const seen = new Set<Sequence>();
    return this.#jobs.filter(({ sequence }) => !seen.has(sequence) && seen.add(sequence));
  }

  /** Appends jobs' tokens to their sequences, and takes over what the cache holds of them. @returns the new ones */
  #beginJobs(): Part[] {
    return this.#firstJobs().flatMap((job) => {
      const { sequence, tokens, isTentative } = job;
      const isNew = job.length === undefined;
      if (isNew) {
        sequence.append("then" in tokens ? [undefined] : tokens, isTentative);
        if (sequence.isUnseen) sequence.markSeen();
        job.length = sequence.tokens.length;
      }
      sequence.attach();
      return isNew ? { job, computed: sequence.computed } : [];
    });
  }

  /** Takes a step. Never rejects: those who asked hear of what fails. */
  async #take({ loras, rows, outputs, ended, begun }: Step): Promise<void> {
    this.#chosenOnAdapter = outputs.length === 1 && outputs[0]!.kind === "choice" ? ended[0]!.sequence : undefined;
    this.#drop(ended);
    const isBegun = ({ sequence }: Job) => begun.some(({ job }) => job.sequence === sequence);
    this.#jobs = [...this.#jobs.filter((job) => !isBegun(job)), ...this.#jobs.filter(isBegun)]; // prompts take turns
    const parts = [...ended.map((job) => ({ job, computed: job.length! })), ...begun];
    try {
      const running = this.#runner.run(rows, outputs, loras);
      for (const { job } of parts) job.sequence.stepQueued();
      const outcomes = await running;
      let first = 0;
      for (const { sequence, length, outputs, resolve, reject } of ended) {
        const own = outcomes.slice(first, first + outputs);
        first += outputs;
        sequence.learn(length!, own.at(-1)!.choice);
        if (sequence.failure) reject(sequence.failure);
        else resolve(own);
      }
      for (const { job, computed } of parts) job.sequence.stepRead(computed);
      for (const part of begun) this.#tell(part);
    } catch (error) {
      for (const { job } of parts) {
        job.sequence.discard(error);
        this.#reject([job, ...this.#jobsOf(job.sequence)], error);
      }
    }
  }
}
