// How a question wants values written: "in percent", "in thousands", "to 3 significant digits", "to the nearest hundred",
// "as DD.MM.YYYY", "in upper case", sorted from the highest down.
import { escapeRegExp } from "../../escape-regexp.ts";
import { LANGUAGES, type Language } from "../../languages/index.ts";
import { NAMES_PERCENT, PERCENT_BEHIND } from "../../languages/percent.ts";
import { daySpellings } from "../../languages/times.ts";
import { numberText } from "../../sessions/number-text.ts";
import type { SqlResult } from "../../sessions/session.ts";
import type { NamedValue } from "../result-values.ts";
import { isExactly, numbersIn } from "../sentences/numbers-in-text.ts";

const DATE_FORMAT =
  /(?<![\p{L}\d])(?:YYYY|JJJJ|AAAA|DD|TT|JJ|MM)[-./](?:DD|TT|JJ|MM)[-./](?:YYYY|JJJJ|AAAA|DD|TT|JJ)(?![\p{L}\d])/u;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}/;

export interface AskedWriting {
  readonly isPercent?: true;
  readonly significant?: number; // digits
  readonly nearest?: number;
  readonly scale?: { readonly factor: number; readonly word: string };
  readonly dates?: string; // "DD.MM.YYYY"
  readonly letters?: "upper" | "lower";
  readonly order?: "descending" | "ascending" | "alphabetical";
}

/** undefined where the question says nothing of it. */
export function askedWriting(question: string): AskedWriting | undefined {
  const says = (word: (words: Language["writing"]) => RegExp) =>
    LANGUAGES.some(({ writing }) => word(writing).test(question));
  const first = <T>(found: (language: Language) => T | undefined) =>
    LANGUAGES.map(found).find((one) => one !== undefined);
  const significant = first(({ writing }) => writing.significant.exec(question)?.slice(1).find(Boolean));
  const nearest = first(({ writing }) => writing.nearest.find(([words]) => words.test(question))?.[1]);
  const scale = first((language) => scaleOf(question, language));
  const dates = DATE_FORMAT.exec(question)?.[0];
  const order = (["descending", "ascending", "alphabetical"] as const).find((one) => says((words) => words[one]));
  const letters = says(({ upperCase }) => upperCase)
    ? "upper"
    : says(({ lowerCase }) => lowerCase)
      ? "lower"
      : undefined;
  const asked: AskedWriting = {
    ...(says(({ percent }) => percent) && { isPercent: true }),
    ...(significant !== undefined && { significant: Number(significant) }),
    ...(nearest !== undefined && { nearest }),
    ...(scale && { scale }),
    ...(dates !== undefined && { dates: dates.replace(/JJJJ|AAAA/, "YYYY").replace(/TT|JJ/, "DD") }),
    ...(letters && { letters }),
    ...(order && { order }),
  };
  return Object.keys(asked).length > 0 ? asked : undefined;
}

function scaleOf(question: string, { writing }: Language): AskedWriting["scale"] {
  const found = writing.scaled.find(([words]) => words.test(question));
  return found && { factor: found[1], word: found[2] };
}

/** A result in the asked writing and order, to be put into a form. Whether a share becomes a percentage its column says. */
export function writtenTable(table: SqlResult, asked: AskedWriting): SqlResult {
  const isShare = ({ name }: SqlResult["columns"][number]) => {
    const values = table.rows.flatMap((row) => (typeof row[name] === "number" ? [row[name]] : []));
    return (
      !NAMES_PERCENT.test(name) &&
      values.some((value) => !Number.isInteger(value)) &&
      values.every((value) => Math.abs(value) <= 1)
    );
  };
  const shares = new Set(table.columns.filter(isShare).map(({ name }) => name));
  const cell = (name: string, value: unknown) => {
    if (typeof value === "number" && !Number.isInteger(value)) return writtenNumber(value, asked, shares.has(name));
    return typeof value === "string" ? writtenDay(value, asked) : value;
  };
  const rows = ordered(table, asked).map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(name, value)])),
  );
  return { ...table, rows };
}

/** The same of single values, which go by their names. */
export function writtenValues(values: readonly NamedValue[], asked: AskedWriting): NamedValue[] {
  return values.map(({ name, value }) => {
    if (typeof value === "string") return { name, value: writtenDay(value, asked) };
    const isShare = typeof value === "number" && !NAMES_PERCENT.test(name) && Math.abs(value) <= 1;
    return { name, value: typeof value === "number" ? writtenNumber(value, asked, isShare) : value };
  });
}

/** @param isShare of a whole: a percentage is a hundred times as much */
function writtenNumber(
  value: number,
  { isPercent, scale, nearest, significant }: AskedWriting,
  isShare: boolean,
): number {
  let written = isPercent && isShare ? Number((100 * value).toPrecision(15)) : value;
  if (scale) written = Number((written / scale.factor).toPrecision(15));
  if (nearest !== undefined) written = Math.round(written / nearest) * nearest;
  return significant === undefined ? written : Number(written.toPrecision(Math.min(100, Math.max(1, significant))));
}

function writtenDay(text: string, { dates }: AskedWriting): string {
  if (dates === undefined || !ISO_DAY.test(text)) return text;
  const [year = "", month = "", day = ""] = text.slice(0, 10).split("-");
  return dates.replace("YYYY", year).replace("MM", month).replace("DD", day);
}

/** By the one column of numbers, or alphabetically by the first one. */
function ordered({ columns, rows }: SqlResult, { order }: AskedWriting): SqlResult["rows"] {
  const numbers = columns.filter(({ name }) => rows.some((row) => typeof row[name] === "number"));
  const [by, ...others] = order === "alphabetical" ? columns.slice(0, 1) : numbers.length > 0 ? numbers : columns;
  if (order === undefined || by === undefined || others.length > 0) return rows;
  const sign = order === "descending" ? -1 : 1;
  const compare = (a: unknown, b: unknown) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null); // what is missing stands last
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  };
  return [...rows].sort((a, b) => compare(a[by.name], b[by.name]));
}

/** A sentence whose numbers and days, where they are a result's, stand in the asked writing. */
export function rewritten(text: string, values: readonly NamedValue[], asked: AskedWriting, decimals?: number): string {
  const sentence = withNumbers(withDays(text, values, asked), values, asked, decimals);
  if (asked.letters === "upper") return sentence.toUpperCase();
  return asked.letters === "lower" ? sentence.toLowerCase() : sentence;
}

function withNumbers(text: string, values: readonly NamedValue[], asked: AskedWriting, decimals?: number): string {
  const { isPercent, scale, nearest, significant } = asked;
  if (!isPercent && !scale && nearest === undefined && significant === undefined) return text;
  let rewritten = "";
  let end = 0;
  for (const number of numbersIn(text)) {
    const behind = text.slice(number.index + number.text.length);
    const own = values.find(({ value }) => typeof value === "number" && isExactly(number, value));
    const isInWords = !/\d/.test(number.text);
    const isDone = isInWords || number.factor !== undefined || PERCENT_BEHIND.test(behind);
    rewritten +=
      text.slice(end, number.index) +
      (own && !isDone ? inItsSigns(numberIn(own, asked, decimals), number.text) : number.text);
    end = number.index + number.text.length;
  }
  return rewritten + text.slice(end);
}

/** With a comma where the number had one. */
function inItsSigns(written: string, before: string): string {
  return /^[-−]?\d+,\d+$/.test(before) && !/^[-−]?\d+,\d{3}$/.test(before) ? written.replace(".", ",") : written;
}

function numberIn({ name, value }: NamedValue, asked: AskedWriting, decimals: number | undefined): string {
  const [written] = writtenValues([{ name, value }], asked);
  const number = Number(written?.value);
  const digits = decimals === undefined || Number.isInteger(number) ? numberText(number) : number.toFixed(decimals);
  const isPercent = asked.isPercent && (NAMES_PERCENT.test(name) || number !== value);
  return `${digits}${isPercent ? " %" : asked.scale ? ` ${asked.scale.word}` : ""}`;
}

function withDays(text: string, values: readonly NamedValue[], asked: AskedWriting): string {
  if (asked.dates === undefined) return text;
  const days = new Set(
    values.flatMap(({ value }) => (ISO_DAY.test(String(value)) ? [String(value).slice(0, 10)] : [])),
  );
  const spelled = [...days].flatMap((day) => {
    const year = day.slice(0, 4);
    const inWords = daySpellings(day).filter((one) => one !== day);
    const whole = inWords.flatMap((one) => [
      `${one}, ${year}`,
      `${one} ${year}`,
      `${one} de ${year}`,
      `${year}年${one}`,
    ]);
    return [day, ...whole, ...inWords].map((one) => [one, writtenDay(day, asked)] as const);
  });
  return spelled
    .sort(([a], [b]) => b.length - a.length)
    .reduce(
      (left, [one, written]) => left.replace(new RegExp(`(?<!\\d)${escapeRegExp(one)}(?!\\d)`, "giu"), written),
      text,
    );
}
