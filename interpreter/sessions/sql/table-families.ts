// Several files of one kind as one table: bookings_2023.csv and bookings_2024.csv are 'bookings_*.csv', and the sheets of a
// workbook with a sheet a month are 'meals.xlsx#*'. Told of each as a table of its own, a small model takes one, and its
// answer leaves out the rest.
import { wholeWord } from "../../escape-regexp.ts";
import type { TableInfo } from "../session.ts";
import { fileOf, isIdentifier, queryNames } from "../table-info.ts";
import { quoted } from "./database.ts";
import { hasPattern, patternExpression } from "./file-patterns.ts";
import { FILE_NAME, unitedTypes } from "./united-files.ts";

const LEAST_COMMON = 3; // letters that the names of a family's files share; of Han characters and kana
const LEAST_COMMON_HAN = 2;
const MAX_NAMED = 4; // files, in a family's note
const OF_TIMES = /^[\d\s_.-]+$/;
/** What a file is called that holds the rows of others once more, or what they should be: with them they are no total. */
const OTHER_VERSION =
  /(?:^|[\s_.-])(?:v\d+|old|new|cop(?:y|ia)|kopie|alt|neu|backup|bak|final|draft|raw|clean(?:ed)?|all|total|gesamt|full|complete|plan|planned|budget|forecast|target|actual|soll|ist)(?=$|[\s_.-])|副本|コピー|备份|全部|合计|全体|计划|预算|計画|予算/i;

/** Tables of the same columns whose files' names differ in one part only. */
export function familiesOf(tables: readonly TableInfo[]): TableInfo[] {
  const files = tables.filter(({ kind }) => kind === "file");
  const readable = files.filter((table) => table.problem === undefined && !hasPattern(fileOf(table)));
  const alike = groupedBy(readable, ({ name, columns }) => {
    const names = columns.map((column) => column.name.toLowerCase()).sort();
    return JSON.stringify([folderOf(name), endingOf(name), names]);
  });
  const found: TableInfo[] = [];
  for (const group of alike.filter(({ length }) => length > 1)) {
    const taken = new Set<TableInfo>();
    for (const [pattern, members] of candidates(group, files)) {
      if (members.some((one) => !group.includes(one) || taken.has(one))) continue; // it would read other tables, too
      for (const member of members) taken.add(member);
      found.push(family(pattern, members));
    }
  }
  return found;
}

interface NamedIn {
  readonly question: string;
  /** Of the turn before, for a question that leans on it: what was asked and read there. */
  readonly before?: string;
  /** Queries of this turn: what they read is told beside its family. */
  readonly used?: string;
}

/**
 * A family stands for its files, which are left out, unless the question names some of them in full (or else the turn
 * before it does): then for those, the family is left out.
 */
export function withoutMembers(
  tables: readonly TableInfo[],
  { question, before = "", used = "" }: NamedIn,
): readonly TableInfo[] {
  const leftOut = new Set<string>();
  for (const { name, files = [] } of tables) {
    const texts = [question, before].map((text) => ({
      named: files.filter((file) => names(text, file)),
      isWhole: names(text, name),
    }));
    const { named, isWhole } = texts.find((text) => text.named.length > 0 || text.isWhole) ?? {
      named: [],
      isWhole: true,
    };
    const kept = named.length > 0 && !isWhole ? named : [name];
    for (const one of [name, ...files]) if (!kept.includes(one) && !queryNames(used, { name: one })) leftOut.add(one);
  }
  return leftOut.size === 0 ? tables : tables.filter(({ name }) => !leftOut.has(name));
}

function names(text: string, name: string): boolean {
  return wholeWord(fileOf({ name })).test(text);
}

type Candidate = readonly [pattern: string, members: readonly TableInfo[]];

/** What may be read as one table, the widest first: files, and all sheets of one or more workbooks. */
function candidates(group: readonly TableInfo[], files: readonly TableInfo[]): Candidate[] {
  const ofFiles = patternsOf(group).filter((pattern) => {
    const names = matching(pattern, files).map(fileOf);
    return [patternOf(names), patternOf(names, { isNarrow: true })].includes(pattern);
  });
  const books = [...new Set(group.filter(sheetOf).map(bookOf))];
  const ofSheets = [...ofFiles, ...books]
    .map((pattern): Candidate => [`${pattern}#*`, matching(`${pattern}#*`, files)])
    .filter(([, members]) => members.some(sheetOf) && !members.some(isOtherSheet) && !isKeyAndName(group[0]!));
  const all = [...ofSheets, ...ofFiles.map((pattern): Candidate => [pattern, matching(pattern, files)])];
  return all.filter(([, members]) => members.length > 1).sort(([, a], [, b]) => b.length - a.length);
}

function isOtherSheet(table: TableInfo): boolean {
  return OTHER_VERSION.test(sheetOf(table) ?? "");
}

/** Of the files of some tables: those whose names differ in numbers, in their last part, in their first, in any. */
function patternsOf(group: readonly TableInfo[]): string[] {
  const firsts = group.filter((table) => !sheetOf(table));
  const keys = [(stem: string) => stem.replace(/\d+/g, "0"), withoutLastPart, withoutFirstPart, () => ""];
  const onlyTimes = isKeyAndName(group[0]!);
  const patterns = keys.flatMap((keyOf) =>
    groupedBy(firsts, (table) => keyOf(bareStem(table.name))).flatMap((some) =>
      [false, true].map((isNarrow) => patternOf(some.map(fileOf), { onlyTimes, isNarrow })),
    ),
  );
  return [...new Set(patterns.filter((pattern) => pattern !== undefined))];
}

/** An id and what it means: dim_city.csv and dim_shop.csv are no one table. */
function isKeyAndName({ columns }: TableInfo): boolean {
  return columns.length < 3 && columns.some(({ name }) => isIdentifier(name));
}

/** The tables that a pattern of the folder's files means, as united-files.ts reads it. */
function matching(pattern: string, files: readonly TableInfo[]): TableInfo[] {
  const ofBook = patternExpression(pattern.replace(/#\*$/, ""), { ignoreCase: true });
  const isAll = pattern.endsWith("#*");
  return files.filter((table) => (isAll || !sheetOf(table)) && ofBook?.test(bookOf(table)));
}

function family(pattern: string, members: readonly TableInfo[]): TableInfo {
  const types = unitedTypes(members);
  const own = members[0]!.columns.map(({ name }) => ({ name, type: types.get(name.toLowerCase()) ?? "VARCHAR" }));
  const counts = members.map(({ rowCount }) => rowCount);
  const [shared, ...others] = members.map(({ notes = [] }) => notes);
  const notes = (shared ?? []).filter((note) => others.every((some) => some.includes(note)));
  return {
    name: quoted(pattern),
    kind: "file",
    columns: types.has(FILE_NAME) ? own : [...own, { name: FILE_NAME, type: "VARCHAR" }],
    rowCount: counts.some((count) => count === undefined)
      ? undefined
      : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
    files: members.map(({ name }) => name),
    ...(types.has(FILE_NAME) ? {} : { fileColumn: FILE_NAME }),
    notes: [`all of ${listOf(members.map(fileOf))}`, ...notes],
  };
}

/** "a.csv, b.csv and 3 more" */
function listOf(files: readonly string[]): string {
  const more = files.length - MAX_NAMED;
  if (more > 0) return `${files.slice(0, MAX_NAMED).join(", ")} and ${more} more`;
  return `${files.slice(0, -1).join(", ")} and ${files.at(-1)}`;
}

/**
 * The names with a * where they differ; undefined where they have too little in common, or one is a version of the other.
 * Narrow, it keeps what their numbers have in common: sales_202*.csv, beside sales_notes.csv.
 */
export function patternOf(files: readonly string[], { onlyTimes = false, isNarrow = false } = {}): string | undefined {
  const [first, ...others] = files.map((name) => [...name]);
  if (!first || others.length === 0) return undefined;
  const shortest = Math.min(first.length, ...others.map(({ length }) => length));
  let from = 0;
  while (from < shortest && others.every((name) => name[from] === first[from])) from++;
  let end = 0;
  while (from + end < shortest && others.every((name) => name.at(-1 - end) === first.at(-1 - end))) end++;
  // The numbers of a name belong to its part as a whole: 2023 and not the 3 of 202.
  const before = first.slice(0, from).join("").replace(/\d+$/, "");
  const behind = first
    .slice(first.length - end)
    .join("")
    .replace(/^\d+/, "");
  const parts = files.map((name) => name.slice(before.length, name.length - behind.length));
  if (parts.some((part) => part === "" || part.includes("/") || OTHER_VERSION.test(part))) return undefined;
  if (new Set(parts.map((part) => part.split(/[\s_.-]+/).length)).size > 1) return undefined; // 2024 and forecast_2024
  const areTimes = parts.every((part) => OF_TIMES.test(part)); // 2024-01.csv
  const letters = `${before}${behind}`.replace(/^.*\/|\.\w+(?:\.gz)?$/g, "").match(/\p{L}/gu) ?? [];
  const isHan = letters.some((letter) => /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(letter));
  const isCommon = letters.length >= (isHan ? LEAST_COMMON_HAN : LEAST_COMMON) && !onlyTimes;
  if (!areTimes && !isCommon) return undefined;
  return `${isNarrow ? first.slice(0, from).join("") : before}*${behind}`;
}

function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}

/** meals.xlsx of 'meals.xlsx#Oct' */
function bookOf(table: Pick<TableInfo, "name">): string {
  return fileOf(table).split("#")[0]!;
}

function sheetOf(table: TableInfo): string | undefined {
  return fileOf(table).split("#")[1];
}

function folderOf(name: string): string {
  return bookOf({ name }).replace(/[^/]*$/, "");
}

function endingOf(name: string): string {
  return /\.\w+(?:\.gz)?$/.exec(bookOf({ name }))?.[0]?.toLowerCase() ?? "";
}

/** Without folder and ending. */
function bareStem(name: string): string {
  return bookOf({ name }).replace(/^.*\/|(?:\.\w+)+$/g, "");
}

/** sales of sales_oslo, 课程记录 of 课程记录_上半年 */
function withoutLastPart(stem: string): string {
  return stem.replace(/[\s_.-]+[^\s_.-]+$/u, "");
}

function withoutFirstPart(stem: string): string {
  return stem.replace(/^[^\s_.-]+[\s_.-]+/u, "");
}
