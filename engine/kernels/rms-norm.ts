import { bindInOrder, compileShader, type Operation } from "../shader.ts";

const WORKGROUP_SIZE = 64; // a power of two, for the tree reduction

export interface RmsNormBuffers {
  readonly x: GPUBuffer; // f32 [numTokens, hiddenSize]
  readonly weight: GPUBuffer; // f32 [hiddenSize]
  readonly y: GPUBuffer; // f32 [numTokens, hiddenSize]
}
export type RmsNorm = (buffers: RmsNormBuffers) => Operation;

/** RMSNorm over the last axis. Compile once for each (hiddenSize, eps); bind once for each set of buffers. */
export async function compileRmsNorm(device: GPUDevice, hiddenSize: number, eps: number): Promise<RmsNorm> {
  const constants = { HIDDEN_SIZE: hiddenSize, EPS: eps, WORKGROUP_SIZE };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  return ({ x, weight, y }) => {
    const bindGroup = bindInOrder(device, pipeline, [x, weight, y]);
    return (numTokens) => ({ label: "rms norm", pipeline, bindGroup, workgroups: [numTokens, 1, 1] });
  };
}
