import { bindInOrder, compileShader, type Operation } from "../shader.ts";

const WORKGROUP_SIZE = 256; // a power of two, for the tree reduction

/** What is chosen where a logit is infinite or no number, or no token is allowed. */
export const NO_TOKEN = 0xffffffff;

export interface ArgmaxBuffers {
  readonly logits: GPUBuffer; // f32 [vocabSize], the first row
  readonly allowed: GPUBuffer; // u32 [ceil(vocabSize / 32)], a bit a token, lowest first
  readonly tokenIds: GPUBuffer; // u32; [0] becomes the choice
  readonly step: GPUBuffer; // u32 [2]: position += number of tokens; number of tokens = 1
}
export type Argmax = (buffers: ArgmaxBuffers) => Operation;

/** The greedy choice of the next token, which advances the step's state. */
export async function compileArgmax(device: GPUDevice, vocabSize: number): Promise<Argmax> {
  const constants = { VOCAB_SIZE: vocabSize, WORKGROUP_SIZE };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  return ({ logits, allowed, tokenIds, step }) => {
    const bindGroup = bindInOrder(device, pipeline, [logits, allowed, tokenIds, step]);
    return () => ({ label: "argmax", pipeline, bindGroup, workgroups: [1, 1, 1] });
  };
}
