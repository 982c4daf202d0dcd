// The tables of a session: arrays of objects, and Arrow tables, which are known by their shape: the user's own copy of
// the library made them.
import type { ArrowTable } from "./cell-globals.ts";
import { isTable, type Row } from "./table-data.ts";

const DESCRIBED_ROWS = 1_000; // of an Arrow table
const MAX_OBJECTS = 10_000_000; // made of the rows of an Arrow table, which itself says how many it has

/** @returns undefined for what is no table */
export function rowCountOf(value: unknown): number | undefined {
  if (isTable(value)) return value.length;
  return isArrowTable(value) ? value.numRows : undefined;
}

/** The rows of a table, or the first `limit` of them; undefined for what is none. @throws RangeError for too many */
export function rowsOf(value: unknown, limit?: number): readonly Row[] | undefined {
  if (isTable(value)) return limit === undefined ? value : value.slice(0, limit);
  if (!isArrowTable(value)) return undefined;
  if (limit === undefined && !(value.numRows <= MAX_OBJECTS))
    throw new RangeError(`${value.numRows} rows of an Arrow table are too many; take a part of it by slice()`);
  const times = value.schema.fields
    .filter(({ type }) => /^(Timestamp|Date)/.test(String(type)))
    .map(({ name }) => name);
  const part = limit === undefined ? value : value.slice(0, limit);
  return part.toArray().map((row) => {
    const object: Record<string, unknown> = { ...row.toJSON() };
    for (const name of times) if (typeof object[name] === "number") object[name] = new Date(object[name]);
    return object;
  });
}

/** What tells a table's columns: all rows of an array, any of which may have another; of an Arrow table the first. */
export function describingRows(value: unknown): readonly Row[] | undefined {
  return rowsOf(value, isArrowTable(value) ? DESCRIBED_ROWS : undefined);
}

function isArrowTable(value: unknown): value is ArrowTable {
  if (typeof value !== "object" || value === null) return false;
  const { schema, numRows, toArray } = value as Partial<ArrowTable>;
  return Array.isArray(schema?.fields) && typeof numRows === "number" && typeof toArray === "function";
}
