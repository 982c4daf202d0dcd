// A JPEG made anew of its parts: tables, frame and scans, each by its marker. Comments, EXIF, colour profiles and what
// follows the picture are left out. https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1.1

const MAX_SIDE = 10_000; // pixels
const MAX_PIXELS = 40e6;
const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
const FRAMES = new Set([0xc0, 0xc1, 0xc2]); // baseline, extended, progressive
const TABLES = new Set([0xc4, 0xdb, 0xdd]); // Huffman, quantization, restart interval
const APPLICATION = new Set([0xe0, 0xee]); // JFIF and Adobe: how colours are meant
const MAX_APPLICATION_BYTES = 16; // without JFIF's own small picture

/** Undefined for what is no JPEG, or damaged, or too large. */
export function remadeJpeg(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== START) return undefined;
  const parts = [bytes.subarray(0, 2)];
  let frames = 0;
  let scans = 0;
  for (let at = 2; at + 4 <= bytes.length || bytes[at + 1] === END; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return undefined;
    if (marker === END)
      return frames === 1 && scans > 0 ? Buffer.concat([...parts, Buffer.from([0xff, END])]) : undefined;
    const length = bytes.readUInt16BE(at + 2);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) return undefined;
    if (FRAMES.has(marker) && (++frames > 1 || !isSmall(bytes.subarray(at + 4, end)))) return undefined;
    if (marker === SCAN) {
      if (frames === 0) return undefined;
      scans++;
      end = endOfScan(bytes, end);
    }
    const isShort = APPLICATION.has(marker) && length <= MAX_APPLICATION_BYTES;
    if (isShort || marker === SCAN || FRAMES.has(marker) || TABLES.has(marker)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  return undefined; // cut off
}

/** Precision, height, width, components. */
function isSmall(frame: Buffer): boolean {
  if (frame.length < 6) return false;
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)];
  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE && width * height <= MAX_PIXELS;
}

/** Where the next marker is: in the scan's data 0xff is followed by zero, or by a restart. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0 && !(next >= 0xd0 && next <= 0xd7) && next !== 0xff) return at;
  }
  return bytes.length;
}
