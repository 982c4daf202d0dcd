import { stat } from "node:fs/promises";
import { badShape, badTensor } from "./bad-model-file.ts";
import { openGguf } from "./gguf.ts";
import type { TensorInfo } from "./gguf-header.ts";
import type { FileMetadata } from "./metadata.ts";
import { openSafetensors } from "./safetensors-model.ts";

/** A stretch of a file's bytes. */
export interface Extent {
  readonly fd: number;
  readonly position: number;
  readonly byteLength: number;
}

/**
 * An open model, whatever files it has: a GGUF, the parts of one, or a folder of safetensors. Names of tensors and metadata are
 * GGUF's. The caller closes it.
 */
export interface ModelFile extends FileMetadata, AsyncDisposable {
  readonly path: string; // of the first part, or the folder
  readonly fileBytes: number; // of all parts
  readonly modifiedMs: number; // when the last of them was
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** Fills `into` with the tensor's bytes from `offsetInTensor` on. */
  read(tensor: TensorInfo, into: Uint8Array, offsetInTensor: number): Promise<void>;
  /** Where the tensor's bytes lie, for threads that read by themselves: one stretch, or one for each expert. Undefined if they are computed. */
  extentsOf(tensor: TensorInfo): readonly Extent[] | undefined;
  close(): Promise<void>;
}

/**
 * Opens a model by the path of its `.gguf`, or of the folder with its `config.json`; weights stay on disk until `read`.
 *
 * @throws EngineError as `openGguf` and `openSafetensors`
 */
export async function openModelFile(path: string): Promise<ModelFile> {
  const about = await stat(path).catch(() => undefined);
  return about?.isDirectory() ? openSafetensors(path) : openGguf(path);
}

/**
 * The tensor of that name.
 *
 * @throws EngineError `bad-model-file` if it is missing or, where `shape` is given, has another shape.
 */
export function requireTensor(file: ModelFile, name: string, shape?: readonly number[]): TensorInfo {
  const tensor = file.tensors.get(name);
  if (!tensor) throw badTensor(file, name, "is missing");
  if (shape && (shape.length !== tensor.shape.length || shape.some((size, i) => size !== tensor.shape[i]))) {
    throw badShape(file, name, tensor.shape, shape);
  }
  return tensor;
}
