// What the reading process does with each request.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { RunRows } from "../../../tables/evidence.ts";
import { readTypedTable } from "../../../tables/json-file.ts";
import { readFile } from "../../../tables/read-file.ts";
import type { ReadingOptions, TableReading, ToLoad } from "../../../tables/table-reading.ts";
import type { RunQuery } from "../../charts/chart-data.ts";
import { tableSource } from "../../charts/table-source.ts";
import type { TableInfo } from "../../session.ts";
import type { DataFile } from "../data-files.ts";
import { type DuckDb, exactPath, identifier, importDuckDb, quoted } from "../database.ts";
import { excelSheets, isExcel } from "../excel-file.ts";
import { checkBounds, checkColumns, FileBoundsError } from "../file-bounds.ts";
import { loadPacked } from "../load-table.ts";
import { quoteFiles } from "../mends/names.ts";
import { loadSource, nameView } from "../name-views.ts";
import { SqlError, sqlError, unreadKind } from "../sql-error.ts";
import { unreadable } from "../unreadable.ts";
import { boundedRows, type RowBounds } from "./bounded-rows.ts";
import type { DescribedFile, NamedTables, ReaderMethod, ReaderRequests, TableSource } from "./messages.ts";
import { expandPatterns, namedFiles, readablePath } from "./named-files.ts";
import { MEMORY_LIMIT, queryInstances } from "./query-instances.ts";
import { type ReadingStatement, readingStatement } from "./reading-statement.ts";
import { unmetConditions } from "./unmet-conditions.ts";

const RESULT_BYTES = 32 * 2 ** 20; // sent to the kernel, which shows a part of it
const DRAWN_BYTES = 128 * 2 ** 20; // of the rows that a chart or a test is made from, here
const INTERRUPT_INTERVAL = 20; // ms

type Handlers = {
  readonly [Method in ReaderMethod]: (
    params: ReaderRequests[Method]["params"],
  ) => Promise<ReaderRequests[Method]["result"]>;
};

export interface Reader {
  readonly handlers: Handlers; // one request at a time
  /** Ends the query that runs; the kernel ends the process if that does not help. */
  interrupt(): void;
}

export async function createReader(folder: string): Promise<Reader> {
  const duckdb = await importDuckDb();
  const instances = queryInstances(duckdb);
  const parser = await parsingConnection(duckdb);
  let describer: Promise<DuckDBConnection> | undefined;
  let running: DuckDBConnection | undefined;
  let interrupted = false;

  /** A DuckDB that knows what the names mean, and lets nothing but their files be read. */
  async function withNamed<T>(text: string, named: NamedTables, use: (connection: DuckDBConnection) => Promise<T>) {
    const views = named.views.map(({ from, load }) => `${from} ${load?.kind === "query" ? load.query : ""}`).join(" ");
    const allowed = namedFiles(folder, `${text} ${views}`).filter((path) => !named.leftOut.includes(path));
    const used = instances.use(allowed, async (connection) => {
      running = connection;
      interrupted = false;
      try {
        await nameTables(duckdb, connection, named);
        return await use(connection);
      } finally {
        running = undefined;
      }
    });
    return used.catch((error: unknown) => tellError(ofUnreadKind(folder, error)));
  }

  /** Runs the queries that a chart or a test is made from, all of them checked, in one DuckDB. */
  const runIn = (connection: DuckDBConnection, { fileNames }: NamedTables): RunQuery => {
    return async (query, maxRows) => {
      const text = expandPatterns(folder, quoteFiles(query, fileNames));
      const checked = await readingStatement(parser, text);
      if (interrupted) throw new SqlError("interrupted");
      return runReading(duckdb, connection, checked, { maxRows, maxBytes: DRAWN_BYTES });
    };
  };

  const handlers: Handlers = {
    async describe({ file, options }) {
      describer ??= describingConnection(duckdb, folder);
      return describeFile(duckdb, await describer, file, options);
    },
    async query({ query, maxRows, named }) {
      const text = expandPatterns(folder, quoteFiles(query, named.fileNames));
      const checked = await readingStatement(parser, text).catch(tellError); // what is refused needs no DuckDB of its own
      const bounds = { maxRows, maxBytes: RESULT_BYTES };
      return withNamed(text, named, (connection) => runReading(duckdb, connection, checked, bounds));
    },
    async unmet({ query, named }) {
      const text = expandPatterns(folder, quoteFiles(query, named.fileNames));
      return withNamed(text, named, (connection) => unmetConditions(text, parser, runIn(connection, named)));
    },
    async chart({ options, named }) {
      const { buildChart } = await import("../../charts/build-chart.ts"); // most readers draw nothing, and compute no test
      const text = expandPatterns(folder, tableSource(String(options.table)));
      return withNamed(text, named, (connection) => buildChart(options, runIn(connection, named)));
    },
    async statistics({ options, named }) {
      const { runStatistics } = await import("../../statistics/statistics.ts");
      const text = expandPatterns(folder, tableSource(String(options.table)));
      return withNamed(text, named, (connection) => runStatistics(options, runIn(connection, named)));
    },
  };
  return {
    handlers,
    interrupt() {
      interrupted = true;
      const again = setInterval(() => {
        if (running === undefined) clearInterval(again); // between two statements an interrupt is lost
        running?.interrupt();
      }, INTERRUPT_INTERVAL);
    },
  };
}

async function nameTables(duckdb: DuckDb, connection: DuckDBConnection, named: NamedTables): Promise<void> {
  for (const view of named.views) await nameView(duckdb, connection, view);
  for (const table of named.arrays) {
    await connection.run(`DROP VIEW IF EXISTS temp.${identifier(table.name)}`).catch(() => {}); // a table of that name
    await loadPacked(duckdb, connection, table);
  }
}

/** A PIVOT is an enum of its values, made in memory by DuckDB, and the query. */
async function runReading(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  { text, isPivot }: ReadingStatement,
  bounds: RowBounds,
) {
  if (!isPivot) return boundedRows(duckdb, await connection.run(text), bounds);
  const statements = await connection.extractStatements(text);
  for (let i = 0; i < statements.count - 1; i++) {
    const statement = await statements.prepare(i);
    if (statement.statementType !== duckdb.StatementType.CREATE) throw new SqlError("this PIVOT is not allowed");
    await statement.run();
  }
  const last = await statements.prepare(statements.count - 1);
  if (last.statementType !== duckdb.StatementType.SELECT) throw new SqlError("this PIVOT is not allowed");
  return boundedRows(duckdb, await last.run(), bounds);
}

/** Parses only: it may read nothing, and keeps nothing of what it is given. */
async function parsingConnection({ DuckDBInstance }: DuckDb): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", temp_directory: "" });
  const connection = await instance.connect();
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  return connection;
}

/** Describes files one after another, so it is kept; it reads the folder, by names that are files' there. */
async function describingConnection({ DuckDBInstance }: DuckDb, folder: string): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: MEMORY_LIMIT, temp_directory: "" });
  const connection = await instance.connect();
  const folders = [folder, exactPath(folder)].map((path) => quoted(`${path.replace(/[/\\]$/, "")}/`));
  await connection.run(`SET allowed_directories = [${folders.join(", ")}]`);
  await connection.run("SET enable_external_access = false");
  return connection;
}

interface Describing {
  readonly file: DataFile;
  readonly options: ReadingOptions;
  readonly run: RunRows;
  readonly load: (source: ToLoad) => Promise<void>;
}

/** Its tables that have to be loaded are there as long as it is described. */
async function describeFile(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  file: DataFile,
  options: ReadingOptions,
): Promise<DescribedFile> {
  const loaded: string[] = [];
  const load = async (source: ToLoad) => {
    loaded.push(source.table);
    await loadSource(duckdb, connection, file, source);
  };
  const run: RunRows = async (query) => (await connection.runAndReadAll(query)).getRows();
  try {
    checkBounds(file);
    return await (isExcel(file) ? describeWorkbook : describeTable)({ file, options, run, load });
  } catch (error) {
    const isLeftOut = error instanceof FileBoundsError;
    return { ...unreadable(file, isLeftOut ? error.message : sqlError(error).message), isLeftOut };
  } finally {
    for (const table of loaded) await connection.run(`DROP TABLE IF EXISTS ${identifier(table)}`);
  }
}

/** DuckDB knows a file by its ending, and calls any other a table that does not exist. */
function ofUnreadKind(folder: string, error: unknown): unknown {
  const [, name = ""] = /Table with name (.+) does not exist/.exec(String(error)) ?? [];
  return readablePath(folder, name) === undefined ? error : unreadKind(name);
}

async function describeWorkbook({ file, options, run, load }: Describing): Promise<DescribedFile> {
  const tables: TableInfo[] = [];
  const sources: TableSource[] = [];
  const checkWidth = (count: number) => checkColumns(file, count);
  for (const { table, notes } of await excelSheets(file, options.header)) {
    const sheet = {
      kind: "sheet" as const,
      table: `sheet ${table}`,
      sheet: table,
      ...(options.header !== undefined && { hasHeader: options.header }),
    };
    await load(sheet);
    const reading = await readTypedTable(run, identifier(sheet.table), { checkColumns: checkWidth, options, notes });
    tables.push(tableInfo(table, reading));
    sources.push({ from: reading.from, load: sheet });
  }
  return { tables, sources };
}

async function describeTable({ file, options, run, load }: Describing): Promise<DescribedFile> {
  const reading = await readFile(file, { run, load }, options);
  const { from, load: toLoad } = reading;
  return { tables: [tableInfo(file.name, reading)], sources: [{ from, ...(toLoad && { load: toLoad }) }] };
}

function tableInfo(name: string, { columns, rowCount, notes }: TableReading): TableInfo {
  return { name: quoted(name), kind: "file", columns, rowCount, ...(notes.length > 0 && { notes }) };
}

/** @throws SqlError, ChartError, StatisticsError */
function tellError(error: unknown): never {
  if (error instanceof Error && /^(Sql|Chart|Statistics)Error$/.test(error.name)) throw error;
  const told = sqlError(error);
  if (!/^Out of Memory|std::bad_alloc/i.test(told.message)) throw told;
  const limit = MEMORY_LIMIT.replace("GB", " GB");
  throw new SqlError(`the query needs more than ${limit} of memory: select fewer rows or columns, or aggregate`);
}
