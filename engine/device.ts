import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { EngineError } from "./errors.ts";
import { holdEventLoop } from "./hold-event-loop.ts";
import { SUBGROUP_MATRICES, type SubgroupMatrixConfig, subgroupMatrixConfigs } from "./kernels/subgroup-matrices.ts";
import { checkTrusted } from "./trusted-folder.ts";

const WANTED_FEATURES = ["shader-f16", "subgroups", "timestamp-query", SUBGROUP_MATRICES] as readonly GPUFeatureName[];
/** What the adapter has of them, not only what WebGPU promises. */
const WANTED_LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxStorageBuffersPerShaderStage",
  "maxStorageTexturesPerShaderStage",
  "maxTextureDimension2D",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
] as const;
const DAWN_FLAGS = [
  // That is, SUBGROUP_MATRICES: all shaders are ours. And NVIDIA's drivers on Linux have shader-f16 only when asked.
  "enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia",
  // Dawn rounds timestamps to 65,536 ns, for the sake of web pages; a GPU's kernels take less.
  "disable-dawn-features=timestamp_quantization",
];
const VULKAN_LOADER = "libvulkan.so.1";
const NO_SUCH_ADAPTER = "?"; // Dawn answers an unknown name with the list of those it has

// Dawn ends, and takes the process along, when its object is collected while a device is in use.
const instancesInUse: GPU[] = [];

export interface AdapterInfo {
  readonly name: string; // what the driver calls the device
  readonly vendor: string;
  readonly driver: string; // name and version
  readonly isSoftware: boolean; // computes on the CPU: lavapipe, SwiftShader, WARP
  readonly features: readonly string[];
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
}

export interface OpenDeviceOptions {
  /** `gpu`, `software`, or part of an adapter's name in any case; default: a GPU if there is one. */
  readonly adapter?: string | undefined;
  readonly kernels?: KernelKind | undefined; // default: for what the adapter is
}

/** What kernels are written for: GPUs, or software adapters, whose lanes are a CPU's vector units. */
export type KernelKind = "gpu" | "software";

/** An open adapter. The caller disposes it; buffers go with it. */
export interface Device {
  readonly device: GPUDevice;
  readonly info: AdapterInfo;
  readonly kernels: KernelKind; // that run on it
  readonly features: GPUSupportedFeatures;
  readonly limits: GPUSupportedLimits;
  readonly matrices: readonly SubgroupMatrixConfig[]; // that the adapter multiplies
  /** Waits for work on the device. What fails because the device is gone fails with `device-lost`. */
  settle<T>(work: Promise<T>): Promise<T>;
  dispose(): void;
}

/** @throws EngineError `no-adapter` if there is none, or none of that kind or name */
export async function openDevice({ adapter: wanted, kernels }: OpenDeviceOptions = {}): Promise<Device> {
  await importWebGpu(); // where it does not load, that is told, and not only that there is no adapter
  const found = await requestAdapter(wanted);
  if (!found) throw await noAdapter(wanted);
  const { dawn, adapter } = found;
  instancesInUse.push(dawn);
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, limits[name]])),
  });

  let failure: EngineError | undefined;
  void device.lost.then(({ reason, message }) => {
    failure ??= new EngineError("device-lost", `The adapter's device is gone (${reason}): ${message}`);
  });
  device.onuncapturederror = ({ error }) => {
    failure ??= new EngineError("device-lost", `The adapter refused a command: ${error.message}`);
  };
  const info = describe(adapter);
  return {
    device,
    info,
    kernels: kernels ?? (info.isSoftware ? "software" : "gpu"),
    features: device.features,
    limits: device.limits,
    matrices: subgroupMatrixConfigs(adapter),
    async settle(work) {
      try {
        const result = await (info.isSoftware ? holdEventLoop(work) : work);
        if (failure) throw failure;
        return result;
      } catch (error) {
        await Promise.resolve(); // `lost` settles in the same turn as what failed with it
        throw failure ?? error;
      }
    },
    dispose: () => device.destroy(),
  };
}

/** Every adapter of this machine that WebGPU can use; empty if there is none. */
export async function describeAdapters(): Promise<AdapterInfo[]> {
  const described: AdapterInfo[] = [];
  for (const name of await adapterNames()) {
    const adapter = await (await createDawn([`adapter=${name}`])).requestAdapter();
    if (adapter) described.push({ ...describe(adapter), name });
  }
  return described;
}

/**
 * What to add to a process's environment before it starts, so that it finds the software driver unpacked in
 * `cacheDir`; nothing if there is none. The system's drivers stay in use: a GPU is still preferred.
 */
export function driverEnvironment(cacheDir: string, env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const manifest = join(cacheDir, "driver", "icd.json");
  if (process.platform !== "linux" || !existsSync(manifest) || env.VK_DRIVER_FILES) return {};
  checkTrusted(dirname(manifest));
  const libraries = dirname(readLibraryPath(manifest));
  const join_ = (added: string, present: string | undefined) =>
    present?.split(delimiter).includes(added) ? present : [added, ...(present ? [present] : [])].join(delimiter);
  return {
    VK_ADD_DRIVER_FILES: join_(manifest, env.VK_ADD_DRIVER_FILES),
    LD_LIBRARY_PATH: join_(libraries, env.LD_LIBRARY_PATH),
  };
}

/** Where Linux has no Vulkan there is no adapter, and Dawn need not be asked: it would say so on the terminal, twice. */
function hasVulkan(): boolean {
  if (process.platform !== "linux") return true;
  try {
    process.dlopen({ exports: {} }, VULKAN_LOADER);
    return true;
  } catch (error) {
    return String(error).includes("did not self-register"); // it is there, and no module of Node's
  }
}

async function requestAdapter(wanted: string | undefined) {
  if (!hasVulkan()) return undefined;
  const flags: string[] = [];
  if (wanted === "software") return requestSoftwareAdapter();
  if (wanted !== undefined && wanted !== "gpu") {
    const name = (await adapterNames()).find((name) => name.toLowerCase().includes(wanted.toLowerCase()));
    if (name === undefined) return undefined;
    flags.push(`adapter=${name}`);
  }
  const dawn = await createDawn(flags);
  const adapter = await dawn.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter || (wanted === "gpu" && adapter.info.isFallbackAdapter)) return undefined;
  return { dawn, adapter };
}

/** By name, since Dawn's `forceFallbackAdapter` knows no driver but SwiftShader. */
async function requestSoftwareAdapter() {
  for (const name of await adapterNames()) {
    const dawn = await createDawn([`adapter=${name}`]);
    const adapter = await dawn.requestAdapter();
    if (adapter?.info.isFallbackAdapter) return { dawn, adapter };
  }
  return undefined;
}

/**
 * Dawn, which nothing on the processors needs; makes GPUBufferUsage and its like global, as they are in a browser.
 *
 * @throws EngineError `no-adapter` where it cannot be loaded: it is made for some systems only, and on Linux for those with glibc
 */
export async function importWebGpu() {
  const webgpu = await import("webgpu").catch((cause: unknown) => {
    const wayOut = "models run on the processors without it (QWENLAB_ADAPTER=cpu)";
    throw new EngineError("no-adapter", `${notLoaded(cause)}; ${wayOut}.`, { cause });
  });
  Object.assign(globalThis, webgpu.globals);
  return webgpu;
}

/** Why no adapter can be found on this system, whatever hardware it has; undefined: WebGPU's library loads. */
export function webGpuProblem(): Promise<string | undefined> {
  return import("webgpu").then(() => undefined, notLoaded);
}

function notLoaded(cause: unknown): string {
  return `WebGPU's library does not load here: ${cause instanceof Error ? cause.message : String(cause)}`;
}

async function createDawn(flags: string[]): Promise<GPU> {
  const { create } = await importWebGpu();
  return create([...flags, ...DAWN_FLAGS]);
}

async function adapterNames(): Promise<string[]> {
  if (!hasVulkan()) return [];
  try {
    await (await createDawn([`adapter=${NO_SUCH_ADAPTER}`])).requestAdapter();
    return [];
  } catch (error) {
    return [...String(error).matchAll(/name: '(.*)'/g)].map((match) => match[1]!);
  }
}

function describe({ info, features, limits }: GPUAdapter): AdapterInfo {
  return {
    name: info.device || info.description,
    vendor: info.vendor,
    driver: info.description,
    isSoftware: info.isFallbackAdapter,
    features: [...features].sort(),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
  };
}

async function noAdapter(wanted: string | undefined): Promise<EngineError> {
  const names = await adapterNames();
  const what = wanted === undefined ? "no adapter" : `no adapter "${wanted}"`;
  const have = names.length === 0 ? "There is none at all" : `There is: ${names.join("; ")}`;
  return new EngineError("no-adapter", `WebGPU finds ${what}. ${have}. \`qwenlab doctor\` says what to do.`);
}

function readLibraryPath(manifest: string): string {
  try {
    const parsed: { ICD?: { library_path?: unknown } } = JSON.parse(readFileSync(manifest, "utf8"));
    const path = parsed.ICD?.library_path;
    if (typeof path === "string") return path;
  } catch (error) {
    throw new EngineError("no-adapter", `${manifest} cannot be read; remove its folder and set up again.`, {
      cause: error,
    });
  }
  throw new EngineError("no-adapter", `${manifest} names no library; remove its folder and set up again.`);
}
