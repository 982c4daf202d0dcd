// The rows of names above a table: whether there is one, and whether the row below it belongs to it.
import { isMissingWord } from "./column-reading.ts";
import { isDate } from "./dates.ts";
import { keptText } from "./kept-texts.ts";
import { numberParts } from "./number-parts.ts";
import { isNumber } from "./numbers.ts";
import { latinDigits } from "./other-digits.ts";
import { shown } from "./shown-records.ts";
import { isTime } from "./times.ts";
import { uniqueNames } from "./unique-names.ts";

type Records = readonly { readonly fields: readonly string[] }[];

export function isValue(cell: string): boolean {
  const text = latinDigits(cell.trim());
  const isPlainNumber = isNumber(text) && numberParts(text)?.unit === ""; // "10 km" may be a name
  return isPlainNumber || isDate(text) || isTime(text) || /^(true|false)$/i.test(text);
}

/** Names differ from what stands below them: words above numbers, or years above values that are none. */
export function isHeader(cells: readonly string[], rows: readonly { readonly fields: readonly string[] }[]): boolean {
  const values = cells.filter(isValue);
  if (values.length === 0) return !isBuiltAsRows(cells, rows);
  if (new Set(values).size < values.length) return false;
  const columns = cells.map((_, i) => rows.map(({ fields }) => fields[i]?.trim() ?? "").filter((cell) => cell !== ""));
  const isOfValues = (i: number) => columns[i]!.filter(isValue).length > columns[i]!.length / 2;
  if (cells.some((cell, i) => cell.trim() !== "" && !isValue(cell) && isOfValues(i))) return true;
  const isYear = (cell: string) => /^(19|20)\d\d$/.test(cell.trim()) || isDate(cell.trim());
  const isAboveYears = cells.some((cell, i) => isValue(cell) && columns[i]!.length > 0 && columns[i]!.every(isYear));
  return values.every(isYear) && values.length < cells.length && !isAboveYears;
}

/** Lines of a log, and other texts with digits: the first is built as most of those below it are. */
function isBuiltAsRows(cells: readonly string[], rows: Records): boolean {
  return cells.some((cell, i) => {
    if (!/\d/.test(cell)) return false;
    const same = rows.filter(({ fields }) => formOf(fields[i] ?? "") === formOf(cell)).length;
    return same > rows.length / 2;
  });
}

const FORM_LENGTH = 24; // characters of a text: a log's lines differ behind their date and place

/** GET /a1 -> a /a0 */
function formOf(text: string): string {
  return text
    .slice(0, FORM_LENGTH)
    .replace(/\d+/g, "0")
    .replace(/\p{L}+/gu, "a");
}

/** A name stands above values, where each of its row could be one. */
export function isAboveValues(cells: readonly string[], rows: Records): boolean {
  if (cells.some(isValue)) return false;
  return cells.some((_, i) => {
    const column = rows.map(({ fields }) => fields[i]?.trim() ?? "").filter((one) => one !== "");
    return column.length > 0 && column.filter(isValue).length > column.length / 2;
  });
}

/** Of `width` columns, each with a name of its own. */
export function columnNames(cells: readonly string[], width: number): string[] {
  const names = Array.from({ length: width }, (_, i) => nameOf(cells[i]) || `column${i}`);
  return uniqueNames(names);
}

function nameOf(cell = ""): string {
  const visible = cell.replace(/[\u200b-\u200d\u2060\ufeff]/g, "").normalize("NFC");
  return keptText(visible.replace(/\s+/g, " ").trim());
}

export interface MoreNames {
  readonly names: readonly string[];
  readonly count: number; // rows below the first that are none of the table's
  readonly note: string | undefined;
}

/**
 * Rows below the names that belong to them, told by the columns of numbers and dates, where they have words: names that
 * stand below those of groups, or units, which are left out.
 */
export function moreNames(first: readonly string[], rows: Records): MoreNames {
  const [second, ...rest] = rows;
  if (second === undefined || !isOfWords(second.fields, rest, first))
    return { names: first, count: 0, note: undefined };
  const hasGaps = !isLine(second.fields) && first.some((cell, i) => cell.trim() === "" && second.fields[i]?.trim());
  if (!hasGaps && (isLine(second.fields) || !areRepeated(first)))
    return { names: first, count: 1, note: `the row below the names, left out: ${shown([second])}` };
  const joined = joinedNames(first, second.fields);
  const [third, ...below] = rest;
  const ofIndex = third && indexNames(joined, third.fields, below);
  return { names: ofIndex ?? joined, count: ofIndex ? 2 : 1, note: JOINED };
}

export const JOINED = "two rows of names are joined";

/** Names of groups stand above the first column of each, or above all. */
export function joinedNames(groups: readonly string[], names: readonly string[]): string[] {
  let group = "";
  return names.map((cell, i) => {
    group = groups[i]?.trim() || group;
    return [...new Set([group, cell.trim()])].filter(Boolean).join(" ");
  });
}

export function areRepeated(names: readonly string[]): boolean {
  const given = names.map((name) => name.trim()).filter((name) => name !== "");
  return new Set(given).size < given.length;
}

/** pandas writes the names of rows below those of columns, in a row of their own. */
function indexNames(names: readonly string[], third: readonly string[], below: Records): string[] | undefined {
  const isIndex = third.some((cell) => cell.trim() !== "") && third.every((cell, i) => cell.trim() === "" || !names[i]);
  return isIndex && below.length > 0 ? names.map((name, i) => name || third[i]!.trim()) : undefined;
}

/** Drawn below the names. */
function isLine(cells: readonly string[]): boolean {
  const full = cells.filter((cell) => cell.trim() !== "");
  return full.length > 0 && full.every((cell) => /^ ?:?[-=+]{2,}:? ?$/.test(cell));
}

/** In each of several columns of values a word, and nowhere a value; one column will do where the word is in brackets. */
function isOfWords(cells: readonly string[], rest: Records, names: readonly string[]): boolean {
  if (cells.some(isValue)) return false;
  if (isLine(cells)) return true;
  const words = cells.filter((cell, i) => {
    if (cell.trim() === "" && names[i]?.trim() === "") return false; // of the names of rows
    const column = rest.map(({ fields }) => fields[i]?.trim() ?? "").filter((one) => one !== "" && !isMissingWord(one));
    return column.length > 0 && column.filter(isValue).length > column.length / 2;
  });
  const isBracketed = words.every((cell) => /^[[(].*[\])]$/s.test(cell.trim()));
  return (
    words.length > (isBracketed ? 0 : 1) && words.every((cell) => cell.trim() !== "" && !isMissingWord(cell.trim()))
  );
}
