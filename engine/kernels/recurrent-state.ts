/**
 * What one operation keeps of each sequence from step to step: a convolution's last inputs, a delta rule's matrices. It is the sum
 * of all tokens so far, of which none can be taken back; so there is room for copies of earlier ones.
 */
export interface RecurrentState {
  readonly sequences: GPUBuffer; // f32 [numSequences, size]
  readonly snapshots: GPUBuffer; // f32 [numSnapshots, size]
  readonly bytes: number; // of one sequence's
}

export interface RecurrentStateSizes {
  readonly size: number; // f32 of a sequence
  readonly numSequences: number;
  readonly numSnapshots: number;
}

export function createRecurrentState(
  device: GPUDevice,
  label: string,
  { size, numSequences, numSnapshots }: RecurrentStateSizes,
): RecurrentState {
  const bytes = size * Float32Array.BYTES_PER_ELEMENT;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const create = (name: string, count: number) =>
    device.createBuffer({ label: `${label}, ${name}`, size: count * bytes, usage });
  return { sequences: create("sequences", numSequences), snapshots: create("snapshots", numSnapshots), bytes };
}
