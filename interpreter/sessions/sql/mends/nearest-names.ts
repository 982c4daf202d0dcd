// Names that the tables nearly have: a column without its unit or its accents, a table that is called otherwise.

import { wholeWord } from "../../../escape-regexp.ts";
import { withoutAccents } from "../../../name-words.ts";
import type { TableInfo } from "../../session.ts";
import { fileOf, queryNames, stemOf, withoutUnit } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { missingTable, namesFile } from "../missing-table.ts";
import { outlineOf, usedNames, withName } from "../sql-outline.ts";
import { sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { equal, isPlain, type Mend, missingColumn, tablesIn } from "./mend.ts";
import { replaceSequences } from "./names.ts";

/** delay -> "delay (min)", 遅延 -> "遅延（分）", ref -> réf: the only column that is called so but for its unit and its accents. */
export const columnWithUnit: Mend = (query, error, tables) => {
  const name = missingColumn(error);
  if (name === undefined) return undefined;
  const written = withoutAccents(name);
  const columns = tablesIn(query, tables).flatMap((table) => table.columns.map((column) => column.name));
  const isMeant = (column: string) => [column, withoutUnit(column)].map(withoutAccents).includes(written);
  const [column, ...others] = new Set(columns.filter(isMeant));
  if (column === undefined || others.length > 0) return undefined;
  const text = isPlain(column) ? column : identifier(column);
  return { query: withName(query, name, text) };
};

/** 授课日期 -> 上课日期, prize -> price: the column whose name has most of the missing one's letters, where one has more of them than all others. */
export const nearestColumn: Mend = (query, error, tables, question) => {
  const name = missingColumn(error);
  if (name === undefined || wholeWord(name.replaceAll("_", " ")).test(question)) return undefined;
  const written = lettersOf(name);
  const isHan = /\p{Script=Han}/u.test(name);
  const common = isHan ? commonInOrder : commonLength; // each character is a word
  const used = usedNames(query);
  const columns = [...new Set(tablesIn(query, tables).flatMap((table) => table.columns.map((column) => column.name)))];
  const alike = columns
    .filter((column) => !used.has(column.toLowerCase()))
    .map((column) => ({ column, common: common(written, lettersOf(column)), length: lettersOf(column).length }))
    .sort((a, b) => b.common - a.common);
  const [best, next] = alike;
  const longest = Math.max(written.length, best?.length ?? 0);
  const least = isHan ? 3 : 4;
  if (!best || best.common < least || 4 * best.common < 3 * longest || next?.common === best.common) return undefined;
  const text = isPlain(best.column) ? best.column : identifier(best.column);
  return { query: withName(query, name, text), note: `(${name} is read as ${best.column})` };
};

/**
 * FROM orders -> FROM 'sales.csv', where no table is called so, and only this one has all the columns of the query that any
 * table has. A query that names no column is left as it is: `count(*)` of another table would be another number.
 */
export const otherThanMissing: Mend = (query, error, tables, question) => {
  const missing = missingTable(error, query);
  const rest = query.replaceAll(missing ?? "", "");
  if (missing === undefined || tables.some((one) => queryNames(rest, one))) return undefined;
  if (namesFile(question, missing)) return undefined; // the user means this file, which the answer has to say is not there
  const other = onlyTableOf(query, tables) ?? nearestTable(missing, tables);
  if (other === undefined) return undefined;
  const replacement = identifier(fileOf(other));
  const whole = sqlTokens(query).map((token) =>
    ["quoted", "string"].includes(token.kind) && equal(unquoted(token), missing)
      ? { ...token, text: replacement }
      : token,
  );
  const mended = replaceSequences(sqlText(whole), [{ written: missing, replacement }]);
  return { query: mended, note: `(read from ${other.name}: there is no table ${missing})` };
};

/** The only table whose name is a misspelt form of the missing one's: "flight", ' cafe売上' of カフェ売上. */
function nearestTable(missing: string, tables: readonly TableInfo[]): TableInfo | undefined {
  const written = lettersOf(stemOf({ name: missing }));
  const [table, ...others] = tables.filter((one) => isMisspelt(written, lettersOf(stemOf(one))));
  return others.length > 0 ? undefined : table;
}

/** A name within another one, "customers" of "customer orders", is a name of something else. */
function isMisspelt(written: string, name: string): boolean {
  const [longest, shortest] = [Math.max(written.length, name.length), Math.min(written.length, name.length)];
  const common = commonLength(written, name);
  if (common === shortest) return shortest > 2 && longest - shortest <= 2;
  const isHan = /\p{Script=Han}/u.test(name); // a character says as much as a word
  return isHan ? common >= 2 && 3 * common >= longest : common >= 4 && 4 * common >= 3 * longest;
}

function lettersOf(name: string): string {
  return withoutAccents(name).replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Of the longest run of characters that both have. */
function commonLength(a: string, b: string): number {
  let most = 0;
  for (let start = 0; start < a.length; start++)
    while (start + most < a.length && b.includes(a.slice(start, start + most + 1))) most++;
  return most;
}

/** How many characters both have in one order, with others between them: 授语种 of 授课语种 and 教授语种. */
function commonInOrder(a: string, b: string): number {
  let before = new Array<number>(b.length + 1).fill(0);
  for (const letter of a) {
    const row = [0];
    for (let i = 0; i < b.length; i++) row.push(b[i] === letter ? before[i]! + 1 : Math.max(before[i + 1]!, row[i]!));
    before = row;
  }
  return before[b.length]!;
}

/** SELECT sum(price) -> SELECT sum(price) FROM 'sales.csv', the only table that has all the columns. */
export const missingFrom: Mend = (query, error, tables) => {
  const { tokens, outer, selects } = outlineOf(query);
  if (!/FROM clause is missing/.test(error) || !outer || selects.length > 1) return undefined;
  const table = onlyTableOf(query, tables);
  if (table === undefined) return undefined;
  const at = outer.clauses.get("select")?.to ?? outer.range.to;
  const before = sqlText(tokens.slice(0, at)).trimEnd();
  const from = `${before} FROM ${identifier(fileOf(table))} ${sqlText(tokens.slice(at)).trimStart()}`;
  return { query: from.trimEnd(), note: `(read from ${table.name}: the query named no table)` };
};

/** The only table that has all the columns of the query that any table has; undefined where it names none. */
function onlyTableOf(query: string, tables: readonly TableInfo[]): TableInfo | undefined {
  const columnsOf = tables.map((one) => new Set(one.columns.map(({ name }) => name.toLowerCase())));
  const used = [...usedNames(query)].filter((name) => columnsOf.some((columns) => columns.has(name)));
  const [table, ...more] = tables.filter((_, i) => used.every((name) => columnsOf[i]?.has(name)));
  return used.length === 0 || more.length > 0 ? undefined : table;
}
