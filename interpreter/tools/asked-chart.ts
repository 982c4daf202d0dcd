// Which of a chart's options a question asks for, by its words. A small model is shown these and no others.
import { wholeWord } from "../escape-regexp.ts";
import { type Asked, asksFor } from "../languages/index.ts";
import type { ChartOptions } from "../sessions/charts/chart-types.ts";
import type { TableInfo } from "../sessions/session.ts";
import { isNumeric, withoutUnit } from "../sessions/table-info.ts";
import { sharesWord } from "./renamed-columns.ts";

type Option = "y2" | "facet" | "top" | "sort" | "share" | "log" | "band";

const UNITS = ["year", "quarter", "month", "week"] as const;
const OPTIONS: readonly (readonly [asked: Asked, option: Option])[] = [
  ["second-axis", "y2"],
  ["facets", "facet"],
  ["top", "top"],
  ["sorted", "sort"],
  ["shares", "share"],
  ["logarithm", "log"],
  ["confidence", "band"],
];

const QUANTITY =
  /^(units?|qty|quantit\w+|items?|pieces?|(units|items|quantity)_?sold|menge|st(ü|ue)ck\w*|anzahl|cantidad|unidades|unités?|quantité|数量|個数|(在庫|販売|注文|売上)数量?|(销售|库存)数?量|销量)$/iu;
const PRICE =
  /^((unit|item|sale)_?)?(price|preis|st(ü|ue)ckpreis|einzelpreis|prix|prix_unitaire|precio|precio_unitario|单价|単価|価格)$/iu;

export function isQuantity(column: string): boolean {
  return QUANTITY.test(column);
}

export function isRevenueAskedFor(question: string): boolean {
  return asksFor(question, "revenue");
}

const MARKS = [
  ["histogram", "histogram"],
  ["scatter", "point"],
  ["line", "line"],
  ["bar", "bar"],
  ["pie", "pie"],
] as const;

export function isOverTime(question: string): boolean {
  return asksFor(question, "over-time");
}

/** The kind of chart that a question names; undefined where it names none, or several. */
export function markAskedFor(question: string): (typeof MARKS)[number][1] | undefined {
  const [mark, ...others] = MARKS.filter(([asked]) => asksFor(question, asked)).map(([, mark]) => mark);
  return mark === "histogram" || others.length === 0 ? mark : undefined;
}

/** Whether a chart is to show how many rows there are: "the number of cars", where no column holds a number of cars. */
export function isRowCountAskedFor(question: string, { columns }: TableInfo): boolean {
  const isNumberNamed = columns.some(({ name, type }) => isNumeric(type) && sharesWord(name, question));
  return asksFor(question, "row-count") && !isNumberNamed;
}

/** Columns that a question names as they are written, be it without their units. */
export function columnsNamed(question: string, { columns }: TableInfo): string[] {
  return columns
    .map(({ name }) => name)
    .filter((name) => [name, withoutUnit(name)].some((written) => wholeWord(written).test(question)));
}

export function timeUnitAskedFor(question: string): ChartOptions["timeUnit"] {
  return UNITS.find((unit) => asksFor(question, unit));
}

export function chartOptionsAskedFor(question: string): readonly Option[] {
  return OPTIONS.filter(([asked]) => asksFor(question, asked)).map(([, option]) => option);
}

export function isMapAskedFor(question: string): boolean {
  return asksFor(question, "map");
}

/** "units * price", where revenue is asked for, no column holds it, and one of each is there to compute it from. */
export function derivedMeasure(question: string, { columns }: TableInfo): string | undefined {
  if (!isRevenueAskedFor(question) || columns.some(({ name }) => isRevenueAskedFor(name))) return undefined;
  const of = (words: RegExp) => columns.filter(({ name }) => words.test(name));
  const [quantities, prices] = [of(QUANTITY), of(PRICE)];
  if (quantities.length !== 1 || prices.length !== 1) return undefined;
  return `${inExpression(quantities[0]!.name)} * ${inExpression(prices[0]!.name)}`;
}

function inExpression(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
