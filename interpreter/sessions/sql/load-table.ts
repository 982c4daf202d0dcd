// An array of objects as a table of DuckDB.
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Row } from "../typescript/html-table.ts";
import { type DuckDb, identifier } from "./database.ts";

const CHUNK_ROWS = 2048; // DuckDB's vector size

type ColumnKind = "BIGINT" | "DOUBLE" | "BOOLEAN" | "DATE" | "TIMESTAMP" | "VARCHAR" | "JSON";

const DAY_MS = 86_400_000;

interface TableOptions {
  /** Dates that are all at midnight UTC are days: a workbook has no other form for them. */
  readonly wholeDays?: boolean;
}

/** Columns of `rows` with the DuckDB type that holds all their values; of mixed types the text, of objects the JSON. */
export function tableColumns(
  rows: readonly Row[],
  { wholeDays = false }: TableOptions = {},
): { name: string; type: ColumnKind }[] {
  const kinds = new Map<string, ColumnKind | undefined>();
  for (const row of rows) {
    for (const name of Object.keys(row)) kinds.set(name, widest(kinds.get(name), kindOf(row[name])));
  }
  const isDay = (name: string) =>
    rows.every(({ [name]: value }) => !(value instanceof Date) || value.getTime() % DAY_MS === 0);
  return [...kinds].map(([name, kind = "VARCHAR"]) => {
    return { name, type: wholeDays && kind === "TIMESTAMP" && isDay(name) ? "DATE" : kind };
  });
}

/** Creates the temporary table `name`, in place of one of the same name. */
export async function loadTable(
  { DuckDBDataChunk, ...duckdb }: DuckDb,
  connection: DuckDBConnection,
  name: string,
  rows: readonly Row[],
  options: TableOptions = {},
): Promise<void> {
  const columns = tableColumns(rows, options);
  const definitions = columns.map((column) => `${identifier(column.name)} ${column.type}`).join(", ");
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(name)} (${definitions})`);
  const types: Record<ColumnKind, DuckDBType> = {
    BIGINT: duckdb.BIGINT,
    DOUBLE: duckdb.DOUBLE,
    BOOLEAN: duckdb.BOOLEAN,
    DATE: duckdb.DATE,
    TIMESTAMP: duckdb.TIMESTAMP,
    VARCHAR: duckdb.VARCHAR,
    JSON: duckdb.VARCHAR,
  };
  const toValue = (value: unknown, kind: ColumnKind): DuckDBValue => {
    if (value === null || value === undefined) return null;
    if (kind === "BIGINT") return BigInt(value as number | bigint);
    if (kind === "DOUBLE") return Number(value);
    if (kind === "DATE") return new duckdb.DuckDBDateValue((value as Date).getTime() / DAY_MS);
    if (kind === "TIMESTAMP") return new duckdb.DuckDBTimestampValue(BigInt((value as Date).getTime()) * 1000n);
    if (kind === "BOOLEAN") return value as boolean;
    return typeof value === "string" && kind === "VARCHAR" ? value : toJson(value);
  };
  const appender = await connection.createAppender(name, null, "temp");
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => types[type]));
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    const part = rows.slice(start, start + CHUNK_ROWS);
    chunk.setColumns(columns.map((column) => part.map((row) => toValue(row[column.name], column.type))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

function kindOf(value: unknown): ColumnKind | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return Number.isSafeInteger(value) ? "BIGINT" : "DOUBLE";
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? "BIGINT" : "VARCHAR";
  if (typeof value === "boolean") return "BOOLEAN";
  if (typeof value === "string") return "VARCHAR";
  return value instanceof Date && !Number.isNaN(value.getTime()) ? "TIMESTAMP" : "JSON";
}

function widest(a: ColumnKind | undefined, b: ColumnKind | undefined): ColumnKind | undefined {
  if (a === undefined || b === undefined || a === b) return a ?? b;
  const isNumber = (kind: ColumnKind) => kind === "BIGINT" || kind === "DOUBLE";
  if (isNumber(a) && isNumber(b)) return "DOUBLE";
  return a === "JSON" || b === "JSON" ? "JSON" : "VARCHAR";
}

function toJson(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item)) ?? String(value);
}
