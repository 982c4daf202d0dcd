// How large a workbook becomes, seen before it is unpacked and before its cells get their places: a file of 1 KB may
// unpack to gigabytes, or hold one cell in the last row of the last column.
import { inflateRawSync } from "node:zlib";
import type { DataFile } from "./data-files.ts";
import { checkColumns, FileBoundsError } from "./file-bounds.ts";

const MAX_UNPACKED_BYTES = 384 * 2 ** 20; // below the longest text that V8 has
const MAX_ENTRIES = 10_000;
const MAX_CELLS = 10_000_000; // rows x columns of a sheet
const END_RECORD = 0x06054b50;
const ENTRY = 0x02014b50;
const DEFLATED = 8;
const PLACE = /\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,9})["']/g; // of a cell, B7, or of a row, 7

export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly offset: number; // of its local header
}

/** @throws FileBoundsError; what is no zip at all is the library's to tell */
export function checkWorkbook(file: DataFile, bytes: Buffer): void {
  const entries = zipEntries(bytes);
  const told = entries.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  if (entries.length >= MAX_ENTRIES || told > MAX_UNPACKED_BYTES) throw tooLarge(file);
  let unpacked = 0;
  for (const entry of entries.filter(({ name }) => /\.(xml|rels)$/i.test(name))) {
    const xml = unpack(file, bytes, entry);
    unpacked += xml.length;
    if (unpacked > MAX_UNPACKED_BYTES) throw tooLarge(file); // the directory said less
    if (/worksheets\//i.test(entry.name)) checkCells(file, xml);
  }
}

function tooLarge({ name }: Pick<DataFile, "name">): FileBoundsError {
  return new FileBoundsError(
    `${name} unpacks to more than ${MAX_UNPACKED_BYTES / 2 ** 20} MB: save the sheet as CSV or Parquet`,
  );
}

/** Of the central directory at the end of the file. */
export function zipEntries(bytes: Buffer): ZipEntry[] {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== END_RECORD) return [];
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === ENTRY && entries.length < MAX_ENTRIES) {
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      unpackedBytes: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

export function unpack(file: Pick<DataFile, "name">, bytes: Buffer, { offset, method, packedBytes }: ZipEntry): string {
  if (offset + 30 > bytes.length) return "";
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const packed = bytes.subarray(start, start + packedBytes);
  if (method !== DEFLATED) return packed.toString("latin1");
  try {
    return inflateRawSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString("latin1");
  } catch (error) {
    // The directory may say less than there is; what is damaged is the library's to tell.
    if (error instanceof RangeError) throw tooLarge(file);
    return "";
  }
}

function checkCells(file: DataFile, xml: string): void {
  let rows = 0;
  let columns = 0;
  for (const [, letters = "", digits] of xml.matchAll(PLACE)) {
    rows = Math.max(rows, Number(digits));
    columns = Math.max(columns, columnNumber(letters));
  }
  checkColumns(file, columns);
  if (rows * columns <= MAX_CELLS) return;
  throw new FileBoundsError(
    `${file.name} has a sheet of ${rows} rows x ${columns} columns; at most ${MAX_CELLS} cells are read: delete the empty rows between, or save it as CSV`,
  );
}

/** A is 1, Z 26, AA 27. */
function columnNumber(letters: string): number {
  return [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}
