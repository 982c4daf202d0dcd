// An asked JSON, filled from a result: an object of its values, an object a row, an object by its rows' keys, or the
// sketch that the question gives, in which an array of objects stands for the rows.
import type { SqlResult } from "../../sessions/session.ts";
import type { Json, JsonShape } from "../question/asked-json.ts";
import { fillNames, type NamedValue } from "../result-values.ts";
import { matchColumns } from "./match-columns.ts";

/** @param table all rows of the last result @returns undefined where it does not say which value goes where */
export function filledJson(
  { names, layout }: JsonShape,
  values: readonly NamedValue[],
  table: SqlResult | undefined,
): Json | undefined {
  if (layout === "keyed") return table && keyed(table);
  if (layout === "pairs") return table?.rows.map((row) => Object.values(cellsOf(row)));
  if (layout === "values") return table && valuesOf(table);
  if (typeof layout === "object") return filledSketch(layout.sketch, values, table);
  if (names.length === 0) return table?.rows.map((row) => cellsOf(row));
  const flat = layout === undefined ? fillNames(names, values) : undefined;
  if (flat) return Object.fromEntries(names.map((name) => [name, flat.get(name) ?? null]));
  const isKeyed = layout === undefined && names.length === 1 && table?.columns.length === 2 && table.rows.length > 1;
  if (isKeyed) return keyed(table);
  const rows = table && everyRow(Object.fromEntries(names.map((name) => [name, null])), table);
  return rows?.length === 1 && layout === undefined ? rows[0] : rows;
}

/** Of the only column, else of the first of texts, the rows' names. */
function valuesOf({ columns, rows }: SqlResult): Json | undefined {
  const own = columns.length === 1 ? columns[0] : columns.find(({ type }) => type === "VARCHAR");
  if (own) return rows.map((row) => cellsOf(row)[own.name] ?? null);
  return rows.length === 1 ? Object.values(cellsOf(rows[0]!)) : undefined;
}

/** By the first column of texts, or the first: its rows' values, or objects of them where there are several. */
function keyed({ columns, rows }: SqlResult): Json | undefined {
  const isText = ({ type }: SqlResult["columns"][number]) => type === "VARCHAR";
  const ordered = isText(columns[0] ?? { name: "", type: "" })
    ? columns
    : [...columns].sort((a, b) => Number(isText(b)) - Number(isText(a)));
  const [key, ...others] = ordered.map(({ name }) => name);
  const [only, ...more] = others;
  if (key === undefined || only === undefined) return undefined;
  const entries = rows.map((row) => {
    const { [key]: own, ...rest } = cellsOf(row);
    return [String(own), more.length > 0 ? rest : (rest[only] ?? null)] as const;
  });
  return new Set(entries.map(([own]) => own)).size === entries.length ? Object.fromEntries(entries) : undefined;
}

function filledSketch(sketch: Json, values: readonly NamedValue[], table: SqlResult | undefined): Json | undefined {
  const byRow = table && isObject(sketch) ? keyedAs(sketch, table) : undefined;
  if (byRow) return byRow;
  if (isArray(sketch)) return table && arrayOf(sketch[0] ?? null, table);
  if (!isObject(sketch)) return undefined;
  const entries = Object.entries(sketch).map(([name, inner]) => {
    const isLeaf = typeof inner !== "object" || inner === null;
    return [name, isLeaf ? fillNames([name], values)?.get(name) : filledSketch(inner, values, table)] as const;
  });
  return entries.every(([, value]) => value !== undefined) ? (Object.fromEntries(entries) as Json) : undefined; // as: none is undefined
}

/** {"Boston": {"sum": 0, "n": 0}}: an object for each row, by the value that stands under no name. */
function keyedAs(sketch: { readonly [name: string]: Json }, table: SqlResult): Json | undefined {
  const [inner, ...others] = Object.values(sketch);
  if (inner === undefined || !isObject(inner)) return undefined;
  const names = Object.keys(inner);
  const isSame = others.every((other) => isObject(other) && Object.keys(other).join() === names.join());
  if (!isSame || table.columns.length !== names.length + 1) return undefined;
  const key = table.columns.find(({ type }) => type === "VARCHAR") ?? table.columns[0];
  const rest = { ...table, columns: table.columns.filter((column) => column !== key) };
  const rows = everyRow(inner, rest);
  return key && rows && Object.fromEntries(table.rows.map((row, i) => [String(row[key.name]), rows[i] ?? null]));
}

function arrayOf(sketch: Json, table: SqlResult): Json | undefined {
  if (isObject(sketch)) return everyRow(sketch, table);
  const [only, ...others] = table.columns.map(({ name }) => name);
  return only === undefined || others.length > 0 ? undefined : table.rows.map((row) => cellsOf(row)[only] ?? null);
}

/** An object a row. */
function everyRow(sketch: { readonly [name: string]: Json }, table: SqlResult): Json[] | undefined {
  const names = Object.keys(sketch);
  const found = matchColumns(names, table, sketch);
  return (
    found &&
    table.rows.map((row) => Object.fromEntries(names.map((name) => [name, cellsOf(row)[found.get(name)!] ?? null])))
  );
}

/** As Python writes it: 'a' for "a", None for null; an array in another one is a tuple. */
export function pythonText(value: Json, isInner = false): string {
  if (typeof value === "string")
    return `'${JSON.stringify(value).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (isArray(value)) {
    const inner = value.map((one) => pythonText(one, true)).join(", ");
    return isInner ? `(${inner})` : `[${inner}]`;
  }
  if (!isObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([name, one]) => `${pythonText(name)}: ${pythonText(one)}`)
    .join(", ")}}`;
}

function cellsOf(row: Readonly<Record<string, unknown>>): Record<string, Json> {
  return JSON.parse(
    JSON.stringify(row, (_, value) => (typeof value === "bigint" ? exactNumber(value) : value)),
  ) as Record<string, Json>;
}

/** What a double cannot hold stays a text. */
export function exactNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
