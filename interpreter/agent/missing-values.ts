// How rows without a value are found, told with the names of the real table: a small model looks for 0 or '' otherwise.
import { asksFor } from "../languages/index.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { columnsMeant } from "./question/asked-names.ts";

/** A line after the question; "" where it asks for no missing values, or names no column or several. */
export function missingHint(question: string, tables: readonly TableInfo[]): string {
  if (!asksFor(question, "missing")) return "";
  const meant = tables.flatMap((table) => columnsMeant(question, table).map((column) => ({ table, column })));
  const [only, ...others] = meant;
  if (!only || others.length > 0) return "";
  const isNull = `${identifier(only.column)} IS NULL`;
  if (!asksFor(question, "share-of-rows")) return `(A value that is missing is NULL: WHERE ${isNull})`;
  const share = `SELECT 100.0 * count(*) FILTER (WHERE ${isNull}) / count(*) AS percent FROM ${only.table.name}`;
  return `(A query of this shape: ${share})`;
}
