// The table inside of a JSON document as rows, by DuckDB: its cells are JSON with all of their digits.
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import type { RunRows } from "./evidence.ts";
import type { JsonFileReader } from "./json-file.ts";
import { type JsonShape, jsonShape, keysOf, recordLists } from "./json-shape.ts";
import { repeatedKeysNotes } from "./repeated-keys.ts";
import type { QueryToLoad } from "./table-reading.ts";
import { uniqueNames } from "./unique-names.ts";

const MAX_DOCUMENT_BYTES = 32 * 2 ** 20; // it is held whole, by us and by DuckDB
const DEFAULT_BYTES = 16 * 2 ** 20; // of one value, to DuckDB
const OTHER_ORDER = "its columns have their rows in different orders, so it is read as one row";

type ShapedJson = ShapedTable | { readonly load?: undefined; readonly notes: readonly string[] };

export interface ShapedTable {
  readonly from: string;
  readonly load: QueryToLoad;
  readonly notes: readonly string[];
}

/** Of a document that is one object, or lists. @returns undefined for rows that DuckDB reads as they are */
export async function shapedJson(
  path: string,
  { run, load, checkColumns, hasHeader }: JsonFileReader & { readonly hasHeader: boolean | undefined },
): Promise<ShapedJson | undefined> {
  const document = await wholeDocument(run, path);
  if (document === undefined) return undefined;
  const shape = jsonShape(document.value, hasHeader);
  if (shape === undefined) return severalLists(path, document.value);
  checkColumns(shape.names.length);
  if (!(await haveOneOrder(run, shape, document.from))) return { notes: [OTHER_ORDER] };
  const source = { kind: "query", table: `json of ${path}`, query: shapeSql(shape, document.from) } as const;
  await load(source);
  const table = identifier(source.table);
  const from = document.hasLongNumbers ? table : await withStructures(run, table);
  return { from, load: source, notes: [...notesOf(shape), ...document.notes] };
}

/** Rows of which some have a key twice: DuckDB reads them as JSON, and not as columns. @throws of a file that is too large to be held */
export async function rowsWithRepeatedKeys(
  path: string,
  { run, load, checkColumns }: JsonFileReader,
): Promise<ShapedTable> {
  if (statSync(path).size > MAX_DOCUMENT_BYTES)
    throw new Error("objects in it have the same key twice: save each key once, or as JSON with less in a file");
  const text = heldText(path);
  const rows = [parsed(text)].flat(2);
  const names = keysOf(rows.filter((row): row is Record<string, unknown> => typeof row === "object" && row !== null));
  checkColumns(names.length);
  const items = `read_json_objects(${quoted(exactPath(path))}, maximum_object_size = ${MAX_DOCUMENT_BYTES})`;
  const shape = { kind: "objects", path: [], names, leftOut: [], notes: [] } as const;
  const source = { kind: "query", table: `json of ${path}`, query: shapeSql(shape, items) } as const;
  await load(source);
  const from = await withStructures(run, identifier(source.table));
  return { from, load: source, notes: repeatedKeysNotes(text) };
}

function heldText(path: string): string {
  const bytes = readFileSync(path);
  return String(/\.gz$/i.test(path) ? gunzipSync(bytes, { maxOutputLength: MAX_DOCUMENT_BYTES }) : bytes);
}

function notesOf({ path, leftOut, notes }: JsonShape): string[] {
  if (leftOut.length === 0) return [...notes];
  return [`its rows are those inside ${path.join(".")}; left out: ${leftOut.join(", ")}`, ...notes];
}

/** Several tables in one document: each is one cell, and its way out is told. */
function severalLists(path: string, document: unknown): ShapedJson | undefined {
  const [list, ...others] = recordLists(document);
  if (list === undefined || others.length === 0) return undefined;
  const name = path.replace(/^.*[/\\]/, "");
  const query = `SELECT unnest(${identifier(list)}, recursive := true) FROM ${quoted(name)}`;
  return {
    notes: [`it holds several lists of records (${[list, ...others].join(", ")}): ${query} reads one`],
  };
}

interface WholeDocument {
  readonly value: unknown;
  readonly from: string; // its parts, as "json": the items of a list, or the one object
  readonly notes: readonly string[];
  readonly hasLongNumbers: boolean; // than DuckDB's structures keep
}

/** undefined of what is no single object and no list of lists, and of what is too large. */
async function wholeDocument(run: RunRows, path: string): Promise<WholeDocument | undefined> {
  const { size } = statSync(path);
  const isZipped = /\.gz$/i.test(path);
  if (size > MAX_DOCUMENT_BYTES) return undefined;
  const largest = isZipped ? MAX_DOCUMENT_BYTES : Math.max(DEFAULT_BYTES, size + 1);
  const from = `read_json_objects(${quoted(exactPath(path))}, maximum_object_size = ${largest})`;
  try {
    const kinds = (await run(`SELECT json_type(json) FROM ${from} LIMIT 2`)).map(([kind]) => kind);
    const isDocument = (kinds.length === 1 && kinds[0] === "OBJECT") || kinds.every((kind) => kind === "ARRAY");
    if (kinds.length === 0 || !isDocument) return undefined;
    const text = heldText(path);
    const value = parsed(text.replace(/^\ufeff/, ""));
    const isOneList = text.startsWith("\ufeff") && Array.isArray(value); // to DuckDB, behind a byte order mark
    return {
      value,
      from: isOneList ? `(SELECT ${each("json")} AS json FROM ${from})` : from,
      notes: repeatedKeysNotes(text),
      hasLongNumbers: /\d{19}/.test(text),
    };
  } catch {
    return undefined; // whoever reads it as rows tells what is wrong
  }
}

/** Also with Python's NaN and Infinity; of lists that are lines, the list of them. */
function parsed(text: string): unknown {
  const plain = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (one) => (one[0] === '"' ? one : "null"));
  try {
    return JSON.parse(plain);
  } catch {
    return plain
      .split(/\r?\n/)
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as unknown);
  }
}

/** Of the keys in columns: JavaScript puts numbers first, so only DuckDB knows. */
async function haveOneOrder(run: RunRows, shape: JsonShape, from: string): Promise<boolean> {
  if (shape.kind !== "columns" || !shape.hasKeys) return true;
  const columns = `(SELECT unnest(json_extract(${atPath(shape)}, '$.*')) AS item FROM ${from})`;
  const [[count] = []] = await run(`SELECT count(DISTINCT CAST(json_keys(item) AS VARCHAR)) FROM ${columns}`);
  return Number(count) === 1;
}

function atPath({ path }: JsonShape): string {
  return path.length === 0 ? "json" : cell("json", path);
}

/** Each document and each row is taken apart by one call: a call keeps what it has parsed, and there may be 3,000 columns. */
function shapeSql(shape: JsonShape, from: string): string {
  const at = atPath(shape);
  const isTop = shape.path.length === 0;
  const items = isTop ? `(SELECT json AS item FROM ${from})` : `(SELECT ${each(at)} AS item FROM ${from})`;
  switch (shape.kind) {
    case "objects":
      return selectCells(shape.names, pointers(shape.names), items);
    case "lists": {
      const places = pointers(shape.names.map((_, i) => String(i)));
      const rows = shape.skipped === 0 ? items : `(FROM ${items} OFFSET ${shape.skipped})`;
      if (shape.index === undefined) return selectCells(shape.names, places, rows);
      const index = each(cell("json", shape.index));
      return selectCells(shape.names, places, `(SELECT ${index} AS own, ${each(at)} AS item FROM ${from})`, "index");
    }
    case "keyed": {
      const entries = `(SELECT unnest(json_keys(${at})) AS own, ${each(at, "$.*")} AS item FROM ${from})`;
      const key = shape.isCounted ? undefined : "key";
      if (shape.names.length === 0) return selectCells(["value"], [""], entries, key);
      return selectCells(shape.names, pointers(shape.names), entries, key);
    }
    case "columns": {
      const columns = shape.names.map((_, i) => each(`cells[${i + 1}]`, shape.hasKeys ? "$.*" : "$[*]"));
      const named = select(columns, shape.names, shape.isCounted ? [] : ["unnest(json_keys(cells[1]))", "index"]);
      return `${named} FROM (SELECT ${cellsOf(at, pointers(shape.names))} FROM ${from})`;
    }
    case "features": {
      const own = shape.names.map((name) => pointer(["properties", name]));
      if (!shape.arePoints) return selectCells([...shape.names, "geometry"], [...own, "/geometry"], items);
      const places = ["/geometry/coordinates/0", "/geometry/coordinates/1"];
      return selectCells([...shape.names, "longitude", "latitude"], [...own, ...places], items);
    }
  }
}

/** `key`: how the key of a row is called, which `rows` has as "own" beside its "item". */
function selectCells(names: readonly string[], places: readonly string[], rows: string, key?: string): string {
  const cells = names.map((_, i) => `cells[${i + 1}]`);
  const own = key === undefined ? "" : "own, ";
  const inner = `(SELECT ${own}${cellsOf("item", places)} FROM ${rows})`;
  return `${select(cells, names, key === undefined ? [] : ["own", key])} FROM ${inner}`;
}

function select(columns: readonly string[], names: readonly string[], [key, keyName]: readonly string[]): string {
  const all = key === undefined ? columns : [key, ...columns];
  const given = names.map((name, i) => name || `column${i}`);
  const own = uniqueNames(keyName === undefined ? given : [keyName, ...given]);
  return `SELECT ${all.map((sql, i) => `${sql} AS ${identifier(own[i]!)}`).join(", ")}`;
}

function cellsOf(json: string, places: readonly string[]): string {
  return `json_extract(${json}, [${places.map(quoted).join(", ")}]) AS cells`;
}

function each(json: string, all = "$[*]"): string {
  return `unnest(json_extract(${json}, ${quoted(all)}))`;
}

function cell(json: string, keys: readonly string[]): string {
  return `json_extract(${json}, ${quoted(pointer(keys))})`;
}

function pointers(names: readonly string[]): string[] {
  return names.map((name) => pointer([name]));
}

/** A JSON pointer takes any key. */
function pointer(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Objects and lists in cells as DuckDB's own, as it has them where it reads the rows itself. */
async function withStructures(run: RunRows, from: string): Promise<string> {
  const columns = await run(`DESCRIBE SELECT * FROM ${from}`);
  const names = columns.filter(([, type]) => type === "JSON").map(([name]) => String(name));
  if (names.length === 0) return from;
  const kinds = names.map((name) => `CAST(json_group_structure(${identifier(name)}) AS VARCHAR)`);
  const [row = []] = await run(`SELECT ${kinds.join(", ")} FROM ${from}`);
  const replaced = names.flatMap((name, i) => {
    const structure = String(row[i] ?? "").replaceAll('"UBIGINT"', '"BIGINT"');
    if (!/^[[{]/.test(structure)) return [];
    return [`json_transform(${identifier(name)}, ${quoted(structure)}) AS ${identifier(name)}`];
  });
  return replaced.length === 0 ? from : `(SELECT * REPLACE (${replaced.join(", ")}) FROM ${from})`;
}
