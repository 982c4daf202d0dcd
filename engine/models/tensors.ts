import type { Matrix } from "../graph/graph.ts";
import type { LinearSource } from "../kernels/linear.ts";
import { dequantize } from "../weights/dequantize.ts";
import type { ModelFile } from "../weights/model-file.ts";

/** A small tensor, whatever its type in the file, as f32. */
export async function readF32(gguf: ModelFile, name: string): Promise<Float32Array<ArrayBuffer>> {
  const tensor = gguf.tensors.get(name)!; // its shape was checked when it became a vector
  const bytes = new Uint8Array(tensor.byteLength);
  await gguf.read(tensor, bytes, 0);
  return new Float32Array(dequantize(tensor.type, bytes));
}

/** A matrix as it lies in the file; `onBytes` hears of every read. */
export function linearSource(
  gguf: ModelFile,
  { name, rows, columns, experts }: Matrix,
  onBytes: (bytes: number) => void,
): LinearSource {
  const tensor = gguf.tensors.get(name)!; // its shape was checked when it became a matrix
  return {
    name,
    type: tensor.type,
    rows: rows * experts,
    columns,
    async read(into, byteOffset) {
      await gguf.read(tensor, into, byteOffset);
      onBytes(into.length);
    },
  };
}
