import { compileShader, type Operation } from "../shader.ts";
import { bindPlanes } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 64; // as in conv.wgsl

export interface ConvSizes {
  readonly channels: number;
  readonly taps: number; // tokens that a result is made of, 2 or more
}

export interface ConvBuffers {
  readonly places: GPUBuffer; // [maxTokens], as `placesOf` makes them
  readonly x: GPUBuffer; // f32 [maxTokens, channels]
  readonly weight: GPUBuffer; // f32 [channels, taps]
  readonly state: GPUBuffer; // f32 [sequences, convStateSize]
  readonly y: GPUBuffer; // f32 [maxTokens, channels]
}

/** Causal convolution of each channel by itself, over the last tokens of a sequence. */
export async function compileConv(
  device: GPUDevice,
  { channels, taps }: ConvSizes,
  { places, x, weight, state, y }: ConvBuffers,
): Promise<Operation> {
  const prelude = readShader("place.wgsl") + readShader("place-runs.wgsl") + declare({ TAPS: taps });
  const pipeline = await compileShader(device, import.meta.url, { prelude, constants: { CHANNELS: channels } });
  const bindGroup = bindPlanes(device, pipeline, [places, x, weight, state, y]);
  const groups = Math.ceil(channels / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "conv", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}

/** f32 that a sequence keeps: its last inputs. */
export function convStateSize({ channels, taps }: ConvSizes): number {
  return channels * (taps - 1);
}
