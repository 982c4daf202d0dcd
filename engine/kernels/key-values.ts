import { createTexture, type Plane, type PlaneKind, planeOf } from "./plane.ts";

/** Keys or values of one layer: f32 [contextLength, numKeyValueHeads, headDim]; as a texture, a row of texels a token. */
export interface KeyValues extends Plane {
  readonly kind: PlaneKind;
  readonly tokenBytes: number; // of one token
  /** Bit for bit, into a buffer from `offset` on. */
  save(encoder: GPUCommandEncoder, firstToken: number, tokens: number, buffer: GPUBuffer, offset: number): void;
  /** The opposite of `save`. */
  restore(encoder: GPUCommandEncoder, firstToken: number, tokens: number, buffer: GPUBuffer, offset: number): void;
}

const TEXEL_BYTES = 16; // of rgba32float
const COPY_ALIGNMENT = 256; // of a row of texels in a buffer

/** @param tokenBytes as `fitsTexture` takes them, for a texture */
export function createKeyValues(
  device: GPUDevice,
  kind: PlaneKind,
  label: string,
  contextLength: number,
  tokenBytes: number,
): KeyValues {
  if (kind === "buffer") {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const own = device.createBuffer({ label, size: contextLength * tokenBytes, usage });
    return {
      ...planeOf(own),
      kind,
      tokenBytes,
      save(encoder, firstToken, tokens, buffer, offset) {
        encoder.copyBufferToBuffer(own, firstToken * tokenBytes, buffer, offset, tokens * tokenBytes);
      },
      restore(encoder, firstToken, tokens, buffer, offset) {
        encoder.copyBufferToBuffer(buffer, offset, own, firstToken * tokenBytes, tokens * tokenBytes);
      },
    };
  }
  const width = tokenBytes / TEXEL_BYTES;
  const { texture, ...plane } = createTexture(device, label, width, contextLength, "rgba32float");
  const rows = (firstToken: number): GPUTexelCopyTextureInfo => ({ texture, origin: [0, firstToken] });
  const inBuffer = (buffer: GPUBuffer, offset: number) => ({ buffer, offset, bytesPerRow: tokenBytes });
  return {
    ...plane,
    kind,
    tokenBytes,
    save(encoder, firstToken, tokens, buffer, offset) {
      encoder.copyTextureToBuffer(rows(firstToken), inBuffer(buffer, offset), [width, tokens]);
    },
    restore(encoder, firstToken, tokens, buffer, offset) {
      encoder.copyBufferToTexture(inBuffer(buffer, offset), rows(firstToken), [width, tokens]);
    },
  };
}

/** Whether a texture can hold them, and be copied from and to a buffer. */
export function fitsTexture(device: GPUDevice, contextLength: number, tokenBytes: number): boolean {
  const { maxTextureDimension2D } = device.limits;
  const fits = contextLength <= maxTextureDimension2D && tokenBytes / TEXEL_BYTES <= maxTextureDimension2D;
  return fits && tokenBytes % COPY_ALIGNMENT === 0;
}
