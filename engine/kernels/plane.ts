/** Numbers that a kernel reads: a buffer for GPUs, a texture for software adapters (linear-planes-in-texture.wgsl says why). */
export interface Plane {
  readonly byteLength: number;
  readonly resource: GPUBindingResource;
  destroy(): void;
}

/** Where planes lie. */
export type PlaneKind = "buffer" | "texture";

const TEXEL_BYTES = 16;

export function planeOf(buffer: GPUBuffer): Plane {
  return { byteLength: buffer.size, resource: { buffer }, destroy: () => buffer.destroy() };
}

/** @param format of 16 bytes a texel */
export function createTexture(
  device: GPUDevice,
  label: string,
  width: number,
  height: number,
  format: GPUTextureFormat,
): Plane & { readonly texture: GPUTexture } {
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.COPY_SRC;
  const texture = device.createTexture({ label, size: [width, height], format, usage });
  const byteLength = width * height * TEXEL_BYTES;
  return { texture, resource: texture.createView(), byteLength, destroy: () => texture.destroy() };
}

/** A buffer's rows of texels as a texture; the buffer is freed. Rows begin at multiples of `copyPitch`. */
export function textureOf(device: GPUDevice, buffer: GPUBuffer, width: number, height: number): Plane {
  const plane = createTexture(device, buffer.label, width, height, "rgba32uint");
  const encoder = device.createCommandEncoder();
  const bytesPerRow = copyPitch(width) * TEXEL_BYTES;
  encoder.copyBufferToTexture({ buffer, bytesPerRow }, { texture: plane.texture }, [width, height]);
  device.queue.submit([encoder.finish()]);
  buffer.destroy();
  return plane;
}

/** Texels from row to row of a buffer that becomes a texture: WebGPU copies rows that begin at multiples of 256 bytes. */
export function copyPitch(width: number): number {
  return Math.ceil(width / 16) * 16;
}

/** Binds to 0, 1, 2, ... what is there, and `others`. */
export function bindPlanes(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  bound: readonly (GPUBuffer | Plane | undefined)[],
  others: readonly GPUBindGroupEntry[] = [],
): GPUBindGroup {
  const resourceOf = (one: GPUBuffer | Plane) => ("resource" in one ? one.resource : { buffer: one });
  const entries = bound.flatMap((one, binding) => (one ? [{ binding, resource: resourceOf(one) }] : []));
  const layout = pipeline.getBindGroupLayout(0);
  return device.createBindGroup({ label: pipeline.label, layout, entries: [...entries, ...others] });
}
