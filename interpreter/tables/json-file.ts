// JSON and JSON lines: DuckDB knows their types; texts in them are read as those of a CSV are.
import { statSync } from "node:fs";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import { gatherEvidence, type RunRows } from "./evidence.ts";
import { columnNotes, columnSql } from "./select-table.ts";
import type { ReadingOptions, TableReading } from "./table-reading.ts";

const MAX_SAMPLED_WHOLE_BYTES = 64 * 2 ** 20; // types of a larger file are DuckDB's, of its first rows
const ISO = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'"; // others would be read in the order that fits first

export async function readJsonFile(
  path: string,
  run: RunRows,
  checkColumns: (count: number) => void,
  options: ReadingOptions,
): Promise<TableReading> {
  const sample = statSync(path).size <= MAX_SAMPLED_WHOLE_BYTES ? ", sample_size = -1" : "";
  const file = `read_json(${quoted(exactPath(path))}, ${ISO}${sample})`;
  const wrapped = await wrappedRows(run, file);
  return readTypedTable(run, wrapped?.from ?? file, { checkColumns, options, notes: wrapped?.notes ?? [] });
}

/** A table whose columns have types: those that are texts are decided upon. */
export async function readTypedTable(
  run: RunRows,
  from: string,
  {
    checkColumns,
    options,
    notes,
  }: { checkColumns: (count: number) => void; options: ReadingOptions; notes: readonly string[] },
): Promise<TableReading> {
  const types = await describe(run, from);
  checkColumns(types.length);
  const scalars = await jsonScalars(run, from, types);
  const asText = scalars.length === 0 ? from : `(SELECT * REPLACE (${scalars.map(scalarSql).join(", ")}) FROM ${from})`;
  const texts = types.filter(({ name, type }) => type === "VARCHAR" || scalars.includes(name)).map(({ name }) => name);
  const evidence = await gatherEvidence(run, asText, texts, {
    decimal: options.decimal && (options.decimal === "comma" ? "," : "."),
    isDayFirst: options.dates && options.dates === "day-first",
  });
  const converted = evidence.columns.filter(({ reading }) => reading !== undefined);
  const replaced = converted.length === 0 ? "" : ` REPLACE (${converted.map(columnSql).join(", ")})`;
  return {
    from: replaced === "" ? asText : `(SELECT *${replaced} FROM ${asText})`,
    columns: types.map(({ name, type }) => {
      const reading = converted.find((column) => column.name === name)?.reading;
      return { name, type: reading?.type ?? (scalars.includes(name) ? "VARCHAR" : type) };
    }),
    rowCount: evidence.rowCount,
    notes: [...notes, ...evidence.columns.flatMap(columnNotes)],
  };
}

async function describe(run: RunRows, from: string): Promise<{ name: string; type: string }[]> {
  const rows = await run(`DESCRIBE SELECT * FROM ${from}`);
  return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** {"page": 1, "data": [{...}, ...]} is one row to DuckDB; its rows are meant. */
async function wrappedRows(run: RunRows, file: string): Promise<{ from: string; notes: string[] } | undefined> {
  const types = await describe(run, file);
  const lists = types.filter(({ type }) => /^STRUCT\(.*\)\[\]$/s.test(type));
  const [list] = lists;
  if (list === undefined || lists.length > 1) return undefined;
  const [[count] = []] = await run(`SELECT count(*) FROM (FROM ${file} LIMIT 2)`);
  if (Number(count) !== 1) return undefined;
  const from = `(SELECT item.* FROM (SELECT unnest(${identifier(list.name)}) AS item FROM ${file}))`;
  const others = types.filter((one) => one !== list).map(({ name }) => name);
  return {
    from,
    notes: [`its rows are those inside ${list.name}${others.length > 0 ? `; left out: ${others.join(", ")}` : ""}`],
  };
}

/** Columns of JSON values that are all texts, numbers or truth values: as texts. */
async function jsonScalars(
  run: RunRows,
  from: string,
  types: readonly { name: string; type: string }[],
): Promise<string[]> {
  const names = types.filter(({ type }) => type === "JSON").map(({ name }) => name);
  if (names.length === 0) return [];
  const kinds = "('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE', 'BOOLEAN')";
  const checks = names.map((name) => {
    const kind = `json_type(${identifier(name)})`;
    return `count(${identifier(name)}) > 0 AND count(*) FILTER (${kind} NOT IN ${kinds} AND ${kind} <> 'NULL') = 0`;
  });
  const [row = []] = await run(`SELECT ${checks.join(", ")} FROM ${from}`);
  return names.filter((_, i) => row[i] === true);
}

function scalarSql(name: string): string {
  return `(${identifier(name)} ->> '$') AS ${identifier(name)}`;
}
