// Which part of a JSON document is its table, and which way it lies there: programs write rows as objects, as lists, by
// their keys or column by column. Told from the document itself; what fits nothing stays one row.
import { isHeader, isValue } from "./header.ts";
import { uniqueNames } from "./unique-names.ts";

export type JsonShape = RowsOfObjects | RowsOfLists | KeyedRows | Columns | Features;

interface InDocument {
  readonly path: readonly string[]; // keys, from the top
  readonly names: readonly string[]; // of its columns; for objects, the keys
  readonly leftOut: readonly string[]; // paths of what stands beside it
  readonly notes: readonly string[];
}
interface RowsOfObjects extends InDocument {
  readonly kind: "objects"; // [{"a": 1}, …]
}
interface RowsOfLists extends InDocument {
  readonly kind: "lists"; // [[1, "x"], …]
  readonly skipped: number; // lists of names
  readonly index?: readonly string[]; // the path of names of rows
}
interface KeyedRows extends InDocument {
  readonly kind: "keyed"; // {"first": {"a": 1}, …}, without names {"first": 1, …}
  readonly isCounted: boolean; // the keys are 0, 1, 2, …
}
interface Columns extends InDocument {
  readonly kind: "columns"; // {"a": {"0": 1, …}, …} or {"a": [1, …], …}
  readonly hasKeys: boolean;
  readonly isCounted: boolean;
}
interface Features extends InDocument {
  readonly kind: "features"; // of GeoJSON
  readonly arePoints: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 4; // of keys above the table
const MIN_SHARED = 0.5; // of all keys of rows, in each of them: fewer, and they are different things
const LOOKED_AT = 500; // rows, for their names
const ROWS = /^(data|rows|records|results?|items|entries|values|list|docs|documents|hits|observations|content)$/i;
const NAMES = /^(columns?|fields|headers?|names|schema)$/i;

/** @returns undefined for a document that is no table, or is its rows already */
export function jsonShape(document: unknown, hasHeader?: boolean): JsonShape | undefined {
  if (isListOf(document, Array.isArray)) return listRows([], document, hasHeader);
  if (isListOf(document, isObject))
    return { kind: "objects", path: [], names: keysOf(document), leftOut: [], notes: [] };
  return isObject(document) ? objectShape(document, [], hasHeader) : undefined;
}

/** Lists of records that stand beside each other in a document, of which none is its table. */
export function recordLists(document: unknown): string[] {
  if (!isObject(document)) return [];
  return Object.keys(document).filter((key) => isListOf(document[key], isObject));
}

function objectShape(object: Json, path: readonly string[], hasHeader: boolean | undefined): JsonShape | undefined {
  if (object["type"] === "FeatureCollection" && isListOf(object["features"], isObject))
    return features([...path, "features"], object["features"]);
  const list = rowList(object, path, hasHeader);
  if (list !== undefined) return list;
  return (
    columnLists(object, path) ??
    series(object, path) ??
    objectOfObjects(object, path) ??
    deeperShape(object, path, hasHeader)
  );
}

/** The one list of rows in an object, or the one of those that is called so. */
function rowList(object: Json, path: readonly string[], hasHeader: boolean | undefined): JsonShape | undefined {
  const isRows = (key: string) => isListOf(object[key], isObject) || isListOf(object[key], Array.isArray);
  const lists = Object.keys(object).filter(isRows);
  const [key, other] = lists.length > 1 ? lists.filter((one) => ROWS.test(one)) : lists;
  if (key === undefined || other !== undefined) return undefined;
  const below = [...path, key];
  const leftOut = besides(object, key, path);
  const value = object[key] as readonly unknown[]; // as: isRows
  if (isListOf(value, isObject)) return { kind: "objects", path: below, names: keysOf(value), leftOut, notes: [] };
  const rows = value as readonly unknown[][]; // as: isRows
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const namesKey = Object.keys(object).find((one) => NAMES.test(one) && namesIn(object[one])?.length === width);
  if (namesKey === undefined) return { ...listRows(below, rows, hasHeader), leftOut };
  const index = object["index"];
  const hasIndex = Array.isArray(index) && index.length === rows.length && !isCounted(index.map(String));
  return {
    ...{ kind: "lists", path: below, names: uniqueNames(namesIn(object[namesKey])!), skipped: 0 },
    ...{ leftOut: besides(object, key, path, [namesKey, "index"]), notes: [] },
    ...(hasIndex && { index: [...path, "index"] }),
  };
}

function besides(object: Json, key: string, path: readonly string[], known: readonly string[] = []): string[] {
  const others = Object.keys(object).filter((one) => one !== key && !known.includes(one));
  return others.map((one) => [...path, one].join("."));
}

/** ["a", "b"], of several levels [["x", "a"], …], or [{"name": "a"}, …]. */
function namesIn(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return isObject(value) && value["fields"] ? namesIn(value["fields"]) : undefined;
  const names = value.map((one: unknown) => {
    if (Array.isArray(one)) return one.map(String).join(" ");
    const known = isObject(one) ? (one["name"] ?? one["title"] ?? one["label"] ?? one["id"] ?? one["field"]) : one;
    return typeof known === "string" || typeof known === "number" ? String(known) : undefined;
  });
  return names.includes(undefined) ? undefined : (names as string[]); // as: none of them is undefined
}

function listRows(path: readonly string[], rows: readonly unknown[][], hasHeader: boolean | undefined): RowsOfLists {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const records = rows.slice(0, LOOKED_AT).map((row) => ({ fields: row.map((one) => (one === null ? "" : `${one}`)) }));
  const areTexts = rows[0]!.length === width && rows[0]!.every((one) => typeof one === "string" || one === null);
  const hasNames = hasHeader ?? (rows.length > 1 && areTexts && isHeader(records[0]!.fields, records.slice(1)));
  const names = Array.from({ length: width }, (_, i) => (hasNames && records[0]!.fields[i]) || `column${i}`);
  const notes = hasNames || hasHeader !== undefined ? [] : ["it has no row of names"];
  return { kind: "lists", path, names: uniqueNames(names), skipped: hasNames ? 1 : 0, leftOut: [], notes };
}

/** {"a": [1, 2], "b": ["x", "y"]}. */
function columnLists(object: Json, path: readonly string[]): Columns | undefined {
  const lists = Object.values(object);
  const [first] = lists;
  const isColumn = (one: unknown) =>
    isListOf(one, isScalar) && one.length === (first as readonly unknown[]).length && one.length > 1;
  if (lists.length === 0 || !Array.isArray(first) || !lists.every(isColumn)) return undefined;
  const notes = ["each of its lists is a column"];
  return { kind: "columns", path, names: Object.keys(object), hasKeys: false, isCounted: true, leftOut: [], notes };
}

/** {"2024-01-31": 5, …}: numbers and days are no names of columns. */
function series(object: Json, path: readonly string[]): KeyedRows | undefined {
  const keys = Object.keys(object);
  if (keys.length < 2 || !keys.every(isValue) || !Object.values(object).every(isScalar)) return undefined;
  return {
    kind: "keyed",
    path,
    names: [],
    isCounted: isCounted(keys),
    leftOut: [],
    notes: ["each of its keys is a row"],
  };
}

/** Rows by their keys, or columns with the keys of rows in each: pandas writes the second. */
function objectOfObjects(object: Json, path: readonly string[]): KeyedRows | Columns | undefined {
  const outer = Object.keys(object);
  const values = Object.values(object);
  if (outer.length === 0 || !values.every(isObject)) return undefined;
  const inner = Object.keys(values[0] as Json); // as: all are
  const all = keysOf(values);
  const cells = values.reduce((sum, one) => sum + Object.keys(one).length, 0);
  if (cells < MIN_SHARED * all.length * outer.length || all.length === 0) return undefined;
  const written = JSON.stringify(inner);
  const isSame = values.every((one) => JSON.stringify(Object.keys(one)) === written);
  const isTable = isSame && values.every((one) => Object.values(one).every(isScalar));
  const areValues = { outer: outer.every(isValue), inner: inner.every(isValue) };
  if (outer.length < 2 && !areValues.outer && !areValues.inner) return undefined;
  const asColumns = (assumed = ""): Columns => ({
    ...{ kind: "columns", path, names: outer, hasKeys: true, isCounted: isCounted(inner), leftOut: [] },
    notes: [`each of its keys is a column${assumed}`],
  });
  const asRows = (assumed = ""): KeyedRows => ({
    ...{ kind: "keyed", path, names: all, isCounted: isCounted(outer), leftOut: [] },
    notes: [`each of its keys is a row${assumed}`],
  });
  if (!isTable || (areValues.outer && !areValues.inner)) return asRows();
  if (areValues.inner && !areValues.outer) return asColumns();
  const ofColumns = values.every((one) => kindsOf(Object.values(one)) <= 1);
  const ofRows = inner.every((key) => kindsOf(values.map((one) => one[key])) <= 1);
  if (ofColumns !== ofRows) return ofColumns ? asColumns() : asRows();
  return inner.length > outer.length ? asColumns(" (assumed)") : asRows(" (assumed)");
}

/** Of what lies below one key. */
function deeperShape(object: Json, path: readonly string[], hasHeader: boolean | undefined): JsonShape | undefined {
  if (path.length >= MAX_DEPTH) return undefined;
  const keys = Object.keys(object);
  const found = keys.flatMap((key) => {
    const value = object[key];
    const shape = isObject(value) ? objectShape(value, [...path, key], hasHeader) : undefined;
    const isRows = shape?.kind === "objects" || shape?.kind === "lists" || shape?.kind === "features";
    return shape !== undefined && (isRows || keys.length === 1 || ROWS.test(key)) ? [{ key, shape }] : [];
  });
  const [only] = found;
  if (only === undefined || found.length > 1) return undefined;
  return { ...only.shape, leftOut: [...besides(object, only.key, path), ...only.shape.leftOut] };
}

function features(path: readonly string[], list: readonly Json[]): Features {
  const own = list.map(({ properties }) => (isObject(properties) ? properties : {}));
  const arePoints = list.every(
    ({ geometry }) => geometry === null || (isObject(geometry) && geometry["type"] === "Point"),
  );
  const notes = arePoints ? ["points of a map, as longitude and latitude"] : ["shapes of a map, in geometry"];
  return { kind: "features", path, names: keysOf(own), arePoints, leftOut: [], notes };
}

export function keysOf(objects: readonly Json[]): string[] {
  const keys = new Set<string>();
  for (const object of objects) for (const key of Object.keys(object)) keys.add(key);
  return [...keys];
}

function kindsOf(values: readonly unknown[]): number {
  return new Set(values.filter((value) => value !== null).map((value) => typeof value)).size;
}

function isCounted(keys: readonly string[]): boolean {
  return keys.every((key, i) => key === String(i));
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[];
function isListOf(value: unknown, is: (item: unknown) => boolean): value is readonly unknown[];
function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(is);
}
