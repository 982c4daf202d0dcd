import { BLOCK_FORMATS, type TensorType } from "./block-formats.ts";

/** Decodes the block at byte `b` of `block` into y[at], y[at + 1], ... */
type DecodeBlock = (block: DataView, b: number, y: Float32Array, at: number) => void;

// Layouts: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h. All products below are exact in
// doubles, and each value is rounded once, when it is stored: the same bits as arithmetic in f32 gives.
const DECODERS: Readonly<Record<TensorType, DecodeBlock>> = {
  F32: (block, b, y, at) => {
    y[at] = block.getFloat32(b, true);
  },
  F16: (block, b, y, at) => {
    y[at] = readF16(block, b);
  },
  BF16: (block, b, y, at) => {
    bits[0] = block.getUint16(b, true) << 16;
    y[at] = float[0]!;
  },
  Q8_0: (block, b, y, at) => {
    const d = readF16(block, b);
    for (let i = 0; i < 32; i++) y[at + i] = d * block.getInt8(b + 2 + i);
  },
  Q4_0: legacyBlock({ hasFifthBit: false, hasMinimum: false }),
  Q4_1: legacyBlock({ hasFifthBit: false, hasMinimum: true }),
  Q5_0: legacyBlock({ hasFifthBit: true, hasMinimum: false }),
  Q5_1: legacyBlock({ hasFifthBit: true, hasMinimum: true }),
  Q2_K: decodeQ2K,
  Q3_K: decodeQ3K,
  Q4_K: kBlock({ hasFifthBit: false }),
  Q5_K: kBlock({ hasFifthBit: true }),
  Q6_K: decodeQ6K,
  IQ4_NL: decodeIQ4NL,
  IQ4_XS: decodeIQ4XS,
};

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer); // the same 4 bytes as `bits`

/**
 * The values of whole blocks, as the GPU kernels must decode them: the reference, and slow.
 *
 * @throws RangeError if `bytes` are no whole number of blocks.
 */
export function dequantize(type: TensorType, bytes: Uint8Array): Float32Array {
  const { blockSize, blockBytes } = BLOCK_FORMATS[type];
  if (bytes.byteLength % blockBytes !== 0) {
    throw new RangeError(`${bytes.byteLength} bytes are no whole number of ${type} blocks of ${blockBytes}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks = bytes.byteLength / blockBytes;
  const y = new Float32Array(blocks * blockSize);
  const decode = DECODERS[type];
  for (let i = 0; i < blocks; i++) decode(view, i * blockBytes, y, i * blockSize);
  return y;
}

export function readF16(block: DataView, at: number): number {
  const half = block.getUint16(at, true);
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** 32 values: f16 d; f16 m if there is a minimum; u32 of fifth bits; 16 bytes of nibbles, low ones first. */
function legacyBlock({ hasFifthBit, hasMinimum }: { hasFifthBit: boolean; hasMinimum: boolean }): DecodeBlock {
  const qhAt = hasMinimum ? 4 : 2;
  const qsAt = hasFifthBit ? qhAt + 4 : qhAt;
  const zero = hasFifthBit ? 16 : 8;
  return (block, b, y, at) => {
    const d = readF16(block, b);
    const m = hasMinimum ? readF16(block, b + 2) : 0;
    const qh = hasFifthBit ? block.getUint32(b + qhAt, true) : 0;
    for (let i = 0; i < 32; i++) {
      const nibble = (block.getUint8(b + qsAt + (i & 15)) >> (i < 16 ? 0 : 4)) & 15;
      const q = nibble | (((qh >>> i) & 1) << 4);
      y[at + i] = hasMinimum ? d * q + m : d * (q - zero);
    }
  };
}

/** 256 values in 8 runs of 32: f16 d, dmin; 12 bytes of 6-bit scales and minima; 32 bytes of fifth bits; nibbles. */
function kBlock({ hasFifthBit }: { hasFifthBit: boolean }): DecodeBlock {
  const qsAt = hasFifthBit ? 48 : 16;
  return (block, b, y, at) => {
    const d = readF16(block, b);
    const dmin = readF16(block, b + 2);
    for (let i = 0; i < 256; i++) {
      const run = i >> 5;
      const l = i & 31;
      const { scale, minimum } = kScale(block, b + 4, run);
      const nibble = (block.getUint8(b + qsAt + 32 * (run >> 1) + l) >> (4 * (run & 1))) & 15;
      const fifthBit = hasFifthBit ? (block.getUint8(b + 16 + l) >> run) & 1 : 0;
      y[at + i] = d * scale * (nibble | (fifthBit << 4)) - dmin * minimum;
    }
  };
}

/** Runs 0-3 have 6 bits each in bytes 0-3 and 4-7; runs 4-7 have 4 bits in bytes 8-11 and 2 atop those of 0-3. */
function kScale(block: DataView, at: number, run: number): { scale: number; minimum: number } {
  const low = block.getUint8(at + (run & 3));
  const middle = block.getUint8(at + 4 + (run & 3));
  if (run < 4) return { scale: low & 63, minimum: middle & 63 };
  const high = block.getUint8(at + 4 + run);
  return { scale: (high & 15) | ((low >> 6) << 4), minimum: (high >> 4) | ((middle >> 6) << 4) };
}

/** 256 values in 16 runs of 16: 16 bytes of 4-bit scale and minimum; 64 bytes of 2-bit quants; f16 d, dmin. */
function decodeQ2K(block: DataView, b: number, y: Float32Array, at: number): void {
  const d = readF16(block, b + 80);
  const dmin = readF16(block, b + 82);
  for (let i = 0; i < 256; i++) {
    const scale = block.getUint8(b + (i >> 4));
    const q = twoBits(block, b + 16, i);
    y[at + i] = d * (scale & 15) * q - dmin * (scale >> 4);
  }
}

/** 256 values in 16 runs of 16: 32 bytes of third bits; 64 of 2-bit quants; 12 of 6-bit scales; f16 d. */
function decodeQ3K(block: DataView, b: number, y: Float32Array, at: number): void {
  const d = readF16(block, b + 108);
  for (let i = 0; i < 256; i++) {
    const run = i >> 4;
    const low = (block.getUint8(b + 96 + (run & 7)) >> (run < 8 ? 0 : 4)) & 15;
    const high = (block.getUint8(b + 104 + (run & 3)) >> (2 * (run >> 2))) & 3;
    const thirdBit = (block.getUint8(b + (i & 31)) >> (i >> 5)) & 1;
    const q = twoBits(block, b + 32, i) - (thirdBit ? 0 : 4);
    y[at + i] = d * ((low | (high << 4)) - 32) * q;
  }
}

/** Quant i of 256 in Q2_K and Q3_K: 32 bytes hold values l, l + 32, l + 64, l + 96 of a half. */
function twoBits(block: DataView, at: number, i: number): number {
  return (block.getUint8(at + 32 * (i >> 7) + (i & 31)) >> (2 * ((i >> 5) & 3))) & 3;
}

/** 256 values in 16 runs of 16: 128 bytes of low nibbles; 64 of upper bit pairs; 16 of i8 scales; f16 d. */
function decodeQ6K(block: DataView, b: number, y: Float32Array, at: number): void {
  const d = readF16(block, b + 208);
  for (let i = 0; i < 256; i++) {
    const half = i >> 7;
    const quarter = (i >> 5) & 3;
    const l = i & 31;
    const low = (block.getUint8(b + 64 * half + 32 * (quarter & 1) + l) >> (4 * (quarter >> 1))) & 15;
    const high = (block.getUint8(b + 128 + 32 * half + l) >> (2 * quarter)) & 3;
    y[at + i] = d * block.getInt8(b + 192 + (i >> 4)) * ((low | (high << 4)) - 32);
  }
}

/** What a nibble of IQ4_NL and IQ4_XS stands for: close to zero, where most weights are, the steps are small. */
export const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;

/** 32 values: f16 d; 16 bytes of nibbles, low ones first. */
function decodeIQ4NL(block: DataView, b: number, y: Float32Array, at: number): void {
  decodeIQ4(block, b + 2, readF16(block, b), y, at);
}

/** 256 values in 8 runs of 32: f16 d; u16 of the scales' upper two bits; 4 bytes of their lower nibbles; nibbles. */
function decodeIQ4XS(block: DataView, b: number, y: Float32Array, at: number): void {
  const d = readF16(block, b);
  const upper = block.getUint16(b + 2, true);
  for (let run = 0; run < 8; run++) {
    const low = (block.getUint8(b + 4 + (run >> 1)) >> (4 * (run & 1))) & 15;
    const high = (upper >> (2 * run)) & 3;
    decodeIQ4(block, b + 8 + 16 * run, d * ((low | (high << 4)) - 32), y, at + 32 * run);
  }
}

function decodeIQ4(block: DataView, qsAt: number, scale: number, y: Float32Array, at: number): void {
  for (let i = 0; i < 32; i++) {
    const nibble = (block.getUint8(qsAt + (i & 15)) >> (i < 16 ? 0 : 4)) & 15;
    y[at + i] = scale * IQ4_VALUES[nibble]!;
  }
}
