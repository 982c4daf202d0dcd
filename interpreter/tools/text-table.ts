import { numberText } from "../sessions/number-text.ts";
import type { SqlResult } from "../sessions/session.ts";

const MAX_CELL_LENGTH = 60; // UTF-16 units

/** Rows as a model reads them best and cheapest: "a | b" lines, then how many rows there are. */
export function textTable({ columns, rows, rowCount }: SqlResult, maxRows: number): string {
  const names = columns.map(({ name }) => name);
  const lines = rows.slice(0, maxRows).map((row) => names.map((name) => cellText(row[name])).join(" | "));
  const shown = lines.length;
  const count = `${rowCount} row${rowCount === 1 ? "" : "s"}`;
  return [names.join(" | "), ...lines, shown < rowCount ? `(first ${shown} of ${count})` : `(${count})`].join("\n");
}

/** One line, at most 60 characters. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return numberText(value);
  const text = (typeof value === "object" ? JSON.stringify(value) : String(value)).replace(/\s+/g, " ");
  return text.length > MAX_CELL_LENGTH ? `${text.slice(0, MAX_CELL_LENGTH - 1)}…` : text;
}
