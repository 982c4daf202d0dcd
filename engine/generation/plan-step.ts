import { MAX_OUTPUTS, type Outcome, type Output, type Row } from "./runner.ts";
import type { Sequence } from "./sequence.ts";
import type { Question } from "./turn.ts";

const SHARED_ROWS = 32; // of a step that reads a prompt while others wait for their next token

/** A question of one of the requests that run side by side. */
export interface Job extends Question {
  tokens: Question["tokens"]; // a choice that has been read takes its promise's place
  readonly sequence: Sequence;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (outcomes: Outcome[]) => void;
  readonly reject: (error: unknown) => void;
  length?: number; // of the sequence with the job's tokens, once it has begun
  isRejected?: boolean;
}

export interface Step {
  readonly loras: readonly string[]; // names of adapters
  readonly rows: Row[];
  readonly outputs: Output[];
  readonly ended: Job[]; // in the order of their outputs
  readonly begun: Part[]; // of those that need more steps
}

/** How far a job has come. */
export interface Part {
  readonly job: Job;
  readonly computed: number; // tokens of its sequence
}

/**
 * What the next step computes. Text goes before prompts, and where blocks are short, older requests before younger ones.
 *
 * @param waiting the first job of each sequence that asks for something, begun, in the order of their turns
 * @param sequences all, the oldest first
 */
export function planStep(waiting: readonly Job[], sequences: readonly Sequence[], runnerRows: number): Step {
  const lorasOf = ({ sequence }: Job) => sequence.loras.map(({ name }) => name);
  const loras = waiting[0] ? lorasOf(waiting[0]) : [];
  const jobs = waiting.filter((job) => lorasOf(job).join() === loras.join()); // a step has one choice of adapters
  const texts = jobs.filter(({ sequence }) => sequence.missing <= MAX_OUTPUTS);
  const prompts = jobs.filter((job) => !texts.includes(job));
  const maxRows = texts.length > 0 && prompts.length > 0 ? SHARED_ROWS : runnerRows;
  const step: Step = { loras, rows: [], outputs: [], ended: [], begun: [] };
  const inStep = () => [...step.ended, ...step.begun.map(({ job }) => job)].map(({ sequence }) => sequence);
  for (const job of [...texts, ...prompts]) {
    const younger = sequences.slice(sequences.indexOf(job.sequence) + 1);
    const victims = younger.filter((sequence) => !inStep().includes(sequence));
    add(job, step, maxRows, victims);
  }
  const [first] = jobs;
  if (first && step.rows.length === 0) {
    // All blocks belong to older ones that ask for nothing, such as those whose reader has stopped.
    const victims = sequences.filter((sequence) => sequence !== first.sequence);
    add(first, step, maxRows, victims);
  }
  if (step.rows.length === 0) throw new Error("the KV cache has no room for a single request");
  return step;
}

/** As much of a job as the step has room for. Where blocks are short, the youngest of `victims` lose theirs, and compute again. */
function add(job: Job, step: Step, maxRows: number, victims: readonly Sequence[]): void {
  const { sequence, outputs, kind } = job;
  const room = maxRows - step.rows.length;
  const most = sequence.stepLength(Math.min(room, sequence.missing));
  const isLast = most === sequence.missing;
  const count = isLast ? most : Math.min(most, sequence.missing - outputs);
  if (count <= 0 || (isLast && step.outputs.length + outputs > MAX_OUTPUTS)) return;
  while (!sequence.reserve(count)) {
    const victim = victims.findLast(({ hasBlocks }) => hasBlocks);
    if (!victim) return;
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
