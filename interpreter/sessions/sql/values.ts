// DuckDB's values as JavaScript's: for the user's code, and safe for JSON.
import type { DuckDBValue, DuckDBValueConverter, JS } from "@duckdb/node-api";
import type { DuckDb } from "./database.ts";

const MAX_DAYS = 2n ** 31n - 1n;
const MAX_TIME = 2n ** 63n - 1n;
const MAX_DOUBLE_DIGITS = 15; // that a number keeps

/**
 * As DuckDB's own converter has them, but for what that loses or refuses: those are texts, as DuckDB writes them.
 * `exactTimes`: so are times with more digits than a Date keeps, which the user's code gets as Dates.
 */
export function valueConverter(
  { JSDuckDBValueConverter, DuckDBTypeId }: DuckDb,
  { exactTimes = false } = {},
): DuckDBValueConverter<JS> {
  const asText: ReadonlySet<number> = new Set([
    ...[DuckDBTypeId.TIME, DuckDBTypeId.TIME_TZ, DuckDBTypeId.TIME_NS, DuckDBTypeId.INTERVAL, DuckDBTypeId.BIT],
  ]);
  return (value, type, converter) => {
    if (value === null || value === undefined) return null;
    if (asText.has(type.typeId)) return String(value);
    if (type.typeId === DuckDBTypeId.DECIMAL) return decimal(String(value));
    if (type.typeId === DuckDBTypeId.FLOAT) return shortest(value as number); // as: of this type
    if (!/^(DATE|TIMESTAMP)/.test(String(type))) return JSDuckDBValueConverter(value, type, converter);
    const infinity = infinityOf(value, type.typeId === DuckDBTypeId.DATE ? MAX_DAYS : MAX_TIME);
    if (infinity !== undefined) return infinity;
    try {
      const date = JSDuckDBValueConverter(value, type, converter);
      return (exactTimes && exactTime(date, value, type.typeId === DuckDBTypeId.TIMESTAMP_NS ? 9 : 6)) || date;
    } catch {
      return String(value); // beyond the years that a Date has
    }
  };
}

/** DuckDB's infinity is the largest number of days, or of microseconds and the like. */
function infinityOf(value: DuckDBValue, largest: bigint): string | undefined {
  const [count] = Object.values(value as object); // as: such values have one field
  if (BigInt(count) === largest) return "infinity";
  return BigInt(count) === -largest ? "-infinity" : undefined;
}

/** The ISO text of a time with digits behind its milliseconds. */
function exactTime(date: JS, value: DuckDBValue, digits: 6 | 9): string | undefined {
  const [count] = Object.values(value as object); // as: such values have one field
  if (!(date instanceof Date) || typeof count !== "bigint" || count % 10n ** BigInt(digits - 3) === 0n)
    return undefined;
  const second = 10n ** BigInt(digits);
  const fraction = String(((count % second) + second) % second).padStart(digits, "0");
  return date.toISOString().replace(/\.\d{3}Z$/, `.${fraction.replace(/0+$/, "")}Z`);
}

/** The number with the fewest digits that is this one in 32 bits: 0.1, which in 64 bits is 0.10000000149. */
function shortest(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** A number where that has all of its digits. */
function decimal(text: string): number | string {
  const digits = text.replace(/^-?0*\.?0*|\./g, "");
  return digits.length <= MAX_DOUBLE_DIGITS ? Number(text) : text;
}

/** For the user's code: Dates stay; a bigint is a number where that loses nothing, else text. */
export function toUserValue(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(toUserValue);
  if (typeof value === "object" && value !== null) return mapValues(value, toUserValue);
  return value;
}

/** For messages: dates as ISO text, bytes as base64, what JSON has no number for as text. */
export function toJsonValue(value: unknown, type: string): unknown {
  if (typeof value === "bigint") return toUserValue(value);
  if (value instanceof Date) return type === "DATE" ? value.toISOString().split("T")[0] : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map((item) => toJsonValue(item, ""));
  if (typeof value === "object" && value !== null) return mapValues(value, (item) => toJsonValue(item, ""));
  return value;
}

function mapValues(object: object, map: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]));
}

/** The TypeScript type of a column of this DuckDB type, as toUserValue gives it. Any column may hold NULL. */
export function typescriptType(type: string): string {
  if (/\[\d*\]$/.test(type)) return `${parenthesized(typescriptType(type.replace(/\[\d*\]$/, "")))}[]`;
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(type)) return "number";
  if (/^(DATE|TIMESTAMP)/.test(type)) return "Date";
  if (type === "BOOLEAN") return "boolean";
  if (/^(VARCHAR|UUID|ENUM|JSON|TIME|INTERVAL|BIT)/.test(type)) return "string";
  return "any";
}

function parenthesized(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}
