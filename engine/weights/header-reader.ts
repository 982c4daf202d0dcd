import { isUtf8 } from "node:buffer";
import { readSync } from "node:fs";
import { badModelFile } from "./bad-model-file.ts";
import { type TextList, TextListBuilder } from "./text-list.ts";

const CHUNK_BYTES = 1 << 20;
const MAX_HEADER_BYTES = 64 << 20; // the largest vocabularies (262,144 tokens and as many merges) take 15 MB

/**
 * Reads a file's header from its start, value by value, a chunk at a time; knows little-endian numbers and GGUF's
 * strings, nothing of their meaning. Reading is synchronous: awaiting 300,000 strings one by one costs seconds.
 *
 * @throws EngineError `bad-model-file` for a value that reaches past the file's end, naming the field.
 */
export class HeaderReader {
  readonly path: string;
  readonly fileBytes: number;
  readonly #fd: number;
  #chunk = Buffer.alloc(0);
  #chunkOffset = 0; // of the chunk in the file
  #position = 0; // in the chunk

  constructor(path: string, fd: number, fileBytes: number) {
    this.path = path;
    this.#fd = fd;
    this.fileBytes = fileBytes;
  }

  /** Bytes from the file's start. */
  get offset(): number {
    return this.#chunkOffset + this.#position;
  }

  get remainingBytes(): number {
    return this.fileBytes - this.offset;
  }

  u8(field: string): number {
    const at = this.#take(1, field);
    return this.#chunk.readUInt8(at);
  }

  i8(field: string): number {
    const at = this.#take(1, field);
    return this.#chunk.readInt8(at);
  }

  u16(field: string): number {
    const at = this.#take(2, field);
    return this.#chunk.readUInt16LE(at);
  }

  i16(field: string): number {
    const at = this.#take(2, field);
    return this.#chunk.readInt16LE(at);
  }

  u32(field: string): number {
    const at = this.#take(4, field);
    return this.#chunk.readUInt32LE(at);
  }

  i32(field: string): number {
    const at = this.#take(4, field);
    return this.#chunk.readInt32LE(at);
  }

  f32(field: string): number {
    const at = this.#take(4, field);
    return this.#chunk.readFloatLE(at);
  }

  f64(field: string): number {
    const at = this.#take(8, field);
    return this.#chunk.readDoubleLE(at);
  }

  u64(field: string): bigint {
    const at = this.#take(8, field);
    return this.#chunk.readBigUInt64LE(at);
  }

  i64(field: string): bigint {
    const at = this.#take(8, field);
    return this.#chunk.readBigInt64LE(at);
  }

  /** A count or size: a u64 of at most `max`, whose reason `limit` says. */
  size(field: string, max: number, limit: string): number {
    const at = this.#take(8, field);
    const size = this.#chunk.readUInt32LE(at) + this.#chunk.readUInt32LE(at + 4) * 2 ** 32;
    if (size > max) {
      throw badModelFile(this.path, field, `${this.#chunk.readBigUInt64LE(at)} is past the limit of ${max} (${limit})`);
    }
    return size;
  }

  string(field: string, maxBytes: number, limit: string): string {
    const length = this.size(field, maxBytes, limit);
    const at = this.#take(length, field);
    const text = this.#chunk.toString("utf8", at, at + length);
    // What is no UTF-8 becomes U+FFFD, which is rare enough: asking of each string takes longer than reading it.
    if (text.includes("\ufffd") && !isUtf8(this.#chunk.subarray(at, at + length))) {
      throw badModelFile(this.path, field, "is not UTF-8");
    }
    return text;
  }

  strings(field: string, count: number, maxBytes: number, limit: string): TextList {
    const texts = new TextListBuilder(count);
    for (let i = 0; i < count; i++) {
      const length = this.size(field, maxBytes, limit);
      const at = this.#take(length, field);
      texts.push(this.#chunk, at, at + length);
    }
    const list = texts.finish();
    if (!list.isUtf8()) throw badModelFile(this.path, field, "is not UTF-8");
    return list;
  }

  /** The place in the chunk of the next `count` bytes, which are taken. */
  #take(count: number, field: string): number {
    if (this.#position + count > this.#chunk.length) this.#refill(count, field);
    const start = this.#position;
    this.#position += count;
    return start;
  }

  #refill(count: number, field: string): void {
    const offset = this.offset;
    if (offset + count > this.fileBytes) {
      const problem = `needs ${count} bytes at ${offset}, but the file ends at ${this.fileBytes}; it is cut short or broken`;
      throw badModelFile(this.path, field, problem);
    }
    if (offset + count > MAX_HEADER_BYTES) {
      throw badModelFile(this.path, field, `the header is longer than ${MAX_HEADER_BYTES} bytes`);
    }
    const wanted = Math.min(Math.max(count, CHUNK_BYTES), this.fileBytes - offset);
    const chunk = Buffer.allocUnsafe(wanted);
    for (let filled = 0; filled < wanted; ) {
      const bytesRead = readSync(this.#fd, chunk, filled, wanted - filled, offset + filled);
      if (bytesRead === 0) throw badModelFile(this.path, field, `the file became shorter while it was read`);
      filled += bytesRead;
    }
    this.#chunk = chunk;
    this.#chunkOffset = offset;
    this.#position = 0;
  }
}
