// LZ4, as pandas compresses Feather files: https://github.com/lz4/lz4/tree/dev/doc, the frame and the block format. Only
// unpacked here, and no checksum is looked at.

const MAGIC = 0x184d2204;
const HAS_CONTENT_SIZE = 0x08;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_DICTIONARY = 0x01;
const IS_STORED = 0x80000000; // of a block's size: it is not compressed
const MIN_MATCH = 4;
const LONG = 15; // of a length's four bits: more bytes of it follow

/** @param maxBytes of the result @throws RangeError for what is damaged, or larger */
export function unpackLz4(packed: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new RangeError("this is no frame of LZ4");
  const flags = view.getUint8(4);
  if (flags & HAS_DICTIONARY) throw new RangeError("a frame of LZ4 with a dictionary is not read");
  const content = new Growing(maxBytes);
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0);
  for (;;) {
    const size = view.getUint32(at, true);
    if (size === 0) return content.bytes();
    at += 4;
    const end = at + (size & ~IS_STORED);
    if (end > packed.length) throw new RangeError("a frame of LZ4 ends in the midst of a block");
    if (size & IS_STORED) content.append(packed.subarray(at, end));
    else unpackBlock(packed, at, end, content);
    at = end + (flags & HAS_BLOCK_CHECKSUM ? 4 : 0);
  }
}

/** Literals, then a copy of what came before, again and again; the last has no copy. */
function unpackBlock(packed: Uint8Array, start: number, end: number, content: Growing): void {
  let at = start;
  const length = (bits: number): number => {
    let sum = bits;
    for (let byte = 255; bits === LONG && byte === 255; ) {
      byte = packed[at++] ?? 0;
      sum += byte;
    }
    return sum;
  };
  while (at < end) {
    const token = packed[at++]!;
    const literals = length(token >> 4);
    content.append(packed.subarray(at, at + literals));
    at += literals;
    if (at >= end) return;
    const distance = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    content.repeat(distance, length(token & LONG) + MIN_MATCH);
  }
}

/** Bytes that grow up to a limit. */
class Growing {
  private all = new Uint8Array(1 << 16);
  private length = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  append(bytes: Uint8Array): void {
    this.makeRoom(bytes.length);
    this.all.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What is copied may reach into what it makes. */
  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) throw new RangeError("a block of LZ4 is damaged");
    this.makeRoom(count);
    for (let i = 0; i < count; i++) this.all[this.length + i] = this.all[this.length + i - distance]!;
    this.length += count;
  }

  bytes(): Uint8Array {
    return this.all.slice(0, this.length);
  }

  private makeRoom(count: number): void {
    const needed = this.length + count;
    if (needed > this.maxBytes) throw new RangeError("it is larger, unpacked, than is read");
    if (needed <= this.all.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.all.length));
    larger.set(this.all.subarray(0, this.length));
    this.all = larger;
  }
}
