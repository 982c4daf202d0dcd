// An array of objects as a table of DuckDB.
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import type { Row } from "../typescript/table-data.ts";
import { type DuckDb, identifier } from "./database.ts";

const CHUNK_ROWS = 2048; // DuckDB's vector size

const KINDS = ["BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR", "JSON"] as const;

type ColumnKind = (typeof KINDS)[number];

const DAY_MS = 86_400_000;

interface TableOptions {
  /** Of its columns, also where there are no rows to tell them. */
  readonly names?: readonly string[];
  /** Dates that are all at midnight UTC are days: a workbook has no other form for them. */
  readonly wholeDays?: boolean;
}

/** Columns of `rows` with the DuckDB type that holds all their values; of mixed types the text, of objects the JSON. */
export function tableColumns(
  rows: readonly Row[],
  { names = [], wholeDays = false }: TableOptions = {},
): { name: string; type: ColumnKind }[] {
  const kinds = new Map<string, ColumnKind | undefined>(names.map((name) => [name, undefined]));
  for (const row of rows) {
    for (const name of Object.keys(row)) kinds.set(name, widest(kinds.get(name), kindOf(row[name])));
  }
  const isDay = (name: string) =>
    rows.every(({ [name]: value }) => !(value instanceof Date) || value.getTime() % DAY_MS === 0);
  return [...kinds].map(([name, kind = "VARCHAR"]) => {
    return { name, type: wholeDays && kind === "TIMESTAMP" && isDay(name) ? "DATE" : kind };
  });
}

/** A table as it can be sent to another process: values column by column, in the form that JSON has for them. */
export interface PackedTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnKind }[];
  readonly values: readonly (readonly PackedValue[])[]; // times as milliseconds, large integers as text
}

/** Of the session, for the process that reads. */
export interface SessionArrays {
  readonly arrays: readonly PackedTable[];
  readonly leftOut: readonly string[]; // what is to be said of those that are not sent
}

type PackedValue = string | number | boolean | null;

function packTable(name: string, rows: readonly Row[], options: TableOptions = {}): PackedTable {
  const columns = tableColumns(rows, options);
  return { name, columns, values: columns.map((column) => rows.map((row) => packed(row[column.name], column.type))) };
}

/** @returns undefined for a table that is larger than may be sent: it is packed no farther than that */
export function packWithin(
  name: string,
  rows: readonly Row[],
  { maxValues, maxCharacters }: { readonly maxValues: number; readonly maxCharacters: number },
): PackedTable | undefined {
  const columns = tableColumns(rows);
  if (rows.length * columns.length > maxValues) return undefined;
  const values = columns.map((): PackedValue[] => []);
  let characters = 0;
  for (const row of rows) {
    for (const [i, column] of columns.entries()) {
      const value = packed(row[column.name], column.type);
      values[i]!.push(value);
      if (typeof value === "string") characters += value.length;
    }
    if (characters > maxCharacters) return undefined;
  }
  return { name, columns, values };
}

function packed(value: unknown, kind: ColumnKind): PackedValue {
  if (value === null || value === undefined) return null;
  if (kind === "BIGINT") return typeof value === "bigint" ? String(value) : (value as number);
  if (kind === "DOUBLE") return Number.isFinite(Number(value)) ? Number(value) : String(value);
  if (kind === "DATE" || kind === "TIMESTAMP") return (value as Date).getTime();
  if (kind === "BOOLEAN") return value as boolean;
  return typeof value === "string" && kind === "VARCHAR" ? value : toJson(value);
}

/** Creates the temporary table `name`, in place of one of the same name. */
export async function loadTable(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  name: string,
  rows: readonly Row[],
  options: TableOptions = {},
): Promise<void> {
  await loadPacked(duckdb, connection, packTable(name, rows, options));
}

/** The same, of a table that was packed. */
export async function loadPacked(
  { DuckDBDataChunk, ...duckdb }: DuckDb,
  connection: DuckDBConnection,
  { name, columns, values }: PackedTable,
): Promise<void> {
  // It may come from a process that runs code which nobody has read: a type goes into the statement as it is.
  if (!columns.every(({ type }) => KINDS.includes(type))) throw new TypeError(`a column of ${name} has no known type`);
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
  const toValue = (value: PackedValue, kind: ColumnKind): DuckDBValue => {
    if (value === null) return null;
    if (kind === "BIGINT") return BigInt(value);
    if (kind === "DOUBLE") return Number(value);
    if (kind === "DATE") return new duckdb.DuckDBDateValue(Number(value) / DAY_MS);
    return kind === "TIMESTAMP" ? new duckdb.DuckDBTimestampValue(BigInt(value) * 1000n) : value;
  };
  const appender = await connection.createAppender(name, null, "temp");
  const chunk = DuckDBDataChunk.create(columns.map(({ type }) => types[type]));
  const rowCount = values[0]?.length ?? 0;
  for (let start = 0; start < rowCount; start += CHUNK_ROWS) {
    const part = (column: readonly PackedValue[]) => column.slice(start, start + CHUNK_ROWS);
    chunk.setColumns(columns.map(({ type }, i) => part(values[i]!).map((value) => toValue(value, type))));
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
