// Feather and other files of Arrow's form, which DuckDB does not read: their columns with the types that they have there.
import { readFileSync, statSync } from "node:fs";
import zlib from "node:zlib";
import type { Table } from "apache-arrow";
import type { PackedTable } from "../sessions/sql/load-table.ts";
import { type Arrow, arrowColumn } from "./arrow-column.ts";
import { unpackLz4 } from "./lz4-frame.ts";
import { uniqueNames } from "./unique-names.ts";

const MAX_BYTES = 64 * 2 ** 20;
const MAX_UNPACKED_BYTES = 512 * 2 ** 20;
const MAX_VALUES = 8_000_000; // all columns together: they are handed over one by one
const WAY_OUT = "save it as Parquet";

export interface ArrowFile {
  readonly fields: number;
  readonly selection: string; // what stands after SELECT, of the table that is loaded
  readonly rowCount: number;
  readonly notes: readonly string[];
  packed(table: string): PackedTable;
}

/** @throws Error for what cannot be read, with the way out */
export async function arrowFile(path: string): Promise<ArrowFile> {
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES / 2 ** 20} MB: ${WAY_OUT}`);
  const arrow = await import("apache-arrow");
  const table = openTable(arrow, readFileSync(path));
  const { fields } = table.schema;
  if (fields.length === 0) throw new Error("it is no file of Arrow, or has no columns");
  if (table.numRows * fields.length > MAX_VALUES)
    throw new Error(`it has more than ${MAX_VALUES} values, in ${table.numRows} rows: ${WAY_OUT}`);
  const names = uniqueNames(fields.map(({ name }, i) => name || `column${i}`));
  const columns = fields.map((field, i) => arrowColumn(arrow, names[i]!, field.type));
  return {
    fields: fields.length,
    selection: columns.map(({ sql }) => sql).join(", "),
    rowCount: table.numRows,
    notes: columns.flatMap(({ note }, i) => (note === undefined ? [] : [`${names[i]}: ${note}`])),
    packed: (name) => ({
      name,
      columns: columns.map(({ kind }, i) => ({ name: names[i]!, type: kind })),
      values: columns.map(({ values }, i) => readable(() => values(table.getChildAt(i)!))),
    }),
  };
}

/** @throws Error with the way out, for what Arrow's library makes of a file that is damaged */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message } = error as Error; // as: Arrow's, or ours
    throw new Error(`it is no file of Arrow that can be read (${message}): ${WAY_OUT}`, { cause: error });
  }
}

function openTable(arrow: Arrow, bytes: Buffer): Table {
  if (bytes.subarray(0, 4).toString() === "FEA1")
    throw new Error(`it is Feather of version 1, which is no more in use: write it by a newer program, or ${WAY_OUT}`);
  let room = MAX_UNPACKED_BYTES;
  const codec = (unpack: (packed: Uint8Array, maxBytes: number) => Uint8Array) => ({
    decode(packed: Uint8Array) {
      const unpacked = unpack(packed, room);
      room -= unpacked.length;
      return unpacked;
    },
  });
  arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, codec(unpackLz4));
  arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, codec(unpackZstd));
  return readable(() => arrow.tableFromIPC(bytes));
}

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;

function unpackZstd(packed: Uint8Array, maxBytes: number): Uint8Array {
  const { zstdDecompressSync: unpack } = zlib as { zstdDecompressSync?: Unpack }; // as: newer than the types of Node 20
  if (unpack === undefined)
    throw new Error(`it is compressed by zstd, which Node has from 22.15 on, and this is ${process.versions.node}`);
  return unpack(packed, { maxOutputLength: maxBytes });
}
