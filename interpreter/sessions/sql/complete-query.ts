// What can stand where a query is being written.
import type { Completion, TableInfo } from "../session.ts";
import { fileOf } from "../table-info.ts";
import { identifier } from "./database.ts";
import { isPlain, tablesIn } from "./mends/mend.ts";
import { isWord, solid } from "./sql-outline.ts";
import { sqlTokens } from "./sql-tokens.ts";

const BEFORE_A_TABLE = ["from", "join", "into", "describe", "summarize"];
/** A name that is being written, quoted or not; its quote is not closed yet. */
const WORD = /"[^"\n]*$|'[^'\n]*$|[\p{L}\p{N}_$]*$/u;

/** Tables where one is expected, else the columns of those that the query names; as SQL writes them. */
export function completeQuery(query: string, offset: number, tables: readonly TableInfo[]): Completion {
  const before = query.slice(0, offset);
  const word = WORD.exec(before)?.[0] ?? "";
  const typed = word.replace(/^['"]/, "").toLowerCase();
  const last = solid(sqlTokens(before.slice(0, before.length - word.length))).at(-1);
  const wantsTable = last !== undefined && isWord(last, ...BEFORE_A_TABLE);
  const columns = tablesIn(query, tables).flatMap((table) => table.columns.map(({ name }) => name));
  const entries = [
    ...(wantsTable
      ? []
      : [...new Set(columns)].map((name) => ({ name, match: isPlain(name) ? name : identifier(name), type: "field" }))),
    ...tables.map((table) => ({ name: fileOf(table), match: table.name, type: "class" })),
  ].filter(({ name }) => name.toLowerCase().startsWith(typed));
  const range = { start: offset - word.length, end: offset };
  return { matches: entries.map(({ match }) => match), types: entries.map(({ type }) => type), ...range };
}
