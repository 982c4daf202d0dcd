// CSV and its kin. DuckDB reads them, as texts and by a strict grammar; what that refuses is parsed by us, where it is
// not too large.
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { constants, gunzipSync } from "node:zlib";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import { textRecords } from "./delimited-text.ts";
import { decode, type Encoding, encodingOf, isUtf8Part, openLetter } from "./encoding.ts";
import { type Evidence, gatherEvidence, type RunRows } from "./evidence.ts";
import { columnNames } from "./header.ts";
import { tablesBeside } from "./odd-records.ts";
import { otherContent } from "./other-content.ts";
import { columnNotes, columnSql, isReadNatively, nativeType, rowsSql } from "./select-table.ts";
import { type TableShape, tableShape } from "./shape.ts";
import type { ReadingOptions, TableReading, TextToLoad } from "./table-reading.ts";

const HEAD_BYTES = 256 * 1024;
const TAIL_BYTES = 16 * 1024;
const CHUNK_BYTES = 4 * 2 ** 20;
const MAX_PARSED_BYTES = 32 * 2 ** 20; // by us: its values lie in memory, three times as large
const MAX_SCANNED_COLUMNS = 500; // DuckDB's scanner takes a gigabyte for 2,000, however few of them are asked for
const QUOTE = 0x22;
const MORE_COLUMNS = 4; // that a row may have beyond the names

export interface TextFileReader {
  readonly run: RunRows;
  /** Makes the table of a text that DuckDB does not read. */
  readonly load: (text: TextToLoad) => Promise<void>;
  /** @throws where there are too many */
  readonly checkColumns: (count: number) => void;
}

/** @throws Error where it cannot be read */
export async function readTextFile(
  path: string,
  reader: TextFileReader,
  options: ReadingOptions,
): Promise<TableReading> {
  const { head, tail } = endsOf(path);
  const other = otherContent(head);
  if (other !== undefined) throw new Error(other);
  const encoding =
    options.encoding === undefined
      ? await encodingOf(head, isUtf8File(path))
      : { name: options.encoding, isAssumed: false };
  const texts = [head, ...(tail ? [tail] : [])].map((bytes) => decode(bytes, encoding.name));
  const shape = tableShape(texts[0]!, texts[1], { separator: options.separator, hasHeader: options.header });
  if (shape.names.length === 0) throw new Error("the file is empty");
  reader.checkColumns(shape.names.length);
  const notes = [...encodingNotes(encoding), ...shape.notes];
  const context = {
    separator: shape.separator,
    decimal: options.decimal && (options.decimal === "comma" ? "," : "."),
    isDayFirst: options.dates && options.dates === "day-first",
  } as const;
  const sources = possibleSources(path, reader, shape, encoding.name);
  let problem: unknown;
  for (const open of sources) {
    try {
      const source = await open();
      return tableReading(source, await gatherEvidence(reader.run, source.rows, source.names, context), shape, notes);
    } catch (error) {
      problem ??= error;
      if (!/\bCSV\b/.test(String(error)) || /line size/i.test(String(error))) break; // a limit's, not the grammar's
    }
  }
  throw problem;
}

function encodingNotes({ name, isAssumed }: Encoding): string[] {
  if (!isAssumed) return [];
  return [
    name === "utf-8"
      ? "some of its bytes are no UTF-8 and are read as \ufffd"
      : `its letters are read as ${name} (assumed)`,
  ];
}

interface TextSource {
  readonly rows: string; // all columns as texts, without the records that are left out
  readonly names: readonly string[];
  readonly typed: ((types: ReadonlyMap<string, string>) => string) | undefined; // the same by DuckDB, with types
  readonly load: TextToLoad | undefined;
}

/** The first that reads the file to its end is taken. */
function possibleSources(
  path: string,
  reader: TextFileReader,
  shape: TableShape,
  encoding: string,
): (() => TextSource | Promise<TextSource>)[] {
  const { size } = statSync(path);
  const parsed = () => parsedSource(path, reader, shape, encoding);
  const isDuckDbs = encoding === "utf-8" || (encoding === "utf-16le" && size > MAX_PARSED_BYTES);
  if (!isDuckDbs) return [parsed];
  if (shape.names.length > MAX_SCANNED_COLUMNS && size <= MAX_PARSED_BYTES) return [parsed];
  const encoded = encoding === "utf-8" ? "" : ", encoding = 'utf-16'";
  const ragged = () => duckDbSource(path, shape, { width: shape.names.length + MORE_COLUMNS, options: encoded });
  const ofLines = () => duckDbSource(path, shape, { width: shape.names.length, options: encoded }); // fields may have several
  if (size <= MAX_PARSED_BYTES) return [ragged, ofLines, parsed];
  const both = () => {
    if (!hasEvenQuotes(path))
      throw new Error("CSV: a quote has no end, and from there on DuckDB would leave out all rows");
    const width = shape.names.length + MORE_COLUMNS;
    return duckDbSource(path, shape, { width, options: `${encoded}, parallel = false` });
  };
  return [ragged, ofLines, both];
}

/** `width`: with more columns than there are names, rows may have fewer fields, and no field several lines. */
function duckDbSource(
  path: string,
  shape: TableShape,
  { width, options }: { width: number; options: string },
): TextSource {
  const names = columnNames(shape.names, width);
  const padding = width > shape.names.length;
  const typed = (types: ReadonlyMap<string, string>) => {
    const columns = names.map((name) => `${quoted(name)}: ${quoted(types.get(name) ?? "VARCHAR")}`).join(", ");
    return `read_csv(${quoted(exactPath(path))}, auto_detect = false, header = false, skip = ${shape.skippedLines}, delim = ${quoted(shape.separator)}, quote = '"', escape = '"', null_padding = ${padding}, columns = {${columns}}${options})`;
  };
  const where = rowsSql(names, { emptyRows: 0 }, shape.leftOut);
  return { rows: `(FROM ${typed(new Map())}${where})`, names, typed, load: undefined };
}

async function parsedSource(
  path: string,
  reader: TextFileReader,
  shape: TableShape,
  encoding: string,
): Promise<TextSource> {
  const { size } = statSync(path);
  if (size > MAX_PARSED_BYTES)
    throw new Error(`it is ${encoding} and larger than ${MAX_PARSED_BYTES / 2 ** 20} MB: save it as UTF-8`);
  const { separator, skippedLines } = shape;
  const known = { kind: "text", table: `text of ${path}`, encoding, separator, skippedLines } as const;
  const width = recordsOf(path, known).reduce((most, fields) => Math.max(most, fields.length), shape.names.length);
  reader.checkColumns(width);
  const load = { ...known, names: columnNames(shape.names, width) };
  await reader.load(load);
  const where = rowsSql(load.names, { emptyRows: 0 }, shape.leftOut);
  return { rows: `(FROM ${identifier(load.table)}${where})`, names: load.names, typed: undefined, load };
}

function tableReading(
  source: TextSource,
  evidence: Evidence,
  shape: TableShape,
  notes: readonly string[],
): TableReading {
  const isUnnamed = (name: string, i: number) => i >= shape.named || name === `column${i}`;
  const all = evidence.columns;
  const kept = all.filter(({ name, isEmpty }, i) => !(isEmpty && isUnnamed(name, i)));
  const columns = kept.length === 0 ? all.slice(0, shape.names.length) : kept;
  const beside = tablesBeside(
    all.map(({ name, isEmpty }, i) => ({ name: isUnnamed(name, i) ? "" : name, isEmpty })).slice(0, shape.names.length),
  );
  const wider = columns.filter((column) => all.indexOf(column) >= shape.named).map(({ name }) => name);
  const isNative = source.typed !== undefined && shape.leftOut.length === 0;
  const native = new Map(isNative ? columns.map((column) => [column.name, nativeType(column)]) : []);
  const converted = columns.map((column) => {
    return isNative && isReadNatively(column) ? identifier(column.name) : columnSql(column);
  });
  const rows = isNative ? source.typed!(native) : source.rows;
  const where = rowsSql(
    all.map(({ name }) => name),
    evidence,
    [],
  );
  return {
    from: `(SELECT ${converted.join(", ")} FROM ${rows}${where})`,
    columns: columns.map(({ name, reading }) => ({ name, type: reading?.type ?? "VARCHAR" })),
    rowCount: evidence.rowCount - (all.length > 1 ? evidence.emptyRows : 0),
    notes: [
      ...notes,
      ...(beside === undefined ? [] : [beside]),
      ...(wider.length > 0 ? [widerNote(wider, shape)] : []),
      ...columns.flatMap(columnNotes),
    ],
    ...(source.load && { load: source.load }),
  };
}

function widerNote(columns: readonly string[], { names, named }: TableShape): string {
  const some = `rows have more fields than there are names: ${columns.join(", ")}`;
  if (named === names.length) return `some ${some}`;
  return `most ${some}; where a sign within a value parts it in two, or the first column has no name, the names are not above their values`;
}

/** The records of the table, as they are loaded. */
export function recordsOf(
  path: string,
  { encoding, separator, skippedLines }: Omit<TextToLoad, "names">,
): (readonly string[])[] {
  const text = decode(unzipped(path, readFileSync(path), MAX_PARSED_BYTES), encoding);
  const records: (readonly string[])[] = [];
  for (const { fields, line } of textRecords(text, separator)) if (line >= skippedLines) records.push(fields);
  return records;
}

function isZipped(path: string): boolean {
  return /\.gz$/i.test(path);
}

function unzipped(path: string, bytes: Buffer, maxBytes: number): Buffer {
  if (!isZipped(path)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // as: zlib's own
    if (code === "Z_BUF_ERROR")
      throw new Error("it ends in the midst of its gzip: fetch or copy it again", { cause: error });
    if (code === "Z_DATA_ERROR") throw new Error("it is called .gz and is no gzip, or is damaged", { cause: error });
    throw error;
  }
}

/** The first bytes of a file, and the last where the first are not all. */
function endsOf(path: string): { head: Buffer; tail: Buffer | undefined } {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(Math.min(size, HEAD_BYTES));
    readSync(file, head, 0, head.length, 0);
    if (isZipped(path)) return unzippedEnds(path, head, size);
    if (size <= HEAD_BYTES) return { head, tail: undefined };
    const tail = Buffer.alloc(TAIL_BYTES);
    readSync(file, tail, 0, TAIL_BYTES, size - TAIL_BYTES);
    return { head, tail };
  } finally {
    closeSync(file);
  }
}

/** What lies below the table is seen of a zipped file that may be read whole. */
function unzippedEnds(path: string, head: Buffer, size: number): { head: Buffer; tail: Buffer | undefined } {
  if (size <= MAX_PARSED_BYTES) {
    try {
      const all = unzipped(path, readFileSync(path), MAX_PARSED_BYTES);
      if (all.length <= HEAD_BYTES) return { head: all, tail: undefined };
      return { head: all.subarray(0, HEAD_BYTES), tail: all.subarray(-TAIL_BYTES) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    }
  }
  const start = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  return { head: start.subarray(0, HEAD_BYTES), tail: Buffer.alloc(0) };
}

function isUtf8File(path: string): boolean {
  if (isZipped(path)) return isUtf8Part(endsOf(path).head);
  for (const chunk of wholeLetters(path)) if (!isUtf8Part(chunk)) return false;
  return true;
}

function hasEvenQuotes(path: string): boolean {
  if (isZipped(path)) return true; // too large to be looked through
  let isEven = true;
  for (const chunk of wholeLetters(path))
    for (let at = chunk.indexOf(QUOTE); at >= 0; at = chunk.indexOf(QUOTE, at + 1)) isEven = !isEven;
  return isEven;
}

/** All of a file, in parts that end with a letter of UTF-8. */
function* wholeLetters(path: string): Generator<Buffer> {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; ; ) {
      const length = readSync(file, chunk, 0, CHUNK_BYTES, at);
      if (length === 0) return;
      const cut = length < CHUNK_BYTES ? 0 : openLetter(chunk.subarray(0, length));
      yield chunk.subarray(0, length - cut);
      at += length - cut;
    }
  } finally {
    closeSync(file);
  }
}
