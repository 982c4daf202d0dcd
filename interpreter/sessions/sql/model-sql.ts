// What the model may read: SQL, charts and statistics over the folder's files and the session's arrays, by the process
// that reads (reader/). Here names get their meaning; there the query is checked and run.
import { ToolCallError } from "../../errors.ts";
import type { ChartOptions } from "../charts/chart-types.ts";
import { tableSource } from "../charts/table-source.ts";
import type { MimeBundle, SqlResult, UnmetCondition } from "../session.ts";
import type { StatisticsOptions, StatisticsResults, StatisticsTest } from "../statistics/statistics-types.ts";
import type { DataFile } from "./data-files.ts";
import type { FolderTables } from "./folder-tables.ts";
import type { SessionArrays } from "./load-table.ts";
import { quoteFiles } from "./mends/names.ts";
import { filesAsWritten, isNamedByPath, meantFiles, namedViews, namesIn, problemOfTable } from "./named-tables.ts";
import type { NamedTables, ReaderMethod, ReaderRequests } from "./reader/messages.ts";
import { ReaderEndedError, ReaderError, type ReaderProcess } from "./reader/reader-process.ts";
import { uniteFiles } from "./united-files.ts";

const QUERY_SECONDS = 60;
const UNMET_SECONDS = 10; // of what is looked up beside a query

interface QueryOptions {
  readonly maxRows: number;
  readonly signal?: AbortSignal | undefined;
  readonly isQuiet?: boolean; // nothing is told of how files are read
}

export interface ModelSql {
  /** All of them: @throws ToolCallError, which says what to do; the signal's reason */
  query(query: string, options: QueryOptions): Promise<SqlResult>;
  unmet(query: string, signal?: AbortSignal): Promise<readonly UnmetCondition[]>;
  chart(options: ChartOptions, signal?: AbortSignal): Promise<MimeBundle>;
  statistics<Test extends StatisticsTest>(
    options: StatisticsOptions<Test>,
    signal?: AbortSignal,
  ): Promise<StatisticsResults[Test]>;
}

/** @param arrays those of the session that have one of these names */
export function createModelSql(
  reader: ReaderProcess,
  folder: FolderTables,
  arrays: (names: readonly string[]) => Promise<SessionArrays>,
): ModelSql {
  async function ask<Method extends Exclude<ReaderMethod, "describe">>(
    method: Method,
    text: string,
    params: Omit<ReaderRequests[Method]["params"], "named">,
    signal: AbortSignal | undefined,
    isQuiet = false,
  ): Promise<ReaderRequests[Method]["result"]> {
    const { named, problems } = await orAborted(nameTables(text, folder, arrays, isQuiet), signal);
    try {
      const all = { ...params, named } as ReaderRequests[Method]["params"]; // as: put together again
      return await reader.request(method, all, { seconds: method === "unmet" ? UNMET_SECONDS : QUERY_SECONDS, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw forModel(error, problems);
    }
  }

  const united = (query: string) =>
    uniteFiles(query, folder.files, async (file) => (await folder.use(file, { isQuiet: true })).tables);
  /** With the rows of all files where the table is several. */
  async function unitedTable<Options extends ChartOptions | StatisticsOptions>(options: Options): Promise<Options> {
    const query = `FROM ${tableSource(String(options.table))}`;
    const text = await united(query);
    return text === query ? options : { ...options, table: `SELECT * ${text}` };
  }

  return {
    async query(asWritten, { maxRows, signal, isQuiet }) {
      const query = await united(asWritten);
      return ask("query", query, { query, maxRows }, signal, isQuiet);
    },
    async unmet(asWritten, signal) {
      const query = await united(asWritten);
      return ask("unmet", query, { query }, signal, true);
    },
    async chart(asWritten, signal) {
      const options = await unitedTable(asWritten);
      return ask("chart", tableSource(String(options.table)), { options }, signal);
    },
    async statistics(asWritten, signal) {
      const options = await unitedTable(asWritten);
      // as: the test that is asked for says what comes back
      return ask("statistics", tableSource(String(options.table)), { options }, signal) as Promise<never>;
    },
  };
}

interface Named {
  readonly named: NamedTables;
  readonly problems: readonly string[]; // of files and arrays that the query may mean and cannot read
}

async function nameTables(
  asWritten: string,
  folder: FolderTables,
  arraysNamed: (names: readonly string[]) => Promise<SessionArrays>,
  isQuiet: boolean,
): Promise<Named> {
  const all = await folder.files();
  const fileNames = all.map(({ name }) => name);
  const query = quoteFiles(asWritten, fileNames);
  const files = meantByName(all, query);
  const words = namesIn(query);
  const views: NamedTables["views"][number][] = [];
  const leftOut: string[] = [];
  const problems: string[] = [];
  const meant = meantFiles(files, words);
  for (const file of files) {
    const names = meant.find((one) => one.file === file)?.names;
    if (names === undefined && !isNamedByPath(file, words)) continue;
    const described = await folder.use(file, { isQuiet });
    const problem = described.isLeftOut ? undefined : problemOfTable(query, file, described);
    if (problem !== undefined) throw new ToolCallError(problem);
    if (described.isLeftOut) {
      leftOut.push(file.path);
      problems.push(described.problem ?? `${file.name} is not read`);
    } else views.push(...namedViews(file, names ?? [], described, words));
  }
  const sent = await arraysNamed([...words]);
  const named = { fileNames, views, arrays: sent.arrays, leftOut };
  return { named, problems: [...problems, ...sent.leftOut] };
}

function meantByName(files: readonly DataFile[], query: string): readonly DataFile[] {
  try {
    return filesAsWritten(files, query);
  } catch (error) {
    throw new ToolCallError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function forModel(error: unknown, problems: readonly string[]): Error {
  if (error instanceof ReaderEndedError)
    return new ToolCallError(
      `the query was ended: ${error.message}. Select fewer rows or columns, use LIMIT, or aggregate`,
      { cause: error },
    );
  if (!(error instanceof ReaderError)) return error as Error; // as: ours
  return new ToolCallError([error.message, ...problems].join("\n"), { cause: error });
}

/** @throws the signal's reason, at once */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
