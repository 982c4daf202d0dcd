// Whether the words of an answer contradict the right result beside them. Only what the numbers show counts, and a number
// that is rounded more than it should be contradicts nothing.
import { isNumber, numbersIn } from "./numbers.mjs";
import { isPaired, isToldIn } from "./rows.mjs";
import { isInText, isNumeric, placesOf } from "./values.mjs";

/** @param wrong what other rows, or the whole, would have given: a name of theirs in the place of the right one misleads */
export function isMisleading(answer, asked, rows, wrong) {
  const question = { ...asked, rough: true };
  if (isToldIn(answer, question, rows)) return false;
  if (rows.length === 1) return isAnotherValue(answer, question, rows[0], wrong);
  const mentioned = rows.filter(([key]) => placesOf(key, answer, question).length > 0);
  if (mentioned.length > 0) {
    const isNumberTold = strangers(answer, question, []).length > 0;
    return rows[0].length > 1 && isNumberTold && !isPaired(answer, question, mentioned);
  }
  return strangers(answer, question, wholesOf(rows)).length === 1; // one number is told of several rows
}

function isAnotherValue(answer, question, row, wrong) {
  const missing = row.filter((value) => !isInText(value, answer, question));
  if (missing.some(isNumeric) && strangers(answer, question, row).length > 0) return true;
  const others = wrong.flat(2).filter((value) => !isNumeric(value) && !row.includes(value));
  return missing.length > 0 && others.some((name) => isInText(name, answer, question));
}

/** The numbers of an answer that neither the question nor these values hold. */
function strangers(answer, question, values) {
  const asked = numbersIn(`${question.ask} ${question.after ?? ""}`).flatMap(({ readings }) => readings);
  return numbersIn(answer).filter(
    ({ readings }) =>
      !asked.some(({ value }) => readings.some((reading) => reading.value === value)) &&
      !values.filter(isNumeric).some((value) => isNumber(Number(value), readings, question)),
  );
}

/** What may be said of rows in one number: how many they are, their sum, their mean. */
function wholesOf(rows) {
  const numbers = rows.map((row) => Number(row.at(-1))).filter(Number.isFinite);
  const sum = numbers.reduce((a, b) => a + b, 0);
  return [rows.length, sum, sum / numbers.length];
}
