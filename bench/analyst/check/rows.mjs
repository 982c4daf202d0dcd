// Whether a text, or a table, says the rows that the reference query gives: each value with the name that it belongs to.
import { isNumber, numbersIn, plainText } from "./numbers.mjs";
import { isCell, isInText, isNumeric, placesOf } from "./values.mjs";

const RESPECTIVELY = /respectively|respectivement|respectivamente|jeweils|beziehungsweise|bzw\.|分别|それぞれ/i;
const IS_BESIDES = /^(total|gesamt|summe|suma|合计|总计|合計|none|null|0|)$/i;

/** One row: each of its values is told. Several: each key has its values beside it, and they stand in order if asked. */
export function isToldIn(text, question, rows) {
  if (rows.length === 0) return false;
  if (rows.length === 1 || rows[0].length === 1) {
    return rows.flat().every((value) => isInText(value, text, question)) && isOrdered(text, question, rows);
  }
  return isPaired(text, question, rows) && isOrdered(text, question, rows);
}

/** Keys before their values ("Lyon: 4"), values before their keys ("4 in Lyon"), or "4 and 9, respectively". */
export function isPaired(text, question, rows) {
  if (isNumeric(rows[0][0])) return isInNumbers(text, question, rows);
  const places = rows.map(([key]) => placesOf(key, text, question));
  const all = places.flat().sort((a, b) => a.at - b.at);
  const plain = plainText(text);
  const after = ({ end }) => plain.slice(end, all.find(({ at }) => at >= end)?.at);
  const before = ({ at }) => plain.slice(all.findLast(({ end }) => end <= at)?.end ?? 0, at);
  const holds = (segmentOf) =>
    rows.every(([, ...values], i) =>
      places[i].some((place) => values.every((value) => isInText(value, segmentOf(place), question))),
    );
  if (holds(after) || holds(before) || isInPieces(text, question, rows)) return true;
  return RESPECTIVELY.test(text) && isInTurn(text, question, rows, places);
}

/** Rows of more than a key and a value, each in a line or clause of its own, in any order. */
function isInPieces(text, question, rows) {
  if (rows[0].length < 3) return false;
  const pieces = text.split(/[;\n]|\)\s*,|\.\s/);
  return (
    pieces.length >= rows.length &&
    rows.every((row) => pieces.some((piece) => row.every((value) => isInText(value, piece, question))))
  );
}

/** Keys that are numbers, as years are: among the numbers of the text each has its values next to it, but for numbers of the question. */
function isInNumbers(text, question, rows) {
  const asked = numbersIn(question.ask).flatMap(({ readings }) => readings.map(({ value }) => value));
  const isOfRows = (readings) =>
    rows.flat().some((value) => isNumeric(value) && isNumber(Number(value), readings, question));
  const numbers = numbersIn(text)
    .map(({ readings }) => readings)
    .filter((readings) => isOfRows(readings) || !readings.some(({ value }) => asked.includes(value)));
  const isAt = (value, i) => numbers[i] !== undefined && isNumber(Number(value), numbers[i], question);
  const holds = (step) =>
    rows.every(([key, ...values]) =>
      numbers.some((_, i) => isAt(key, i) && values.every((value, j) => isAt(value, i + step * (j + 1)))),
    );
  return holds(1) || holds(-1);
}

function isInTurn(text, question, rows, places) {
  if (places.some((found) => found.length === 0) || rows[0].length !== 2) return false;
  const inTurn = rows.map(([, value], i) => ({ value, at: places[i][0].at })).sort((a, b) => a.at - b.at);
  const atValues = rows.flatMap(([, value]) => placesOf(value, text, question).map(({ at }) => at));
  const told = numbersIn(text).filter(({ at }) => atValues.includes(at));
  return (
    told.length === rows.length &&
    inTurn.every(({ value }, i) => isNumeric(value) && isNumber(Number(value), told[i].readings, question))
  );
}

function isOrdered(text, question, rows) {
  if (!question.order) return true;
  const firsts = rows.map(([key]) => Math.min(...placesOf(key, text, question).map(({ at }) => at)));
  return firsts.every((at, i) => i === 0 || at > firsts[i - 1]);
}

/** @param table { rows, limited }: as many rows as wanted; a total, what is missing and what has nothing may stand besides */
export function isTable(table, question, wanted) {
  if (table === undefined || wanted.length === 0) return false;
  const rows = table.rows.map((row) => Object.values(row));
  const isRow = (row, values) => values.every((value) => row.some((cell) => isCell(value, cell, question)));
  if (wanted.length === 1) {
    const isOne = rows.length === 1 || (rows.length > 0 && table.limited);
    return isOne && isRow(rows[0], wanted[0]);
  }
  const found = wanted.map((values) => rows.findIndex((row) => isRow(row, values)));
  const isInOrder = !question.order || found.every((at, i) => i === 0 || at > found[i - 1]);
  if (found.includes(-1) || !isInOrder) return false;
  const others = rows.filter((row, i) => !found.includes(i) && !wanted.some((values) => isRow(row, values)));
  return (
    rows.length <= wanted.length + 2 && others.every((row) => row.some((cell) => IS_BESIDES.test(String(cell ?? ""))))
  );
}
