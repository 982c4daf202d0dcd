import { wholeWord } from "../../escape-regexp.ts";
import { asksFor, LANGUAGES, type Language, languageOf, saysInAnyLanguage } from "../../languages/index.ts";
import { groupWords } from "../../languages/measures.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { FILE_NAME } from "../file-name.ts";
import { computedFrom, keyedResult } from "../keyed-result.ts";
import { isAbout, isExactly, numbersIn, type WrittenNumber } from "./numbers-in-text.ts";
import { tellsRoughPart } from "./rough-parts.ts";
import { saidBounds } from "./said-bounds.ts";
import { converted } from "./units.ts";

const IN_WORDS = 12; // up to it a number may be written in words
const LEAST_WORD = 3; // UTF-16 units of a name that can be found again
const MARKS_AT_END = /[\s\p{P}]+$/u; // models write other ones: ? for ？
const PERCENT = /%|percent|Prozent|pour ?cent|por ciento/i; // of the whole
const OTHERWISE_WRITTEN = /^\d{4}-\d{2}|^\d{2}:\d{2}/; // dates and times: "in September 1958"

/**
 * Whether an answer holds no value of a result of one row. Only where a value would be found: a small number may be
 * written in words, a date otherwise, and a boolean as yes or no.
 */
export function tellsNothing(answer: string, { columns, rows, rowCount }: SqlResult): boolean {
  const [row] = rows;
  if (rowCount !== 1 || !row || answer.trim() === "") return false;
  const values = columns.map(({ name }) => row[name]);
  if (values.length === 0 || !values.every(isFindable)) return false;
  if (saidBounds(answer).length > 0) return false; // it is held against the value elsewhere
  if (
    tellsRoughPart(
      answer,
      columns.map(({ name }) => [name, row[name]] as const),
    )
  )
    return false;
  const numbers = numbersIn(answer);
  if (converted(answer, { columns, rows }).some((value) => numbers.some((one) => isExactly(one, value)))) return false;
  const text = answer.toLowerCase();
  return values.every((value) => {
    const number = Number(value);
    if (Number.isFinite(number)) return !numbers.some((one) => isAbout(one, number));
    return !wordsOf(String(value)).some((word) => text.includes(word));
  });
}

/** Whether it was asked which one, and an answer from a result of one row does not say it by its first column. */
export function tellsNotWhich(answer: string, question: string, { columns, rows, rowCount }: SqlResult): boolean {
  const value = rows[0]?.[columns[0]?.name ?? ""];
  if (rowCount !== 1 || typeof value !== "string" || !isFindable(value) || Number.isFinite(Number(value))) return false;
  if (!saysInAnyLanguage(question, ({ which }) => which)) return false;
  const text = answer.toLowerCase();
  const words = wordsOf(value);
  return words.length > 0 && !words.some((word) => text.includes(word) || question.toLowerCase().includes(word));
}

/**
 * Whether an answer about several rows holds no number and no word of theirs, and says nothing of them as a whole: that
 * they rise, that there are none, yes or no. The question said again tells nothing.
 */
export function tellsNoRow(answer: string, question: string, table: SqlResult, query?: string): boolean {
  const { columns, rows, rowCount } = table;
  if (rowCount < 2 || answer.trim() === "") return false;
  const asked = numbersIn(question).map(({ text }) => text);
  const told = answer.replace(question.replace(MARKS_AT_END, ""), "").replace(FILE_NAME, "");
  const numbers = numbersIn(told).filter(({ text }) => !asked.includes(text));
  if (numbers.some((number) => mayBeOf(number, table, query))) return false;
  const isYesOrNo = LANGUAGES.some(({ yes, no }) => [yes, no].some((word) => wholeWord(word).test(answer)));
  const claims = languagesOf(answer, question).flatMap(({ rises, falls, stays, moreThan, lessThan, nothing }) =>
    [rises, falls, stays, moreThan, lessThan, nothing].filter((words) => words !== undefined),
  );
  if (saidBounds(told).length > 0 || isYesOrNo || claims.some((words) => words.test(answer))) return false;
  const text = asked.reduce((rest, number) => rest.replaceAll(number, " "), told.toLowerCase());
  const cells = rows.flatMap((row) =>
    columns.flatMap(({ name }) => (typeof row[name] === "string" ? [row[name]] : [])),
  );
  return !cells.flatMap(wordsOf).some((word) => text.includes(word)) && !cells.some((cell) => isNamed(cell, told));
}

const THERE_IS_NONE =
  /^\s*(?:there (?:are|is|was|were) no(?!\w)|es gibt (?:keine?|nicht)|no (?:hay|hubo)(?!\p{L})|il n['’]y (?:a|avait|a eu) (?:pas|aucune?))/iu;

/** "There are no deaths" of a result that has rows, and values in them. */
export function deniesRows(answer: string, { columns, rows, rowCount }: SqlResult): string[] {
  if (!THERE_IS_NONE.test(answer) || numbersIn(answer.replace(FILE_NAME, "")).length > 0) return [];
  const values = rows.flatMap((row) => columns.map(({ name }) => row[name]));
  const isNone = values.every((value) => value === null || value === false || Number(value) === 0);
  const isTold = values.some((value) => typeof value === "string" && isNamed(value, answer));
  return rowCount < 2 || isNone || isTold ? [] : [`the result has ${rowCount} rows`];
}

/** "The ratio is 0.02" of 3,193 rows that nothing tells apart: one of them, and no total, mean or end of all. */
export function oneOfMany(answer: string, question: string, { columns, rows, rowCount }: SqlResult): string[] {
  const [column, ...others] = columns;
  if (rowCount < 2 || column === undefined || others.length > 0) return [];
  const values = rows.map((row) => row[column.name]);
  if (!values.every((value) => value === null || typeof value === "number")) return [];
  const asked = numbersIn(question).map(({ text }) => text);
  const [told, ...more] = numbersIn(answer.replace(FILE_NAME, "")).filter(({ text }) => !asked.includes(text));
  if (!told || more.length > 0 || isAbout(told, rowCount)) return [];
  const known = values.filter((value) => value !== null).map(Number);
  const sum = known.reduce((total, value) => total + value, 0);
  const ofAll = [Math.min(...known), Math.max(...known), sum, sum / known.length, new Set(known).size];
  const isOne = known.some((value) => isAbout(told, value)) && !ofAll.some((value) => isAbout(told, value));
  return isOne ? [`the result has ${rowCount} rows, and ${told.text} is one of them`] : [];
}

/**
 * Whether each of several was asked for, and the answer tells one of them with its value and says nothing of the others:
 * "3 cars with 5 cylinders" of the cars by cylinders.
 */
export function tellsOneOfEach(answer: string, question: string, table: SqlResult, query?: string): boolean {
  const result = keyedResult(table, query);
  const ends = (text: string) =>
    languagesOf(answer, question).some(({ most, least }) => most.test(text) || least.test(text));
  const isOfEach = saysInAnyLanguage(question, ({ each }) => each) || groupWords(question).length > 0;
  if (!result?.isWhole || result.rowCount < 2 || !isOfEach) return false;
  if (ends(question) || ends(answer) || asksFor(question, "top")) return false;
  const claims = languagesOf(answer, question).flatMap(
    ({ moreThan, lessThan, only, ranks, times, last, equals, parts, rankedEnds }) => [
      ...[last, equals, ...rankedEnds.words, ...parts.map(([words]) => words)],
      ...[moreThan, lessThan, only].filter((words) => words !== undefined),
      ...ranks,
      ...times.map(([words]) => words),
    ],
  );
  if (PERCENT.test(answer) || claims.some((words) => words.test(answer))) return false;
  const told = result.rows.filter(({ keys, values }) => {
    const others = numbersIn(keys.reduce((text, key) => text.replace(wholeWord(key), " "), answer));
    const isKeyTold = keys.some((key) => wholeWord(key).test(answer));
    return isKeyTold && others.length === 1 && [...values.values()].some((value) => isExactly(others[0]!, value));
  });
  return told.length === 1;
}

/** Those whose words are read in all questions and answers, and those that the texts are in. */
function languagesOf(...texts: readonly string[]): readonly Language[] {
  return [...new Set([...LANGUAGES, ...texts.flatMap((text) => languageOf(text) ?? [])])];
}

/** Also a name that is too short to be looked for in any case. */
function isNamed(cell: string, text: string): boolean {
  return cell.length > 1 && [...text.matchAll(wholeWord(cell))].some(({ 0: found }) => found === cell);
}

/** A number of the rows, or computed from them; any where not all rows are here, and a small one, which may count them. */
function mayBeOf(number: WrittenNumber, table: SqlResult, query: string | undefined): boolean {
  const { columns, rows, rowCount } = table;
  if (rows.length < rowCount || number.readings.some((value) => Math.abs(value) <= IN_WORDS)) return true;
  const keyed = keyedResult(table, query);
  const cells = rows.flatMap((row) => columns.map(({ name }) => row[name]));
  const isInText = cells.some((cell) => typeof cell !== "number" && String(cell).includes(number.text)); // of a date
  return (
    isInText || [...cells.map(Number), ...(keyed ? computedFrom(keyed) : [])].some((value) => isAbout(number, value))
  );
}

function isFindable(value: unknown): boolean {
  if (typeof value === "number") return !(Number.isInteger(value) && Math.abs(value) <= IN_WORDS);
  return typeof value === "string" && !OTHERWISE_WRITTEN.test(value) && wordsOf(value).length > 0;
}

function wordsOf(value: string): string[] {
  const words = value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => word.length >= LEAST_WORD || /[^\p{Script=Latin}\p{N}]/u.test(word));
}
