// What a data file may be, seen before a library reads it: DuckDB's JSON reader ends its process at a depth of some
// ten thousand, and 100,000 columns take it minutes. What passes here and still ends the reading process is left out
// by its name (folder-tables.ts).
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { DataFile } from "./data-files.ts";

export const MAX_COLUMNS = 3_000;
const MAX_DEPTH = 200; // of JSON
const MAX_SCANNED_BYTES = 256 * 2 ** 20; // of JSON; what lies deeper in the file is met by the query that reads it
const HEAD_BYTES = 4 * 2 ** 20; // of a CSV
const CHUNK_BYTES = 2 ** 20;

/** The file is larger than what is read; the message names it, and the way out. */
export class FileBoundsError extends Error {
  override readonly name = "FileBoundsError";
}

/** @throws FileBoundsError */
export function checkBounds(file: DataFile): void {
  if (/\.(json|jsonl|ndjson|geojson)$/i.test(file.path)) checkDepth(file);
  if (/\.(csv|tsv|tab|psv|txt)$/i.test(file.path)) checkFields(file);
}

/** @throws FileBoundsError */
export function checkColumns({ name }: DataFile, count: number): void {
  if (count <= MAX_COLUMNS) return;
  throw new FileBoundsError(
    `${name} has ${count} columns; at most ${MAX_COLUMNS} are read: save the columns that you need as a file of their own`,
  );
}

function checkDepth({ path, name }: DataFile): void {
  let depth = 0;
  let inText = false;
  let isEscaped = false;
  for (const chunk of chunks(path, MAX_SCANNED_BYTES)) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i];
      if (isEscaped) isEscaped = false;
      else if (byte === 0x5c) isEscaped = inText;
      else if (byte === 0x22) inText = !inText;
      else if (inText) continue;
      else if (byte === 0x5b || byte === 0x7b) depth++;
      else if (byte === 0x5d || byte === 0x7d) depth = Math.max(0, depth - 1);
      if (depth > MAX_DEPTH)
        throw new FileBoundsError(`${name} is nested deeper than ${MAX_DEPTH} levels; such JSON is not read`);
    }
  }
}

/** By the commas, semicolons, tabs or bars of a line, outside of quotes. */
function checkFields(file: DataFile): void {
  const counts = new Uint32Array(256);
  let isQuoted = false;
  for (const chunk of chunks(file.path, HEAD_BYTES)) {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === 0x22) isQuoted = !isQuoted;
      if (isQuoted) continue;
      counts[byte]!++;
      if (byte !== 0x0a) continue;
      checkColumns(file, fields(counts));
      counts.fill(0);
    }
  }
  checkColumns(file, fields(counts));
}

function fields(counts: Uint32Array): number {
  return 1 + Math.max(...[",", ";", "\t", "|"].map((sign) => counts[sign.charCodeAt(0)]!));
}

function* chunks(path: string, maxBytes: number): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const end = Math.min(statSync(path).size, maxBytes);
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; at < end; ) {
      const length = readSync(file, buffer, 0, CHUNK_BYTES, at);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      at += length;
    }
  } finally {
    closeSync(file);
  }
}
