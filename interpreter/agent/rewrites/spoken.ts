// Whether the words of a question are about a column or a table, as far as their letters tell.
import type { TableInfo } from "../../sessions/session.ts";
import { stemOf, withoutUnit } from "../../sessions/table-info.ts";
import { sharesWord } from "../../tools/renamed-columns.ts";
import { CURRENCIES } from "../question/currencies.ts";
import { isSpokenOf } from "../question/question-parts.ts";

const HAN = /\p{Script=Han}/u;
/** "何人" counts what a column 影響人数 holds. */
const COUNTER = /[何几多少]([人個个本台枚匹軒社校日名辆部])/u;

/** By its whole name, in whatever form. */
export function isNamedIn(column: string, words: string): boolean {
  return isSpokenOf(withoutUnit(column), words);
}

/** By its name, by a word of it, or by two characters that stand side by side in both. */
export function mayBeNamedIn(column: string, words: string): boolean {
  const name = withoutUnit(column);
  const counter = COUNTER.exec(words)?.[1];
  const isCounter = counter !== undefined && name.includes(counter);
  return (
    isCounter ||
    isNamedIn(name, words) ||
    sharesWord(name, words) ||
    sharesPair(name, words) ||
    isOfMoney(column, words)
  );
}

/** "How many euros" counts what a column "Betrag in €" holds. */
export function isOfMoney(column: string, words: string): boolean {
  return CURRENCIES.some(({ written }) => written.test(column.replaceAll("_", " ")) && written.test(words));
}

/** "delays" of delays.csv, 遅延 of 遅延記録.csv: its rows. */
export function isOfTable(words: string, table: Pick<TableInfo, "name">): boolean {
  return words !== "" && (sharesPair(stemOf(table), words) || sharesWord(stemOf(table), words));
}

/** Whether a question speaks of a table in the table's own words: other words of it are then its own language, too. */
export function speaksOf(table: TableInfo, question: string): boolean {
  return isOfTable(question, table) || table.columns.some(({ name }) => mayBeNamedIn(name, question));
}

function sharesPair(name: string, words: string): boolean {
  const letters = [...name];
  return letters
    .slice(1)
    .some((letter, i) => HAN.test(letters[i]!) && HAN.test(letter) && words.includes(letters[i]! + letter));
}
