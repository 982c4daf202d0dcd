// The rows of names above a table: whether there is one, and whether the row below it belongs to it.
import { isMissingWord } from "./column-reading.ts";
import { isDate } from "./dates.ts";
import { keptText } from "./kept-texts.ts";
import { numberParts } from "./number-parts.ts";
import { isNumber } from "./numbers.ts";
import { shown } from "./shown-records.ts";
import { proposeTime } from "./times.ts";
import { uniqueNames } from "./unique-names.ts";

type Records = readonly { readonly fields: readonly string[] }[];

export function isValue(cell: string): boolean {
  const text = cell.trim();
  const isPlainNumber = isNumber(text) && numberParts(text)?.unit === ""; // "10 km" may be a name
  return isPlainNumber || isDate(text) || proposeTime([text]) !== undefined || /^(true|false)$/i.test(text);
}

/** Names differ from what stands below them: words above numbers, or years above values that are none. */
export function isHeader(cells: readonly string[], rows: readonly { readonly fields: readonly string[] }[]): boolean {
  const values = cells.filter(isValue);
  if (values.length === 0) return true;
  if (new Set(values).size < values.length) return false;
  const columns = cells.map((_, i) => rows.map(({ fields }) => fields[i]?.trim() ?? "").filter((cell) => cell !== ""));
  const isOfValues = (i: number) => columns[i]!.filter(isValue).length > columns[i]!.length / 2;
  if (cells.some((cell, i) => cell.trim() !== "" && !isValue(cell) && isOfValues(i))) return true;
  const isYear = (cell: string) => /^(19|20)\d\d$/.test(cell.trim()) || isDate(cell.trim());
  const isAboveYears = cells.some((cell, i) => isValue(cell) && columns[i]!.length > 0 && columns[i]!.every(isYear));
  return values.every(isYear) && values.length < cells.length && !isAboveYears;
}

/** Of `width` columns, each with a name of its own. */
export function columnNames(cells: readonly string[], width: number): string[] {
  const names = Array.from({ length: width }, (_, i) => nameOf(cells[i]) || `column${i}`);
  return uniqueNames(names);
}

function nameOf(cell = ""): string {
  return keptText(cell.replace(/\s+/g, " ").trim());
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
  if (second === undefined || !isOfWords(second.fields, rest)) return { names: first, count: 0, note: undefined };
  const gaps = first.flatMap((cell, i) => (cell.trim() === "" && second.fields[i]?.trim() ? [i] : []));
  if (gaps.length === 0) {
    return { names: first, count: 1, note: `the row below the names, left out: ${shown([second])}` };
  }
  let group = "";
  const names = second.fields.map((cell, i) => {
    group = first[i]?.trim() || group;
    return [...new Set([group, cell.trim()])].filter(Boolean).join(" ");
  });
  return { names, count: 1, note: "two rows of names are joined" };
}

/** In each of several columns of values a word, and nowhere a value; one column will do where the word is in brackets. */
function isOfWords(cells: readonly string[], rest: Records): boolean {
  if (cells.some(isValue)) return false;
  const full = cells.filter((cell) => cell.trim() !== "");
  if (full.length > 1 && full.every((cell) => /^ ?:?-{2,}:? ?$/.test(cell))) return true; // the line of a Markdown table
  const words = cells.filter((_, i) => {
    const column = rest.map(({ fields }) => fields[i]?.trim() ?? "").filter((one) => one !== "" && !isMissingWord(one));
    return column.length > 0 && column.filter(isValue).length > column.length / 2;
  });
  const isBracketed = words.every((cell) => /^[[(].*[\])]$/s.test(cell.trim()));
  return (
    words.length > (isBracketed ? 0 : 1) && words.every((cell) => cell.trim() !== "" && !isMissingWord(cell.trim()))
  );
}
