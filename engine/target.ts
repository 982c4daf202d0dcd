import type { Device } from "./device.ts";
import { type LinearVariant, planesOf } from "./kernels/linear.ts";
import type { PlaneKind } from "./kernels/plane.ts";
import type { Precision } from "./language-model.ts";
import { shaderHash } from "./shader-hash.ts";
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
  /** Of what decides a model's last bits here: keys and values that another target computed are not read back. */
  readonly identity: readonly string[];
}

/** @param tuningFolder where the choice of kernels for this adapter is kept; undefined: what is likely fastest is taken */
export async function chooseTarget(
  device: Device,
  precision: Precision,
  tuningFolder: string | undefined,
): Promise<Target> {
  const variant = await chooseVariant(device, precision, tuningFolder);
  const { info, kernels } = device;
  return {
    ...device,
    precision,
    variant,
    planes: planesOf(variant),
    maxTokens: PROMPT_CHUNK[kernels],
    stepsInFlight: STEPS_IN_FLIGHT[kernels],
    identity: [info.name, info.driver, kernels, variant, precision, await shaderHash()],
  };
}

/** A software adapter, for what is asked before there is one. */
export function typicalTarget(precision: Precision): Target {
  const limits = {
    ...{ maxStorageBufferBindingSize: 2 ** 27, maxTextureDimension2D: 16_384, maxStorageTexturesPerShaderStage: 8 },
    maxComputeWorkgroupStorageSize: 32_768,
  };
  const adapterInfo = { vendor: "mesa", subgroupMinSize: 8, subgroupMaxSize: 8, isFallbackAdapter: true };
  const features = new Set(["subgroups"]);
  const device = { limits, features, adapterInfo } as unknown as GPUDevice; // for countingDevice, which reads no more
  const info = {
    name: "",
    vendor: "",
    driver: "",
    isSoftware: true,
    features: [],
    maxBufferBytes: 0,
    maxBindingBytes: 0,
  };
  return {
    ...{ device, info, features: device.features, limits: device.limits, matrices: [], kernels: "software", precision },
    ...{
      variant: "rows",
      planes: "texture",
      maxTokens: PROMPT_CHUNK.software,
      stepsInFlight: STEPS_IN_FLIGHT.software,
    },
    identity: [],
    settle: (work) => work,
    dispose: () => {},
  };
}
