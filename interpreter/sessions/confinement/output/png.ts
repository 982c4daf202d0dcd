// A PNG made anew: its pixels are unpacked, within bounds, and packed again; of all else only palette and transparency
// are kept. So what a front end gets is a picture and nothing beside it.
import { constants, crc32 as crc, deflateSync, inflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
const MAX_SIDE = 10_000; // pixels
const MAX_PIXEL_BYTES = 64 * 2 ** 20;
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }; // by colour type
const KEPT = ["PLTE", "tRNS"]; // beside the pixels, in this order
// https://www.w3.org/TR/png-3/#8Interlace: first column and row, then the steps, of the seven passes.
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Undefined for what is no PNG, or damaged, or too large. */
export function remadePng(bytes: Buffer): Buffer | undefined {
  try {
    const chunks = chunksOf(bytes);
    const header = chunks.get("IHDR")?.[0];
    const packed = Buffer.concat(chunks.get("IDAT") ?? []);
    if (header?.length !== 13) return undefined;
    const size = pixelBytes(header);
    if (size === undefined) return undefined;
    const pixels = inflateSync(packed, { maxOutputLength: size + 1 });
    if (pixels.length !== size) return undefined;
    const beside = KEPT.flatMap(
      (type) =>
        chunks
          .get(type)
          ?.slice(0, 1)
          .map((data) => chunk(type, data)) ?? [],
    );
    const again = deflateSync(pixels, { level: constants.Z_BEST_SPEED });
    return Buffer.concat([
      SIGNATURE,
      chunk("IHDR", header),
      ...beside,
      chunk("IDAT", again),
      chunk("IEND", Buffer.alloc(0)),
    ]);
  } catch {
    return undefined; // cut off, or not packed as it should be
  }
}

function chunksOf(bytes: Buffer): Map<string, Buffer[]> {
  const chunks = new Map<string, Buffer[]>();
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return chunks;
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (type === "IEND") break;
    const all = chunks.get(type) ?? [];
    chunks.set(type, all);
    all.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

/** What the pixels take unpacked, each row with its filter's byte. */
function pixelBytes(header: Buffer): number | undefined {
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colour, packing, filter, interlace] = header.subarray(8);
  const channels = CHANNELS[colour ?? -1];
  if (channels === undefined || ![1, 2, 4, 8, 16].includes(depth ?? 0) || packing !== 0 || filter !== 0)
    return undefined;
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) return undefined;
  const rows = (columns: number, count: number) =>
    columns === 0 ? 0 : count * (1 + Math.ceil((columns * channels * (depth ?? 0)) / 8));
  const size =
    interlace === 0
      ? rows(width, height)
      : PASSES.reduce((sum, [x, y, stepX, stepY]) => {
          const [columns, count] = [Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)];
          return sum + rows(Math.max(0, columns), Math.max(0, count));
        }, 0);
  return size <= MAX_PIXEL_BYTES && (interlace === 0 || interlace === 1) ? size : undefined;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const bytes = Buffer.alloc(8 + body.length);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc(body), 4 + body.length);
  return bytes;
}
