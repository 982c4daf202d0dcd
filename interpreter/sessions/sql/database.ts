// The user's DuckDB, in the session: it may do what the user may. What a model wrote runs in another process (reader/).
import type { DuckDBConnection } from "@duckdb/node-api";
import { InterpreterError } from "../../errors.ts";

export type DuckDb = typeof import("@duckdb/node-api");

export interface Database {
  readonly duckdb: DuckDb;
  connect(): Promise<DuckDBConnection>;
}

export async function openUserDatabase(spillFolder: string): Promise<Database> {
  const duckdb = await importDuckDb();
  const instance = await duckdb.DuckDBInstance.create(":memory:", {
    temp_directory: spillFolder, // DuckDB's own choice is the notebook's folder
    autoinstall_known_extensions: "false",
  });
  return { duckdb, connect: () => instance.connect() };
}

/**
 * DuckDB, when it is first asked for: the import alone takes a quarter of a second.
 *
 * @throws InterpreterError where npm installed no build of it for this system
 */
export async function importDuckDb(): Promise<DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (error) {
    throw missingBuild(error) ?? error;
  }
}

/** DuckDB's interface asks for a package of the system's; its own message is one of Node's, with a stack of files. */
function missingBuild(cause: unknown): InterpreterError | undefined {
  const { message } = cause instanceof Error ? cause : new Error(String(cause));
  const [name] = /@duckdb\/node-bindings-[\w-]+/.exec(message) ?? [];
  let problem: string;
  if (message.includes("unsupported arch")) problem = `has no build for ${process.platform} ${process.arch}`;
  else if (name && /cannot find/i.test(message)) {
    problem = `is not installed for this system: ${name} is missing; run npm install here, with optional dependencies`;
  } else return undefined;
  const told = `DuckDB, which SQL, tables and charts need, ${problem}. TypeScript and the model work without it.`;
  return new InterpreterError(told, { cause });
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
