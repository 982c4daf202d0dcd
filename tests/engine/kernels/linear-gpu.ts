import { create, globals } from "webgpu";
import { holdEventLoop } from "../../../engine/hold-event-loop.ts";
import { type LinearVariant, promptMatrices } from "../../../engine/kernels/linear-variants.ts";
import {
  SUBGROUP_MATRICES,
  type SubgroupMatrixConfig,
  subgroupMatrixConfigs,
} from "../../../engine/kernels/subgroup-matrices.ts";
import { type Dispatch, encodePass } from "../../../engine/shader.ts";

const FEATURES = ["shader-f16", "subgroups", SUBGROUP_MATRICES] as GPUFeatureName[]; // the last is not WebGPU's yet

const OF_ANY_ADAPTER = ["columns", "columns-subgroups"] as const;

/**
 * All but `matrices`, or that alone, where matrices.test.ts runs these tests on a driver that has them. second-adapter.test.ts' adapter
 * has subgroups of 4, and `rows` is for those of 8: linearVariants() offers it nowhere else.
 */
export const VARIANTS: readonly LinearVariant[] = process.env.TEST_MATRICES
  ? ["matrices"]
  : process.env.TEST_ADAPTER
    ? OF_ANY_ADAPTER
    : ["rows", ...OF_ANY_ADAPTER];

export type TestGpu = Awaited<ReturnType<typeof openTestGpu>>;

/** A device with small conveniences for tests of single kernels. */
export async function openTestGpu() {
  Object.assign(globalThis, globals);
  const dawn = create(["enable-dawn-features=allow_unsafe_apis"]); // as device.ts; must stay reachable while the device is in use
  const adapter = await dawn.requestAdapter();
  if (adapter === null) throw new Error("no WebGPU adapter; is the software driver installed?");
  const {
    maxStorageBufferBindingSize,
    maxBufferSize,
    maxStorageBuffersPerShaderStage,
    maxStorageTexturesPerShaderStage,
    maxComputeWorkgroupStorageSize,
  } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: {
      maxStorageBufferBindingSize,
      maxBufferSize,
      maxStorageBuffersPerShaderStage,
      maxStorageTexturesPerShaderStage,
      maxComputeWorkgroupStorageSize,
    },
  });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

  const create_ = (size: number) => device.createBuffer({ size, usage });
  return {
    dawn,
    device,
    kernels: "software" as const,
    matrices: matricesOf(adapter, device),
    create: create_,
    write: (buffer: GPUBuffer, data: Float32Array<ArrayBuffer>) => device.queue.writeBuffer(buffer, 0, data),
    upload(data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) {
      const buffer = create_(data.byteLength);
      device.queue.writeBuffer(buffer, 0, data);
      return buffer;
    },
    async download(buffer: GPUBuffer): Promise<ArrayBuffer> {
      const copy = device.createBuffer({ size: buffer.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(buffer, copy);
      device.queue.submit([encoder.finish()]);
      await holdEventLoop(copy.mapAsync(GPUMapMode.READ));
      const bytes = copy.getMappedRange().slice(0);
      copy.destroy();
      return bytes;
    },
    async run(dispatches: readonly Dispatch[]) {
      const encoder = device.createCommandEncoder();
      encodePass(encoder, dispatches);
      device.queue.submit([encoder.finish()]);
      await holdEventLoop(device.queue.onSubmittedWorkDone()); // the shaders are compiled meanwhile
    },
    /** Throws the validation errors that `use` caused. */
    async checked(use: () => Promise<void>) {
      device.pushErrorScope("validation");
      let error: GPUError | null = null;
      try {
        await use();
      } finally {
        error = await device.popErrorScope();
      }
      if (error !== null) throw new Error(error.message);
    },
    dispose: () => device.destroy(),
  };
}

/** Of the adapter's matrices those of the type that is to be tested, which there must be. */
function matricesOf(adapter: GPUAdapter, device: GPUDevice): SubgroupMatrixConfig[] {
  const { TEST_MATRICES: component } = process.env;
  if (component === undefined) return [];
  const matrices = subgroupMatrixConfigs(adapter).filter(({ componentType }) => componentType === component);
  const used = promptMatrices({ device, kernels: "software" as const, matrices });
  if (used.length === 0) throw new Error(`the adapter has no matrices of ${component} for prompts`);
  return matrices;
}
