import { createTexture, type Plane, type PlaneKind, planeOf } from "./plane.ts";

/** Tokens whose keys and values lie side by side. A sequence's blocks may lie anywhere: its block table says where. */
export const BLOCK_TOKENS = 16; // as in attention-rows.wgsl

/** Keys or values of one layer: f32 [blocks, BLOCK_TOKENS, numKeyValueHeads, headDim]; as a texture, a row of texels a block. */
export interface KeyValues extends Plane {
  readonly kind: PlaneKind;
  readonly blockBytes: number;
  /** Bit for bit, into a buffer from `offset` on. */
  save(encoder: GPUCommandEncoder, block: number, buffer: GPUBuffer, offset: number): void;
  /** The opposite of `save`. */
  restore(encoder: GPUCommandEncoder, block: number, buffer: GPUBuffer, offset: number): void;
}

const TEXEL_BYTES = 16; // of rgba32float

/** @param tokenBytes as `fitsTexture` takes them, for a texture */
export function createKeyValues(
  device: GPUDevice,
  kind: PlaneKind,
  label: string,
  blocks: number,
  tokenBytes: number,
): KeyValues {
  const blockBytes = BLOCK_TOKENS * tokenBytes;
  if (kind === "buffer") {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const own = device.createBuffer({ label, size: blocks * blockBytes, usage });
    return {
      ...planeOf(own),
      kind,
      blockBytes,
      save: (encoder, block, buffer, offset) =>
        encoder.copyBufferToBuffer(own, block * blockBytes, buffer, offset, blockBytes),
      restore: (encoder, block, buffer, offset) =>
        encoder.copyBufferToBuffer(buffer, offset, own, block * blockBytes, blockBytes),
    };
  }
  const width = blockBytes / TEXEL_BYTES;
  const { texture, ...plane } = createTexture(device, label, width, blocks, "rgba32float");
  const rowOf = (block: number): GPUTexelCopyTextureInfo => ({ texture, origin: [0, block] });
  return {
    ...plane,
    kind,
    blockBytes,
    save: (encoder, block, buffer, offset) => encoder.copyTextureToBuffer(rowOf(block), { buffer, offset }, [width]),
    restore: (encoder, block, buffer, offset) => encoder.copyBufferToTexture({ buffer, offset }, rowOf(block), [width]),
  };
}

/** Whether a texture can hold so many blocks. */
export function fitsTexture(device: GPUDevice, blocks: number, tokenBytes: number): boolean {
  const { maxTextureDimension2D } = device.limits;
  return blocks <= maxTextureDimension2D && (BLOCK_TOKENS * tokenBytes) / TEXEL_BYTES <= maxTextureDimension2D;
}
