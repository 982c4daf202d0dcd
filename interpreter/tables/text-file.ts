// CSV and its kin. DuckDB reads them, as texts and by a strict grammar; what that refuses is parsed by us, where it is
// not too large.
import { readFileSync, statSync } from "node:fs";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import { isAligned, STANDARD_QUOTING, textRecords } from "./delimited-text.ts";
import { decode, type Encoding, encodingOf } from "./encoding.ts";
import { type Evidence, gatherEvidence, type RunRows } from "./evidence.ts";
import { columnNames } from "./header.ts";
import { tablesBeside } from "./odd-records.ts";
import { otherContent } from "./other-content.ts";
import { type ChosenQuoting, mayBeQuotedOtherwise, quotingOf } from "./quoting.ts";
import { columnNotes, columnSql, isReadNatively, nativeType, rowsSql } from "./select-table.ts";
import { fileSeparator, type TableShape, tableShape } from "./shape.ts";
import { knownDates, type ReadingOptions, type TableReading, type TextToLoad } from "./table-reading.ts";
import { endsOf, hasEvenQuotes, isUtf8File, MAX_PARSED_BYTES, unzipped } from "./text-bytes.ts";
import { totalNotes } from "./totals.ts";

const MAX_SCANNED_COLUMNS = 500; // DuckDB's scanner takes a gigabyte for 2,000, however few of them are asked for
const BACKSLASHES = [Buffer.from('\\"'), Buffer.from('\\"', "utf16le")]; // before quotes
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
  const { quoting, note: quotingNote } = fileQuoting(path, texts, { encoding: encoding.name, options });
  const known = { separator: options.separator, hasHeader: options.header, quoting };
  const shape = tableShape(texts[0]!, texts[1], known);
  if (shape.names.length === 0) throw new Error("the file is empty");
  reader.checkColumns(shape.names.length);
  const notes = [...encodingNotes(encoding), ...(quotingNote === undefined ? [] : [quotingNote]), ...shape.notes];
  const context = {
    separator: shape.separator,
    decimal: options.decimal && (options.decimal === "comma" ? "," : "."),
    ...knownDates(options),
  } as const;
  const read = async (own: TableShape) => {
    const opened = await firstSource(possibleSources(path, reader, own, encoding.name), ({ rows, names }) =>
      gatherEvidence(reader.run, rows, names, context, { header: own.header }),
    );
    return { ...opened, shape: own };
  };
  const first = await read(shape);
  const isRepeated = first.evidence.repeatedRows > 0;
  const last = isRepeated ? await read({ ...shape, leftOut: [...shape.leftOut, shape.header], header: [] }) : first;
  const { columns, rowCount } = last.evidence;
  const sums = await totalNotes(reader.run, last.source.rows, columns, { total: shape.total, rowCount });
  const told = [...notes, ...(isRepeated ? ["rows that repeat the names are left out"] : []), ...sums];
  return tableReading(last.source, last.evidence, last.shape, told);
}

/** The first that can be read to its end. */
async function firstSource(
  sources: readonly (() => TextSource | Promise<TextSource>)[],
  gather: (source: TextSource) => Promise<Evidence>,
): Promise<{ source: TextSource; evidence: Evidence }> {
  let problem: unknown;
  for (const open of sources) {
    try {
      const source = await open();
      return { source, evidence: await gather(source) };
    } catch (error) {
      problem ??= error;
      if (!/\bCSV\b/.test(String(error)) || /line size/i.test(String(error))) break; // a limit's, not the grammar's
    }
  }
  throw problem;
}

/** By all of a file that may be held. */
function fileQuoting(
  path: string,
  [head = "", tail]: readonly string[],
  { encoding, options }: { encoding: string; options: ReadingOptions },
): ChosenQuoting {
  const isHeadWhole = tail === undefined;
  const bytes = !isHeadWhole && statSync(path).size <= MAX_PARSED_BYTES ? heldBytes(path) : undefined;
  const hasBackslash = BACKSLASHES.some((sign) => bytes?.includes(sign));
  if (!hasBackslash && !mayBeQuotedOtherwise(head)) return { quoting: STANDARD_QUOTING };
  const text = { head, whole: bytes && decode(bytes, encoding), isHeadWhole };
  return quotingOf(text, (quoting) => options.separator ?? fileSeparator(head, isHeadWhole, quoting));
}

/** undefined of what is zipped and too large to be held. */
function heldBytes(path: string): Buffer | undefined {
  try {
    return unzipped(path, readFileSync(path), MAX_PARSED_BYTES);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined; // as: zlib's own
    throw error;
  }
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
  if (isAligned(shape.separator)) return [parsed];
  const isStandard = shape.quoting === STANDARD_QUOTING; // of others DuckDB takes backslashes off before any sign
  if (!isStandard && (size <= MAX_PARSED_BYTES || shape.quoting.open !== shape.quoting.close)) return [parsed];
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
    return `read_csv(${quoted(exactPath(path))}, auto_detect = false, header = false, skip = ${shape.skippedLines}, delim = ${quoted(shape.separator)}, quote = ${quoted(shape.quoting.open)}, escape = ${quoted(shape.quoting.before)}, null_padding = ${padding}, columns = {${columns}}${options})`;
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
  const { separator, quoting, skippedLines } = shape;
  if (size > MAX_PARSED_BYTES) {
    const other = isAligned(separator) ? "parted by blanks" : `quoted by ${quoting.open}${quoting.close}`;
    const [what, way] = encoding === "utf-8" ? [other, "CSV"] : [encoding, "UTF-8"];
    throw new Error(`it is ${what} and larger than ${MAX_PARSED_BYTES / 2 ** 20} MB: save it as ${way}`);
  }
  const known = { kind: "text", table: `text of ${path}`, encoding, separator, quoting, skippedLines } as const;
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
  { encoding, separator, quoting, skippedLines }: Omit<TextToLoad, "names">,
): (readonly string[])[] {
  const text = decode(unzipped(path, readFileSync(path), MAX_PARSED_BYTES), encoding);
  const records: (readonly string[])[] = [];
  for (const { fields, line } of textRecords(text, separator, { quoting }))
    if (line >= skippedLines) records.push(fields);
  return records;
}
