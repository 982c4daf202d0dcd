// Values on their way to another session: what JSON can carry, and why something cannot.
import type { SessionValue } from "../session.ts";
import { columnsOf } from "./table-data.ts";
import { rowsOf } from "./table-rows.ts";
import { withinTime } from "./within-time.ts";

const MAX_CHARACTERS = 100 * 2 ** 20;
const ONE_WITHIN_MS = 20_000; // 100 MB take some seconds

export function copyValues(variables: Readonly<Record<string, unknown>>, names: readonly string[]): SessionValue[] {
  return names.filter((name) => name in variables).map((name) => copyValue(name, variables[name]));
}

function copyValue(name: string, value: unknown): SessionValue {
  if (typeof value === "function" || typeof value === "symbol") return { name, error: `it is a ${typeof value}` };
  try {
    return withinTime(ONE_WITHIN_MS, () => {
      const rows = rowsOf(value);
      const text = JSON.stringify(plain(rows ?? value));
      if (text === undefined) return { name, error: "it is undefined" };
      if (text.length > MAX_CHARACTERS) return { name, error: "it is larger than 100 MB; write it to a file" };
      return { name, json: JSON.parse(text), ...(rows && { dates: dateColumns(rows) }) };
    });
  } catch (error) {
    return { name, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Maps, sets and bigints in the form that JSON has for them. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]));
  if (value instanceof Set) return [...value].map(plain);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as number[]);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function dateColumns(table: readonly Readonly<Record<string, unknown>>[]): string[] {
  return columnsOf(table).filter((column) => table.some((row) => row[column] instanceof Date));
}
