// An array of plain objects as an HTML table.
import { inspect } from "node:util";

export const SHOWN_ROWS = 50;
export const MAX_COLUMNS = 50;
const MAX_CELL_CHARACTERS = 200;
const DAY_MS = 86_400_000;

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

/** A table as data: what is shown of it. */
export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly { readonly text: string; readonly isNumber: boolean }[])[];
  readonly columnCount: number; // of the whole result
  readonly rowCount: number;
}

/** How a session says that a value is a table; the HTML is drawn by whoever shows it. */
export const TABLE_TYPE = "application/vnd.qwenlab.table+json";

/** `rowCount`: of the whole result, where `rows` is only its beginning. */
export function tableData(rows: readonly Row[], rowCount = rows.length): TableData {
  const all = columnsOf(rows);
  const columns = all.slice(0, MAX_COLUMNS);
  const shown = rows.slice(0, SHOWN_ROWS);
  const days = new Set(columns.filter((name) => areDays(shown.map((row) => row[name]))));
  const cells = shown.map((row) =>
    columns.map((name) => ({
      text: shortened(cellText(row[name], days.has(name))),
      isNumber: typeof row[name] === "number" || typeof row[name] === "bigint",
    })),
  );
  return { columns: columns.map(shortened), rows: cells, columnCount: all.length, rowCount };
}

export function htmlTable(rows: readonly Row[], rowCount = rows.length): string {
  return drawTable(tableData(rows, rowCount));
}

export function drawTable({ columns, rows, columnCount, rowCount }: TableData): string {
  const head = columns.map((name) => `<th>${escapeHtml(name)}</th>`).join("");
  const body = rows.map((cells) => `<tr>${cells.map(dataCell).join("")}</tr>`).join("\n");
  const notes = [
    rowCount > SHOWN_ROWS
      ? `first ${Math.min(SHOWN_ROWS, rows.length)} of ${rowCount} rows`
      : `${rowCount} ${rowCount === 1 ? "row" : "rows"}`,
    ...(columnCount > MAX_COLUMNS ? [`first ${MAX_COLUMNS} of ${columnCount} columns`] : []),
  ];
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>\n<p>${notes.join(", ")}</p>`;
}

function dataCell({ text, isNumber }: TableData["rows"][number][number]): string {
  return `<td${isNumber ? ' style="text-align: right"' : ""}>${escapeHtml(text)}</td>`;
}

function shortened(text: string): string {
  return text.length <= MAX_CELL_CHARACTERS ? text : `${text.slice(0, MAX_CELL_CHARACTERS)}…`;
}

/** Dates without a time: each one is a midnight of UTC, as SQL's DATE becomes. */
function areDays(values: readonly unknown[]): boolean {
  const dates = values.filter((value): value is Date => value instanceof Date && !Number.isNaN(value.getTime()));
  return dates.length > 0 && dates.every((date) => date.getTime() % DAY_MS === 0);
}

function cellText(value: unknown, isDay: boolean): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    const text = value.toISOString();
    return isDay ? text.slice(0, text.indexOf("T")) : text;
  }
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
