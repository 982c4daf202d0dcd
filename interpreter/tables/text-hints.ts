// Texts that stand for more and sort as letters do: numbers with a unit, months, quarters, durations. They are kept, since
// nobody knows what is meant by them, and told: "7 kg" comes after "12 kg", and "Apr 2024" before "Jan 2024".
import { isDate } from "./dates.ts";
import { monthNumber } from "./month-names.ts";
import { isNumber } from "./numbers.ts";

const MAX_UNITS = 3; // more are no units but names
const MAX_LENGTH = 64; // characters: of longer texts the number at their beginning is not the point
const DURATION_UNIT = "(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|Tage?|Std|Min|Sek)";
const QUARTER_LAST =
  /^(?:[QT][1-4]|[1-4]\.? ?(?:[QT]|Quartal|quarter|trim(?:estre)?\.?)|(?:Quartal|quarter|trimestre) [1-4])[-/ .']*(?:\d{2}|\d{4})$/i;

/** ½, 1½ and 1 1/2; 3/4 alone may be a day. */
const FRACTION = /^[-+]?(?:\d+ ?)?[\u00bc-\u00be\u2150-\u215e]$|^[-+]?\d+ \d{1,2}\/\d{1,3}$|^\d{1,2}\/\d{1,3}$/;
/** 1_000, 1.2×10^3, 1'000'50 (the mark is the decimal sign), 0x1F. */
const PROGRAM_NUMBER =
  /^[-+]?(?:\d{1,3}(?:_\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)? ?[×x*] ?10 ?\^?[-\u2212\u207b]?[\d⁰¹²³⁴-⁹]+|\d{1,3}(?:[.,]\d{3})+'\d+|0x[\da-f]+)$/i;

/** What sorts rightly as it is, as 2024-01 and 2024-Q1 do, is none of them. */
const FORMS: readonly { readonly what: string; readonly is: (value: string) => boolean }[] = [
  { what: "months", is: (value) => /^\d{1,2}[-/.]\d{4}$/.test(value) || isNamedMonth(value) },
  { what: "quarters", is: (value) => QUARTER_LAST.test(value) },
  { what: "weeks", is: (value) => /^(?:KW|CW|wk|week|woche|semaine|semana|settimana)[ .-]?\d{1,2}\b/i.test(value) },
  { what: "durations", is: (value) => new RegExp(`^(?:\\d+ ?${DURATION_UNIT}\\.?,? ?)+$`, "i").test(value) },
  { what: "durations", is: (value) => /^P(?=.)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/.test(value) },
  { what: "minutes and seconds", is: (value) => /^\d{1,3}:[0-5]\d[.,]\d{1,3}$/.test(value) },
  { what: "places in degrees and minutes", is: (value) => /^[NSEWO]? ?\d{1,3} ?°[\d .,'′"″]*[NSEWO]?$/i.test(value) },
  {
    what: "days of the Japanese calendar",
    is: (value) => /^(?:令和|平成|昭和|大正|[RHST])(?:\d{1,2}|元)[年./-]/.test(value),
  },
  { what: "days without a year, fractions or ranges", is: (value) => /^(?:\d+ )?\d{1,2}[./-]\d{1,2}\.?$/.test(value) },
  { what: "fractions", is: (value) => FRACTION.test(value) || isNumber(value) },
  { what: "numbers as programs write them", is: (value) => PROGRAM_NUMBER.test(value) || isNumber(value) },
  { what: "times of the day", is: (value) => /^\d{1,2} ?h ?[0-5]\d(?: ?min)?$/i.test(value) },
  {
    what: "lengths in feet and inches",
    is: (value) => /^\d+ ?(?:'|′|ft\.?|feet) ?\d+(?:\.\d+)? ?(?:"|″|''|in\.?|inch(?:es)?)$/i.test(value),
  },
  { what: "dates with something behind them", is: isDateWithMore },
  {
    what: "dates as logs and programs write them",
    is: (value) =>
      /^\p{L}{3} \p{L}{3} +\d{1,2} (?:\d{4}|\d\d:\d\d)|^\[?\d{1,2}\/\p{L}{3}\/\d{4}:\d\d/u.test(value) ||
      /^\d{8}T\d{4,6}(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?$|^\/Date\(-?\d+(?:[+-]\d{4})?\)\/$/.test(value),
  },
  { what: "numbers with marks", is: isMarkedNumber },
];

/** Of values that are neither empty nor words for a missing one. */
export function textHint(values: readonly string[]): string | undefined {
  if (values.length === 0 || values.some((value) => value.length > MAX_LENGTH)) return undefined;
  if (values.every(isQuarterOfYear)) return undefined;
  const what =
    FORMS.find(({ is }) => values.every(is))?.what ??
    (areQuarters(values) ? "quarters of several forms" : undefined) ??
    shortenedNumbers(values) ??
    numbersWithUnits(values);
  return what === undefined ? undefined : `${what} are kept as text, and sort as letters do`;
}

/** Jan-21, January 2024, janv. 2024. */
function isNamedMonth(value: string): boolean {
  const [, month] = /^(\p{L}{3,12})\.?[-/ ,]{1,2}'?(?:\d{2}|\d{4})$/u.exec(value) ?? [];
  return month !== undefined && monthNumber(month) !== undefined;
}

/** 2024Q1, which sorts as it should. */
function isQuarterOfYear(value: string): boolean {
  return /^\d{4}[-/ ]?[QT][1-4]$/i.test(value);
}

function areQuarters(values: readonly string[]): boolean {
  return values.every((value) => isQuarterOfYear(value) || QUARTER_LAST.test(value));
}

/** 2024-01-31 10:00 CET, 2024/1/5 下午3:20. */
function isDateWithMore(value: string): boolean {
  const [, date = "", clock = ""] = /^([^ ]+)((?: \d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?) ?[^ ].*$/.exec(value) ?? [];
  return date !== value && isDate(`${date}${clock}`);
}

/** 12*, <5, ~7, 7[1], beside plain numbers. */
function isMarkedNumber(value: string): boolean {
  const [, number = ""] =
    /^[<>~≈≤≥±]?=? ?([-+]?[\d.,' \u00a0\u202f]*\d) ?(?:[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+|\[\w+\]|\([a-z\d]\))?$/u.exec(value) ?? [];
  return isNumber(number);
}

/** 1.2k, 3M and 500; not 12K and 14B, which may be seats. */
function shortenedNumbers(values: readonly string[]): string | undefined {
  const parts = values.map((value) => /^[-+]?[$€£¥]?(\d[\d.,]*) ?(k|M|B|T|mn|bn|mio\.?|mrd\.?|Tsd\.?)?$/i.exec(value));
  const units = new Set(parts.flatMap((one) => one?.[2] ?? []));
  const hasDecimals = parts.some((one) => /[.,]/.test(one?.[1] ?? ""));
  const areNumbers = parts.every((one) => one !== null) && units.size > 0 && hasDecimals;
  return areNumbers ? `numbers in thousands, millions or more (${[...units].join(", ")})` : undefined;
}

/** 12 kg and 7.5 kg; not 12A and 12B, which are seats. */
function numbersWithUnits(values: readonly string[]): string | undefined {
  const units = new Set<string>();
  for (const value of values) {
    const [, number = "", unit = ""] =
      /^[<>~≈≤≥]? ?([-+]?[\d.,' \u00a0\u202f]*\d) ?([\p{L}\p{Sc}µ°%‰‱"′″][\p{L}\p{Sc}%/²³*^]{0,11}\d?)$/u.exec(value) ??
      [];
    if (!isNumber(number)) return undefined;
    units.add(unit);
    if (units.size > MAX_UNITS) return undefined;
  }
  const all = [...units];
  if (all.length > 1 && all.some((unit) => /^[A-Zabc]$/.test(unit))) return undefined; // seats, houses
  return all.length === 1 ? `numbers with a unit (${all[0]})` : `numbers with several units (${all.join(", ")})`;
}
