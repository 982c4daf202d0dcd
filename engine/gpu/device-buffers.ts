/** The buffers of one model, counted, and freed together. */
export interface DeviceBuffers {
  /** f32 zeros. */
  create(label: string, ...shape: number[]): GPUBuffer;
  upload(label: string, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer;
  byteLength(): number;
  destroy(): void;
}

export function createDeviceBuffers(device: GPUDevice): DeviceBuffers {
  const buffers: GPUBuffer[] = [];
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const create = (label: string, size: number) => {
    const buffer = device.createBuffer({ label, size, usage });
    buffers.push(buffer);
    return buffer;
  };
  return {
    create: (label, ...shape) => create(label, 4 * shape.reduce((product, size) => product * size, 1)),
    upload(label, data) {
      const buffer = create(label, data.byteLength);
      device.queue.writeBuffer(buffer, 0, data);
      return buffer;
    },
    byteLength: () => buffers.reduce((sum, { size }) => sum + size, 0),
    destroy() {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
