import type { Device } from "./device.ts";
import { type LinearVariant, planesOf } from "./kernels/linear.ts";
import type { PlaneKind } from "./kernels/plane.ts";
import type { Precision } from "./language-model.ts";
import { chooseVariant } from "./tuner.ts";

const PROMPT_CHUNK = { software: 128, gpu: 512 }; // tokens; an interrupt waits for one chunk
/** Steps in flight that pay: on a software adapter waiting costs nothing, and a step too many does. */
const STEPS_IN_FLIGHT = { software: 1, gpu: 4 };

/** An open adapter, and how models run on it: chosen once, when one is opened. */
export interface Target extends Device {
  readonly precision: Precision;
  readonly variant: LinearVariant; // of the matrix products
  readonly planes: PlaneKind; // where weights and int8 activations lie
  readonly maxTokens: number; // of a step; a multiple of TOKEN_TILE
  readonly stepsInFlight: number;
}

/** @param tuningFolder where the choice of kernels for this adapter is kept; undefined: what is likely fastest is taken */
export async function chooseTarget(
  device: Device,
  precision: Precision,
  tuningFolder: string | undefined,
): Promise<Target> {
  const variant = await chooseVariant(device, precision, tuningFolder);
  return {
    ...device,
    precision,
    variant,
    planes: planesOf(variant),
    maxTokens: PROMPT_CHUNK[device.kernels],
    stepsInFlight: STEPS_IN_FLIGHT[device.kernels],
  };
}
