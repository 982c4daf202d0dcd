// JSON and JSON lines: DuckDB knows their types; texts in them are read as those of a CSV are.
import { statSync } from "node:fs";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import { gatherEvidence, type RunRows } from "./evidence.ts";
import { isLong, ROUNDED } from "./numbers.ts";
import { columnNotes, columnSql } from "./select-table.ts";
import { rowsWithRepeatedKeys, type ShapedTable, shapedJson } from "./shaped-json.ts";
import { knownDates, type QueryToLoad, type ReadingOptions, type TableReading } from "./table-reading.ts";
import { endsOf } from "./text-bytes.ts";
import { isDayInDigits, isNameOfDays } from "./times.ts";
import { valueHints } from "./value-hints.ts";

const MAX_SAMPLED_WHOLE_BYTES = 64 * 2 ** 20; // types of a larger file are DuckDB's, of its first rows
const MIN_GOOD_LINES = 0.5; // of JSON lines: with fewer, the file is something else
const LONG_NUMBER = 1e15;
const NO_FINITE = /^(?:-?inf(?:inity)?|nan)$/i;
const INFINITE = "some values are infinite or no number, and so are sums and means of them";
const HINTED_ROWS = 2_000;
const SCALARS = new Set(["VARCHAR", "BIGINT", "UBIGINT", "DOUBLE", "BOOLEAN"]);
const ISO = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'"; // others would be read in the order that fits first

export interface JsonFileReader {
  readonly run: RunRows;
  readonly load: (table: QueryToLoad) => Promise<void>;
  /** @throws where there are too many */
  readonly checkColumns: (count: number) => void;
}

/** @throws Error where it is no JSON; lines that are none, among others that are, are left out and told */
export async function readJsonFile(
  path: string,
  reader: JsonFileReader,
  options: ReadingOptions,
): Promise<TableReading> {
  const { run, checkColumns } = reader;
  if (statSync(path).size === 0) throw new Error("the file is empty");
  const ofCells = async ({ from, load, notes }: ShapedTable) => {
    const reading = await readTypedTable(run, from, { checkColumns, options, notes });
    return { ...reading, load };
  };
  const shaped = await shapedJson(path, { ...reader, hasHeader: options.header });
  if (shaped?.load) return ofCells(shaped);
  try {
    return await readRows(path, reader, options, shaped?.notes ?? []);
  } catch (error) {
    if (!/has duplicate key/.test(String(error))) throw error;
    return ofCells(await rowsWithRepeatedKeys(path, reader));
  }
}

/** Of what DuckDB takes for rows. */
async function readRows(
  path: string,
  { run, checkColumns }: JsonFileReader,
  options: ReadingOptions,
  known: readonly string[],
): Promise<TableReading> {
  const sample = statSync(path).size <= MAX_SAMPLED_WHOLE_BYTES ? ", sample_size = -1" : "";
  const named = `${quoted(exactPath(path))}, ${ISO}${sample}`;
  const { from, types, notes: ownNotes } = await openJson(run, path, named);
  const notes = [...ownNotes, ...known];
  const long = notes.length === 0 ? await longNumbers(run, named, types) : [];
  const exact = long.length === 0 ? from : withTexts(named, types, long);
  const reading = await readTypedTable(run, exact, { checkColumns, options, notes });
  const isCut = long.length === 0 && reading.columns.some(({ type }) => type === "DOUBLE") && hasLongDecimals(path);
  const rounded = reading.columns.filter(({ name, type }) => long.includes(name) && type === "DOUBLE");
  const told = rounded.map(({ name }) => `${name}: numbers of more than 15 digits are rounded to as many`);
  return { ...reading, notes: [...reading.notes, ...told, ...(isCut ? [ROUNDED] : [])] };
}

/** Numbers with more digits than are kept, at the file's beginning. */
function hasLongDecimals(path: string): boolean {
  const numbers =
    endsOf(path)
      .head.toString("latin1")
      .match(/(?<=[:,[\s])-?\d+\.\d{5,}(?=[,\]}\s])/g) ?? [];
  return numbers.some(isLong);
}

interface OpenedJson {
  readonly from: string;
  readonly types: readonly ColumnType[];
  readonly notes: readonly string[];
}

interface ColumnType {
  readonly name: string;
  readonly type: string;
}

async function openJson(run: RunRows, path: string, named: string): Promise<OpenedJson> {
  const from = `read_json(${named})`;
  try {
    return { from, types: await describe(run, from), notes: [] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/UTF-16|UTF-8/.test(message)) throw new Error(`it is JSON in another encoding than UTF-8: save it as UTF-8`);
    if (/maximum_object_size/.test(message))
      throw new Error("one value of it is larger than is read: save it as JSON lines, or as Parquet");
    const rest = /Malformed JSON/.test(message) ? await goodLines(run, path, named).catch(() => undefined) : undefined;
    if (rest === undefined) throw error;
    return rest;
  }
}

/** JSON lines of which some are broken; undefined where most are. */
async function goodLines(run: RunRows, path: string, named: string): Promise<OpenedJson | undefined> {
  const lines = "format = 'newline_delimited', ignore_errors = true";
  const [[all, good] = []] = await run(
    `SELECT count(*), count(json) FROM read_json_objects(${quoted(exactPath(path))}, ${lines})`,
  );
  if (Number(good) === Number(all) || Number(good) < MIN_GOOD_LINES * Number(all)) return undefined;
  const types = await describe(run, `read_json(${named}, ${lines})`);
  const isBroken = types.map(({ name }) => `${identifier(name)} IS NULL`).join(" AND ");
  return {
    from: `(FROM read_json(${named}, ${lines}) WHERE NOT (${isBroken}))`,
    types,
    notes: [`${Number(all) - Number(good)} of ${all} lines are no JSON, and left out`],
  };
}

/** Columns with numbers of more digits than a DOUBLE keeps. */
async function longNumbers(run: RunRows, named: string, types: readonly ColumnType[]): Promise<string[]> {
  const doubles = types.filter(({ type }) => type === "DOUBLE").map(({ name }) => name);
  const isRenamed = types.some(({ name }) => /_\d+$/.test(name)); // by DuckDB, perhaps: the file has not that name
  if (doubles.length === 0 || isRenamed) return [];
  const largest = doubles.map((name) => `max(abs(${identifier(name)})) FILTER (isfinite(${identifier(name)}))`);
  const [row = []] = await run(`SELECT ${largest.join(", ")} FROM read_json(${named})`);
  return doubles.filter((_, i) => Number(row[i]) >= LONG_NUMBER);
}

/** Whole numbers are read as texts with all of their digits, and so as the numbers that they are. */
function withTexts(named: string, types: readonly ColumnType[], names: readonly string[]): string {
  const columns = types.map(({ name, type }) => `${quoted(name)}: ${quoted(names.includes(name) ? "VARCHAR" : type)}`);
  return `read_json(${named}, columns = {${columns.join(", ")}})`;
}

/** A table whose columns have types: those that are texts are decided upon. */
export async function readTypedTable(
  run: RunRows,
  given: string,
  {
    checkColumns,
    options,
    notes,
  }: { checkColumns: (count: number) => void; options: ReadingOptions; notes: readonly string[] },
): Promise<TableReading> {
  const from = await narrowed(run, given);
  const types = await describe(run, from);
  checkColumns(types.length);
  const json = await jsonScalars(run, from, types);
  const days = await daysInDigits(run, from, types);
  const scalars = [...json, ...days];
  const replacing = [
    ...json.map(scalarSql),
    ...days.map((name) => `CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`),
  ];
  const asText = replacing.length === 0 ? from : `(SELECT * REPLACE (${replacing.join(", ")}) FROM ${from})`;
  const texts = types.filter(({ name, type }) => type === "VARCHAR" || scalars.includes(name)).map(({ name }) => name);
  const context = {
    decimal: options.decimal && (options.decimal === "comma" ? "," : "."),
    ...knownDates(options),
  } as const;
  const numbers = types.filter(({ type }) => /^(BIGINT|DOUBLE)$/.test(type)).map(({ name }) => name);
  const evidence = await gatherEvidence(run, asText, texts, context, { numbers });
  const converted = evidence.columns.filter(({ reading }) => reading !== undefined);
  const replaced = converted.length === 0 ? "" : ` REPLACE (${converted.map(columnSql).join(", ")})`;
  return {
    from: replaced === "" ? asText : `(SELECT *${replaced} FROM ${asText})`,
    columns: types.map(({ name, type }) => {
      const reading = converted.find((column) => column.name === name)?.reading;
      return { name, type: reading?.type ?? (scalars.includes(name) ? "VARCHAR" : type) };
    }),
    rowCount: evidence.rowCount,
    notes: [
      ...notes,
      ...evidence.columns.flatMap(columnNotes),
      ...(await typedHints(
        run,
        from,
        types.filter(({ name }) => !days.includes(name)),
      )),
    ],
  };
}

/** DuckDB takes 128 bits for whole numbers of both signs: those that need no more than 64 have them. */
async function narrowed(run: RunRows, from: string): Promise<string> {
  const wide = (await describe(run, from)).filter(({ type }) => type === "HUGEINT").map(({ name }) => identifier(name));
  if (wide.length === 0) return from;
  const fits = wide.map((name) => `bool_and(TRY_CAST(${name} AS BIGINT) IS NOT NULL OR ${name} IS NULL)`);
  const [row = []] = await run(`SELECT ${fits.join(", ")} FROM ${from}`);
  const narrow = wide.filter((_, i) => row[i] === true).map((name) => `CAST(${name} AS BIGINT) AS ${name}`);
  return narrow.length === 0 ? from : `(SELECT * REPLACE (${narrow.join(", ")}) FROM ${from})`;
}

/** Of columns that are numbers, dates and times already, by some of their values. */
async function typedHints(run: RunRows, from: string, types: readonly ColumnType[]): Promise<string[]> {
  const typed = types.filter(({ type }) => /^(BIGINT|DOUBLE|DATE|TIMESTAMP)$/.test(type));
  if (typed.length === 0) return [];
  const texts = typed.map(({ name }) => `CAST(${identifier(name)} AS VARCHAR)`);
  const rows = await run(`SELECT ${texts.join(", ")} FROM ${from} LIMIT ${HINTED_ROWS}`);
  return typed.flatMap(({ name, type }, i) => {
    const values = rows.flatMap((row) => (row[i] === null ? [] : [String(row[i])]));
    const isInfinite = type === "DOUBLE" && values.some((value) => NO_FINITE.test(value));
    return [...valueHints(values, name, type), ...(isInfinite ? [INFINITE] : [])].map((hint) => `${name}: ${hint}`);
  });
}

async function describe(run: RunRows, from: string): Promise<ColumnType[]> {
  const rows = await run(`DESCRIBE SELECT * FROM ${from}`);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Columns of JSON values that are all texts, numbers or truth values: as texts. */
async function jsonScalars(run: RunRows, from: string, types: readonly ColumnType[]): Promise<string[]> {
  const names = types.filter(({ type }) => type === "JSON").map(({ name }) => name);
  if (names.length === 0) return [];
  const kinds = names.map((name) => `CAST(to_json(list(DISTINCT json_type(${identifier(name)}))) AS VARCHAR)`);
  const [row = []] = await run(`SELECT ${kinds.join(", ")} FROM ${from}`);
  return names.filter((_, i) => {
    const found = (JSON.parse(String(row[i] ?? "[]")) as (string | null)[]).filter((kind) => kind !== null); // as: a list of texts
    return found.length > 0 && found.every((kind) => kind === "NULL" || SCALARS.has(kind));
  });
}

/** Columns of whole numbers that are days as 20240131, as those of a text file are. */
async function daysInDigits(run: RunRows, from: string, types: readonly ColumnType[]): Promise<string[]> {
  const named = types.filter(({ name, type }) => type === "BIGINT" && isNameOfDays(name)).map(({ name }) => name);
  if (named.length === 0) return [];
  const tests = named.map((name) => `bool_and(${isDayInDigits(`CAST(${identifier(name)} AS VARCHAR)`)})`);
  const [row = []] = await run(`SELECT ${tests.join(", ")} FROM ${from}`);
  return named.filter((_, i) => row[i] === true);
}

function scalarSql(name: string): string {
  return `(${identifier(name)} ->> '$') AS ${identifier(name)}`;
}
