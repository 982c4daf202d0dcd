// Several files of one kind as one table: bookings_2023.csv and bookings_2024.csv are 'bookings_*.csv', and the sheets of a
// workbook with a sheet a month are 'meals.xlsx#*'. Told of each as a table of its own, a small model takes one, and its
// answer leaves out the rest.
import { escapeRegExp } from "../../escape-regexp.ts";
import type { TableInfo } from "../session.ts";
import { fileOf, isNumeric, isTime } from "../table-info.ts";
import { identifier, quoted } from "./database.ts";
import { isName } from "./sql-outline.ts";
import { previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "./sql-tokens.ts";

const FILE_NAME = "filename"; // the column that says from which file a row is, as DuckDB calls it
const LEAST_COMMON = 3; // letters that the names of a family's files share; of Han characters and kana
const LEAST_COMMON_HAN = 2;
const MAX_NAMED = 4; // files, in a family's note
const BEHIND_A_TABLE =
  /^(on|using|join|inner|left|right|full|outer|cross|natural|asof|semi|anti|positional|where|group|order|limit|having|qualify|window|union|intersect|except|offset|tablesample|set)$/i;

/** Tables of the same columns whose files' names differ in one part only. */
export function familiesOf(tables: readonly TableInfo[]): TableInfo[] {
  const files = tables.filter(({ kind, problem }) => kind === "file" && problem === undefined);
  const alike = groupedBy(files, ({ name, columns }) => {
    const names = columns.map((column) => column.name.toLowerCase()).sort();
    return JSON.stringify([folderOf(name), endingOf(name), names]);
  });
  const found = alike.filter((group) => group.length > 1).flatMap((group) => [...ofFiles(group), ...ofSheets(group)]);
  return found.filter(({ name }) => {
    const matches = files.filter((table) => matcherOf(fileOf({ name })).test(fileOf(table)));
    const [first] = found.filter((one) => one.name === name);
    return matches.length === first?.files?.length;
  });
}

/** Those of a family are left out, but for the ones that some text names in full; then the family is. */
export function withoutMembers(tables: readonly TableInfo[], text: string): readonly TableInfo[] {
  const isNamed = (name: string) => text.toLowerCase().includes(fileOf({ name }).toLowerCase());
  const families = tables.filter(({ files }) => files !== undefined);
  const leftOut = new Set(
    families.flatMap(({ name, files = [] }) => {
      const named = files.filter(isNamed);
      return named.length > 0 && !isNamed(name) ? [name] : files.filter((file) => !named.includes(file));
    }),
  );
  return leftOut.size === 0 ? tables : tables.filter(({ name }) => !leftOut.has(name));
}

function ofFiles(group: readonly TableInfo[]): TableInfo[] {
  const firsts = group.filter(({ name }) => !fileOf({ name }).includes("#"));
  const keys = [(stem: string) => stem.replace(/\d+/g, "0"), withoutLastPart, withoutFirstPart, () => ""];
  const taken = new Set<TableInfo>();
  return keys.flatMap((keyOf) => {
    const left = firsts.filter((table) => !taken.has(table));
    return groupedBy(left, (table) => keyOf(bareStem(table.name))).flatMap((some) => {
      const pattern = some.length > 1 ? patternOf(some.map(({ name }) => fileOf({ name }))) : undefined;
      if (pattern === undefined) return [];
      for (const table of some) taken.add(table);
      return [family(pattern, some)];
    });
  });
}

/** All sheets of a workbook. */
function ofSheets(group: readonly TableInfo[]): TableInfo[] {
  return groupedBy(group, ({ name }) => fileOf({ name }).split("#")[0]!).flatMap((sheets) => {
    return sheets.length > 1 ? [family(`${fileOf(sheets[0]!).split("#")[0]}#*`, sheets)] : [];
  });
}

function family(pattern: string, members: readonly TableInfo[]): TableInfo {
  const [first, ...others] = members as [TableInfo, ...TableInfo[]]; // as: a family has several
  const columns = first.columns.map(({ name, type }) => {
    const types = others.map((table) => table.columns.find((one) => same(one.name, name))?.type ?? type);
    return { name, type: [type, ...types].reduce(widest) };
  });
  const hasName = columns.some(({ name }) => same(name, FILE_NAME));
  const counts = members.map(({ rowCount }) => rowCount);
  const names = members.map(({ name }) => fileOf({ name }));
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  return {
    name: quoted(pattern),
    kind: "file",
    columns: hasName ? columns : [...columns, { name: FILE_NAME, type: "VARCHAR" }],
    rowCount: counts.some((count) => count === undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    files: members.map(({ name }) => name),
    notes: [`all rows of ${names.slice(0, MAX_NAMED).join(", ")}${more}`],
  };
}

/** Of two columns that are united: as DuckDB unites them, near enough to tell what can be computed with them. */
function widest(a: string, b: string): string {
  if (a === b) return a;
  if (isNumeric(a) && isNumeric(b)) return /DOUBLE|FLOAT|DECIMAL/.test(a + b) ? "DOUBLE" : "BIGINT";
  return isTime(a) && isTime(b) ? "TIMESTAMP" : "VARCHAR";
}

/** The names with a * where they differ; undefined where they have too little in common. */
function patternOf(names: readonly string[]): string | undefined {
  const [first, ...others] = names as [string, ...string[]]; // as: of a family
  const characters = [...first];
  const all = others.map((name) => [...name]);
  let from = 0;
  while (from < characters.length && all.every((name) => name[from] === characters[from])) from++;
  let end = 0;
  const shortest = Math.min(characters.length, ...all.map((name) => name.length));
  while (from + end < shortest && all.every((name) => name.at(-1 - end) === characters.at(-1 - end))) end++;
  const [before, behind] = [characters.slice(0, from).join(""), end === 0 ? "" : characters.slice(-end).join("")];
  const shared = `${before}${behind}`.replace(/^.*\/|\.\w+(?:\.gz)?$/g, "").match(/\p{L}/gu) ?? [];
  const isHan = shared.some((letter) => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(letter));
  const parts = names.map((name) => name.slice(before.length, name.length - behind.length));
  const areTimes = parts.every((part) => /^[\d\s_.-]+$/.test(part)); // 2024-01.csv
  if (shared.length < (isHan ? LEAST_COMMON_HAN : LEAST_COMMON) && !areTimes) return undefined;
  return parts.some((part) => part.includes("/"))
    ? undefined
    : `${before.replace(/\d+$/, "")}*${behind.replace(/^\d+/, "")}`;
}

/**
 * FROM 'bookings_*.csv' -> FROM (all its files, united by their columns' names) AS "bookings_*.csv": each is read as its own
 * values tell, and not as DuckDB guesses.
 * @param files names of the folder's data files
 * @param tablesOf what a file holds
 */
export async function withFamilies(
  query: string,
  files: () => Promise<readonly string[]>,
  tablesOf: (file: string) => Promise<readonly TableInfo[]>,
): Promise<string> {
  const tokens = sqlTokens(query);
  const places = tokens.flatMap((token, i) => (isPattern(tokens, i) ? [{ i, pattern: unquoted(token) }] : []));
  if (places.length === 0) return query;
  const names = await files();
  const texts = new Map<number, string>();
  for (const { i, pattern } of places) {
    if (names.includes(pattern)) continue; // a file that is called so
    const members = await membersOf(pattern, names, tablesOf);
    if (members.length === 0) continue;
    const isNamed = members.some(({ columns }) => columns.some(({ name }) => same(name, FILE_NAME)));
    const parts = members.map(({ name }) => {
      return `SELECT *${isNamed ? "" : `, ${quoted(fileOf({ name }))} AS ${FILE_NAME}`} FROM ${name}`;
    });
    const alias = hasAlias(tokens, i) ? "" : ` AS ${identifier(pattern)}`;
    texts.set(i, `(${parts.join(" UNION ALL BY NAME ")})${alias}`);
  }
  return sqlText(tokens.map((token, i) => ({ ...token, text: texts.get(i) ?? token.text })));
}

async function membersOf(
  pattern: string,
  names: readonly string[],
  tablesOf: (file: string) => Promise<readonly TableInfo[]>,
): Promise<readonly TableInfo[]> {
  const [file, sheet] = pattern.split("#");
  const matching = names.filter((name) => matcherOf(file ?? "").test(name));
  const all = await Promise.all(matching.map(tablesOf));
  return all.flatMap((tables) => (sheet === undefined ? tables.slice(0, 1) : tables)).filter(({ problem }) => !problem);
}

/** A text with a * or a ? where a table is read. */
function isPattern(tokens: readonly SqlToken[], i: number): boolean {
  const token = tokens[i]!;
  const isText = token.kind === "string" || token.kind === "quoted";
  return isText && /[*?]/.test(token.text) && /^(from|join)$/i.test(previousText(tokens, i));
}

function hasAlias(tokens: readonly SqlToken[], i: number): boolean {
  const next = tokens.slice(i + 1).find(({ kind }) => kind !== "space" && kind !== "comment");
  return next !== undefined && (same(next.text, "as") || (isName(next) && !BEHIND_A_TABLE.test(next.text)));
}

/** * is any text but a folder's edge, ? one character; all sheets of a workbook are matched with the first. */
function matcherOf(pattern: string): RegExp {
  const text = escapeRegExp(pattern.replace(/#\*$/, "")).replaceAll("\\*", "[^/#]*").replaceAll("\\?", "[^/#]");
  return new RegExp(`^${text}${pattern.endsWith("#*") ? "(?:#.*)?" : ""}$`, "iu");
}

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}

function folderOf(name: string): string {
  return fileOf({ name }).replace(/[^/]*$/, "");
}

function endingOf(name: string): string {
  return /\.\w+(?:\.gz)?(?=#|$)/.exec(fileOf({ name }))?.[0]?.toLowerCase() ?? "";
}

/** Without folder, ending and sheet. */
function bareStem(name: string): string {
  return fileOf({ name }).replace(/^.*\/|(?:\.\w+)+(?:#.*)?$/g, "");
}

/** sales of sales_oslo, 课程记录 of 课程记录_上半年 */
function withoutLastPart(stem: string): string {
  return stem.replace(/[\s_.-]+[^\s_.-]+$/u, "");
}

function withoutFirstPart(stem: string): string {
  return stem.replace(/^[^\s_.-]+[\s_.-]+/u, "");
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
