import type { Language } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { cellText } from "../../tools/text-table.ts";
import { measureName } from "./measure-name.ts";

const MAX_ROWS = 12; // in a sentence; more are for the table
const MAX_VALUES = 3; // of a row in a sentence

/** Whether a sentence can hold the whole result. */
export function fitsSentence({ columns, rows, rowCount }: SqlResult): boolean {
  if (rowCount > rows.length) return false;
  return rowCount <= 1 || (rowCount <= MAX_ROWS && columns.length <= MAX_VALUES + 1);
}

/** A result as a sentence that says no more than the result does. */
export function resultSentence(table: SqlResult, language: Language): string {
  const { columns, rows, rowCount } = table;
  const { sentences } = language;
  const said = (name: string) => measureName(name, language);
  const names = columns.map(({ name }) => name);
  const [key, ...values] = names;
  const [row] = rows;
  if (!row || key === undefined) return sentences.none;
  if (!fitsSentence(table)) return sentences.rows(rowCount);
  if (rowCount === 1) return names.map((name) => sentences.one(said(name), cellText(row[name]))).join(" ");
  const cells = rows.map((one) => {
    const told = values.map((name) => cellText(one[name])).join(", ");
    return values.length === 0 ? cellText(one[key]) : `${cellText(one[key])} (${told})`;
  });
  if (values.length === 0) return sentences.one(said(key), cells.join(", "));
  return sentences.byKey(values.map(said).join(", "), key, cells.join(", "));
}
