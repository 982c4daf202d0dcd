// Which of a folder's tables a question is about. A small model takes the first table that it is told of, so the others
// are told by name only.
import type { TableInfo } from "../sessions/session.ts";
import { fileOf } from "../sessions/table-info.ts";
import type { ColumnValues } from "./column-values.ts";
import type { JoinKey } from "./join-keys.ts";

export interface AskedAbout {
  readonly question: string;
  /** What was worked with before: texts of cells, and of the conversation, each the newest first. */
  readonly recent?: readonly (readonly string[])[];
}

const COMMON = new Set(["date", "year", "month", "day", "time", "name", "id", "number", "count", "total", "type"]);
const COMMON_WEIGHT = 0.4; // of words that many questions hold, whatever they are about: less than ENOUGH of another
const ENOUGH = 0.5; // of the best table's score
const LEAST_LENGTH = 3; // of a word that tells something

/**
 * The tables that the question names, or of which it names columns or values; else those that were worked with last. What
 * they are joined with belongs to them. All, where nothing tells.
 */
export function relevantTables(
  tables: readonly TableInfo[],
  about: AskedAbout,
  { values, joins = [] }: { readonly values?: ColumnValues | undefined; readonly joins?: readonly JoinKey[] } = {},
): readonly TableInfo[] {
  const named = tables.filter((table) => isNamedIn(about.question, table));
  const chosen = named.length > 0 ? named : (matching(tables, about.question, values) ?? lastUsed(tables, about));
  if (chosen.length === 0) return tables;
  const names = new Set(chosen.map(({ name }) => name));
  for (const { from, to } of joins) {
    const ends = tables.filter(({ name }) => from.startsWith(`${name}.`) || to.startsWith(`${name}.`));
    if (ends.some(({ name }) => names.has(name))) for (const { name } of ends) names.add(name);
  }
  return [...chosen, ...tables.filter((table) => names.has(table.name) && !chosen.includes(table))];
}

/** The best first; undefined if the question holds no word of any. */
function matching(tables: readonly TableInfo[], question: string, values: ColumnValues | undefined) {
  const asked = new Set(wordsOf(question));
  const scored = tables
    .map((table) => ({ table, score: scoreOf(table, asked, values?.get(table.name)) }))
    .sort((a, b) => b.score - a.score);
  const best = scored[0]?.score ?? 0;
  return best === 0 ? undefined : scored.filter(({ score }) => score >= ENOUGH * best).map(({ table }) => table);
}

function scoreOf(
  { name, columns }: TableInfo,
  asked: ReadonlySet<string>,
  values: ReadonlyMap<string, readonly string[]> | undefined,
): number {
  const terms = [
    name.replace(/\.\w+'?$/, ""),
    ...columns.map((column) => column.name),
    ...[...(values?.values() ?? [])].flat(),
  ];
  const words = new Set(terms.flatMap(wordsOf).filter((word) => asked.has(word)));
  return [...words].reduce((sum, word) => sum + (COMMON.has(word) ? COMMON_WEIGHT : 1), 0);
}

function lastUsed(tables: readonly TableInfo[], { recent = [] }: AskedAbout): TableInfo[] {
  const used = new Set<TableInfo>();
  for (const texts of recent) {
    const text = texts.find((one) => tables.some((table) => isNamedIn(one, table)));
    if (text === undefined) continue;
    for (const table of tables) if (isNamedIn(text, table)) used.add(table);
  }
  return [...used];
}

function isNamedIn(text: string, table: TableInfo): boolean {
  const bare = fileOf(table);
  const at = text.toLowerCase().indexOf(bare.toLowerCase());
  return at >= 0 && !/[\p{L}\p{N}_-]/u.test((text[at - 1] ?? "") + (text[at + bare.length] ?? ""));
}

/** In lower case and the singular: "Temp_max by origins" -> temp, max, origin. */
function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= LEAST_LENGTH)
    .map((word) => word.replace(/(?<=..)(?<!s)s$/, ""));
}
