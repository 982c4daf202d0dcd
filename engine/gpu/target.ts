import { type Device, importWebGpu, type OpenDeviceOptions, openDevice } from "../device.ts";
import { measureCopyBandwidth } from "../kernels/copy.ts";
import { measureInt8Peak } from "../kernels/int8-peak.ts";
import { type LinearVariant, planesOf } from "../kernels/linear.ts";
import type { PlaneKind } from "../kernels/plane.ts";
import type { Precision } from "../language-model.ts";
import { shaderHash } from "../shader-hash.ts";
import type { Target } from "../target.ts";
import { chooseVariant } from "../tuner.ts";
import { countingDevice } from "./counting-device.ts";
import { loadOnGpu } from "./load.ts";

const PROMPT_CHUNK = { software: 128, gpu: 512 }; // tokens; an interrupt waits for one chunk
/** Steps in flight that pay: on a software adapter waiting costs nothing, and a step too many does. */
const STEPS_IN_FLIGHT = { software: 1, gpu: 4 };

/** An open adapter, and how models run on it: chosen once, when one is opened. */
export interface GpuTarget extends Target, Device {
  readonly variant: LinearVariant;
  readonly planes: PlaneKind; // where weights and int8 activations lie
  readonly maxTokens: number; // a multiple of TOKEN_TILE
  readonly stepsInFlight: number;
}

export interface OpenGpuOptions extends OpenDeviceOptions {
  readonly precision: Precision;
  /** Where the choice of kernels for an adapter is kept; default: nowhere, and what is likely fastest is taken. */
  readonly tuningFolder?: string | undefined;
}

/** @throws EngineError as `openDevice` */
export async function openGpuTarget({ precision, tuningFolder, ...wanted }: OpenGpuOptions): Promise<GpuTarget> {
  const device = await openDevice(wanted);
  try {
    return await chooseTarget(device, precision, tuningFolder);
  } catch (error) {
    device.dispose();
    throw error;
  }
}

export async function chooseTarget(device: Device, precision: Precision, tuningFolder?: string): Promise<GpuTarget> {
  const variant = await chooseVariant(device, precision, tuningFolder);
  const { info, kernels } = device;
  const identity = [info.name, info.driver, kernels, variant, precision, await shaderHash()];
  return targetOf(device, precision, variant, identity);
}

function targetOf(
  device: Device,
  precision: Precision,
  variant: LinearVariant,
  identity: readonly string[],
): GpuTarget {
  const { info, kernels } = device;
  return {
    ...device,
    ...{
      name: info.name,
      isInMemory: info.isSoftware,
      precision,
      variant,
      identity,
    },
    planes: planesOf(variant),
    maxTokens: PROMPT_CHUNK[kernels],
    stepsInFlight: STEPS_IN_FLIGHT[kernels],
    load(plan, file, config, options) {
      return loadOnGpu(this, plan, file, config, options);
    },
    counted() {
      const settle = <T>(work: Promise<T>) => work;
      const counted: GpuTarget = { ...this, device: countingDevice(this.device), settle, dispose() {} };
      return {
        ...counted,
        async load(...model) {
          await importWebGpu(); // its names of usages
          return await loadOnGpu(counted, ...model);
        },
      };
    },
    measureCopyBandwidth: () => measureCopyBandwidth(device.device),
    measureInt8Peak: () => measureInt8Peak(device.device),
  };
}

/** A software adapter, for what is asked before there is one. */
export function typicalTarget(precision: Precision): GpuTarget {
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
  const typical: Device = {
    ...{ device, info, features: device.features, limits: device.limits, matrices: [], kernels: "software" },
    settle: (work) => work,
    dispose: () => {},
  };
  return targetOf(typical, precision, "rows", []);
}
