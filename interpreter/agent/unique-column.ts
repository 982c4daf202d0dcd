import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import type { Task } from "./task.ts";

export interface TableColumn {
  readonly table: TableInfo;
  readonly column: string;
}

/** Whether no value comes twice; true where that cannot be told. */
export async function isUnique({ table, column }: TableColumn, { options }: Pick<Task, "options">): Promise<boolean> {
  const { session, signal } = options.context;
  const name = identifier(column);
  const query = `SELECT count(${name}) = count(DISTINCT ${name}) AS is_unique FROM ${table.name}`;
  const { rows } = await session
    .sql(query, { locked: true, isQuiet: true, maxRows: 1, ...(signal && { signal }) })
    .catch(() => ({ rows: [] }));
  return rows[0]?.is_unique !== false;
}
