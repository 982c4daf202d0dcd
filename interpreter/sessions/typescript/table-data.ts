// What a session shows of a table, as data: draw-table.ts makes of it what front ends show.
import { EventEmitter } from "node:events";
import { inspect, types } from "node:util";
import { exactText } from "../number-text.ts";

export const PAGE_ROWS = 50; // are seen at once
export const SHOWN_ROWS = 250; // in all pages: what is shown is in the notebook's file, too
export const MAX_COLUMNS = 50;
const MAX_CELL_CHARACTERS = 200;
const DAY_MS = 86_400_000;
const CUSTOM_INSPECT = inspect.custom;
const OWN_FORMS = [
  ...[CUSTOM_INSPECT, Symbol.for("Jupyter.display"), Symbol.iterator, Symbol.asyncIterator, Symbol.toPrimitive],
  ...["toJSON", "toHTML", "_repr_html_", "outerHTML", "toDataURL", "then"],
];

export type Row = Readonly<Record<string, unknown>>;

export function isTable(value: unknown): value is readonly Row[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const looked: unknown[] = Array.from(value.slice(0, SHOWN_ROWS)); // an empty place is no row, and every() passes it by
  if (!looked.every((row) => isPlainObject(row) || isRecordOfClass(row))) return false;
  if (!looked.some((row) => Object.keys(row as Row).length > 0)) return false; // as: they are rows
  for (let i = SHOWN_ROWS; i < value.length; i++) if (typeof value[i] !== "object" || value[i] === null) return false;
  return true;
}

export function isPlainObject(value: unknown): value is Row {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** An instance of a class of the user's that is its fields: nothing of it says that it is shown or compared otherwise. */
function isRecordOfClass(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  if (types.isProxy(value) || value instanceof EventEmitter || value instanceof Error) return false;
  if (types.isDate(value) || types.isPromise(value) || OWN_FORMS.some((name) => name in value)) return false;
  if (value.valueOf !== Object.prototype.valueOf) return false;
  const names = Object.keys(value);
  return names.length > 0 && !names.some((name) => name.startsWith("_"));
}

/** Names of the columns, in the order in which the first rows have them. */
export function columnsOf(rows: readonly Row[]): string[] {
  const names = new Set<string>();
  for (const row of rows.slice(0, PAGE_ROWS)) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}

export interface TableData {
  readonly columns: readonly { readonly name: string; readonly isNumeric: boolean }[];
  readonly rows: readonly (readonly (string | null)[])[]; // the first SHOWN_ROWS; what a row lacks is ""
  readonly columnCount: number; // of the whole result
  readonly rowCount: number;
}

/** How a session says that a value is a table. */
export const TABLE_TYPE = "application/vnd.qwenlab.table+json";

/** `rowCount`: of the whole result, where `rows` is only its beginning. */
export function tableData(rows: readonly Row[], rowCount = rows.length): TableData {
  const all = columnsOf(rows);
  const shown = rows.slice(0, SHOWN_ROWS);
  const columns = all.slice(0, MAX_COLUMNS).map((name) => {
    const values = shown.map((row) => row[name]);
    return { name, isNumeric: areNumbers(values), areDays: areDays(values) };
  });
  return {
    columns: columns.map(({ name, isNumeric }) => ({ name: shortened(name), isNumeric })),
    rows: shown.map((row) => columns.map(({ name, areDays }) => cellText(row[name], areDays))),
    columnCount: all.length,
    rowCount,
  };
}

function areNumbers(values: readonly unknown[]): boolean {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.length > 0 && known.every((value) => typeof value === "number" || typeof value === "bigint");
}

/** Dates without a time: each one is a midnight of UTC, as SQL's DATE becomes. */
function areDays(values: readonly unknown[]): boolean {
  const dates = values.filter((value): value is Date => value instanceof Date && !Number.isNaN(value.getTime()));
  return dates.length > 0 && dates.every((date) => date.getTime() % DAY_MS === 0);
}

function cellText(value: unknown, isDay: boolean): string | null {
  if (value === undefined) return "";
  if (value === null) return null;
  if (typeof value === "string") return shortened(value);
  if (typeof value === "number") return exactText(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    const text = value.toISOString();
    return isDay ? text.slice(0, text.indexOf("T")) : text;
  }
  const options = { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: MAX_CELL_CHARACTERS };
  return shortened(inspect(value, options));
}

function shortened(text: string): string {
  return text.length <= MAX_CELL_CHARACTERS ? text : `${text.slice(0, MAX_CELL_CHARACTERS)}…`;
}
