// SQL over the notebook's files and the session's variables; runs in the session's process.
import { statSync } from "node:fs";
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBResultReader, DuckDBValue } from "@duckdb/node-api";
import type { ChartOptions } from "../charts/chart-options.ts";
import type { MimeBundle, SqlResult, TableInfo } from "../session.ts";
import type { StatisticsOptions, StatisticsResult } from "../statistics/statistics.ts";
import type { ArrowTable, Sql, SqlRow } from "../typescript/cell-globals.ts";
import type { Row } from "../typescript/html-table.ts";
import { describingRows, rowCountOf, rowsOf } from "../typescript/table-rows.ts";
import { type Arrow, arrowTable } from "./arrow-table.ts";
import { type DataFile, findDataFiles } from "./data-files.ts";
import { type Database, identifier, openLockedDatabase, openUserDatabase, quoted } from "./database.ts";
import { excelSheets, isExcel } from "./excel-file.ts";
import { fileSource } from "./file-source.ts";
import { loadTable, tableColumns } from "./load-table.ts";
import { quoteFiles } from "./mend-query.ts";
import { SqlError, sqlError } from "./sql-error.ts";
import { toJsonValue, toUserValue } from "./values.ts";

const MAX_COUNTED_BYTES = 64 * 2 ** 20; // rows of larger text files are not counted: it reads all of the file
const INTERRUPT_INTERVAL = 20; // ms

export interface QueryParams {
  readonly query: string;
  readonly locked: boolean;
  readonly maxRows: number;
  readonly out?: string; // the variable that gets the result
  readonly arrow?: boolean; // as an Arrow table, not as rows
}

export interface SessionSql {
  readonly sql: Sql;
  query(params: QueryParams, signal: AbortSignal): Promise<SqlResult>;
  /** @param names variables to look at: arrays of objects among them are tables */
  tables(names: readonly string[], signal: AbortSignal): Promise<readonly TableInfo[]>;
  /** @param locked as of query(): a chart that the model asked for reads the folder and nothing else */
  statistics(options: StatisticsOptions, how: { locked: boolean; signal?: AbortSignal }): Promise<StatisticsResult>;
  chart(options: ChartOptions, how: { locked: boolean; signal?: AbortSignal }): Promise<MimeBundle>;
  /** Ends the queries of the user's cells. */
  interrupt(): void;
}

export interface SessionSqlOptions {
  readonly folder: string; // the notebook's
  readonly spillFolder: string; // for queries of the user's that do not fit into memory; made when one needs it
  readonly variables: Record<string, unknown>; // of the session
  readonly arrow: () => Promise<Arrow>; // the user's own copy, where the folder has one
}

type Read<T> = (reader: DuckDBResultReader) => T | Promise<T>;

export function createSessionSql({ folder, spillFolder, variables, arrow }: SessionSqlOptions): SessionSql {
  let user: Promise<{ database: Database; connection: DuckDBConnection }> | undefined;
  let locked: Promise<Database> | undefined;
  let turn: Promise<unknown> = Promise.resolve(); // queries of one connection take turns
  const described = new Map<string, TableInfo>(); // by path, size and time of change

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

  async function withLocked<T>(use: (database: Database, connection: DuckDBConnection) => Promise<T>): Promise<T> {
    locked ??= openLockedDatabase(folder);
    const database = await locked;
    const connection = await database.connect();
    try {
      return await use(database, connection);
    } finally {
      connection.closeSync(); // and its temporary tables with it
    }
  }

  async function query(
    { query, locked, maxRows, out, arrow: asArrow = false }: QueryParams,
    signal: AbortSignal,
  ): Promise<SqlResult> {
    const access = locked ? withLocked : withUser;
    return access(async ({ duckdb }, connection) => {
      let again: NodeJS.Timeout | undefined;
      const stop = () => {
        connection.interrupt();
        again = setTimeout(stop, INTERRUPT_INTERVAL); // between two statements an interrupt is lost
      };
      signal.addEventListener("abort", stop, { once: true });
      try {
        signal.throwIfAborted();
        if (query.trim() === "") throw new SqlError("the query is empty");
        const text = await nameTables(duckdb, connection, query);
        const result = await (locked ? runReading(duckdb, connection, text) : connection.run(text));
        const reader = new duckdb.DuckDBResultReader(result);
        await reader.readUntil(out === undefined ? maxRows : result.rowCount);
        const table = asArrow ? arrowTable(await arrow(), reader) : userRows(reader);
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

  /**
   * Makes what the query may mean by a name: arrays of the session, then files by their name or its stem.
   * @returns the query, with the names of files in quotes
   */
  async function nameTables(
    duckdb: Database["duckdb"],
    connection: DuckDBConnection,
    asWritten: string,
  ): Promise<string> {
    const files = await findDataFiles(folder);
    const query = quoteFiles(
      asWritten,
      files.map(({ name }) => name),
    );
    const words = new Set(namesIn(query));
    const arrays = new Map<string, Row[]>();
    for (const [name, value] of Object.entries(variables)) {
      const rows = words.has(name.toLowerCase()) ? rowsOf(value) : undefined;
      if (rows) arrays.set(name, [...rows]);
    }
    const existing = await tableNames(connection);
    for (const file of files) {
      const stemIsOne = files.filter(({ stem }) => stem === file.stem).length === 1;
      const names = stemIsOne ? [file.name, file.stem] : [file.name];
      const isMeant = (name: string) => words.has(name.toLowerCase()) && !existing.has(name.toLowerCase());
      if (isExcel(file)) {
        const isNamed = [...words].some((word) => word.startsWith(file.name.toLowerCase()));
        if (!isNamed && !names.some(isMeant)) continue;
        for (const [i, { table, rows }] of (await excelSheets(file)).entries()) {
          const tables = i === 0 ? names : [table];
          for (const name of tables.filter(isMeant))
            await loadTable(duckdb, connection, name, rows, { wholeDays: true });
        }
      } else for (const name of names.filter(isMeant)) await createView(connection, name, file);
    }
    for (const [name, rows] of arrays) {
      await connection.run(`DROP VIEW IF EXISTS temp.${identifier(name)}`).catch(() => {}); // a table of that name
      await loadTable(duckdb, connection, name, rows);
    }
    return query;
  }

  /** The user's own query, with what stands in `${}` as parameters. */
  function runOwn<T>(text: string | TemplateStringsArray, values: readonly unknown[], read: Read<T>): Promise<T> {
    const query = typeof text === "string" ? text : text.raw.reduce((sofar, part, i) => `${sofar}$${i}${part}`);
    return withUser(async ({ duckdb }, connection) => {
      try {
        const named = await nameTables(duckdb, connection, query);
        return await read(
          await connection.runAndReadAll(named, values.length > 0 ? values.map(toParameter) : undefined),
        );
      } catch (error) {
        throw sqlError(error);
      }
    });
  }

  const sql: Sql = Object.assign(
    (text: string | TemplateStringsArray, ...values: unknown[]) => runOwn(text, values, userRows),
    {
      arrow: (text: string | TemplateStringsArray, ...values: unknown[]) =>
        runOwn(text, values, async (reader): Promise<ArrowTable> => arrowTable(await arrow(), reader)),
    },
  );

  async function describeExcel(file: DataFile): Promise<TableInfo[]> {
    const sheets = await excelSheets(file).catch(() => undefined);
    if (!sheets) return [{ name: quoted(file.name), kind: "file", columns: [], rowCount: undefined }];
    return sheets.map(({ table, rows }) => ({
      name: quoted(table),
      kind: "file",
      columns: tableColumns(rows, { wholeDays: true }),
      rowCount: rows.length,
    }));
  }

  async function describeFile(connection: DuckDBConnection, file: DataFile): Promise<TableInfo> {
    const { size, mtimeMs } = statSync(file.path);
    const key = `${file.path}\n${size}\n${mtimeMs}`;
    const known = described.get(key);
    if (known !== undefined) return known;
    const { from, columns } = await fileSource(connection, file);
    const counted = columns.length > 0 && (file.path.endsWith(".parquet") || size <= MAX_COUNTED_BYTES);
    const count = counted
      ? await connection.runAndReadAll(`SELECT count(*) FROM ${from}`).catch(() => undefined)
      : undefined;
    const info: TableInfo = {
      name: quoted(file.name),
      kind: "file",
      columns,
      rowCount: count === undefined ? undefined : Number(count.getRows()[0]?.[0]),
    };
    described.set(key, info);
    return info;
  }

  async function tables(names: readonly string[], signal: AbortSignal): Promise<TableInfo[]> {
    const arrays = names.flatMap((name): TableInfo[] => {
      const value = variables[name];
      const rows = describingRows(value);
      return rows ? [{ name, kind: "variable", columns: tableColumns(rows), rowCount: rowCountOf(value) }] : [];
    });
    const files = await findDataFiles(folder);
    if (files.length === 0) return arrays;
    const infos = await withLocked(async (_, connection) => {
      const found: TableInfo[] = [];
      for (const file of files) {
        if (signal.aborted) break;
        if (isExcel(file)) found.push(...(await describeExcel(file)));
        else found.push(await describeFile(connection, file));
      }
      return found;
    });
    return [...infos, ...arrays];
  }

  async function chart(options: ChartOptions, { locked, signal }: { locked: boolean; signal?: AbortSignal }) {
    const { buildChart } = await import("../charts/build-chart.ts");
    const untilEnd = signal ?? new AbortController().signal;
    return buildChart(options, (text, maxRows) => query({ query: text, locked, maxRows }, untilEnd));
  }

  async function statistics(options: StatisticsOptions, { locked, signal }: { locked: boolean; signal?: AbortSignal }) {
    const { runStatistics } = await import("../statistics/statistics.ts");
    const untilEnd = signal ?? new AbortController().signal;
    return runStatistics(options, (text, maxRows) => query({ query: text, locked, maxRows }, untilEnd));
  }

  return {
    sql,
    query,
    tables,
    chart,
    statistics,
    interrupt: () => void user?.then(({ connection }) => connection.interrupt()),
  };
}

/**
 * Runs statements that only read, each checked by the type that DuckDB itself gives it.
 * A PIVOT without IN is two statements of DuckDB's: an enum of the values, made in memory, and the query.
 */
async function runReading(
  { StatementType }: Database["duckdb"],
  connection: DuckDBConnection,
  query: string,
): Promise<DuckDBMaterializedResult> {
  const statements = await connection.extractStatements(query);
  const isPivot = /\bpivot\b/i.test(query);
  for (let i = 0; i < statements.count; i++) {
    const statement = await statements.prepare(i);
    const type = statement.statementType;
    const analyzes = type === StatementType.EXPLAIN && /\banalyze\b/i.test(query); // runs what it explains
    const reads = type === StatementType.SELECT || (type === StatementType.EXPLAIN && !analyzes);
    const isLast = i === statements.count - 1;
    if (!reads && !(isPivot && !isLast && type === StatementType.CREATE)) {
      const kind = analyzes ? "EXPLAIN ANALYZE" : StatementType[type];
      throw new SqlError(`${kind} is not allowed: only statements that read (SELECT, WITH, DESCRIBE, SUMMARIZE, SHOW)`);
    }
    const result = await statement.run();
    if (isLast) return result;
  }
  throw new SqlError("the query is empty");
}

async function createView(connection: DuckDBConnection, name: string, file: DataFile): Promise<void> {
  const { from } = await fileSource(connection, file);
  const view = `CREATE OR REPLACE TEMP VIEW ${identifier(name)} AS FROM ${from}`;
  // A file that cannot be read is told by the query, if it is meant.
  await connection.run(view).catch(() => {});
}

async function tableNames(connection: DuckDBConnection): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_catalog <> 'temp'",
  );
  return new Set(reader.getRows().map(([name]) => String(name).toLowerCase()));
}

/** Every word and quoted text of a query, in lower case: more than its tables, and never fewer. */
function namesIn(query: string): string[] {
  const found = query.matchAll(/"((?:[^"]|"")+)"|'((?:[^']|'')+)'|[\p{L}_][\p{L}\p{N}_$]*/gu);
  return [...found].map(([word, inDouble, inSingle]) => (inDouble ?? inSingle ?? word).toLowerCase());
}

function userRows(reader: DuckDBResultReader): SqlRow[] {
  return reader.getRowObjectsJS().map((row) => toUserValue(row) as SqlRow);
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
