// widget.table(): the rows stay in the session, and the browser gets the page that it shows: so there may be many.
import { randomUUID } from "node:crypto";
import { columnsOf, PAGE_ROWS, type Row, tableData } from "../table-data.ts";
import { rowsOf } from "../table-rows.ts";
import { anyModel } from "./any-widget.ts";
import { TABLE_CSS, TABLE_ESM } from "./table-esm.ts";
import { buildWidget } from "./widget.ts";
import type { Table, TableState } from "./widget-types.ts";

const PAGE_SIZE = 10;
const ID = randomUUID(); // all tables look alike

interface Place {
  readonly page: number;
  readonly sort: number; // a column, from 0; -1: as the rows are
  readonly descending: boolean;
}

const FIRST: Place = { page: 0, sort: -1, descending: false };

export function table<Of extends object>(
  given: readonly Of[],
  { pageSize = PAGE_SIZE }: { readonly pageSize?: number } = {},
): Table<Of> {
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > PAGE_ROWS)
    throw new RangeError(`table: a page has 1 to ${PAGE_ROWS} rows, not ${pageSize}`);
  let place = FIRST;
  const rowsAs = (value: unknown): readonly Row[] => {
    const rows = Array.isArray(value) && value.length === 0 ? [] : rowsOf(value);
    if (rows === undefined) throw new TypeError("table: it takes an array of objects, or an Arrow table");
    return rows;
  };
  const built = buildWidget<TableState<Of>>({
    kind: "table",
    needs: "jupyterlab_widgets anywidget",
    model: anyModel(ID, TABLE_ESM, TABLE_CSS),
    state: { rows: given, selected: -1 },
    encode(name, value, { rows }) {
      if (name === "rows") return { view: viewOf(rowsAs(value), place, pageSize), selected: -1 };
      if (!isRow(value, rows)) throw new RangeError(`table: selected is -1, or a row from 0 to ${rows.length - 1}`);
      return { selected: value };
    },
    decode: (name, value, { rows }) => (name === "selected" && isRow(value, rows) ? ["selected", value] : undefined),
    custom(content) {
      const rows = rowsAs(built.state.rows);
      place = placeOf(content, place);
      built.writeModel({ view: viewOf(rows, place, pageSize) });
    },
  });
  return Object.defineProperty(built, "selectedRow", {
    get: () => built.state.rows[built.state.selected],
  }) as unknown as Table<Of>; // as: it has that now
}

function isRow(value: unknown, rows: readonly unknown[]): boolean {
  return value === -1 || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < rows.length);
}

/** What the browser asks for; what it leaves out, or says wrongly, is as before. */
function placeOf(content: unknown, before: Place): Place {
  const { show } = Object(content) as { readonly show?: Partial<Record<keyof Place, unknown>> };
  const number = (name: "page" | "sort") => (Number.isInteger(show?.[name]) ? (show?.[name] as number) : before[name]);
  const descending = typeof show?.descending === "boolean" ? show.descending : before.descending;
  return { page: number("page"), sort: number("sort"), descending };
}

function viewOf(rows: readonly Row[], place: Place, pageSize: number) {
  const column = columnsOf(rows)[place.sort];
  const order = rows.map((_, i) => i);
  if (column !== undefined) order.sort((a, b) => compare(rows[a]?.[column], rows[b]?.[column], place.descending));
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const page = Math.min(Math.max(place.page, 0), pages - 1);
  const shown = order.slice(page * pageSize, (page + 1) * pageSize);
  const { cells, columns, columnCount } = cellsOf(rows, shown);
  const first = page * pageSize + 1;
  const where = rows.length === 0 ? "no rows" : `rows ${first} to ${first + shown.length - 1} of ${rows.length}`;
  const left = columnCount > columns.length ? `, first ${columns.length} of ${columnCount} columns` : "";
  return { ...place, columns, cells, rows: shown, page, pages, note: where + left };
}

/** All pages have the columns of the first rows. */
function cellsOf(rows: readonly Row[], shown: readonly number[]) {
  const names = columnsOf(rows);
  const data = tableData(shown.map((i) => Object.fromEntries(names.map((name) => [name, rows[i]?.[name]]))));
  return { cells: data.rows, columns: data.columns, columnCount: data.columnCount };
}

/** Numbers and dates by size, the rest as text; what is missing comes last, whichever way. */
function compare(a: unknown, b: unknown, descending: boolean): number {
  const isMissing = (value: unknown) => value === undefined || value === null || Number.isNaN(value);
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  const isSized = (value: unknown) => typeof value === "number" || typeof value === "bigint" || value instanceof Date;
  const less = isSized(a) && isSized(b) ? (a as number) < (b as number) : String(a).localeCompare(String(b)) < 0;
  const more = isSized(a) && isSized(b) ? (a as number) > (b as number) : String(a).localeCompare(String(b)) > 0;
  return (less ? -1 : more ? 1 : 0) * (descending ? -1 : 1);
}
