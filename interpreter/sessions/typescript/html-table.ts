// An array of plain objects as an HTML table.
import { inspect } from "node:util";

export const SHOWN_ROWS = 50;
const MAX_COLUMNS = 50;
const MAX_CELL_CHARACTERS = 200;

export type Row = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 && value.slice(0, SHOWN_ROWS).every(isPlainObject);
}

/** Names of the columns, in the order in which the first rows have them. */
export function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const row of rows.slice(0, SHOWN_ROWS)) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

/** `rowCount`: of the whole result, where `rows` is only its beginning. */
export function htmlTable(rows: readonly Row[], rowCount = rows.length): string {
  const all = columnsOf(rows);
  const columns = all.slice(0, MAX_COLUMNS);
  const head = columns.map((name) => `<th>${escapeHtml(shortened(name))}</th>`).join("");
  const body = rows
    .slice(0, SHOWN_ROWS)
    .map((row) => `<tr>${columns.map((name) => dataCell(row[name])).join("")}</tr>`)
    .join("\n");
  const notes = [
    rowCount > SHOWN_ROWS
      ? `first ${Math.min(SHOWN_ROWS, rows.length)} of ${rowCount} rows`
      : `${rowCount} ${rowCount === 1 ? "row" : "rows"}`,
    ...(all.length > MAX_COLUMNS ? [`first ${MAX_COLUMNS} of ${all.length} columns`] : []),
  ];
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n<p>${notes.join(", ")}</p>`;
}

function dataCell(value: unknown): string {
  const text = cellText(value);
  const align = typeof value === "number" || typeof value === "bigint" ? ' style="text-align: right"' : "";
  return `<td${align}>${escapeHtml(shortened(text))}</td>`;
}

function shortened(text: string): string {
  return text.length <= MAX_CELL_CHARACTERS ? text : `${text.slice(0, MAX_CELL_CHARACTERS)}…`;
}

function cellText(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  return inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: MAX_CELL_CHARACTERS });
}

/** A front end looks for TeX in the page, and TeX can link and load: each of its signs stands in an element of its own. */
function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replace(/[$\\]/g, (sign) => `<span>&#${sign.charCodeAt(0)};</span>`);
}

export function isPlainObject(value: unknown): value is Row {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
