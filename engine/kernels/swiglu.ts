import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { bindPlanes } from "./plane.ts";

const WORKGROUP_SIZE = 16; // few, so that a software adapter's cores get equal shares of one token
const BLOCK = 32; // columns an invocation

export interface SwigluBuffers {
  readonly gateUp: GPUBuffer; // f32 [numTokens, 2, intermediateSize]
  readonly y: Activations; // [numTokens, intermediateSize]
}

/** y = silu(gate) * up, of a product with `step` columns of gate and of up in turn. */
export async function compileSwigluInTurn(
  device: GPUDevice,
  step: number,
  { gateUp, y }: SwigluBuffers,
): Promise<Operation> {
  const shader = { file: "swiglu-in-turn.wgsl", constants: { STEP: step }, prelude: y.store };
  const pipeline = await compileShader(device, import.meta.url, shader);
  const groups = Math.ceil(y.columns / BLOCK / WORKGROUP_SIZE);
  const bindGroup = bindPlanes(device, pipeline, [gateUp], y.bindings());
  return (numTokens) => ({ label: "swiglu in turn", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}

/** y = silu(gate) * up */
export async function compileSwiglu(device: GPUDevice, { gateUp, y }: SwigluBuffers): Promise<Operation> {
  const pipeline = await compileShader(device, import.meta.url, { constants: { WORKGROUP_SIZE }, prelude: y.store });
  const groups = Math.ceil(y.columns / BLOCK / WORKGROUP_SIZE);
  const bindGroup = bindPlanes(device, pipeline, [gateUp], y.bindings());
  return (numTokens) => ({ label: "swiglu", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
