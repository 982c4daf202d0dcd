// DuckDB's values as JavaScript's: for the user's code, and safe for JSON.

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
  if (value instanceof Date) return type === "DATE" ? value.toISOString().slice(0, 10) : value.toISOString();
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
  if (/^(VARCHAR|UUID|ENUM|JSON)/.test(type)) return "string";
  return "any";
}

function parenthesized(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}
