import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { bindPlanes } from "./plane.ts";

// Invocations a token, a power of two for the tree reduction. On software adapters a barrier costs more than what is added up.
const WORKGROUP_SIZE = 64;
const SOFTWARE_WORKGROUP_SIZE = 8;

export interface RmsNormBuffers {
  readonly x: GPUBuffer; // f32 [numTokens, hiddenSize]
  readonly weight: GPUBuffer; // f32 [hiddenSize]
  readonly y: Activations; // [numTokens, hiddenSize]
}

/** RMSNorm over the last axis. */
export async function compileRmsNorm(
  device: GPUDevice,
  eps: number,
  { x, weight, y }: RmsNormBuffers,
  workgroupSize = device.adapterInfo.isFallbackAdapter ? SOFTWARE_WORKGROUP_SIZE : WORKGROUP_SIZE,
): Promise<Operation> {
  const constants = { EPS: eps, WORKGROUP_SIZE: workgroupSize };
  const pipeline = await compileShader(device, import.meta.url, { constants, prelude: y.store });
  const bindGroup = bindPlanes(device, pipeline, [x, weight], y.bindings());
  return (numTokens) => ({ label: "rms norm", pipeline, bindGroup, workgroups: [numTokens, 1, 1] });
}
