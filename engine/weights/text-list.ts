import { isUtf8 } from "node:buffer";

const FIRST_BYTES = 1 << 16;

/**
 * Texts in one stretch of UTF-8, one behind the other. A vocabulary has 300,000 of them: as strings each would take its
 * own header on the heap, and the collector's time.
 */
export class TextList implements Iterable<string> {
  readonly bytes: Buffer;
  readonly starts: Uint32Array; // where in `bytes` each begins; behind them, where the last one ends

  constructor(bytes: Uint8Array, starts: Uint32Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.starts = starts;
  }

  static from(texts: readonly string[]): TextList {
    const builder = new TextListBuilder(texts.length);
    for (const text of texts) builder.push(Buffer.from(text));
    return builder.finish();
  }

  get length(): number {
    return this.starts.length - 1;
  }

  start(index: number): number {
    return this.starts[index]!;
  }

  byteLength(index: number): number {
    return this.start(index + 1) - this.start(index);
  }

  /** Undefined past the end. */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    return this.bytes.toString("utf8", this.start(index), this.start(index + 1));
  }

  /** Whether each text is: the whole may be where two texts share a character. */
  isUtf8(): boolean {
    const isWithin = (byte: number | undefined) => ((byte ?? 0) & 0xc0) === 0x80;
    return isUtf8(this.bytes) && !this.starts.some((start) => isWithin(this.bytes[start]));
  }

  *[Symbol.iterator](): Generator<string> {
    for (let i = 0; i < this.length; i++) yield this.at(i)!;
  }
}

/** Collects the bytes of texts whose number is known and whose lengths are not. */
export class TextListBuilder {
  #bytes = new Uint8Array(FIRST_BYTES);
  #end = 0;
  #count = 0;
  readonly #starts: Uint32Array;

  constructor(length: number) {
    this.#starts = new Uint32Array(length + 1);
  }

  push(source: Uint8Array, start = 0, end = source.length): void {
    const length = end - start;
    if (this.#end + length > this.#bytes.length) this.#grow(this.#end + length);
    // Most texts have a few bytes, for which a view of the source costs more than copying them.
    for (let i = 0; i < length; i++) this.#bytes[this.#end + i] = source[start + i]!;
    this.#end += length;
    this.#starts[++this.#count] = this.#end;
  }

  finish(): TextList {
    return new TextList(this.#bytes.slice(0, this.#end), this.#starts);
  }

  #grow(least: number): void {
    const bytes = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
  }
}
