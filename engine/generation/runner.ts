import type { Device } from "../device.ts";
import { type Argmax, compileArgmax } from "../kernels/argmax.ts";
import type { StepProfile } from "../language-model.ts";
import type { ModelConfig } from "../models/config.ts";
import { type Decoder, HEAD_ROWS } from "../models/decoder.ts";
import { type Dispatch, encodePass } from "../shader.ts";
import { profileStep } from "./profile.ts";

/** Tokens after each of which a choice can be asked for at once. */
export const MAX_CHECKED = HEAD_ROWS;

const MAX_STEPS_IN_FLIGHT = 4; // greedy steps that wait to be read
const WORD_BYTES = 4;

/**
 * Steps of a decoder: tokens in, choices or logits out. `position` counts from the conversation's first token;
 * `tokens` has 1 to decoder.maxTokens ids. Steps run in the order of the calls.
 */
export interface Runner {
  /** Greedy steps in flight that pay: on a software adapter waiting costs nothing, and a step too many does. */
  readonly stepsInFlight: number;
  /** Fills the KV cache. */
  prefill(tokens: readonly number[], position: number): Promise<void>;
  /** ... and gives the greedy choice after the last token; NO_TOKEN if a logit is no finite number. */
  greedyAfter(tokens: readonly number[], position: number): Promise<number>;
  /** The choice after the token that was chosen last, by itself; it need not have been read yet. */
  greedyNext(): Promise<number>;
  /** ... and gives the greedy choice after each token, of MAX_CHECKED at most. */
  greedyAfterEach(tokens: readonly number[], position: number): Promise<number[]>;
  /** ... and gives the logits after the last token. f32 [vocabSize] */
  logitsAfter(tokens: readonly number[], position: number): Promise<Float32Array>;
  /** ... and gives the logits after each token from `firstRow` on. */
  allLogitsAfter(tokens: readonly number[], position: number, firstRow: number): AsyncGenerator<Float32Array>;
  /** ... and gives the last token's hidden state after the final norm. f32 [hiddenSize] */
  hiddenAfter(tokens: readonly number[], position: number): Promise<Float32Array>;
  /** Where the time of a step of so many tokens goes, with as many in the cache before them. Spoils what the cache holds. */
  profile(numTokens: number, position: number): Promise<StepProfile>;
  readonly byteLength: number;
  readonly dispatchesPerToken: number;
  destroy(): void;
}

/** @param allowed a bit a token that may be chosen. u32 [ceil(vocabSize / 32)] */
export async function createRunner(
  opened: Device,
  decoder: Decoder,
  { vocabSize, hiddenSize }: ModelConfig,
  allowed: Uint32Array<ArrayBuffer>,
): Promise<Runner> {
  const { device, info, settle } = opened;
  const { tokenIds, step } = decoder.input;
  const createBuffer = (label: string, size: number, usage: GPUBufferUsageFlags) =>
    device.createBuffer({ label, size, usage: usage | GPUBufferUsage.COPY_DST });
  const allowedBits = createBuffer("allowed tokens", allowed.byteLength, GPUBufferUsage.STORAGE);
  device.queue.writeBuffer(allowedBits, 0, allowed);
  const readable = createBuffer("read back", HEAD_ROWS * vocabSize * WORD_BYTES, GPUBufferUsage.MAP_READ);
  const choices = Array.from({ length: MAX_STEPS_IN_FLIGHT }, () =>
    createBuffer("choice", MAX_CHECKED * WORD_BYTES, GPUBufferUsage.MAP_READ),
  );
  let choicesMade = 0;
  const compiled: Argmax = await compileArgmax(device, vocabSize);
  const argmaxOf = compiled({ logits: decoder.logits, allowed: allowedBits, tokenIds, step });
  const argmax = [argmaxOf(1)].flat();
  const greedyStep = [...decoder.next, ...argmax];

  const begin = () => device.createCommandEncoder();
  const submit = (encoder: GPUCommandEncoder) => device.queue.submit([encoder.finish()]);

  function setInput(tokens: readonly number[], position: number): void {
    device.queue.writeBuffer(tokenIds, 0, Uint32Array.from(tokens));
    device.queue.writeBuffer(step, 0, Uint32Array.of(position, tokens.length));
  }

  /** Everything up to the logits of the last token, with `then` behind. */
  function encodeTokens(encoder: GPUCommandEncoder, count: number, then: readonly Dispatch[] = []): void {
    if (count === 1) {
      encodePass(encoder, [...decoder.next, ...then]);
      return;
    }
    encodePass(encoder, decoder.forward(count));
    copyRows(encoder, count - 1, 1);
    encodePass(encoder, [...decoder.head(1), ...then]);
  }

  function copyRows(encoder: GPUCommandEncoder, firstRow: number, rows: number): void {
    const rowBytes = hiddenSize * WORD_BYTES;
    encoder.copyBufferToBuffer(decoder.normed, firstRow * rowBytes, decoder.headRows, 0, rows * rowBytes);
  }

  /** Copies the buffer's first numbers over, submits, and waits for them. */
  async function read(encoder: GPUCommandEncoder, source: GPUBuffer, length: number): Promise<Float32Array> {
    encoder.copyBufferToBuffer(source, 0, readable, 0, length * WORD_BYTES);
    submit(encoder);
    await settle(readable.mapAsync(GPUMapMode.READ, 0, length * WORD_BYTES));
    const numbers = new Float32Array(readable.getMappedRange(0, length * WORD_BYTES).slice(0));
    readable.unmap();
    return numbers;
  }

  async function readChoices(encoder: GPUCommandEncoder, count: number): Promise<number[]> {
    const choice = choices[choicesMade++ % MAX_STEPS_IN_FLIGHT]!;
    encoder.copyBufferToBuffer(tokenIds, 0, choice, 0, count * WORD_BYTES);
    submit(encoder);
    await settle(choice.mapAsync(GPUMapMode.READ));
    const tokens = [...new Uint32Array(choice.getMappedRange()).subarray(0, count)];
    choice.unmap();
    return tokens;
  }

  const readChoice = async (encoder: GPUCommandEncoder) => (await readChoices(encoder, 1))[0]!;

  return {
    stepsInFlight: info.isSoftware ? 1 : MAX_STEPS_IN_FLIGHT,
    byteLength: allowedBits.size + readable.size + choices.length * MAX_CHECKED * WORD_BYTES,
    dispatchesPerToken: greedyStep.length,

    async prefill(tokens, position) {
      setInput(tokens, position);
      const encoder = begin();
      encodePass(encoder, decoder.forward(tokens.length));
      submit(encoder);
      await settle(device.queue.onSubmittedWorkDone());
    },

    greedyAfter(tokens, position) {
      setInput(tokens, position);
      const encoder = begin();
      encodeTokens(encoder, tokens.length, argmax);
      return readChoice(encoder);
    },

    greedyNext() {
      const encoder = begin();
      encodePass(encoder, greedyStep);
      return readChoice(encoder);
    },

    greedyAfterEach(tokens, position) {
      setInput(tokens, position);
      const encoder = begin();
      encodePass(encoder, decoder.forward(tokens.length));
      copyRows(encoder, 0, tokens.length);
      encodePass(encoder, [...decoder.head(tokens.length), ...[argmaxOf(tokens.length)].flat()]);
      return readChoices(encoder, tokens.length);
    },

    logitsAfter(tokens, position) {
      setInput(tokens, position);
      const encoder = begin();
      encodeTokens(encoder, tokens.length);
      return read(encoder, decoder.logits, vocabSize);
    },

    async *allLogitsAfter(tokens, position, firstRow) {
      setInput(tokens, position);
      let encoder = begin();
      encodePass(encoder, decoder.forward(tokens.length));
      for (let row = firstRow; row < tokens.length; row += HEAD_ROWS) {
        const rows = Math.min(HEAD_ROWS, tokens.length - row);
        copyRows(encoder, row, rows);
        encodePass(encoder, decoder.head(rows));
        const logits = await read(encoder, decoder.logits, rows * vocabSize);
        for (let i = 0; i < rows; i++) yield logits.subarray(i * vocabSize, (i + 1) * vocabSize);
        encoder = begin();
      }
      submit(encoder);
    },

    hiddenAfter(tokens, position) {
      setInput(tokens, position);
      const encoder = begin();
      encodePass(encoder, decoder.forward(tokens.length));
      copyRows(encoder, tokens.length - 1, 1);
      return read(encoder, decoder.headRows, hiddenSize);
    },

    profile(numTokens, position) {
      setInput(new Array<number>(numTokens).fill(0), position);
      return profileStep(opened, numTokens === 1 ? greedyStep : decoder.forward(numTokens));
    },

    destroy() {
      for (const buffer of [allowedBits, readable, ...choices]) buffer.destroy();
    },
  };
}
