// Weights as GPTQ and AWQ pack them, as blocks of GGUF that hold the same numbers. W[o, i] = scale[g, o] (q[i, o] - zero[g, o]), with
// g the group of i. GPTQ: AutoGPTQ, nn_modules/qlinear/qlinear_cuda_old.py. AWQ: llm-awq and AutoAWQ, utils/packing_utils.py.
import { badModelFile, quote } from "./bad-model-file.ts";
import { BLOCK_FORMATS, type TensorType } from "./block-formats.ts";
import { readF16 } from "./dequantize.ts";

const BLOCK = 32; // values of a block of Q4_0, Q5_0, Q8_0
const WORD_BITS = 32;
const AWQ_PLACES = [0, 4, 1, 5, 2, 6, 3, 7]; // of output j of eight in a word

/** quantization_config of config.json. */
export interface Quantization {
  readonly method: "gptq" | "awq";
  readonly bits: 4 | 8;
  readonly groupSize: number; // inputs; -1: all of them
  readonly isSymmetric: boolean;
  readonly hasOrder: boolean; // groups are of inputs in another order: g_idx
  readonly zeroOffset: 0 | 1; // what is added to a stored zero
}

/** A packed matrix: its four tensors, as they lie in the file. */
export interface PackedMatrix {
  readonly path: string; // for errors
  readonly module: string; // likewise: what its tensors' names begin with
  readonly inputs: number;
  readonly outputs: number;
  readonly qweight: Uint32Array;
  readonly qzeros: Uint32Array;
  readonly scales: Uint16Array; // f16 [groups, outputs]
  readonly groupOf: Uint32Array; // of each input
}

/**
 * The format that holds its numbers exactly, in the fewest bits. Differences of 4 bits have 5; a block has one scale, so that groups
 * in another order are kept as f32.
 */
export function typeOfPacked({ bits, groupSize, isSymmetric, hasOrder }: Quantization, inputs: number): TensorType {
  const isWhole = groupSize === -1 || groupSize >= inputs;
  if (inputs % BLOCK !== 0 || (!isWhole && (groupSize % BLOCK !== 0 || hasOrder))) return "F32";
  if (bits === 4) return isSymmetric ? "Q4_0" : "Q5_0";
  return isSymmetric ? "Q8_0" : "F32";
}

/** Rows of outputs, from `first` on, in that format. @throws EngineError `bad-model-file` for a zero that symmetric weights have not */
export function repackRows(
  matrix: PackedMatrix,
  quantization: Quantization,
  type: TensorType,
  first: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  const { blockBytes, blockSize } = BLOCK_FORMATS[type];
  const rowBytes = (matrix.inputs / blockSize) * blockBytes;
  const bytes = new Uint8Array(count * rowBytes);
  const view = new DataView(bytes.buffer);
  const differences = new Int32Array(matrix.inputs);
  const scales = new DataView(matrix.scales.buffer, matrix.scales.byteOffset);
  for (let row = 0; row < count; row++) {
    const output = first + row;
    readDifferences(matrix, quantization, output, differences);
    const scaleAt = (input: number) => 2 * (matrix.groupOf[input]! * matrix.outputs + output); // bytes
    for (let at = 0; at < matrix.inputs; at += blockSize) {
      const offset = row * rowBytes + (at / blockSize) * blockBytes;
      if (type === "F32") {
        view.setFloat32(offset, readF16(scales, scaleAt(at)) * differences[at]!, true);
      } else {
        view.setUint16(offset, scales.getUint16(scaleAt(at), true), true);
        writeBlock(type, differences.subarray(at, at + BLOCK), bytes.subarray(offset + 2, offset + blockBytes));
      }
    }
  }
  return bytes;
}

/** q - zero of all inputs. */
function readDifferences(matrix: PackedMatrix, quantization: Quantization, output: number, into: Int32Array): void {
  const { path, module, inputs, outputs, qweight, qzeros, groupOf } = matrix;
  const { method, bits, isSymmetric, zeroOffset } = quantization;
  const perWord = WORD_BITS / bits;
  const mask = 2 ** bits - 1;
  const place = method === "awq" ? AWQ_PLACES[output % perWord]! : output % perWord;
  const zeroWords = outputs / perWord;
  for (let i = 0; i < inputs; i++) {
    const word =
      method === "awq"
        ? qweight[i * zeroWords + Math.floor(output / perWord)]!
        : qweight[Math.floor(i / perWord) * outputs + output]!;
    const q = (word >>> (bits * (method === "awq" ? place : i % perWord))) & mask;
    const stored = qzeros[groupOf[i]! * zeroWords + Math.floor(output / perWord)]! >>> (bits * place);
    const zero = (stored + zeroOffset) & mask;
    if (isSymmetric && zero !== 2 ** (bits - 1)) {
      throw badModelFile(
        path,
        `tensor ${quote(`${module}.qzeros`)}`,
        `has the zero ${zero}, but config.json says that its weights are symmetric`,
      );
    }
    into[i] = q - zero;
  }
}

/** What stands behind the scale of a block: dequantize.ts has the formats. */
function writeBlock(type: TensorType, values: Int32Array, into: Uint8Array): void {
  if (type === "Q8_0") {
    for (const [j, value] of values.entries()) into[j] = value & 0xff;
    return;
  }
  const offset = type === "Q4_0" ? 8 : 16;
  const quants = type === "Q4_0" ? into : into.subarray(4);
  for (let j = 0; j < BLOCK / 2; j++) {
    const [low, high] = [values[j]! + offset, values[j + BLOCK / 2]! + offset];
    quants[j] = (low & 15) | ((high & 15) << 4);
    if (type === "Q4_0") continue;
    into[j >> 3]! |= (low >> 4) << (j & 7); // fifth bits, in front
    into[2 + (j >> 3)]! |= (high >> 4) << (j & 7);
  }
}
