// The tables of the folder's files, made for a query under the names that it has for them.
import type { DuckDBConnection } from "@duckdb/node-api";
import { arrowFile } from "../../tables/arrow-file.ts";
import type { TextToLoad, ToLoad } from "../../tables/table-reading.ts";
import { recordsOf } from "../../tables/text-file.ts";
import type { DataFile } from "./data-files.ts";
import { type DuckDb, identifier } from "./database.ts";
import { excelSheets } from "./excel-file.ts";
import { loadPacked, loadTable } from "./load-table.ts";
import type { NamedView } from "./reader/messages.ts";

export async function nameView(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  { name, file, from, load }: NamedView,
): Promise<void> {
  if (load) await loadSource(duckdb, connection, file, load);
  // A file that cannot be read is told by the query, if it is meant.
  await connection.run(`CREATE OR REPLACE TEMP VIEW ${identifier(name)} AS FROM ${from}`).catch(() => {});
}

export async function loadSource(
  duckdb: DuckDb,
  connection: DuckDBConnection,
  file: DataFile,
  load: ToLoad,
): Promise<void> {
  switch (load.kind) {
    case "text":
      return loadText(duckdb, connection, file.path, load);
    case "query":
      await connection.run(`CREATE OR REPLACE TEMP TABLE ${identifier(load.table)} AS ${load.query}`);
      return;
    case "arrow":
      return loadPacked(duckdb, connection, (await arrowFile(file.path)).packed(load.table));
    case "sheet": {
      const found = (await excelSheets(file, load.hasHeader)).find(({ table }) => table === load.sheet);
      if (found) await loadTable(duckdb, connection, load.table, found.rows, { names: found.names, wholeDays: true });
    }
  }
}

/** All of its columns are texts; what is empty is NULL, as DuckDB reads it. */
async function loadText(duckdb: DuckDb, connection: DuckDBConnection, path: string, load: TextToLoad): Promise<void> {
  const records = recordsOf(path, load);
  await loadPacked(duckdb, connection, {
    name: load.table,
    columns: load.names.map((name) => ({ name, type: "VARCHAR" })),
    values: load.names.map((_, i) => records.map((fields) => fields[i] || null)),
  });
}
