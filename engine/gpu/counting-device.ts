// A device that makes nothing: what is opened on it takes no memory and computes nothing, so that one can ask beforehand what it
// would take. Only what the engine calls is there.
const nothing = () => {};
const atOnce = async () => {};

/** Of an adapter what decides how memory is laid out. */
export interface CountedDevice {
  readonly limits: GPUSupportedLimits;
  readonly features: GPUSupportedFeatures;
  readonly adapterInfo: GPUAdapterInfo;
}

export function countingDevice({ limits, features, adapterInfo }: CountedDevice): GPUDevice {
  const pipeline = { getBindGroupLayout: nothing };
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = {
    beginComputePass: () => pass,
    copyBufferToBuffer: nothing,
    copyBufferToTexture: nothing,
    finish: nothing,
  };
  const device = {
    ...{ limits, features, adapterInfo },
    createBuffer: ({ size, label }: GPUBufferDescriptor) => ({ size, label, destroy: nothing }),
    createTexture: () => ({ createView: nothing, destroy: nothing }),
    createBindGroup: nothing,
    createShaderModule: nothing,
    createComputePipelineAsync: async () => pipeline,
    createCommandEncoder: () => encoder,
    queue: { writeBuffer: nothing, submit: nothing, onSubmittedWorkDone: atOnce },
  };
  return device as unknown as GPUDevice; // of which nothing else is asked
}
