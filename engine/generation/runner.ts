import { placesOf } from "../kernels/place.ts";
import { ropeRotations } from "../kernels/rope.ts";
import type { Sampling } from "../kernels/sample.ts";
import type { StepProfile } from "../language-model.ts";
import type { ModelConfig } from "../models/config.ts";
import { type Decoder, HEAD_ROWS } from "../models/decoder.ts";
import { ropeThetaFor, scoreScaleAt } from "../models/long-context.ts";
import { type Dispatch, encodePass } from "../shader.ts";
import type { Target } from "../target.ts";
import { type Choice, createChoices } from "./choices.ts";
import { profileStep } from "./profile.ts";
import { hasPenalties } from "./sampler.ts";

/** Rows after which something can be asked for in one step. */
export const MAX_OUTPUTS = HEAD_ROWS;

/** Of one submit: a GPU that draws the screen draws nothing meanwhile, and Windows takes one away that is busy for 2 s. */
const MOST_PRODUCTS = 2 ** 37; // a third of a second at 1 TFLOP/s
const WORD_BYTES = 4;

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
  readonly byteLength: number;
  readonly dispatchesPerToken: number;
  destroy(): void;
}

export interface Outcome {
  readonly choice: number;
  readonly values: Float32Array; // of a choice, empty
}

/** @param allowed a bit a token that may be chosen. u32 [ceil(vocabSize / 32)] */
export async function createRunner(
  target: Target,
  decoder: Decoder,
  config: ModelConfig,
  allowed: Uint32Array<ArrayBuffer>,
): Promise<Runner> {
  const { device, settle, stepsInFlight } = target;
  const { vocabSize, hiddenSize, headDim } = config;
  const { tokenIds, places, blockTables, tableLength, rotations } = decoder.input;
  const createBuffer = (label: string, size: number, usage: GPUBufferUsageFlags) =>
    device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
  const readable = createBuffer("read back", MAX_OUTPUTS * vocabSize * WORD_BYTES, GPUBufferUsage.MAP_READ);
  const readableChoices = Array.from({ length: stepsInFlight }, () =>
    createBuffer("read back choices", MAX_OUTPUTS * WORD_BYTES, GPUBufferUsage.MAP_READ),
  );
  let choicesMade = 0;
  const { logits } = decoder;
  const maxSequences = blockTables.size / (tableLength * WORD_BYTES);
  const choices = await createChoices(device, {
    logits,
    tokenIds,
    allowed,
    vocabSize,
    maxRows: MAX_OUTPUTS,
    maxSequences,
  });
  const rowBytes = hiddenSize * WORD_BYTES;

  function setInput(rows: readonly Row[]): void {
    const placed = rows.map(({ slot, table }) => {
      return { slot, table: table * tableLength, sequence: table, scoreScale: scoreScaleAt(config, slot) };
    });
    device.queue.writeBuffer(places, 0, placesOf(placed));
    device.queue.writeBuffer(rotations, 0, ropeRotations(rows, headDim));
    const tokens = rows.map(({ token }) => token);
    if (tokens.includes(undefined)) return; // it is there
    device.queue.writeBuffer(tokenIds, 0, Uint32Array.from(tokens as number[]));
  }

  function choiceOf({ kind, row, sampling }: Output, rows: readonly Row[]): Choice {
    if (kind !== "choice") return "none";
    if (!sampling) return "greedy";
    const { slot, table } = rows[row]!;
    return { ...sampling, position: slot + 1, sequence: hasPenalties(sampling) ? table : undefined };
  }

  /**
   * Everything up to the logits of `headed`, what chooses from them, and the rows of `hidden` after the final norm.
   * @returns what is encoded of it; the rest of a long step runs already
   */
  function encodeStep(
    rows: readonly Row[],
    headed: readonly Output[],
    hidden: readonly Output[],
    choosing: readonly Dispatch[],
    loras: readonly string[] | undefined,
  ): GPUCommandEncoder {
    if (rows.length === 1 && headed.length === 1 && hidden.length === 0) {
      return encodeAll([...decoder.next(contextOf(rows), loras), ...choosing]);
    }
    const parts = inParts(decoder.forward(rows.length, contextOf(rows), loras));
    for (const part of parts.slice(0, -1)) device.queue.submit([encodeAll(part).finish()]);
    const encoder = encodeAll(parts.at(-1)!);
    for (const [i, { row }] of [...headed, ...hidden].entries()) {
      encoder.copyBufferToBuffer(decoder.hidden, row * rowBytes, decoder.headRows, i * rowBytes, rowBytes);
    }
    encodePass(encoder, [
      ...(headed.length > 0 ? decoder.head(headed.length) : []),
      ...choosing,
      ...(hidden.length > 0 ? decoder.norm(headed.length + hidden.length) : []),
    ]);
    return encoder;
  }

  function encodeAll(dispatches: readonly Dispatch[]): GPUCommandEncoder {
    const encoder = device.createCommandEncoder();
    encodePass(encoder, dispatches);
    return encoder;
  }

  /** The first `length` numbers of what the commands before leave in `buffer`, once it is mapped. */
  async function map(buffer: GPUBuffer, length: number): Promise<ArrayBuffer> {
    await settle(buffer.mapAsync(GPUMapMode.READ, 0, length * WORD_BYTES));
    const bytes = buffer.getMappedRange(0, length * WORD_BYTES).slice(0);
    buffer.unmap();
    return bytes;
  }

  return {
    stepsInFlight,
    maxRows: decoder.maxTokens,
    byteLength: choices.byteLength + readable.size + readableChoices.length * MAX_OUTPUTS * WORD_BYTES,
    dispatchesPerToken: decoder.next(decoder.contextLength).length + choices.greedy.length,
    enableSampling: choices.enableSampling,
    setSeen: choices.setSeen,

    ropeThetaFor: (promptTokens) => ropeThetaFor(config, promptTokens),

    setBlocks(table, first, blocks) {
      const offset = (table * tableLength + first) * WORD_BYTES;
      device.queue.writeBuffer(blockTables, offset, Uint32Array.from(blocks));
    },

    async run(rows, outputs, loras) {
      setInput(rows);
      const headed = outputs.filter(({ kind }) => kind !== "hidden");
      const hidden = outputs.filter(({ kind }) => kind === "hidden");
      const isChosen = outputs.some(({ kind }) => kind === "choice");
      const choosing = isChosen ? choices.after(headed.map((output) => choiceOf(output, rows))) : [];
      const encoder = encodeStep(rows, headed, hidden, choosing, loras);

      let length = 0; // of what is read back
      const starts = outputs.map((output) => {
        const start = length;
        if (output.kind === "choice") return start;
        const isHidden = output.kind === "hidden";
        const size = isHidden ? hiddenSize : vocabSize;
        const source = isHidden ? decoder.normed : decoder.logits;
        const sourceRow = isHidden ? headed.length + hidden.indexOf(output) : headed.indexOf(output);
        const bytes = size * WORD_BYTES;
        encoder.copyBufferToBuffer(source, sourceRow * bytes, readable, start * WORD_BYTES, bytes);
        length += size;
        return start;
      });
      const choice = readableChoices[choicesMade++ % stepsInFlight]!;
      if (isChosen) encoder.copyBufferToBuffer(tokenIds, 0, choice, 0, headed.length * WORD_BYTES);
      device.queue.submit([encoder.finish()]);

      if (outputs.length === 0) await settle(device.queue.onSubmittedWorkDone());
      const [chosen, numbers] = await Promise.all([
        isChosen ? map(choice, headed.length) : new ArrayBuffer(),
        length > 0 ? map(readable, length) : new ArrayBuffer(),
      ]);
      const tokens = new Uint32Array(chosen);
      const values = new Float32Array(numbers);
      return outputs.map((output, i) =>
        output.kind === "choice"
          ? { choice: tokens[headed.indexOf(output)]!, values: values.subarray(0, 0) }
          : { choice: -1, values: values.subarray(starts[i]!, starts[i + 1] ?? length) },
      );
    },

    profile(rows) {
      setInput(rows);
      const contextLength = contextOf(rows);
      const step =
        rows.length === 1
          ? [...decoder.next(contextLength), ...choices.greedy]
          : decoder.forward(rows.length, contextLength);
      return profileStep(target, step);
    },

    destroy() {
      for (const buffer of [readable, ...readableChoices]) buffer.destroy();
      choices.destroy();
    },
  };
}

/** Dispatches one after another, for a submit each: no more products in one than MOST_PRODUCTS, where one alone has not. */
export function inParts(dispatches: readonly Dispatch[], mostProducts = MOST_PRODUCTS): Dispatch[][] {
  const parts: Dispatch[][] = [[]];
  let sum = 0;
  for (const dispatch of dispatches) {
    const { products = 0 } = dispatch;
    if (sum > 0 && sum + products > mostProducts) {
      parts.push([]);
      sum = 0;
    }
    parts.at(-1)!.push(dispatch);
    sum += products;
  }
  return parts;
}

/** Tokens that any of the rows can see, at most. */
function contextOf(rows: readonly Row[]): number {
  return 1 + Math.max(...rows.map(({ slot }) => slot));
}
