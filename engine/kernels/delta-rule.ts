import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 64; // as in delta-rule.wgsl

export interface DeltaRuleSizes {
  readonly keyHeads: number;
  readonly keyDim: number;
  readonly valueHeads: number; // a multiple of keyHeads
  readonly valueDim: number;
}

export interface DeltaRuleBuffers {
  readonly places: GPUBuffer; // [maxTokens], as `placesOf` makes them
  readonly qkv: GPUBuffer; // f32 [maxTokens, 2 * keyHeads * keyDim + valueHeads * valueDim]
  readonly gates: GPUBuffer; // a, then beta: f32 [maxTokens, 2, valueHeads]
  readonly weights: GPUBuffer; // decay, then bias: f32 [2, valueHeads]
  readonly state: GPUBuffer; // f32 [sequences, deltaRuleStateSize]
  readonly y: GPUBuffer; // f32 [maxTokens, valueHeads, valueDim]
}

/** The gated delta rule: delta-rule.wgsl has its formula. */
export async function compileDeltaRule(
  device: GPUDevice,
  { keyHeads, keyDim, valueHeads, valueDim }: DeltaRuleSizes,
  { places, qkv, gates, weights, state, y }: DeltaRuleBuffers,
): Promise<Operation> {
  const prelude = readShader("place.wgsl") + readShader("place-runs.wgsl") + declare({ KEY_DIM: keyDim });
  const constants = { KEY_HEADS: keyHeads, VALUE_HEADS: valueHeads, VALUE_DIM: valueDim };
  const pipeline = await compileShader(device, import.meta.url, { prelude, constants });
  const bindGroup = bindPlanes(device, pipeline, [places, qkv, gates, weights, state, y]);
  const groups = Math.ceil((valueHeads * valueDim) / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "delta rule", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}

/** f32 that a sequence keeps: a matrix for each head. */
export function deltaRuleStateSize({ valueHeads, keyDim, valueDim }: DeltaRuleSizes): number {
  return valueHeads * keyDim * valueDim;
}
