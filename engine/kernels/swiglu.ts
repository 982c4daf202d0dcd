import { bindInOrder, compileShader, type Operation } from "../shader.ts";

const WORKGROUP_SIZE = 64;

export interface SwigluBuffers {
  readonly gateUp: GPUBuffer; // f32 [numTokens, 2, intermediateSize]
  readonly y: GPUBuffer; // f32 [numTokens, intermediateSize]
}
export type Swiglu = (buffers: SwigluBuffers) => Operation;

/** y = silu(gate) * up. `intermediateSize` is a multiple of 4. */
export async function compileSwiglu(device: GPUDevice, intermediateSize: number): Promise<Swiglu> {
  const constants = { INTERMEDIATE_SIZE: intermediateSize, WORKGROUP_SIZE };
  const pipeline = await compileShader(device, import.meta.url, { constants });
  const groups = Math.ceil(intermediateSize / 4 / WORKGROUP_SIZE);
  return ({ gateUp, y }) => {
    const bindGroup = bindInOrder(device, pipeline, [gateUp, y]);
    return (numTokens) => ({ label: "swiglu", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
  };
}
