import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** One dispatch, prebuilt: what encoding a token step does to it is setPipeline, setBindGroup, dispatchWorkgroups. */
export interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [x: number, y: number, z: number];
  readonly immediates?: Uint32Array<ArrayBuffer>; // of `var<immediate>`, where the shader has one
  // Of matrix products, for a profile to say how near they come to what the adapter can do:
  readonly weightBytes?: number; // read
  readonly products?: number; // multiplied and added
}

/**
 * An operation with its buffers bound: what to dispatch for the first `numTokens` rows of them.
 * @param contextLength tokens that any of the rows can see, at most: a short context may need less; default: many
 */
export type Operation = (numTokens: number, contextLength?: number) => Dispatch | readonly Dispatch[];

export interface ShaderOptions {
  /** Values of the shader's `override` declarations. */
  readonly constants?: Readonly<Record<string, number>>;
  /** What overrides cannot express, put in front of the file: `enable f16;`, `alias`, `const`. */
  readonly prelude?: string;
  /** A file beside the caller; default: the caller's own name with `.wgsl`. */
  readonly file?: string;
}

const compiled = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/**
 * Compiles the `.wgsl` file that lies beside the calling module, once for each device and options.
 * @param moduleUrl the caller's `import.meta.url`
 * @throws Error with the compiler's messages, line by line
 */
export function compileShader(
  device: GPUDevice,
  moduleUrl: string,
  { constants = {}, prelude = "", file }: ShaderOptions = {},
): Promise<GPUComputePipeline> {
  const url = file === undefined ? new URL(moduleUrl.replace(/\.[jt]s$/, ".wgsl")) : new URL(file, moduleUrl);
  const key = JSON.stringify([url.href, constants, prelude]);
  const pipelines = compiled.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  compiled.set(device, pipelines);
  const pipeline = pipelines.get(key) ?? compile(device, url, constants, prelude);
  pipelines.set(key, pipeline);
  return pipeline;
}

async function compile(device: GPUDevice, url: URL, constants: Record<string, number>, prelude: string) {
  const label = basename(url.pathname);
  const module = device.createShaderModule({ label, code: prelude + readFileSync(url, "utf8") });
  try {
    return await device.createComputePipelineAsync({ label, layout: "auto", compute: { module, constants } });
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map(({ lineNum, linePos, message }) => `${label}:${lineNum}:${linePos} ${message}`);
    throw new Error([`The shader ${label} did not compile.`, ...lines].join("\n"), { cause: error });
  }
}

/** Binds `buffers` to the bindings 0, 1, 2, ... of group 0. */
export function bindInOrder(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  buffers: readonly (GPUBuffer | GPUBufferBinding)[],
): GPUBindGroup {
  const entries = buffers.map((resource, binding) => ({
    binding,
    resource: "buffer" in resource ? resource : { buffer: resource },
  }));
  return device.createBindGroup({ label: pipeline.label, layout: pipeline.getBindGroupLayout(0), entries });
}

/** One pass; a pipeline is set where it changes. */
export function encodePass(
  encoder: GPUCommandEncoder,
  dispatches: readonly Dispatch[],
  descriptor?: GPUComputePassDescriptor,
): void {
  const pass = encoder.beginComputePass(descriptor);
  let current: GPUComputePipeline | undefined;
  for (const { pipeline, bindGroup, workgroups, immediates } of dispatches) {
    if (pipeline !== current) pass.setPipeline(pipeline);
    current = pipeline;
    pass.setBindGroup(0, bindGroup);
    if (immediates) pass.setImmediates(0, immediates);
    pass.dispatchWorkgroups(...workgroups);
  }
  pass.end();
}
