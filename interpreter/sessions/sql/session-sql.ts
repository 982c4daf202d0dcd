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
import { type Database, type DuckDb, openUserDatabase } from "./database.ts";
import type { SessionArrays } from "./load-table.ts";
import { missingTable, noSuchTable } from "./missing-table.ts";
import type { TableNames } from "./name-tables.ts";
import { SqlError, sqlError } from "./sql-error.ts";
import { toJsonValue, toUserValue, valueConverter } from "./values.ts";
import { describeVariable, packVariables } from "./variable-tables.ts";

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

export interface SessionSqlOptions extends TableNames {
  readonly spillFolder: string; // for queries of the user's that do not fit into memory; made when one needs it
  readonly arrow: () => Promise<Arrow>; // the user's own copy, where the folder has one
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

  async function withTables(duckdb: DuckDb, connection: DuckDBConnection, query: string): Promise<string> {
    const { nameTables } = await import("./name-tables.ts");
    return nameTables(options, duckdb, connection, query);
  }

  /** DuckDB knows nothing of the folder: which tables there are is told by us. */
  async function told(error: unknown, query: string, connection: DuckDBConnection): Promise<SqlError> {
    if (error instanceof SqlError) return error;
    const ownWords = sqlError(error);
    const missing = missingTable(ownWords.message, query);
    if (missing === undefined) return ownWords;
    const { namesOfTables } = await import("./name-tables.ts");
    const place = /\n\nLINE \d+:[\s\S]*$/.exec(ownWords.message)?.[0] ?? "";
    return new SqlError(`${noSuchTable(missing, await namesOfTables(options, connection))}${place}`);
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
        const text = await withTables(duckdb, connection, query);
        const result = await connection.run(text);
        const reader = new duckdb.DuckDBResultReader(result);
        await reader.readUntil(out === undefined ? maxRows : result.rowCount);
        const exactTimes = out === undefined; // only shown
        const table = asArrow ? arrowTable(await arrow(), reader) : userRows(duckdb, reader, { exactTimes });
        if (out !== undefined) variables[out] = table;
        const shown = Array.isArray(table) ? table.slice(0, maxRows) : (rowsOf(table, maxRows) ?? []);
        return sqlResult(result, shown);
      } catch (error) {
        throw await told(error, query, connection);
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
        const named = await withTables(duckdb, connection, query);
        return await read(
          await connection.runAndReadAll(named, values.length > 0 ? values.map(toParameter) : undefined),
          duckdb,
        );
      } catch (error) {
        throw await told(error, query, connection);
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

function userRows(duckdb: DuckDb, reader: DuckDBResultReader, options = { exactTimes: false }): SqlRow[] {
  return reader.convertRowObjects(valueConverter(duckdb, options)).map((row) => toUserValue(row) as SqlRow);
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
