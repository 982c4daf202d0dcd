// The bytes of a text file, zipped or not: its ends, and all of it in parts.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { isUtf8Part, openLetter } from "./encoding.ts";

const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 16 * 1024;
const CHUNK_BYTES = 4 * 2 ** 20;
const QUOTE = 0x22;
export const MAX_PARSED_BYTES = 32 * 2 ** 20; // by us: its values lie in memory, three times as large

function isZipped(path: string): boolean {
  return /\.gz$/i.test(path);
}

export function unzipped(path: string, bytes: Buffer, maxBytes: number): Buffer {
  if (!isZipped(path)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // as: zlib's own
    if (code === "Z_BUF_ERROR")
      throw new Error("it ends in the midst of its gzip: fetch or copy it again", { cause: error });
    if (code === "Z_DATA_ERROR") throw new Error("it is called .gz and is no gzip, or is damaged", { cause: error });
    throw error;
  }
}

/** The first bytes of a file, and the last where the first are not all. */
export function endsOf(path: string): { head: Buffer; tail: Buffer | undefined } {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    readSync(file, head, 0, head.length, 0);
    if (isZipped(path)) return unzippedEnds(path, head, size);
    if (size <= HEAD_BYTES) return { head, tail: undefined };
    const tail = Buffer.alloc(TAIL_BYTES);
    readSync(file, tail, 0, TAIL_BYTES, size - TAIL_BYTES);
    return { head, tail };
  } finally {
    closeSync(file);
  }
}

/** What lies below the table is seen of a zipped file that may be read whole. */
function unzippedEnds(path: string, head: Buffer, size: number): { head: Buffer; tail: Buffer | undefined } {
  if (size <= MAX_PARSED_BYTES) {
    try {
      const all = unzipped(path, readFileSync(path), MAX_PARSED_BYTES);
      if (all.length <= HEAD_BYTES) return { head: all, tail: undefined };
      return { head: all.subarray(0, HEAD_BYTES), tail: all.subarray(-TAIL_BYTES) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    }
  }
  const start = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  return { head: start.subarray(0, HEAD_BYTES), tail: Buffer.alloc(0) };
}

export function isUtf8File(path: string): boolean {
  if (isZipped(path)) return isUtf8Part(endsOf(path).head);
  for (const chunk of wholeLetters(path)) if (!isUtf8Part(chunk)) return false;
  return true;
}

export function hasEvenQuotes(path: string): boolean {
  if (isZipped(path)) return true; // too large to be looked through
  let isEven = true;
  for (const chunk of wholeLetters(path))
    for (let at = chunk.indexOf(QUOTE); at >= 0; at = chunk.indexOf(QUOTE, at + 1)) isEven = !isEven;
  return isEven;
}

/** All of a file, in parts that end with a letter of UTF-8. */
function* wholeLetters(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; ; ) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, at);
      if (length === 0) return;
      const cut = length < CHUNK_BYTES ? 0 : openLetter(chunk.subarray(0, length));
      yield chunk.subarray(0, length - cut);
      at += length - cut;
    }
  } finally {
    closeSync(file);
  }
}
