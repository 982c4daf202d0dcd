// SQL over the notebook's files and the session's variables; runs in the session's process.
import type { SqlResult, TableInfo } from "../session.ts";
import type { Sql } from "../typescript/cell-globals.ts";

export interface SessionSql {
  readonly sql: Sql;
  query(
    params: { query: string; locked: boolean; maxRows: number; out?: string },
    signal: AbortSignal,
  ): Promise<SqlResult>;
  tables(names: readonly string[], signal: AbortSignal): Promise<readonly TableInfo[]>;
  interrupt(): void;
}

export function createSessionSql(_cwd: string, _variables: Record<string, unknown>): SessionSql {
  const missing = async (): Promise<never> => {
    throw new Error("sql is not there yet");
  };
  return { sql: missing, query: missing, tables: missing, interrupt() {} };
}
