import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { BLOCK } from "./linear-formats.ts";
import { bindPlanes } from "./plane.ts";

const WORKGROUP_SIZE = 16; // as in elementwise.wgsl

/** WGSL of the second operand. */
const VALUES =
  "@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>; fn b_at(token: u32, i: u32) -> vec4<f32> { return b[i]; }\n";
const ONE_A_TOKEN =
  "@group(0) @binding(1) var<storage, read> b: array<f32>; fn b_at(token: u32, i: u32) -> vec4<f32> { return vec4(b[token]); }\n";

/** WGSL of each; MAX_EXPONENT as in swiglu.wgsl. */
const FUNCTIONS = {
  add: "a + b",
  mul: "a * b",
  silu: "a / (1 + exp(min(-a, MAX_EXPONENT)))",
  sigmoid: "1 / (1 + exp(min(-a, MAX_EXPONENT)))",
  gate: "a / (1 + exp(min(-b, MAX_EXPONENT)))",
} as const;

export type ElementwiseFunction = keyof typeof FUNCTIONS;

export interface ElementwiseBuffers {
  readonly a: GPUBuffer; // f32 [maxTokens, y.columns]
  readonly b: GPUBuffer | undefined; // of functions of two likewise; of `gate` f32 [maxTokens]
  readonly y: Activations;
}

/** y = f(a, b), value by value. */
export async function compileElementwise(
  device: GPUDevice,
  name: ElementwiseFunction,
  { a, b, y }: ElementwiseBuffers,
): Promise<Operation> {
  const apply = `fn apply(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> { return ${FUNCTIONS[name]}; }\n`;
  const pipeline = await compileShader(device, import.meta.url, {
    prelude: y.store + (name === "gate" ? ONE_A_TOKEN : VALUES) + apply,
  });
  const bindGroup = bindPlanes(device, pipeline, [a, b ?? a], y.bindings());
  const groups = Math.ceil(y.columns / BLOCK / WORKGROUP_SIZE);
  return (numTokens) => ({ label: name, pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
