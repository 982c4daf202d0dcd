// The user's DuckDB, in the session: it may do what the user may. What a model wrote runs in another process (reader/).
// Opened when first asked for: the import alone takes a quarter of a second.
import type { DuckDBConnection } from "@duckdb/node-api";

export type DuckDb = typeof import("@duckdb/node-api");

export interface Database {
  readonly duckdb: DuckDb;
  connect(): Promise<DuckDBConnection>;
}

export async function openUserDatabase(spillFolder: string): Promise<Database> {
  const duckdb = await import("@duckdb/node-api");
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    temp_directory: spillFolder, // DuckDB's own choice is the notebook's folder
    autoinstall_known_extensions: "false",
  });
  return { duckdb, connect: () => instance.connect() };
}

/** A string literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What DuckDB takes for a pattern of files, also where a file of that very name is there. */
const PATTERN = /[*?[]/g;

/** As DuckDB finds this file and no other: "data[1].csv" is "data1.csv" to it. */
export function exactPath(path: string): string {
  return path.replace(PATTERN, "[$&]");
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
