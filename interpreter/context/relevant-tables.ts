// Which of a folder's tables a question is about. A small model takes the first table that it is told of, so the others
// are told by name only.
import { isFollowUp } from "../agent/question/follow-up.ts";
import { isWordOf, thingsIn } from "../languages/column-words.ts";
import { withoutAccents, withoutCamelCase } from "../name-words.ts";
import type { TableInfo } from "../sessions/session.ts";
import type { JoinKey } from "../sessions/sql/join-key.ts";
import { fileOf } from "../sessions/table-info.ts";
import { type ColumnValues, fewValues } from "./column-values.ts";

export interface AskedAbout {
  readonly question: string;
  /** What was worked with before: texts of cells, and of the conversation, each the newest first. */
  readonly recent?: readonly (readonly string[])[];
  /** The name of the table that the model took when it was asked (pick-table.ts). */
  readonly picked?: string | undefined;
}

interface Known {
  readonly values?: ColumnValues | undefined;
  readonly joins?: readonly JoinKey[];
}

const COMMON = new Set(["date", "year", "month", "day", "time", "name", "id", "number", "count", "total", "type"]);
const COMMON_WEIGHT = 0.4; // of words that many questions hold, whatever they are about: less than ENOUGH of another
const ENOUGH = 0.5; // of the best table's score
const SURE = 2; // of values alone: two of one table's
const JOINED_WEIGHT = 1.5;
const AKIN_WEIGHT = 0.7;
const NAME_WEIGHT = 0.5; // more, of the table's own name
const LEAST_AKIN = 4; // letters that two forms of a word share
const HAN = /[\p{Script=Han}\p{Script=Katakana}]/u;
const LEAST_LENGTH = 3; // of a word that tells something
const CODE = /^(?=.*\p{Lu})[\p{Lu}\p{N}]{3,4}$/u;

/**
 * The tables that the question names, or of which it names columns or values, behind the one that was picked; else those
 * that were worked with last. What they are joined with belongs to them. All, where nothing tells.
 */
export function relevantTables(
  tables: readonly TableInfo[],
  about: AskedAbout,
  { values, joins = [] }: Known = {},
): readonly TableInfo[] {
  const picked = tables.filter(({ name }) => name === about.picked);
  const told = toldTables(tables, about, values).filter((table) => !picked.includes(table));
  const chosen = [...picked, ...told];
  if (chosen.length === 0) return tables;
  const names = new Set(chosen.map(({ name }) => name));
  for (const { from, to } of joins) {
    const ends = tables.filter(({ name }) => name === from.table || name === to.table);
    if (ends.some(({ name }) => names.has(name))) for (const { name } of ends) names.add(name);
  }
  return [...chosen, ...tables.filter((table) => names.has(table.name) && !chosen.includes(table))];
}

/** Whether a question's words leave it open which of several tables it is about. */
export function leavesOpen(tables: readonly TableInfo[], about: AskedAbout, values: ColumnValues | undefined): boolean {
  if (tables.length < 2 || tables.some((table) => isNamedIn(about.question, table))) return false;
  if (isFollowUp(about.question) && lastUsed(tables, about).length > 0) return false;
  return scoresOf(tables, about.question, values).every(({ isNamed, score }) => !isNamed && score < SURE);
}

function toldTables(tables: readonly TableInfo[], about: AskedAbout, values: ColumnValues | undefined): TableInfo[] {
  const named = tables.filter((table) => isNamedIn(about.question, table));
  if (named.length > 0) return named;
  const used = lastUsed(tables, about);
  const found = matching(tables, about.question, values) ?? used;
  // "And in Oslo?" is asked of the table before, whichever other has an Oslo.
  const leansOn = isFollowUp(about.question) ? used : [];
  return [...leansOn, ...found.filter((table) => !leansOn.includes(table))];
}

/**
 * The best first; undefined if the question holds no word of any. Not those that have only words that the best has, too:
 * "horsepower by origin" is of cars, though flights have an origin.
 */
function matching(tables: readonly TableInfo[], question: string, values: ColumnValues | undefined) {
  const scored = scoresOf(tables, question, values).sort((a, b) => b.score - a.score);
  const [best] = scored;
  if (!best || best.score === 0) return undefined;
  const addsNothing = ({ score, words, isCalled }: Scored) =>
    score < best.score && !isCalled && [...words].every((word) => best.words.has(word));
  return scored.filter((one) => one.score >= ENOUGH * best.score && !addsNothing(one)).map(({ table }) => table);
}

/** How much of what a question says each table has: words of its name, columns and values, or what means the same. */
export function scoresOf(tables: readonly TableInfo[], question: string, values: ColumnValues | undefined): Scored[] {
  const asked = askedOf(question);
  return tables.map((table) => ({ table, ...scoreOf(table, asked, values?.get(table.name) ?? new Map()) }));
}

export interface Scored {
  readonly table: TableInfo;
  readonly score: number;
  /** By a word of its own name or of a column's: a value alone, as "München", is in many a table. */
  readonly isNamed: boolean;
  readonly isCalled: boolean; // by a word of its own name
  readonly words: ReadonlySet<string>; // of the question, that it has
}

interface Asked {
  readonly words: ReadonlySet<string>;
  /** "bird strikes" as birdstrike: words that stand side by side, as names join them. */
  readonly joined: ReadonlySet<string>;
  readonly things: readonly (readonly string[])[];
  /** One to four words on end, in lower case. */
  readonly phrases: ReadonlySet<string>;
  readonly text: string;
  /** Words in capitals, as codes are written: "las" is no airport, LAS is. */
  readonly codes: ReadonlySet<string>;
}

function askedOf(question: string): Asked {
  const words = wordsOf(question);
  const all = question.toLowerCase().match(/[\p{L}\p{N}.&'-]+/gu) ?? [];
  const runs = all.flatMap((_, i) => [1, 2, 3, 4].map((length) => all.slice(i, i + length).join(" ")));
  return {
    words: new Set(words),
    joined: new Set(words.slice(1).map((word, i) => words[i]! + word)),
    things: thingsIn(question),
    phrases: new Set(runs.flatMap((run) => [run, run.replace(/[.'-]+$/u, "")])),
    text: question.toLowerCase(),
    codes: new Set(question.match(/[\p{Lu}\p{N}]+/gu)),
  };
}

function scoreOf(
  { name, columns }: TableInfo,
  asked: Asked,
  values: ReadonlyMap<string, readonly string[]>,
): Omit<Scored, "table"> {
  const few = fewValues(values);
  const ofName = new Set(wordsOf(withoutCamelCase(name.replace(/\.\w+'?$/, ""))));
  const ofColumns = new Set(columns.flatMap((column) => wordsOf(withoutCamelCase(column.name))));
  const ofValues = [...few.values()].flat().flatMap(wordsOf);
  const weights = new Map([...ofName, ...ofColumns, ...ofValues].map((word) => [word, weightOf(word, asked)]));
  const found = [...weights].filter(([, weight]) => weight > 0);
  const lost = [...weights.keys()].filter((word) => weights.get(word) === 0);
  const things = asked.things.filter((thing) => lost.some((word) => isWordOf(thing, word)));
  const isSaid = (value: string) => {
    if (CODE.test(value)) return asked.codes.has(value);
    const lower = value.toLowerCase();
    if (HAN.test(value)) return lower.length > 1 && asked.text.includes(lower);
    return lower.length >= LEAST_LENGTH && asked.phrases.has(lower);
  };
  const held = [...values].filter(([column, list]) => !few.has(column) && list.some(isSaid));
  const ofWords = found.reduce((sum, [word, weight]) => sum + weight + (ofName.has(word) ? NAME_WEIGHT : 0), 0);
  return {
    score: ofWords + AKIN_WEIGHT * things.length + Math.min(held.length, 1),
    isNamed: found.some(([word, weight]) => weight >= 1 && (ofName.has(word) || ofColumns.has(word))),
    isCalled: found.some(([word]) => ofName.has(word)),
    words: new Set([
      ...found.map(([word]) => word),
      ...things.map((thing) => thing.join(" ")),
      ...held.map(([column]) => column),
    ]),
  };
}

function weightOf(word: string, { words, joined, text }: Asked): number {
  if (HAN.test(word)) return word.length > 1 && text.includes(word) ? 1 : 0; // no space tells its edges
  if (words.has(word)) return COMMON.has(word) ? COMMON_WEIGHT : 1;
  if (joined.has(word)) return JOINED_WEIGHT;
  return [...words].some((other) => isAkin(word, other)) ? AKIN_WEIGHT : 0;
}

/** rain and rainy, population and pop. */
function isAkin(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= LEAST_AKIN && !COMMON.has(short) && long.startsWith(short) && long.length <= short.length + 3;
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

/** Of several files as one table also one of them. */
function isNamedIn(text: string, { name, files = [] }: TableInfo): boolean {
  return [name, ...files].some((one) => {
    const bare = fileOf({ name: one });
    const at = text.toLowerCase().indexOf(bare.toLowerCase());
    return at >= 0 && !/[\p{L}\p{N}_-]/u.test((text[at - 1] ?? "") + (text[at + bare.length] ?? ""));
  });
}

/** In lower case, without accents, and the singular: "Temp_max by origins" -> temp, max, origin. */
function wordsOf(text: string): string[] {
  // Chinese and Japanese set no space beside a Latin word.
  const words = withoutAccents(text).match(/[\p{Script=Latin}\p{N}]+|[^\p{Script=Latin}\P{L}]+/gu) ?? [];
  return words
    .filter((word) => word.length >= (HAN.test(word) ? 2 : LEAST_LENGTH))
    .map((word) => word.replace(/(?<=..)(?<!s)s$/, ""));
}
