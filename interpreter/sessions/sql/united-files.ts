// 'bookings_*.csv' in a query: all rows of the files that are called so.
import type { TableInfo } from "../session.ts";
import { fileOf, isTime } from "../table-info.ts";
import type { DataFile } from "./data-files.ts";
import { identifier, quoted } from "./database.ts";
import { hasPattern, patternExpression } from "./file-patterns.ts";
import { equal } from "./mends/mend.ts";
import { isName, outlineOf, type SqlOutline } from "./sql-outline.ts";
import { previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "./sql-tokens.ts";

export const FILE_NAME = "filename"; // the column that says from which file a row is, as DuckDB calls it

const NUMBER = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL\(.*\))$/;
const BEHIND_A_TABLE =
  /^(on|using|join|inner|left|right|full|outer|cross|natural|asof|semi|anti|positional|lateral|where|group|order|limit|having|qualify|window|union|intersect|except|offset|tablesample|pivot|unpivot|select|set)$/i;

/**
 * FROM 'bookings_*.csv' -> FROM (all its files, united by their columns' names) AS "bookings_*.csv": each is read as its own
 * values tell, and not as DuckDB guesses. A pattern that no data file fits stays.
 * @param files the folder's data files, of which those that are hidden are none
 * @param tablesOf what a file holds; the first table is read, with `#` and a pattern behind the file's the sheets that fit
 */
export async function uniteFiles(
  query: string,
  files: () => Promise<readonly DataFile[]>,
  tablesOf: (file: DataFile) => Promise<readonly TableInfo[]>,
): Promise<string> {
  if (!hasPattern(query)) return query;
  const outline = outlineOf(query);
  const { tokens } = outline;
  const places = tokens.flatMap((token, i) => (isPattern(token) && isRead(outline, i) ? [i] : []));
  if (places.length === 0) return query;
  const all = await files();
  const texts = new Map<number, string>();
  for (const i of places) {
    const pattern = unquoted(tokens[i]!);
    const members = all.some(({ name, path }) => [name, path].includes(pattern)) // a file that is called so
      ? []
      : await membersOf(pattern, all, tablesOf);
    if (members.length === 0) continue;
    const isSource = /^(from|join|,)$/i.test(previousText(tokens, i)); // and no DESCRIBE
    const alias = hasAlias(tokens, i) ? "" : ` AS ${identifier(pattern)}`;
    texts.set(i, `${isSource ? "" : "FROM "}(${unionOf(members)})${alias}`);
  }
  return sqlText(tokens.map((token, i) => ({ ...token, text: texts.get(i) ?? token.text })));
}

/** The tables that a pattern means; one that cannot be read is among them, so that the query says why. */
async function membersOf(
  pattern: string,
  files: readonly DataFile[],
  tablesOf: (file: DataFile) => Promise<readonly TableInfo[]>,
): Promise<readonly TableInfo[]> {
  const firsts = await Promise.all(matching(pattern, files).map(tablesOf));
  if (firsts.length > 0) return firsts.flatMap((tables) => tables.slice(0, 1));
  const [, file = "", sheet = ""] = /^(.+)#(.+)$/.exec(pattern) ?? [];
  const expression = patternExpression(sheet, { ignoreCase: true });
  const all = await Promise.all(matching(file, files).map(tablesOf));
  return all.flat().filter((table) => expression?.test(sheetOf(table)));
}

/** By their names in the folder, or by their paths. */
function matching(pattern: string, files: readonly DataFile[]): readonly DataFile[] {
  const expression = patternExpression(pattern.replace(/^(?:\.\/)+/, ""), { ignoreCase: true });
  return files.filter(({ name, path }) => [name, path.replaceAll("\\", "/")].some((one) => expression?.test(one)));
}

/** Oct of 'meals.xlsx#Oct'; a workbook's first has no name. */
function sheetOf(table: TableInfo): string {
  return /#(.+)$/.exec(fileOf(table))?.[1] ?? "";
}

/** United by name; a column of several types that none of them holds as text. */
function unionOf(members: readonly TableInfo[]): string {
  const types = unitedTypes(members);
  const isNamed = types.has(FILE_NAME);
  const parts = members.map(({ name, columns }) => {
    const texts = columns.filter((column) => {
      return types.get(column.name.toLowerCase()) === "VARCHAR" && column.type !== "VARCHAR";
    });
    const casts = texts.map((column) => `CAST(${identifier(column.name)} AS VARCHAR) AS ${identifier(column.name)}`);
    const replaced = casts.length === 0 ? "" : ` REPLACE (${casts.join(", ")})`;
    const file = isNamed ? "" : `, ${quoted(nameOf(name))} AS ${FILE_NAME}`;
    return `SELECT *${replaced}${file} FROM ${name}`;
  });
  return parts.join(" UNION ALL BY NAME ");
}

/** Types of the columns of several tables that are read as one, by their names in lower case. */
export function unitedTypes(tables: readonly TableInfo[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const { name, type } of tables.flatMap(({ columns }) => columns)) {
    const known = types.get(name.toLowerCase());
    types.set(name.toLowerCase(), known === undefined ? type : wider(known, type));
  }
  return types;
}

/** As DuckDB unites two numbers or two times, near enough to tell what can be computed with them; else text. */
function wider(a: string, b: string): string {
  if (a === b) return a;
  if (NUMBER.test(a) && NUMBER.test(b)) return /DOUBLE|FLOAT|DECIMAL/.test(a + b) ? "DOUBLE" : "BIGINT";
  return isTime(a) && isTime(b) ? "TIMESTAMP" : "VARCHAR";
}

/** What a table's name says, within its quotes. */
function nameOf(name: string): string {
  return sqlTokens(name).map(unquoted).join("");
}

function isPattern(token: SqlToken): boolean {
  return (token.kind === "string" || token.kind === "quoted") && hasPattern(token.text);
}

/** Whether a table stands here. */
function isRead({ tokens, selects }: SqlOutline, i: number): boolean {
  const before = previousText(tokens, i);
  if (/^(from|join|describe|summarize)$/i.test(before)) return true;
  const clauses = selects.map((select) => select.clauses.get("from"));
  return (
    before === "," && clauses.some((from) => from && i >= from.from && i < from.to && isOutside(tokens, from.from, i))
  );
}

/** Whether what stands between two places closes its parentheses. */
function isOutside(tokens: readonly SqlToken[], from: number, to: number): boolean {
  const signs = tokens.slice(from, to).map(({ text }) => text);
  return (
    signs.filter((sign) => sign === "(" || sign === "[").length ===
    signs.filter((sign) => sign === ")" || sign === "]").length
  );
}

/** Whether the table at token i has another name behind it. */
export function hasAlias(tokens: readonly SqlToken[], i: number): boolean {
  const next = tokens.slice(i + 1).find(({ kind }) => kind !== "space" && kind !== "comment");
  return next !== undefined && (equal(next.text, "as") || (isName(next) && !BEHIND_A_TABLE.test(next.text)));
}
