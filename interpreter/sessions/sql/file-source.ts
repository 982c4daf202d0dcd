// How a data file is read, as SQL. DuckDB sees most of it; this adds what people's files have besides: Latin-1, decimal
// commas, dates as words, spaces in numbers. A column is only converted when each of its values can be: none is lost.
import { statSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { DataFile } from "./data-files.ts";
import { identifier, quoted } from "./database.ts";
import { checkBounds, checkColumns, FileBoundsError } from "./file-bounds.ts";
import { sqlError } from "./sql-error.ts";

const MAX_LOOKED_AT_BYTES = 64 * 2 ** 20; // a larger file is taken as DuckDB reads it
const MAX_COLUMNS = 60; // looked at, of one file
const DATE_FORMATS = [
  "%b %d %Y",
  "%b %d, %Y",
  "%B %d, %Y",
  "%d %b %Y",
  "%d %B %Y",
  "%Y/%m/%d",
  "%d.%m.%Y",
  "%Y/%m/%d %H:%M",
];
const SPACED = "^-?\\d{1,3}([ \\x{a0}\\x{202f}]\\d{3})*$"; // 2 145 906

export interface FileSource {
  readonly from: string; // what stands after FROM
  readonly columns: readonly { readonly name: string; readonly type: string }[]; // none: it cannot be read
  readonly problem?: string; // why it cannot
}

/** @throws FileBoundsError for what is larger than is read */
export async function fileSource(connection: DuckDBConnection, file: DataFile): Promise<FileSource> {
  checkBounds(file);
  return findSource(connection, file, statSync(file.path).size).catch((error: unknown) => {
    if (error instanceof FileBoundsError) throw error;
    return { from: quoted(file.path), columns: [], problem: sqlError(error).message };
  });
}

async function findSource(connection: DuckDBConnection, file: DataFile, size: number): Promise<FileSource> {
  const path = quoted(file.path);
  const readers = /\.[ct]sv$/i.test(file.path) ? [path, `read_csv(${path}, encoding = 'latin-1')`] : [path];
  const read = await firstThatReads(connection, file, readers, size);
  const reader = await withDecimalCommas(connection, file, read, size);
  const source = { from: reader.from, columns: reader.columns };
  if (size > MAX_LOOKED_AT_BYTES || /\.parquet$/i.test(file.path)) return source;
  return withConversions(connection, source);
}

/** Encodings show in the data, not in the columns: all of it is read, where it is not too much. */
async function firstThatReads(
  connection: DuckDBConnection,
  file: DataFile,
  readers: readonly string[],
  size: number,
): Promise<FileSource> {
  let problem: unknown;
  for (const from of readers) {
    try {
      const columns = await describe(connection, from);
      checkColumns(file, columns.length);
      if (readers.length > 1 && size <= MAX_LOOKED_AT_BYTES)
        await connection.run(`SELECT count(COLUMNS(*)) FROM ${from}`);
      return { from, columns };
    } catch (error) {
      problem ??= error;
      if (!/unicode|utf-?8|encod/i.test(String(error))) throw error;
    }
  }
  throw problem;
}

/** A file whose fields end at semicolons writes its numbers with commas. */
async function withDecimalCommas(
  connection: DuckDBConnection,
  file: DataFile,
  source: FileSource,
  size: number,
): Promise<FileSource> {
  if (!/\.csv$/i.test(file.path) || size > MAX_LOOKED_AT_BYTES) return source;
  const encoding = source.from.includes("latin-1") ? ", encoding = 'latin-1'" : "";
  const from = `read_csv(${quoted(file.path)}, delim = ';', decimal_separator = ','${encoding})`;
  const columns = await describe(connection, from).catch(() => []);
  const gained = columns.some(
    ({ name, type }) =>
      type === "DOUBLE" && source.columns.some((column) => column.name === name && column.type === "VARCHAR"),
  );
  return gained && columns.length === source.columns.length ? { from, columns } : source;
}

async function withConversions(connection: DuckDBConnection, source: FileSource): Promise<FileSource> {
  const texts = source.columns.filter(({ type }) => type === "VARCHAR" || type === "JSON").slice(0, MAX_COLUMNS);
  if (texts.length === 0) return source;
  const checks = texts.map(({ name, type }, i) => `${tests(identifier(name), type)} AS c${i}`);
  const [row] = (await connection.runAndReadAll(`SELECT ${checks.join(", ")} FROM ${source.from}`)).getRowsJson();
  const replaced = texts.flatMap(({ name, type }, i) => {
    const to = conversion(identifier(name), type, row?.[i] as unknown as readonly string[]);
    return to === undefined ? [] : [`${to} AS ${identifier(name)}`];
  });
  if (replaced.length === 0) return source;
  const from = `(SELECT * REPLACE (${replaced.join(", ")}) FROM ${source.from})`;
  return { from, columns: await describe(connection, from) };
}

/** A list of counts: all values; those that are numbers with spaces (and how many have one); dates; days; scalars of JSON. */
function tests(column: string, type: string): string {
  if (type === "JSON") {
    return `[count(${column}), 0, 0, 0, 0, count(*) FILTER (json_type(${column}) IN ('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE', 'BOOLEAN'))]`;
  }
  const date = dateOf(column);
  return `[count(${column}), count(*) FILTER (regexp_matches(${column}, '${SPACED}')),
    count(*) FILTER (regexp_matches(${column}, '\\d[ \\x{a0}\\x{202f}]\\d')),
    count(${date}), count(*) FILTER (${date} = date_trunc('day', ${date})), 0]`;
}

function conversion(column: string, type: string, counts: readonly string[]): string | undefined {
  const [all = 0, spaced, withSpace = 0, dates, days, scalars] = counts.map(Number);
  if (all === 0) return undefined;
  if (type === "JSON") return scalars === all ? `(${column} ->> '$')` : undefined;
  if (spaced === all && withSpace > 0) return `CAST(regexp_replace(${column}, '[^0-9-]', '', 'g') AS BIGINT)`;
  if (dates !== all) return undefined;
  return days === all ? `CAST(${dateOf(column)} AS DATE)` : dateOf(column);
}

function dateOf(column: string): string {
  return `try_strptime(${column}, [${DATE_FORMATS.map(quoted).join(", ")}])`;
}

async function describe(connection: DuckDBConnection, from: string): Promise<{ name: string; type: string }[]> {
  const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`);
  return rows.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
}
