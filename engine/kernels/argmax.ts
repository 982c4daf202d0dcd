import { bindInOrder, compileShader, type Operation } from "../shader.ts";

const WORKGROUP_SIZE = 256; // a power of two, for the tree reduction

/** What is chosen where a logit is infinite or no number, or no token is allowed. */
export const NO_TOKEN = 0xffffffff;

export interface ArgmaxBuffers {
  readonly logits: GPUBuffer; // f32 [numRows, vocabSize]
  readonly allowed: GPUBuffer; // u32 [ceil(vocabSize / 32)], a bit a token, lowest first
  readonly tokenIds: GPUBuffer; // u32 [numRows]; become the choices
}
export type Argmax = (buffers: ArgmaxBuffers) => Operation;

/** The greedy choice after each of so many rows: the input of a next step. */
export async function compileArgmax(device: GPUDevice, vocabSize: number): Promise<Argmax> {
  const constants = { VOCAB_SIZE: vocabSize, WORKGROUP_SIZE };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  return ({ logits, allowed, tokenIds }) => {
    const bindGroup = bindInOrder(device, pipeline, [logits, allowed, tokenIds]);
    return (numRows) => ({ label: "argmax", pipeline, bindGroup, workgroups: [numRows, 1, 1] });
  };
}
