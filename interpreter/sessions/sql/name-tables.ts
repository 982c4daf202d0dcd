// What the user's query means by its names, made in the session's DuckDB before it runs: arrays of the session and files of
// the folder. Loaded with the first query: it knows of all kinds of files.
import type { DuckDBConnection } from "@duckdb/node-api";
import { findDataFiles } from "./data-files.ts";
import { type DuckDb, identifier, quoted } from "./database.ts";
import { loadTable } from "./load-table.ts";
import { quoteFiles } from "./mends/names.ts";
import { nameView } from "./name-views.ts";
import { filesAsWritten, isNamedByPath, meantFiles, namedViews, namesIn, problemOfTable } from "./named-tables.ts";
import type { DescribedFile } from "./reader/messages.ts";
import { SqlError } from "./sql-error.ts";
import { uniteFiles } from "./united-files.ts";
import { rowsOfVariable } from "./variable-tables.ts";

export interface TableNames {
  readonly folder: string; // the notebook's
  readonly variables: Record<string, unknown>; // of the session
  readonly describe: (fileName: string) => Promise<DescribedFile>; // by the process that reads
}

/**
 * Makes what the query may mean by a name: arrays of the session, then files by their name or its stem.
 * @returns the query, with the names of files in quotes
 */
export async function nameTables(
  { folder, variables, describe }: TableNames,
  duckdb: DuckDb,
  connection: DuckDBConnection,
  asWritten: string,
): Promise<string> {
  const all = (await findDataFiles(folder)).filter(({ leadsOut }) => !leadsOut); // DuckDB follows links by itself
  const united = await uniteFiles(
    asWritten,
    async () => all,
    async ({ name }) => (await describe(name)).tables,
  );
  const query = quoteFiles(
    united,
    all.map(({ name }) => name),
  );
  const files = filesAsWritten(all, query);
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
    const problem = problemOfTable(query, file, described);
    if (problem !== undefined) throw new SqlError(problem);
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

/** All that a query can name, as it names them: variables, tables that the user made, files. */
export async function namesOfTables(
  { folder, variables }: TableNames,
  connection: DuckDBConnection,
): Promise<readonly string[]> {
  const files = (await findDataFiles(folder)).filter(({ leadsOut }) => !leadsOut).map(({ name }) => quoted(name));
  const arrays = Object.keys(variables).filter((name) => rowsOfVariable(name, variables[name]) !== undefined);
  return [...arrays, ...(await tableNames(connection)), ...files];
}

async function tableNames(connection: DuckDBConnection): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    "SELECT table_name FROM information_schema.tables WHERE table_catalog <> 'temp'",
  );
  return new Set(reader.getRows().map(([name]) => String(name).toLowerCase()));
}
