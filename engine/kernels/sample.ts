import type { SamplingOptions } from "../language-model.ts";
import { bindInOrder, compileShader, type Operation } from "../shader.ts";

// Invocations a row. A GPU hides the latency of its loads behind as many as it has; on software adapters each walks
// through the buckets one after another.
const WORKGROUP_SIZE = 1024; // at most
const SOFTWARE_WORKGROUP_SIZE = 32;

const NOT_SEEN = 0xffffffff;
const IN_PROMPT = 2 ** 31;
const LOWEST = -3.4028234663852886e38; // of f32
const LEAST_TEMPERATURE = 1e-5; // below it f32 would overflow; so little is greedy, but for ties

/** Of a row as packRows gives it. */
export const ROW_WORDS = 12;

/** Every option of a request's sampling, but for biases. */
export type Sampling = Required<Omit<SamplingOptions, "logitBias">>;

/** How a token is chosen after a row of logits. */
export interface SampleRow extends Sampling {
  readonly position: number; // of the token that is chosen
  readonly sequence: number | undefined; // whose tokens get the penalties; undefined: there are none
}

export interface SampleBuffers {
  readonly logits: GPUBuffer; // f32 [numRows, vocabSize]; rows after which a token is chosen are overwritten
  readonly allowed: GPUBuffer; // u32 [ceil(vocabSize / 32)], a bit a token, lowest first
  readonly tokenIds: GPUBuffer; // u32 [numRows]; become the choices
  readonly rows: GPUBuffer; // as packRows gives them
  readonly seen: GPUBuffer; // u32 [numSequences, vocabSize], as seenTokens gives them; choices are counted
}
export type Sample = (buffers: SampleBuffers) => Operation;

/** The choice after each of so many rows: the input of a next step. */
export async function compileSample(device: GPUDevice, workgroupSize = defaultWorkgroupSize(device)): Promise<Sample> {
  const constants = { WORKGROUP_SIZE: workgroupSize };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  return ({ logits, allowed, tokenIds, rows, seen }) => {
    const bindGroup = bindInOrder(device, pipeline, [logits, allowed, tokenIds, rows, seen]);
    return (numRows) => ({ label: "sample", pipeline, bindGroup, workgroups: [numRows, 1, 1] });
  };
}

function defaultWorkgroupSize({ adapterInfo, limits }: GPUDevice): number {
  if (adapterInfo.isFallbackAdapter) return SOFTWARE_WORKGROUP_SIZE;
  const most = Math.min(WORKGROUP_SIZE, limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  return 2 ** Math.floor(Math.log2(most));
}

/**
 * `Row` of the shader for each row of logits. u32 and f32 [rows.length, ROW_WORDS]
 * @param rows undefined: nothing is chosen after it
 */
export function packRows(rows: readonly (SampleRow | undefined)[], vocabSize: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(rows.length * ROW_WORDS);
  const floats = new Float32Array(words.buffer);
  for (const [i, row] of rows.entries()) {
    if (!row) continue;
    const seen = row.sequence === undefined ? NOT_SEEN : row.sequence * vocabSize;
    const at = i * ROW_WORDS;
    words.set([vocabSize, 1, row.seed, row.position, seen, Math.min(row.topK, vocabSize)], at);
    const penalties = [row.repetitionPenalty, row.presencePenalty, row.frequencyPenalty];
    floats.set([inverseTemperature(row), row.topP, lnMinP(row), ...penalties], at + 6);
  }
  return words;
}

/** 0: greedy */
export function inverseTemperature({ temperature }: Sampling): number {
  return temperature === 0 ? 0 : Math.fround(1 / Math.max(temperature, LEAST_TEMPERATURE));
}

/** What `(logit - highest) / temperature` must reach. */
export function lnMinP({ minP }: Sampling): number {
  return minP > 0 ? Math.fround(Math.log(minP)) : LOWEST;
}

/** How often each token was chosen, and a bit for those of the prompt. u32 [vocabSize] */
export function seenTokens(
  vocabSize: number,
  prompt: readonly number[],
  answer: readonly number[],
): Uint32Array<ArrayBuffer> {
  const seen = new Uint32Array(vocabSize);
  for (const token of prompt) seen[token] = IN_PROMPT;
  for (const token of answer) seen[token]!++;
  return seen;
}

export function timesChosen(seen: number): number {
  return seen % IN_PROMPT;
}
