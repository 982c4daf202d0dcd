// The rows of a result, each written as the question shows one.
import type { SqlResult } from "../../sessions/session.ts";
import { cellText } from "../../tools/text-table.ts";
import type { RowPattern, Slot } from "../question/row-pattern.ts";
import { matchColumns } from "./match-columns.ts";
import { asLines } from "./row-forms.ts";
import { digitsAsShown, textAsAsked, type Writing } from "./write-values.ts";

/** What stands for a column's own name: "key: value". */
const NAMES = /^(?:key|name|metric|measure|statistic|Schlüssel|Kennzahl|clave|nombre|clé|nom|键|名称?|指标)$/iu;
const PERCENT = /^\s?[%％]/;

/** @returns a text a row; undefined where the result does not say which value goes where */
export function patternedRows(
  { texts, slots }: RowPattern,
  table: SqlResult,
  writing: Writing,
): readonly string[] | undefined {
  const isOfPairs = slots.length === 2 && !slots[0]?.isNumber;
  const isOfNames = isOfPairs && (NAMES.test(slots[0]?.name ?? "") || !columnsOf(slots, table));
  const told = isOfNames ? asLines(table, table, writing.language) : table;
  const columns = columnsOf(slots, told);
  if (!columns) return undefined;
  return told.rows.map((row) =>
    texts.reduce((line, text, i) => {
      const slot = slots[i - 1]!;
      const name = columns[i - 1]!;
      return `${line}${valueText(name, row[name], slot, PERCENT.test(text), writing)}${text}`;
    }),
  );
}

function valueText(name: string, value: unknown, slot: Slot, isPercent: boolean, writing: Writing): string {
  const month = slot.isMonth && typeof value === "number" ? `2000-${String(value).padStart(2, "0")}` : value;
  if (typeof month === "string") return textAsAsked(month, slot.isMonth ? { ...writing, dates: "MMMM" } : writing);
  if (typeof value !== "number") return cellText(value);
  const { decimals = isPercent && slot.isNumber ? 0 : undefined, hasComma, thousands } = slot;
  return digitsAsShown(
    { name, value },
    {
      ...writing,
      ...(decimals !== undefined && (writing.decimals === undefined || slot.decimals !== undefined) && { decimals }),
      ...(hasComma && { hasComma }),
      ...(thousands !== undefined && { thousands }),
      ...(isPercent && { isPercent }),
    },
    slot.decimals !== undefined,
  );
}

/** By their names, by their kinds, or in their order; a number stands where the question shows one. */
function columnsOf(slots: readonly Slot[], table: SqlResult): readonly string[] | undefined {
  const all = table.columns.map(({ name }) => name);
  const isNumeric = (name: string) => table.rows.every((row) => ["number", "bigint"].includes(typeof row[name]));
  const fits = (names: readonly (string | undefined)[]) =>
    names.every((name, i) => {
      const { isNumber, isDay } = slots[i]!;
      return name !== undefined && (!isNumber || isNumeric(name)) && !(isDay && isNumeric(name));
    });
  const names = slots.map(({ name }, i) => name || `slot ${i}`);
  const isDistinct = new Set(names).size === names.length;
  const matched = isDistinct ? matchColumns(names, table) : undefined;
  const byName = names.map((name) => matched?.get(name));
  if (matched && fits(byName)) return byName as string[]; // as: fits says that none is undefined
  const numbers = all.filter(isNumeric);
  const others = all.filter((name) => !isNumeric(name));
  const isOfBoth = numbers.length === slots.filter(({ isNumber }) => isNumber).length && others.length > 0;
  const byKind = slots.map(({ isNumber }) => (isNumber ? numbers.shift() : others.shift()));
  return isOfBoth && fits(byKind) ? (byKind as string[]) : undefined; // as: the same
}
