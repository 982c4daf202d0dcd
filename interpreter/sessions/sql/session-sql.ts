// The user's own SQL over the notebook's files and the session's variables, in the session's process. How a file is read
// it asks of the process that reads (reader/): so it sees the columns that the model sees, and a file that ends a process
// does not end this one. The model's SQL does not come here.
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";
import type { RunQuery } from "../charts/chart-data.ts";
import type { ChartOptions } from "../charts/chart-types.ts";
import type { MimeBundle, SqlResult, TableInfo } from "../session.ts";
import type { StatisticsOptions, StatisticsResult } from "../statistics/statistics-types.ts";
import type { ArrowTable, Sql, SqlRow } from "../typescript/cell-globals.ts";
import type { Row } from "../typescript/table-data.ts";
import { rowsOf } from "../typescript/table-rows.ts";
import { type Arrow, arrowTable } from "./arrow-table.ts";
import { findDataFiles } from "./data-files.ts";
import { type Database, type DuckDb, identifier, openUserDatabase } from "./database.ts";
import { loadTable, type SessionArrays } from "./load-table.ts";
import { quoteFiles } from "./mend-query.ts";
import { namedViews, nameView } from "./name-views.ts";
import { isNamedByPath, meantFiles, namesIn } from "./named-tables.ts";
import type { DescribedFile } from "./reader/messages.ts";
import { SqlError, sqlError } from "./sql-error.ts";
import { toJsonValue, toUserValue, valueConverter } from "./values.ts";
import { describeVariable, packVariables, rowsOfVariable } from "./variable-tables.ts";

const INTERRUPT_INTERVAL = 20; // ms

export interface QueryParams {
  readonly query: string;
  readonly maxRows: number;
  readonly out?: string; // the variable that gets the result
  readonly arrow?: boolean; // as an Arrow table, not as rows
}

export interface SessionSql {
  readonly sql: Sql;
  query(params: QueryParams, signal: AbortSignal): Promise<SqlResult>;
  /** Arrays of objects among these variables, as tables. */
  tables(names: readonly string[]): readonly TableInfo[];
  /** Those that have one of these names, in lower case, to be read by the model's SQL. */
  arrays(names: readonly string[]): SessionArrays;
  statistics(options: StatisticsOptions): Promise<StatisticsResult>;
  chart(options: ChartOptions): Promise<MimeBundle>;
  /** Ends the queries of the user's cells. */
  interrupt(): void;
}

export interface SessionSqlOptions {
  readonly folder: string; // the notebook's
  readonly spillFolder: string; // for queries of the user's that do not fit into memory; made when one needs it
  readonly variables: Record<string, unknown>; // of the session
  readonly arrow: () => Promise<Arrow>; // the user's own copy, where the folder has one
  readonly describe: (fileName: string) => Promise<DescribedFile>; // by the process that reads
}

type Read<T> = (reader: DuckDBResultReader, duckdb: DuckDb) => T | Promise<T>;

export function createSessionSql(options: SessionSqlOptions): SessionSql {
  const { spillFolder, variables, arrow } = options;
  let user: Promise<{ database: Database; connection: DuckDBConnection }> | undefined;
  let turn: Promise<unknown> = Promise.resolve(); // queries of one connection take turns

  /** The user's connection is kept: CREATE TABLE lasts as long as the session. */
  function withUser<T>(use: (database: Database, connection: DuckDBConnection) => Promise<T>): Promise<T> {
    user ??= openUserDatabase(spillFolder).then(async (database) => ({
      database,
      connection: await database.connect(),
    }));
    const opened = user;
    const result = turn.then(async () => {
      const { database, connection } = await opened;
      return use(database, connection);
    });
    turn = result.catch(() => {});
    return result;
  }

  async function query(
    { query, maxRows, out, arrow: asArrow = false }: QueryParams,
    signal: AbortSignal,
  ): Promise<SqlResult> {
    return withUser(async ({ duckdb }, connection) => {
      let again: NodeJS.Timeout | undefined;
      const stop = () => {
        connection.interrupt();
        again = setTimeout(stop, INTERRUPT_INTERVAL); // between two statements an interrupt is lost
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        signal.throwIfAborted();
        if (query.trim() === "") throw new SqlError("the query is empty");
        const text = await nameTables(options, duckdb, connection, query);
        const result = await connection.run(text);
        const reader = new duckdb.DuckDBResultReader(result);
        await reader.readUntil(out === undefined ? maxRows : result.rowCount);
        const table = asArrow ? arrowTable(await arrow(), reader) : userRows(duckdb, reader);
        if (out !== undefined) variables[out] = table;
        const shown = Array.isArray(table) ? table.slice(0, maxRows) : (rowsOf(table, maxRows) ?? []);
        return sqlResult(result, shown);
      } catch (error) {
        throw error instanceof SqlError ? error : sqlError(error);
      } finally {
        signal.removeEventListener("abort", stop);
        clearTimeout(again);
      }
    });
  }

  /** The user's own query, with what stands in `${}` as parameters. */
  function runOwn<T>(text: string | TemplateStringsArray, values: readonly unknown[], read: Read<T>): Promise<T> {
    const query = typeof text === "string" ? text : text.raw.reduce((sofar, part, i) => `${sofar}$${i}${part}`);
    return withUser(async ({ duckdb }, connection) => {
      try {
        const named = await nameTables(options, duckdb, connection, query);
        return await read(
          await connection.runAndReadAll(named, values.length > 0 ? values.map(toParameter) : undefined),
          duckdb,
        );
      } catch (error) {
        throw error instanceof SqlError ? error : sqlError(error);
      }
    });
  }

  const sql: Sql = Object.assign(
    (text: string | TemplateStringsArray, ...values: unknown[]) =>
      runOwn(text, values, (reader, duckdb) => userRows(duckdb, reader)),
    {
      arrow: (text: string | TemplateStringsArray, ...values: unknown[]) =>
        runOwn(text, values, async (reader): Promise<ArrowTable> => arrowTable(await arrow(), reader)),
    },
  );

  const runQuery: RunQuery = (text, maxRows) => query({ query: text, maxRows }, new AbortController().signal);

  return {
    sql,
    query,
    tables: (names) => names.flatMap((name) => describeVariable(name, variables[name])),
    arrays: (names) => packVariables(variables, new Set(names)),
    async chart(chosen) {
      const { buildChart } = await import("../charts/build-chart.ts");
      return buildChart(chosen, runQuery);
    },
    async statistics(chosen) {
      const { runStatistics } = await import("../statistics/statistics.ts");
      return runStatistics(chosen, runQuery);
    },
    interrupt: () => void user?.then(({ connection }) => connection.interrupt()),
  };
}

/**
 * Makes what the query may mean by a name: arrays of the session, then files by their name or its stem.
 * @returns the query, with the names of files in quotes
 */
async function nameTables(
  { folder, variables, describe }: SessionSqlOptions,
  duckdb: Database["duckdb"],
  connection: DuckDBConnection,
  asWritten: string,
): Promise<string> {
  const files = await findDataFiles(folder);
  const query = quoteFiles(
    asWritten,
    files.map(({ name }) => name),
  );
  const words = namesIn(query);
  const existing = await tableNames(connection);
  const isMeant = (name: string) => words.has(name.toLowerCase()) && !existing.has(name.toLowerCase());
  const meant = meantFiles(files, words);
  for (const file of files) {
    const { names } = meant.find((one) => one.file === file) ?? { names: [] };
    const isNamed = isNamedByPath(file, words);
    if (!isNamed && !names.some(isMeant)) continue;
    const described = await describe(file.name);
    if (described.isLeftOut && isNamed) throw new SqlError(described.problem ?? `${file.name} is not read`);
    if (described.isLeftOut) continue;
    const views = namedViews(file, names, described, words).filter(({ name }) => isMeant(name));
    for (const view of views) await nameView(duckdb, connection, view);
  }
  for (const [name, value] of Object.entries(variables)) {
    const rows = words.has(name.toLowerCase()) ? rowsOfVariable(name, value) : undefined;
    if (!rows) continue;
    await connection.run(`DROP VIEW IF EXISTS temp.${identifier(name)}`).catch(() => {}); // a table of that name
    await loadTable(duckdb, connection, name, rows);
  }
  return query;
}

async function tableNames(connection: DuckDBConnection): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_catalog <> 'temp'",
  );
  return new Set(reader.getRows().map(([name]) => String(name).toLowerCase()));
}

function userRows(duckdb: DuckDb, reader: DuckDBResultReader): SqlRow[] {
  return reader.convertRowObjects(valueConverter(duckdb)).map((row) => toUserValue(row) as SqlRow);
}

function sqlResult(result: DuckDBMaterializedResult, rows: readonly Row[]): SqlResult {
  const names = result.deduplicatedColumnNames();
  const types = result.columnTypes().map(String);
  return {
    columns: names.map((name, i) => ({ name, type: types[i] ?? "VARCHAR" })),
    rows: rows.map((row) => Object.fromEntries(names.map((name, i) => [name, toJsonValue(row[name], types[i] ?? "")]))),
    rowCount: result.rowCount,
  };
}

function toParameter(value: unknown): DuckDBValue {
  if (value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value) || (typeof value === "object" && value !== null)) return JSON.stringify(value);
  return value as DuckDBValue;
}
