// How a column of texts may be read, from values of it. Whether all of its values can be is counted by evidence.ts.
import { type ColumnContext, type ColumnReading, isMissingWord, type Proposal } from "./column-reading.ts";
import { isDate, proposeDate } from "./dates.ts";
import { isNumber, proposeNumber } from "./numbers.ts";
import { proposeTime, proposeTimeOfNumber } from "./times.ts";

export const MAX_STRAY_SHARE = 0.05; // of the values: with more that cannot be read so, a column is text
const MAX_LENGTH = 64; // characters of a value that is a number or a date
const TEXT: Proposal = { reading: undefined };

const BOOLEAN: ColumnReading = {
  type: "BOOLEAN",
  isNative: false,
  sql: (text) => `CASE lower(${text}) WHEN 'true' THEN true WHEN 'false' THEN false END`,
};

/** Of values as they stand in the file; the reading may leave out a few of them. */
export function propose(values: readonly string[], context: ColumnContext): Proposal {
  const known = [...new Set(values.map((value) => value.trim()))].filter(
    (value) => value !== "" && !isMissingWord(value),
  );
  if (known.length === 0 || known.filter(({ length }) => length > MAX_LENGTH).length > MAX_STRAY_SHARE * known.length)
    return TEXT;
  const kinds = [isBoolean, isNumber, isDate, isClockLike];
  const proposals = [
    (all: readonly string[]): Proposal => ({ reading: all.every(isBoolean) ? BOOLEAN : undefined }),
    (all: readonly string[]) => proposeTimeOfNumber(all, context) ?? proposeNumber(all, context),
    (all: readonly string[]) => proposeDate(all, context),
    (all: readonly string[]) => proposeTime(all),
  ];
  const counts = kinds.map((isKind) => known.filter(isKind).length);
  const most = counts.indexOf(Math.max(...counts));
  const kept = known.filter((value) => kinds[most]!(value));
  if (kept.length < (1 - MAX_STRAY_SHARE) * known.length) return hinted(kept.length, known.length, most);
  return proposals[most]!(kept) ?? TEXT;
}

function isBoolean(value: string): boolean {
  return /^(true|false)$/i.test(value);
}

function isClockLike(value: string): boolean {
  return proposeTime([value]) !== undefined;
}

/** A column that is numbers for the most part, and text all the same. */
function hinted(kept: number, all: number, kind: number): Proposal {
  if (kept < all / 2 || kind === 0 || all < 2) return TEXT;
  const what = kind === 1 ? "numbers" : kind === 2 ? "dates" : "times";
  return { reading: undefined, hint: `not only ${what}: kept as text` };
}
