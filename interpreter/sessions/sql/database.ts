// The two DuckDB instances of a session, opened when first asked: the import alone takes a quarter of a second.
//
// The user's may do what the user may. The locked one runs what a model wrote: it reads files of the notebook's
// folder and nothing else, keeps its tables in memory, and its settings cannot be changed back. Not covered: it reads
// every file of the folder, whatever is in it.
import { mkdirSync } from "node:fs";
import type { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

const LOCKED_MEMORY = "1GB";
const LOCKED_THREADS = "2";

export type DuckDb = typeof import("@duckdb/node-api");

export interface Database {
  readonly duckdb: DuckDb;
  connect(): Promise<DuckDBConnection>;
}

export async function openUserDatabase(spillFolder: string): Promise<Database> {
  const duckdb = await import("@duckdb/node-api");
  mkdirSync(spillFolder, { recursive: true, mode: 0o700 }); // DuckDB would make one that every user can read
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    temp_directory: spillFolder, // DuckDB's own choice is the notebook's folder
    autoinstall_known_extensions: "false",
  });
  return { duckdb, connect: () => instance.connect() };
}

export async function openLockedDatabase(folder: string): Promise<Database> {
  const duckdb = await import("@duckdb/node-api");
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    memory_limit: LOCKED_MEMORY,
    threads: LOCKED_THREADS,
    temp_directory: "", // no spilling: it would write into the folder
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_persistent_secrets: "false",
  });
  await lock(instance, folder);
  return { duckdb, connect: () => instance.connect() };
}

async function lock(instance: DuckDBInstance, folder: string): Promise<void> {
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = [${quoted(`${folder.replace(/[/\\]$/, "")}/`)}]`);
  await connection.run("SET enable_external_access = false");
  await connection.run("SET lock_configuration = true");
  connection.closeSync();
}

/** A string literal. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
