import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { EngineError } from "../errors.ts";
import { badModelFile, quote } from "./bad-model-file.ts";
import { readGgufHeader, type TensorInfo } from "./gguf-header.ts";
import type { FileMetadata } from "./metadata.ts";
import type { ModelFile } from "./model-file.ts";
import { readBytes } from "./read-bytes.ts";
import { checkPart, checkWhole, partPath, splitOf } from "./split-model.ts";

interface OpenFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly handle: FileHandle;
  readonly fileBytes: number;
  readonly modifiedMs: number;
}

/**
 * Opens a GGUF file, or all parts of a split model by its first, and reads the headers; weights stay on disk until `read`.
 *
 * @throws EngineError `model-not-found`; `bad-model-file`, naming file, field and value; `unsupported-model` for a
 * tensor type that ggml knows and we do not.
 */
export async function openGguf(path: string): Promise<ModelFile> {
  const files: OpenFile[] = [];
  const close = async () => {
    for (const { handle } of files) await handle.close();
  };
  try {
    const { metadata, ...first } = await openFile(path);
    files.push(first);
    const split = splitOf({ path, metadata });
    for (let part = 2; part <= split.count; part++) {
      const { metadata: own, ...file } = await openFile(
        partPath(split, part),
        `part ${part} of ${split.count} of ${path}`,
      );
      files.push(file);
      checkPart(split, { path: file.path, metadata: own }, part);
    }
    checkWhole(split, files);
    return modelOf(files, metadata, close);
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param what it is, for the error if it is missing */
async function openFile(path: string, what?: string): Promise<OpenFile & FileMetadata> {
  const handle = await openHandle(path, what);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw badModelFile(path, "file", "is not a regular file");
    const { metadata, tensors } = readGgufHeader(path, handle.fd, stat.size);
    return { path, metadata, tensors, handle, fileBytes: stat.size, modifiedMs: stat.mtimeMs };
  } catch (error) {
    await handle.close();
    throw error instanceof EngineError ? error : badModelFile(path, "file", `cannot be read: ${error}`, error);
  }
}

async function openHandle(path: string, what?: string): Promise<FileHandle> {
  try {
    const { O_RDONLY, O_NONBLOCK = 0 } = constants; // on Windows there is none; a pipe would keep us waiting
    return await open(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what fs rejects with
    if (code === "ENOENT") {
      const problem =
        what === undefined ? "no such file" : `no such file; it is ${what}, and all parts lie in one folder`;
      throw new EngineError("model-not-found", `${path}: ${problem}`, { cause: error });
    }
    throw badModelFile(path, "file", `cannot be opened: ${code}`, error);
  }
}

function modelOf(files: readonly OpenFile[], metadata: ModelFile["metadata"], close: () => Promise<void>): ModelFile {
  const fileOf = new Map(files.flatMap((file) => [...file.tensors.keys()].map((name) => [name, file] as const)));
  return {
    path: files[0]!.path, // there is one at least
    metadata,
    tensors: new Map(files.flatMap((file) => [...file.tensors])),
    fileBytes: files.reduce((sum, file) => sum + file.fileBytes, 0),
    modifiedMs: Math.max(...files.map((file) => file.modifiedMs)),
    read: (tensor, into, offsetInTensor) => readTensor(fileOf.get(tensor.name)!, tensor, into, offsetInTensor),
    extentsOf({ name, byteOffset: position, byteLength }) {
      return [{ fd: fileOf.get(name)!.handle.fd, position, byteLength }];
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function readTensor(file: OpenFile, tensor: TensorInfo, into: Uint8Array, offsetInTensor: number) {
  if (offsetInTensor < 0 || offsetInTensor + into.byteLength > tensor.byteLength) {
    const range = `${offsetInTensor} to ${offsetInTensor + into.byteLength}`;
    throw new RangeError(`bytes ${range} of tensor ${tensor.name}, which has ${tensor.byteLength}`);
  }
  await readBytes(file, `tensor ${quote(tensor.name)}`, into, tensor.byteOffset + offsetInTensor);
}
