import { compileArgmax } from "../kernels/argmax.ts";
import { compileSample, packRows, ROW_WORDS, type Sample, type SampleRow, seenTokens } from "../kernels/sample.ts";
import type { Dispatch, Operation } from "../shader.ts";

const WORD_BYTES = 4;
const OPTIONS_OFF = { topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 };
const GREEDY: SampleRow = { ...OPTIONS_OFF, temperature: 0, seed: 0, position: 0, sequence: undefined };

/** What is chosen after a row of logits. */
export type Choice = "greedy" | "none" | SampleRow;

/** Choices on the adapter. Where all of a step's are greedy they are the argmax; else one kernel makes them all. */
export interface Choices {
  /** To be called before the first choice by chance: its kernel and buffers are made when they are first needed. */
  enableSampling(): Promise<void>;
  /** What the penalties of a sequence are for; what is chosen from then on is counted by itself. */
  setSeen(sequence: number, prompt: readonly number[], answer: readonly number[]): void;
  /** Logits -> token ids; for the next submit. */
  after(choices: readonly Choice[]): readonly Dispatch[];
  readonly greedy: readonly Dispatch[]; // of one row
  readonly byteLength: number;
  destroy(): void;
}

export interface ChoicesOptions {
  readonly logits: GPUBuffer; // f32 [maxRows, vocabSize]
  readonly tokenIds: GPUBuffer; // u32 [maxRows] at least
  readonly allowed: Uint32Array<ArrayBuffer>; // a bit a token that may be chosen. u32 [ceil(vocabSize / 32)]
  readonly vocabSize: number;
  readonly maxRows: number;
  readonly maxSequences: number;
}

export async function createChoices(device: GPUDevice, options: ChoicesOptions): Promise<Choices> {
  const { logits, tokenIds, vocabSize, maxRows, maxSequences } = options;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const createBuffer = (label: string, words: number) =>
    device.createBuffer({ label, size: words * WORD_BYTES, usage });
  const allowed = createBuffer("allowed tokens", options.allowed.length);
  device.queue.writeBuffer(allowed, 0, options.allowed);
  const argmax = (await compileArgmax(device, vocabSize))({ logits, allowed, tokenIds });
  const buffers = [allowed];
  let rows: GPUBuffer;
  let seen: GPUBuffer;
  let compiled: Promise<Sample> | undefined;
  let sample: Operation;

  return {
    async enableSampling() {
      compiled ??= compileSample(device);
      const bind = await compiled;
      if (buffers.length > 1) return; // it is enabled
      rows = createBuffer("choices", maxRows * ROW_WORDS);
      seen = createBuffer("seen tokens", maxSequences * vocabSize);
      buffers.push(rows, seen);
      sample = bind({ logits, allowed, tokenIds, rows, seen });
    },

    setSeen(sequence, prompt, answer) {
      device.queue.writeBuffer(seen, sequence * vocabSize * WORD_BYTES, seenTokens(vocabSize, prompt, answer));
    },

    after(choices) {
      if (choices.every((choice) => typeof choice === "string")) return [argmax(choices.length)].flat();
      const rowOf = (choice: Choice) => (choice === "none" ? undefined : choice === "greedy" ? GREEDY : choice);
      device.queue.writeBuffer(rows, 0, packRows(choices.map(rowOf), vocabSize));
      return [sample(choices.length)].flat();
    },

    greedy: [argmax(1)].flat(),
    get byteLength() {
      return buffers.reduce((sum, { size }) => sum + size, 0);
    },
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
