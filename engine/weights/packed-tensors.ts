// The tensors of a packed matrix in a folder of safetensors, and how config.json says that they are packed.
import { EngineError } from "../errors.ts";
import { badModelFile, inWords, quote } from "./bad-model-file.ts";
import { BLOCK_FORMATS, type TensorType } from "./block-formats.ts";
import { type PackedMatrix, type Quantization, repackRows, typeOfPacked } from "./packed-weights.ts";
import type { SafetensorsTensor } from "./safetensors-header.ts";

export interface PackedTensors<T> {
  readonly qweight: T;
  readonly qzeros: T;
  readonly scales: T;
  readonly g_idx?: T; // of GPTQ
}

/** What a packed matrix becomes. */
interface PackedLayout {
  readonly type: TensorType;
  readonly shape: readonly [outputs: number, inputs: number];
  readonly byteLength: number;
}

/** @throws EngineError `unsupported-model` for another way to pack */
export function quantizationOf(path: string, config: Readonly<Record<string, unknown>>): Quantization | undefined {
  const given = config.quantization_config as Readonly<Record<string, unknown>> | null | undefined; // as: checked here
  if (!given) return undefined;
  const reject = (field: string, problem: string): never => {
    throw new EngineError("unsupported-model", `${path}: quantization_config: ${field}: ${problem}`);
  };
  const { quant_method: method, bits, group_size: groupSize } = given;
  if (method !== "gptq" && method !== "awq") return reject("quant_method", `${inWords(method)}; supported: gptq, awq`);
  if (bits !== 4 && !(bits === 8 && method === "gptq"))
    return reject("bits", `${inWords(bits)}; supported: 4, of gptq 8`);
  if (!Number.isInteger(groupSize) || (groupSize !== -1 && (groupSize as number) < 1)) {
    return reject("group_size", `${inWords(groupSize)} is none`);
  }
  const version = given.version ?? "gemm";
  if (method === "awq" && inWords(version).toLowerCase() !== '"gemm"')
    return reject("version", `${inWords(version)}; supported: gemm`);
  const isGptq = method === "gptq";
  return {
    method,
    bits,
    groupSize: groupSize as number, // just checked
    isSymmetric: isGptq && given.sym === true,
    hasOrder: isGptq && given.desc_act === true,
    zeroOffset: isGptq && given.checkpoint_format !== "gptq_v2" ? 1 : 0,
  };
}

/** @throws EngineError `bad-model-file` for tensors that are missing, or whose shapes do not fit each other */
export function packedLayout(
  path: string,
  module: string,
  tensors: Partial<PackedTensors<SafetensorsTensor>>,
  quantization: Quantization,
): PackedLayout {
  const { method, bits, groupSize } = quantization;
  const perWord = 32 / bits;
  const { qweight, qzeros, scales, g_idx: order } = tensors;
  const expect = (kind: string, tensor: SafetensorsTensor | undefined, type: string, shape: readonly number[]) => {
    const field = `tensor ${quote(`${module}.${kind}`)}`;
    if (!tensor) throw badModelFile(path, field, "is missing");
    if (tensor.type !== type || String(tensor.shape) !== String(shape)) {
      throw badModelFile(path, field, `is ${tensor.type} [${tensor.shape}], but ${type} [${shape}] is expected`);
    }
  };
  const [first = 0, second = 0] = qweight?.shape ?? [];
  const [inputs, outputs] = method === "awq" ? [first, second * perWord] : [first * perWord, second];
  const groups = groupSize === -1 ? 1 : Math.ceil(inputs / groupSize);
  expect("qweight", qweight, "I32", [first, second]);
  expect("qzeros", qzeros, "I32", [groups, outputs / perWord]);
  expect("scales", scales, "F16", [groups, outputs]);
  if (order || quantization.hasOrder) expect("g_idx", order, "I32", [inputs]);
  const type = typeOfPacked(quantization, inputs);
  const { blockBytes, blockSize } = BLOCK_FORMATS[type];
  return { type, shape: [outputs, inputs], byteLength: outputs * (inputs / blockSize) * blockBytes };
}

/** Reads a matrix's bytes as they are after repacking; its tensors are kept while it is read from the beginning to the end. */
export function packedReader(
  path: string,
  module: string,
  { type, shape: [outputs, inputs], byteLength }: PackedLayout,
  quantization: Quantization,
  readTensor: (kind: keyof PackedTensors<unknown>) => Promise<Uint8Array<ArrayBuffer>>,
): (into: Uint8Array, offset: number) => Promise<void> {
  const rowBytes = byteLength / outputs;
  let matrix: PackedMatrix | undefined;

  async function open(): Promise<PackedMatrix> {
    const words = async (kind: keyof PackedTensors<unknown>) => new Uint32Array((await readTensor(kind)).buffer);
    const { groupSize, hasOrder } = quantization;
    const groups = groupSize === -1 ? 1 : Math.ceil(inputs / groupSize);
    const inOrder = () =>
      Uint32Array.from({ length: inputs }, (_, i) => (groupSize === -1 ? 0 : Math.floor(i / groupSize)));
    const groupOf = hasOrder ? await words("g_idx") : inOrder();
    const wrong = groupOf.find((group) => group >= groups);
    if (wrong !== undefined)
      throw badModelFile(path, `tensor ${quote(`${module}.g_idx`)}`, `${wrong} is none of ${groups} groups`);
    const scales = new Uint16Array((await readTensor("scales")).buffer);
    const [qweight, qzeros] = [await words("qweight"), await words("qzeros")];
    return { path, module, inputs, outputs, qweight, qzeros, scales, groupOf };
  }

  return async (into, offset) => {
    matrix ??= await open();
    const first = Math.floor(offset / rowBytes);
    const end = Math.ceil((offset + into.byteLength) / rowBytes);
    const rows = repackRows(matrix, quantization, type, first, end - first);
    into.set(rows.subarray(offset - first * rowBytes, offset - first * rowBytes + into.byteLength));
    if (offset + into.byteLength === byteLength) matrix = undefined;
  };
}
