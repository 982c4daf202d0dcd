// How rows without a value are found, told with the names of the real table: a small model looks for 0 or '' otherwise.
import { wholeWord } from "../escape-regexp.ts";
import { asksFor } from "../languages/index.ts";
import { groupWords } from "../languages/measures.ts";
import type { TableInfo } from "../sessions/session.ts";
import { identifier } from "../sessions/sql/database.ts";
import { isTime, withoutUnitWord } from "../sessions/table-info.ts";
import { columnsMeant } from "./question/asked-names.ts";
import { isSpokenOf } from "./question/question-parts.ts";

const WHICH =
  /\b(?:which|what|welche[mnrs]?)\s+$|(?<!\p{L})(?:quel(?:le)?s?|qué|cuál|en qué|para qué)\s+$|(?:哪一?[个些种]?|どの)$/iu;

/** By which rows are told apart: "per subject", "in which subject". */
function isGroup(column: string, question: string): boolean {
  if (groupWords(question).some((words) => isSpokenOf(withoutUnitWord(column), words))) return true;
  const at = question.toLowerCase().indexOf(withoutUnitWord(column).toLowerCase());
  return at > 0 && WHICH.test(question.slice(0, at));
}

/** A line after the question; "" where it asks for no missing values, or names no column or several. */
export function missingHint(question: string, tables: readonly TableInfo[]): string {
  if (!asksFor(question, "missing")) return "";
  const meant = tables.flatMap((table) => columnsMeant(question, table).map((column) => ({ table, column })));
  const groups = meant.filter(({ column }) => isGroup(column, question));
  const others = meant.filter((one) => !groups.includes(one));
  const notTimes = others.filter(({ table, column }) => {
    return !table.columns.some(({ name, type }) => name === column && isTime(type)); // "how many days have no rain"
  });
  const wanted = notTimes.length > 0 ? notTimes : others;
  const exact = wanted.filter(({ column }) => wholeWord(column).test(question));
  const [only, ...more] = exact.length === 1 ? exact : wanted;
  if (!only || more.length > 0) return "";
  const isNull = `${identifier(only.column)} IS NULL`;
  const [group, ...further] = groups.filter(({ table }) => table === only.table);
  if (group && further.length === 0 && !asksFor(question, "share-of-rows")) {
    const name = identifier(group.column);
    return `(A query of this shape: SELECT ${name}, count(*) AS missing FROM ${only.table.name} WHERE ${isNull} GROUP BY ${name} ORDER BY missing DESC)`;
  }
  if (!asksFor(question, "share-of-rows")) return `(A value that is missing is NULL: WHERE ${isNull})`;
  const share = `SELECT 100.0 * count(*) FILTER (WHERE ${isNull}) / count(*) AS percent FROM ${only.table.name}`;
  return `(A query of this shape: ${share})`;
}
