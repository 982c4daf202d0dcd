// How rows without a value are found, told with the names of the real table: a small model looks for 0 or '' otherwise.
import { asksFor } from "../languages/index.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { columnsNamed } from "../tools/asked-chart.ts";

const LEAST_WORD = 3; // UTF-16 units of a word that tells something
const LEAST_WORDS = 2; // that a question and a column's name share, where it does not hold the whole name

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

/** Columns that the question names; else the one that shares most words with it. */
function columnsMeant(question: string, table: TableInfo): string[] {
  const named = columnsNamed(question, table);
  const longest = named.filter((name) => !named.some((other) => other !== name && other.includes(name)));
  if (longest.length > 0) return longest;
  const asked = new Set(wordsOf(question));
  const shared = table.columns.map(({ name }) => ({
    name,
    count: wordsOf(name).filter((word) => asked.has(word)).length,
  }));
  const most = Math.max(...shared.map(({ count }) => count));
  const best = shared.filter(({ count }) => count === most && count >= LEAST_WORDS);
  return best.length === 1 ? best.map(({ name }) => name) : [];
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => word.length >= LEAST_WORD);
}
