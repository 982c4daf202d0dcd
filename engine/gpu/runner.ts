import { MAX_OUTPUTS, type Output, type Row, type Runner } from "../generation/runner.ts";
import { hasPenalties } from "../generation/sampler.ts";
import { stepInput } from "../generation/step-input.ts";
import type { ModelConfig } from "../models/config.ts";
import { ropeThetaFor } from "../models/long-context.ts";
import { type Dispatch, encodePass } from "../shader.ts";
import { type Choice, createChoices } from "./choices.ts";
import type { Decoder } from "./decoder.ts";
import { profileStep } from "./profile.ts";
import type { GpuTarget } from "./target.ts";

/** Of one submit: a GPU that draws the screen draws nothing meanwhile, and Windows takes one away that is busy for 2 s. */
const MOST_PRODUCTS = 2 ** 37; // a third of a second at 1 TFLOP/s
const WORD_BYTES = 4;

export interface GpuRunner extends Runner {
  readonly byteLength: number;
  destroy(): void;
}

/** @param allowed a bit a token that may be chosen. u32 [ceil(vocabSize / 32)] */
export async function createRunner(
  target: GpuTarget,
  decoder: Decoder,
  config: ModelConfig,
  allowed: Uint32Array<ArrayBuffer>,
): Promise<GpuRunner> {
  const { device, settle, stepsInFlight } = target;
  const { vocabSize, hiddenSize } = config;
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
    const input = stepInput(rows, config, tableLength);
    device.queue.writeBuffer(places, 0, input.places);
    device.queue.writeBuffer(rotations, 0, input.rotations);
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
