// Texts that stand for more and sort as letters do: numbers with a unit, months, quarters, durations. They are kept, since
// nobody knows what is meant by them, and told: "7 kg" comes after "12 kg", and "Apr 2024" before "Jan 2024".
import { monthNumber } from "./month-names.ts";
import { isNumber } from "./numbers.ts";

const MAX_UNITS = 3; // more are no units but names
const DURATION_UNIT = "(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?|Tage?|Std|Min|Sek)";

/** What sorts rightly as it is, as 2024-01 and 2024-Q1 do, is none of them. */
const FORMS: readonly { readonly what: string; readonly is: (value: string) => boolean }[] = [
  { what: "months", is: (value) => /^\d{1,2}[-/.]\d{4}$/.test(value) || isNamedMonth(value) },
  { what: "quarters", is: (value) => /^Q[1-4][-/ ]?\d{2,4}$/i.test(value) },
  { what: "durations", is: (value) => new RegExp(`^(?:\\d+ ?${DURATION_UNIT}\\.?,? ?)+$`, "i").test(value) },
  { what: "durations", is: (value) => /^P(?=.)(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?$/.test(value) },
];

/** Of values that are neither empty nor words for a missing one. */
export function textHint(values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  const what = FORMS.find(({ is }) => values.every(is))?.what ?? numbersWithUnits(values);
  return what === undefined ? undefined : `${what} are kept as text, and sort as letters do`;
}

/** Jan-21, January 2024, janv. 2024. */
function isNamedMonth(value: string): boolean {
  const [, month] = /^(\p{L}{3,12})\.?[-/ ,]{1,2}'?(?:\d{2}|\d{4})$/u.exec(value) ?? [];
  return month !== undefined && monthNumber(month) !== undefined;
}

/** 12 kg and 7.5 kg; not 12A and 12B, which are seats. */
function numbersWithUnits(values: readonly string[]): string | undefined {
  const units = new Set<string>();
  for (const value of values) {
    const [, number = "", unit = ""] =
      /^[<>~≈≤≥]? ?([-+]?[\d.,' \u00a0\u202f]*\d) ?([\p{L}µ°%‰‱"′″][\p{L}%/²³*^]{0,11}\d?)$/u.exec(value) ?? [];
    if (!isNumber(number)) return undefined;
    units.add(unit);
    if (units.size > MAX_UNITS) return undefined;
  }
  const all = [...units];
  if (all.length > 1 && all.some((unit) => /^[A-Zabc]$/.test(unit))) return undefined; // seats, houses
  return all.length === 1 ? `numbers with a unit (${all[0]})` : `numbers with several units (${all.join(", ")})`;
}
