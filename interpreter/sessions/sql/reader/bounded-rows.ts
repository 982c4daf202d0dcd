// The rows of a result, within a bound on their bytes: a value is measured before it is copied. The result itself lies in
// DuckDB's memory, which the process's limit holds. It is not streamed: an error in the midst of a stream is not told by
// DuckDB's API, and what came before it would pass for all of the rows.
import type { DuckDBDataChunk, DuckDBMaterializedResult, DuckDBVector } from "@duckdb/node-api";
import type { SqlResult } from "../../session.ts";
import type { DuckDb } from "../database.ts";
import { SqlError } from "../sql-error.ts";
import { toJsonValue, toUserValue, valueConverter } from "../values.ts";

const MAX_COLUMNS = 10_000;
const VALUE_BYTES = 16; // of a number, or of an item of a list, in JavaScript

export interface RowBounds {
  readonly maxRows: number; // kept; the others are counted
  readonly maxBytes: number; // of all that are kept
}

/** @throws SqlError where the kept rows are larger than `maxBytes` */
export function boundedRows(
  duckdb: DuckDb,
  result: DuckDBMaterializedResult,
  { maxRows, maxBytes }: RowBounds,
): SqlResult {
  const names = result.deduplicatedColumnNames();
  if (names.length > MAX_COLUMNS) throw new SqlError(`the result has ${names.length} columns; at most ${MAX_COLUMNS}`);
  const types = result.columnTypes().map(String);
  const convert = valueConverter(duckdb, { exactTimes: true });
  const rows: Record<string, unknown>[] = [];
  let bytes = 0;
  for (let i = 0; i < result.chunkCount && rows.length < maxRows; i++) {
    const chunk = result.getChunk(i);
    const kept = Math.min(chunk.rowCount, maxRows - rows.length);
    bytes += chunkBytes(chunk, kept, names, maxBytes);
    if (bytes > maxBytes) throw tooLarge(`${rows.length + kept} rows of the result are`, maxBytes);
    for (let row = 0; row < kept; row++) {
      const values = chunk.convertRowValues(row, convert);
      rows.push(
        Object.fromEntries(names.map((name, c) => [name, toJsonValue(toUserValue(values[c]), types[c] ?? "")])),
      );
    }
  }
  return { columns: names.map((name, i) => ({ name, type: types[i] ?? "VARCHAR" })), rows, rowCount: result.rowCount };
}

function chunkBytes(chunk: DuckDBDataChunk, rows: number, names: readonly string[], maxBytes: number): number {
  let sum = 0;
  for (const [i, name] of names.entries()) {
    const column = bytesOf(chunk.getColumnVector(i), 0, rows);
    if (column > maxBytes) throw tooLarge(`values of ${name} are`, maxBytes);
    sum += column;
  }
  return sum;
}

function tooLarge(what: string, maxBytes: number): SqlError {
  const limit = `${maxBytes / 2 ** 20} MB`;
  return new SqlError(`${what} larger than ${limit}: select fewer rows or columns, shorten them, or aggregate`);
}

/** What a vector of DuckDB's API holds, by kind. */
interface VectorInside {
  readonly dataView?: DataView; // of texts and bytes: 16 bytes an item, which begin with its length
  readonly validity?: { itemValid(index: number): boolean };
  readonly childData?: DuckDBVector; // of lists and arrays
  readonly entryVectors?: readonly DuckDBVector[]; // of structs
  readonly listVector?: DuckDBVector; // of maps
  readonly structVector?: DuckDBVector; // of unions
  getEntryOffset?(index: number): number; // of lists
  getEntryLength?(index: number): number;
}

/** Of the items in [from, to). */
function bytesOf(vector: DuckDBVector, from: number, to: number): number {
  const inside = vector as unknown as VectorInside; // as: to read an item would copy it
  const own = (to - from) * VALUE_BYTES;
  if (inside.getEntryOffset && inside.childData) return own + listBytes(inside, from, to);
  if (inside.childData) {
    const size = inside.childData.itemCount / Math.max(1, vector.itemCount);
    return own + bytesOf(inside.childData, from * size, to * size);
  }
  const inner = [...(inside.entryVectors ?? []), inside.listVector, inside.structVector].filter((one) => !!one);
  if (inner.length > 0) return inner.reduce((sum, one) => sum + bytesOf(one, from, to), own);
  return own + (/^(VARCHAR|BLOB|BIT|BIGNUM|GEOMETRY)/.test(String(vector.type)) ? textBytes(inside, from, to) : 0);
}

function listBytes(list: VectorInside, from: number, to: number): number {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let i = from; i < to; i++) {
    const length = list.validity?.itemValid(i) === false ? 0 : list.getEntryLength!(i);
    if (length === 0) continue;
    first = Math.min(first, list.getEntryOffset!(i));
    end = Math.max(end, list.getEntryOffset!(i) + length);
  }
  return end === 0 ? 0 : bytesOf(list.childData!, first, end);
}

function textBytes({ dataView, validity }: VectorInside, from: number, to: number): number {
  let sum = 0;
  for (let i = from; dataView && i < to; i++)
    if (validity?.itemValid(i) !== false) sum += dataView.getUint32(i * 16, true);
  return sum;
}
