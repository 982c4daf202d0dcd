// Where a value stands in a text, and whether a cell of a table is that value.
import { dateKind, dateSpellings, isDateCell } from "./dates.mjs";
import { cellNumber, isNumber, numbersIn, plainText } from "./numbers.mjs";

/** DuckDB gives whole numbers of 64 bits as texts; a number with a zero before it is a name. */
export function isNumeric(value) {
  return typeof value === "number" || /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value);
}

/** @returns where it stands, each as { at, end } */
export function placesOf(value, text, question) {
  if (isNumeric(value)) {
    const found = numbersIn(text).filter(({ readings }) => isNumber(Number(value), readings, question));
    return found.map(({ at }) => ({ at, end: at + 1 }));
  }
  const spellings = dateKind(value) ? dateSpellings(value, isYearKnown(value, question)) : [value];
  return spellings.flatMap((spelling) => wordPlaces(plainText(spelling), plainText(text)));
}

export function isInText(value, text, question) {
  return placesOf(value, text, question).length > 0;
}

export function isCell(value, cell, question) {
  if (/^\d{4}$/.test(String(value)) && String(cell).startsWith(`${value}-01-01`)) return true; // a year, as its first day
  if (isNumeric(value)) return cell !== null && isNumber(Number(value), cellNumber(cell), question);
  if (dateKind(value) && dateKind(value) !== "weekday") return isDateCell(value, cell);
  const text = plainText(String(cell ?? "").replace(/^"|"$/g, "")).toLowerCase();
  return [value, ...(dateKind(value) ? dateSpellings(value) : [])].some(
    (name) => plainText(name).toLowerCase() === text,
  );
}

function isYearKnown(value, { ask, after = "" }) {
  return dateKind(value) !== "weekday" && `${ask} ${after}`.includes(value.slice(0, 4));
}

/** As a word of its own, where its letters are ones that words are made of; "Nord" is not in "Nordost". */
function wordPlaces(word, text) {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const isLatin = /^[\p{Script=Latin}\d].*[\p{Script=Latin}\d]$|^[\p{Script=Latin}\d]$/u.test(word);
  const edge = "[\\p{Script=Latin}\\d]";
  const pattern = isLatin ? `(?<!${edge})${escaped}(?!${edge})` : `(?<!\\d)${escaped}`;
  return [...text.matchAll(new RegExp(pattern, "giu"))].map(({ 0: found, index }) => ({
    at: index,
    end: index + found.length,
  }));
}
