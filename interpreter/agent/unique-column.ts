import type { SqlResult, TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";

export interface TableColumn {
  readonly table: TableInfo;
  readonly column: string;
}

/**
 * Whether no value comes twice; true where that cannot be told.
 * @param look runs a query beside the model's
 */
export async function isUnique(
  { table, column }: TableColumn,
  look: (query: string) => Promise<SqlResult>,
): Promise<boolean> {
  const name = identifier(column);
  const query = `SELECT count(${name}) = count(DISTINCT ${name}) AS is_unique FROM ${table.name}`;
  const result = await look(query).catch(() => undefined);
  return result?.rows[0]?.["is_unique"] !== false;
}
