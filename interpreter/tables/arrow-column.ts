// One column of an Arrow table for DuckDB: how its values are handed over, and the SQL that gives them their type again.
import type { DataType, Decimal, Vector } from "apache-arrow";
import { identifier } from "../sessions/sql/database.ts";
import type { PackedTable } from "../sessions/sql/load-table.ts";

export type Arrow = typeof import("apache-arrow");

type Kind = PackedTable["columns"][number]["type"];
type Packed = PackedTable["values"][number];

export interface ArrowColumn {
  readonly kind: Kind; // as it is handed over
  readonly sql: string; // the column under its name, in its own type
  readonly values: (vector: Vector) => Packed;
  readonly note?: string;
}

const MAX_DECIMAL_DIGITS = 38;
const BITS = 32n; // of a word of a decimal

export function arrowColumn(arrow: Arrow, name: string, type: DataType): ArrowColumn {
  const { kind, cast, values, note } = reading(arrow, type);
  const column = identifier(name);
  const sql = cast === undefined ? column : `${cast(column)} AS ${column}`;
  return { kind, sql, values, ...(note !== undefined && { note }) };
}

interface Reading {
  readonly kind: Kind;
  readonly cast?: (column: string) => string;
  readonly values: (vector: Vector) => Packed;
  readonly note?: string;
}

function reading(arrow: Arrow, type: DataType): Reading {
  const { DataType: Is, Precision } = arrow;
  if (Is.isDictionary(type)) {
    const inner = reading(arrow, type.dictionary);
    return inner.values === rawNumbers ? { kind: "VARCHAR", values: each(String) } : inner;
  }
  if (Is.isBool(type)) return { kind: "BOOLEAN", values: each((value) => value as boolean) };
  if (Is.isInt(type)) {
    if (type.bitWidth < 64) return { kind: "BIGINT", values: each(Number) };
    if (type.isSigned) return { kind: "BIGINT", values: each(String) };
    return { kind: "VARCHAR", cast: (column) => `CAST(${column} AS UBIGINT)`, values: each(String) };
  }
  if (Is.isFloat(type)) {
    if (type.precision === Precision.DOUBLE) return { kind: "DOUBLE", values: each(Number) };
    return { kind: "DOUBLE", cast: (column) => `CAST(${column} AS FLOAT)`, values: each(Number) };
  }
  if (Is.isDecimal(type)) return decimalReading(type);
  if (Is.isDate(type)) return { kind: "DATE", values: each(Number) };
  if (Is.isTimestamp(type) || Is.isTime(type) || Is.isDuration(type)) return timeReading(arrow, type);
  if (Is.isUtf8(type) || Is.isLargeUtf8(type) || Is.isUtf8View(type)) return { kind: "VARCHAR", values: each(String) };
  if (Is.isBinary(type) || Is.isLargeBinary(type) || Is.isFixedSizeBinary(type))
    return { kind: "VARCHAR", cast: (column) => `unhex(${column})`, values: each(hex) };
  if (Is.isNull(type)) return { kind: "VARCHAR", values: each(String) };
  const structure = structureOf(arrow, type);
  if (structure === undefined) return { kind: "VARCHAR", values: each(json), note: `${type} is read as text` };
  return { kind: "JSON", cast: (column) => `CAST(${column} AS ${structure})`, values: each(json) };
}

function decimalReading({ precision, scale }: Decimal): Reading {
  const values = each((value) => decimalText(value as Uint32Array, scale)); // as: of this type
  if (precision > MAX_DECIMAL_DIGITS)
    return { kind: "VARCHAR", values, note: `numbers of ${precision} digits are read as text` };
  return { kind: "VARCHAR", cast: (column) => `CAST(${column} AS DECIMAL(${precision},${scale}))`, values };
}

/** Whole numbers of the file's own unit: Arrow's values are rounded to what a Date holds. */
function timeReading({ DataType: Is, TimeUnit }: Arrow, type: DataType & { unit: number }): Reading {
  const { unit } = type;
  const seconds = { [TimeUnit.SECOND]: "1000000 *", [TimeUnit.MILLISECOND]: "1000 *" }[unit];
  const micros = (column: string) =>
    unit === TimeUnit.NANOSECOND ? `(${column} // 1000)` : `(${seconds ?? ""} ${column})`;
  const cast = (column: string) => {
    if (Is.isDuration(type)) return `to_microseconds(${micros(column)})`;
    if (Is.isTime(type)) return `(TIME '00:00:00' + to_microseconds(${micros(column)}))`;
    const isZoned = Is.isTimestamp(type) && Boolean(type.timezone);
    if (isZoned) return `(make_timestamp(${micros(column)}) AT TIME ZONE 'UTC')`;
    return unit === TimeUnit.NANOSECOND ? `make_timestamp_ns(${column})` : `make_timestamp(${micros(column)})`;
  };
  return { kind: "BIGINT", cast, values: rawNumbers };
}

/** DuckDB's type of what JSON has a form for; undefined of others. */
function structureOf(arrow: Arrow, type: DataType): string | undefined {
  const { DataType: Is } = arrow;
  if (Is.isBool(type)) return "BOOLEAN";
  if (Is.isInt(type)) return type.bitWidth === 64 && !type.isSigned ? "UBIGINT" : "BIGINT";
  if (Is.isFloat(type)) return "DOUBLE";
  if (Is.isUtf8(type) || Is.isLargeUtf8(type) || Is.isUtf8View(type)) return "VARCHAR";
  if (Is.isList(type) || Is.isFixedSizeList(type) || Is.isLargeList(type)) {
    const item = structureOf(arrow, type.children[0]!.type);
    return item === undefined ? undefined : `${item}[]`;
  }
  if (!Is.isStruct(type)) return undefined;
  const fields = type.children.map((field) => ({ name: field.name, type: structureOf(arrow, field.type) }));
  if (fields.length === 0 || fields.some((field) => field.type === undefined)) return undefined;
  return `STRUCT(${fields.map((field) => `${identifier(field.name)} ${field.type}`).join(", ")})`;
}

function each(pack: (value: unknown) => Packed[number]): (vector: Vector) => Packed {
  return (vector) =>
    Array.from(vector, (value: unknown) => (value === null || value === undefined ? null : pack(value)));
}

function rawNumbers(vector: Vector): Packed {
  return vector.data.flatMap((chunk) => {
    const values = chunk.values as ArrayLike<number | bigint>; // as: of times
    return Array.from({ length: chunk.length }, (_, i) => (chunk.getValid(i) ? String(values[i]) : null));
  });
}

/** Words of 32 bits, the lowest first, as two's complement. */
function decimalText(words: Uint32Array, scale: number): string {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << BITS) | BigInt(words[i]!);
  const signed = BigInt.asIntN(32 * words.length, value);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, "0");
  const sign = signed < 0n ? "-" : "";
  return scale <= 0
    ? `${sign}${digits}${"0".repeat(-scale)}`
    : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function hex(value: unknown): string {
  return Buffer.from(value as Uint8Array).toString("hex"); // as: of bytes
}

function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? wholeNumber(item) : item));
}

function wholeNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}
