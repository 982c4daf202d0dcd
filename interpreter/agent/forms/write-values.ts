// Values of results, written as the question asks: a share as a percentage, 2595927 as "2.60 million euros", 86.7 minutes as 1:27, a date
// as DD.MM.YYYY.
import type { Language } from "../../languages/index.ts";
import { NAMES_PERCENT } from "../../languages/percent.ts";
import { numberText } from "../../sessions/number-text.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import type { AskedForm } from "../question/asked-form.ts";
import type { AskedWriting } from "../question/asked-writing.ts";
import type { NamedValue, ResultValue } from "../result-values.ts";
import type { CallOutcome } from "../run-call.ts";
import { inParts, inUnits, unitOf } from "./write-units.ts";

/** All that is asked of how values are written, and what is known of the query that they are from. */
export interface Writing extends AskedWriting {
  readonly decimals?: number;
  readonly currency?: string; // as the question writes it, behind an amount in thousands or millions
  readonly query: string;
  readonly numeric?: readonly string[]; // the result's columns of numbers
  readonly language: Language;
}

const MAX_DENOMINATOR = 100_000;
const ISO_DAY = /^\d{4}-\d{2}(?:-\d{2})?(?!\d)/;
const TIME = /^(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/;
const HUNDREDFOLD = /\b100(?:\.0*)?\s*\*|\*\s*100(?:\.0*)?\b/;
const YEAR_NAME = /year|jahr|año|année|annee|anio|年/i;
/** What a column's name, or the query, says of the unit of its times, with seconds of one. */
const TIME_UNITS: readonly (readonly [RegExp, number])[] = [
  [/(?:^|[^a-z])(?:min|mins|minutes?|minuten|minutos?)(?![a-z])|分/i, 60],
  [/(?:^|[^a-z])(?:hours?|hrs?|stunden?|heures?|horas?)(?![a-z])|小时|時間/i, 3600],
  [/(?:^|[^a-z])(?:sec|secs|seconds?|sek|sekunden?|secondes?|segundos?)(?![a-z])|秒/i, 1],
];

export function writingOf(
  { decimals, currency, writing }: AskedForm,
  facts: CallOutcome["facts"],
  language: Language,
): Writing {
  const { columns = [], rows = [] } = rowsOf(facts) ?? {};
  const numeric = columns.map(({ name }) => name).filter((name) => rows.some((row) => typeof row[name] === "number"));
  return {
    ...writing,
    ...(decimals !== undefined && { decimals }),
    ...(currency && { currency: currency.said }),
    ...{ query: codeThatRan(facts) ?? "", numeric, language },
  };
}

/** The number that stands for it: a share as a percentage, an amount in its thousands, rounded. */
export function numberMeant({ name, value }: { name: string; value: number }, writing: Writing): number {
  const { isPercent, scale, nearest, significant } = writing;
  const converted = inUnits({ name, value }, writing);
  let meant = isPercent && isShare(name, value, writing) ? Number((100 * value).toPrecision(15)) : converted;
  if (scale && !isDivided(writing.query, scale.factor)) meant = Number((meant / scale.factor).toPrecision(15));
  if (nearest !== undefined) meant = Math.round(meant / nearest) * nearest;
  return significant === undefined ? meant : Number(meant.toPrecision(Math.min(100, Math.max(1, significant))));
}

/** @param isBare without a unit: only the number is asked for, or its column says the unit */
export function numberAsAsked(named: { name: string; value: number }, writing: Writing, isBare = false): string {
  const { as, decimals, scale, isPercent } = writing;
  if (as === "duration") return durationText(named, writing) ?? numberText(named.value);
  if (as === "fraction") return fractionText(named, writing) ?? numberText(named.value);
  if (as === "scientific") return named.value.toExponential(decimals);
  if (writing.units && writing.units.length > 1) return inParts(named, writing) ?? numberText(named.value);
  const meant = numberMeant(named, writing);
  const isChanged = scale !== undefined || meant !== named.value;
  const isRounded = decimals !== undefined && (!Number.isInteger(meant) || (isChanged && (isPercent || scale)));
  const digits = grouped(isRounded ? fixed(meant, decimals) : numberText(meant), named.name, writing);
  if (as === "ratio") return `${digits}:1`;
  return isBare ? digits : withUnit(digits, named, writing);
}

/** The digits alone. @param isFixed also of a whole number, with the decimals that are asked for */
export function digitsAsShown(named: { name: string; value: number }, writing: Writing, isFixed: boolean): string {
  const { decimals } = writing;
  const meant = numberMeant(named, writing);
  const isRounded = decimals !== undefined && (isFixed || !Number.isInteger(meant));
  return grouped(isRounded ? fixed(meant, decimals) : numberText(meant), named.name, writing);
}

/** A day or a month, and a time, as asked; any other text as it is. */
export function textAsAsked(text: string, { as, dates, language }: Writing): string {
  const [, hours, minutes] = as === "duration" ? (TIME.exec(text) ?? []) : [];
  if (hours !== undefined) return `${Number(hours)}:${minutes}`;
  if (dates === undefined || !ISO_DAY.test(text)) return text;
  const [year = "", month = "", day] = text.slice(0, 10).split("-");
  if (day === undefined && /D|weekday/.test(dates)) return text;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  const inWords = (style: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language.code, { timeZone: "UTC", ...style }).format(date);
  if (dates === "weekday") return inWords({ weekday: "long" });
  if (dates.startsWith("MMMM") && /zh|ja/.test(language.code)) return `${year}年${Number(month)}月`;
  const parts: Readonly<Record<string, () => string>> = {
    YYYY: () => year,
    YY: () => year.slice(2),
    MMMM: () => inWords({ month: "long" }),
    MM: () => month,
    M: () => String(Number(month)),
    DD: () => day ?? "",
    D: () => String(Number(day)),
  };
  return dates.replace(/YYYY|YY|MMMM|MM|M|DD|D/g, (token) => parts[token]!());
}

/** A result in the asked writing and order. @param asTexts for rows of text; else numbers stay numbers, as JSON has them */
export function writtenTable(table: SqlResult, writing: Writing, asTexts: boolean): SqlResult {
  const cell = (name: string, value: unknown) => {
    if (typeof value === "string") return textAsAsked(value, writing);
    if (typeof value !== "number" || !isWritten(name, value, table)) return value;
    return asTexts
      ? numberAsAsked({ name, value }, writing, !writing.sign && !writing.units)
      : numberMeant({ name, value }, writing);
  };
  const rows = inOrder(table, writing).rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cell(name, value)])),
  );
  return { ...table, rows };
}

/** The same of single values, which go by their names. */
export function writtenValues(values: readonly NamedValue[], writing: Writing): NamedValue[] {
  const written = ({ name, value }: NamedValue): ResultValue => {
    if (typeof value === "string") return textAsAsked(value, writing);
    return typeof value === "number" ? numberMeant({ name, value }, writing) : value;
  };
  return values.map((one) => ({ name: one.name, value: written(one) }));
}

/** The query may have made thousands of it already. */
function isDivided(query: string, factor: number): boolean {
  const power = Math.log10(factor);
  return new RegExp(`/\\s*(?:${factor}|1e${power}|1(?:_000)+)(?![\\d_])`, "i").test(query);
}

/** Of a whole: a percentage is a hundred times as much. The query may have made it one already. */
function isShare(name: string, value: number, { query }: Writing): boolean {
  return Math.abs(value) <= 1 && !NAMES_PERCENT.test(name) && !HUNDREDFOLD.test(query);
}

/** Counts beside shares and amounts stay as they are. */
function isWritten(name: string, value: number, { columns, rows }: SqlResult): boolean {
  if (YEAR_NAME.test(name) && Number.isInteger(value)) return false;
  const isOfFractions = (column: string) => rows.some((row) => isFraction(row[column]));
  return isOfFractions(name) || !columns.some((column) => isOfFractions(column.name));
}

function isFraction(value: unknown): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}

function withUnit(digits: string, { name, value }: { name: string; value: number }, writing: Writing): string {
  const { isPercent, scale, sign, currency } = writing;
  const isPercentage =
    isPercent && (isShare(name, value, writing) || NAMES_PERCENT.test(name) || HUNDREDFOLD.test(writing.query));
  const scaled = scale ? `${digits} ${scale.word}` : digits;
  if (isPercentage) return `${digits} %`;
  const unit = unitOf(name, writing);
  if (unit) return `${scaled} ${unit.text}`;
  if (sign) return sign.isInFront ? `${sign.text}${scaled}` : `${scaled} ${sign.text}`;
  return scale && currency !== undefined ? `${scaled} ${currency}` : scaled;
}

function grouped(digits: string, name: string, { thousands, hasComma }: Writing): string {
  const [whole = "", decimals] = digits.split(".");
  const isGrouped = thousands !== undefined && !YEAR_NAME.test(name) && !digits.includes("e");
  const groups = isGrouped ? whole.replace(/\B(?=(\d{3})+(?!\d))/g, thousands) : whole;
  const hasPoint = !hasComma && (!isGrouped || thousands === "," || thousands === "'");
  return decimals === undefined ? groups : `${groups}${hasPoint ? "." : ","}${decimals}`;
}

/** "1:27" of 86.7 minutes; undefined where nothing says what the number counts. */
function durationText({ name, value }: { name: string; value: number }, { query }: Writing): string | undefined {
  const texts = /[/*]\s*60/.test(query) ? [name] : [name, query]; // else the query has changed the unit
  const seconds = texts.flatMap((text) => TIME_UNITS.find(([words]) => words.test(text))?.[1] ?? [])[0];
  if (seconds === undefined) return undefined;
  const minutes = Math.round((value * seconds) / 60);
  return `${Math.trunc(minutes / 60)}:${String(Math.abs(minutes % 60)).padStart(2, "0")}`;
}

/** "1/50" of 0.02, or of 2 %; undefined where no small denominator gives the value exactly. */
function fractionText({ name, value }: { name: string; value: number }, { query }: Writing): string | undefined {
  const isPercentage = NAMES_PERCENT.test(name) || HUNDREDFOLD.test(query);
  const share = isPercentage ? value / 100 : value;
  if (/\bround\s*\(/i.test(query) || Number.isInteger(share)) return undefined;
  for (let below = 2; below <= MAX_DENOMINATOR; below++) {
    const above = Math.round(share * below);
    if (Math.abs(above / below - share) < 1e-12 * Math.max(1, Math.abs(share))) return `${above}/${below}`;
  }
  return undefined;
}

/** @returns no -0.00 */
export function fixed(value: number, decimals: number): string {
  return (Math.round(value * 10 ** decimals) / 10 ** decimals + 0).toFixed(decimals);
}

/** The rows by the one column of numbers, or alphabetically by the first one. */
export function inOrder(table: SqlResult, { order }: AskedWriting): SqlResult {
  const { columns, rows } = table;
  const numbers = columns.filter(({ name }) => rows.some((row) => typeof row[name] === "number"));
  const [by, ...others] = order === "alphabetical" ? columns.slice(0, 1) : numbers.length > 0 ? numbers : columns;
  if (order === undefined || by === undefined || others.length > 0) return table;
  const sign = order === "descending" ? -1 : 1;
  const compare = (a: unknown, b: unknown) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null); // what is missing stands last
    return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  };
  return { ...table, rows: [...rows].sort((a, b) => compare(a[by.name], b[by.name])) };
}
