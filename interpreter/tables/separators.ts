// The sign between the fields of a text.
import { isDate } from "./dates.ts";
import {
  atPlaces,
  BLANKS,
  NAMED_VALUES,
  type Quoting,
  STANDARD_QUOTING,
  type TextRecord,
  textRecords,
  WIDE_BLANKS,
} from "./delimited-text.ts";
import { isAboveValues, isHeader, isValue } from "./header.ts";
import { numberParts } from "./number-parts.ts";
import { isNumber } from "./numbers.ts";
import { isDrawn } from "./odd-records.ts";

/** The first that fits: a decimal comma stands between semicolons. */
const SEPARATORS = ["\t", ";", "|", ",", "\u0001", "^", "~", "\u00a6"] as const;
export const NO_SEPARATOR = "\u001f"; // of a file with one column
const MIN_SHARE = 0.9; // of the records that have several fields have the same number of them
export const LOOKED_AT = 500; // records
const MAX_ALIGNED = 2_000; // characters of a line whose columns stand at places
const MAX_NAME = 40; // characters before a colon
const MOST = 0.8; // of the lines

/** @param isWhole the text ends where the file does */
export function separatorOf(text: string, isWhole: boolean, quoting: Quoting = STANDARD_QUOTING): string {
  if (areNumbersBelowName(text, isWhole)) return NO_SEPARATOR;
  const fits = SEPARATORS.map((separator) => {
    const records = take(textRecords(text, separator, { isWhole, quoting }), LOOKED_AT);
    const several = records.filter(({ fields }) => fields.length > 1);
    const alone = records.filter((record) => record.fields.length === 1 && !isComment(record) && !isDrawn(record));
    const width = modalWidth(several);
    const same = several.filter(({ fields }) => fields.length === width).length;
    const isMost = several.length >= alone.length;
    const isInAll = alone.length === 0 && same === several.length && several.length > 0;
    return { separator, isInAll, share: isMost && several.length > 0 ? same / several.length : 0 };
  });
  const best = Math.max(...fits.map(({ share }) => share));
  const colon = fits.some(({ isInAll }) => isInAll) ? undefined : colonBetween(text, isWhole);
  if (colon !== undefined) return colon;
  if (best === 0) return blanksBetween(text) ?? NO_SEPARATOR;
  return (fits.find(({ share }) => share >= MIN_SHARE) ?? fits.find(({ share }) => share === best))!.separator;
}

/** One column of 1,234 and 5,678: its name has no comma. */
function areNumbersBelowName(text: string, isWhole: boolean): boolean {
  const [name, ...rows] = take(textRecords(text, NO_SEPARATOR, { isWhole }), LOOKED_AT).map(({ fields }) =>
    fields[0]!.trim(),
  );
  if (name === undefined || rows.length === 0 || /[,;\t|]/.test(name) || isValue(name)) return false;
  return rows.every(isNumber) && rows.some((row) => row.includes(","));
}

/** Of lines that all have as many words, or as many texts with two blanks and more between them, and values below names. */
function blanksBetween(text: string): string | undefined {
  const lines = take(textRecords(text, NO_SEPARATOR), LOOKED_AT).map(({ fields }) => fields[0]!.trim());
  if (lines.slice(1).filter(isOneValue).length > lines.length / 2) return undefined;
  const found = [BLANKS, WIDE_BLANKS].find((separator) => {
    const [first, ...rows] = take(textRecords(text, separator), LOOKED_AT);
    const width = first?.fields.length ?? 0;
    const isTable = width > 1 && rows.length > 1 && rows.every(({ fields }) => fields.length === width);
    return (
      isTable && (isAboveValues(first!.fields, rows) || [first!, ...rows].every(({ fields }) => fields.every(isValue)))
    );
  });
  return found ?? placesOfFields(text);
}

/** Of columns below names, with blanks between them in all lines, where rows may have nothing in one of them. */
function placesOfFields(text: string): string | undefined {
  const lines = take(textRecords(text, NO_SEPARATOR), LOOKED_AT)
    .filter((record) => !isDrawn(record))
    .map(({ fields }) => fields[0]!.trimEnd());
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  if (lines.length < 3 || width > MAX_ALIGNED || lines.some((line) => /\t/.test(line))) return undefined;
  const isBlank = Array.from({ length: width }, (_, i) => lines.every((line) => (line[i] ?? " ") === " "));
  const begins = isBlank.flatMap((blank, i) =>
    !blank && (i === 0 || (isBlank[i - 1] && (i === 1 || isBlank[i - 2]))) ? [i] : [],
  );
  const separator = atPlaces(begins.map((place, i) => (i === 0 ? 0 : place)));
  const [first, ...rows] = take(textRecords(lines.join("\n"), separator), LOOKED_AT);
  if (begins.length < 2) return undefined;
  const hasNames = first!.fields.every((name) => name !== "") && isAboveValues(first!.fields, rows);
  return hasNames || areValuesInAll([first!, ...rows], begins.length) ? separator : undefined;
}

/** Fields at places of lines without names: in one of them at least stands a value in every line. */
function areValuesInAll(lines: readonly TextRecord[], width: number): boolean {
  return Array.from({ length: width }, (_, i) => i).some((i) => lines.every(({ fields }) => isValue(fields[i] ?? "")));
}

/** 2024-01-31 10:00, 2 145 906, 12 kg, 030 123456: a value with blanks in it. */
function isOneValue(line: string): boolean {
  if (isDate(line) || /^\d{1,3}(?: \d{3})+$/.test(line)) return true;
  return /^[\d ]+$/.test(line) ? /(?:^| )0\d/.test(line) : numberParts(line) !== undefined;
}

/** root:x:0 in all lines, as many fields in each; or a name, a colon and its value in each. */
function colonBetween(text: string, isWhole: boolean): string | undefined {
  const lines = take(textRecords(text, ":", { isWhole }), LOOKED_AT).filter((record) => !isComment(record));
  const width = lines[0]?.fields.length ?? 0;
  if (lines.length < 2 || width < 2) return undefined;
  const isSame = lines.every(({ fields }) => fields.length === width && !areOneValue(fields));
  const hasNames =
    isSame && isHeader(lines[0]!.fields, lines.slice(1)) && isAboveValues(lines[0]!.fields, lines.slice(1));
  if (isSame && (width > 2 || hasNames)) return ":";
  const areNamed = lines.every(({ fields }) => isNamedValue(fields));
  return areNamed ? NAMED_VALUES : undefined;
}

/** What is told of one column of lines most of which have colons, and not all alike. */
export function colonHint(records: readonly TextRecord[]): string | undefined {
  const lines = records.slice(0, LOOKED_AT).map(({ fields }) => fields.join(" ").split(":"));
  const areMost = (is: (parts: readonly string[]) => boolean) =>
    lines.length > 1 && lines.filter(is).length >= MOST * lines.length;
  const isParted = (parts: readonly string[]) =>
    parts.length > 2 && parts.slice(0, 2).every((part) => !/\s/.test(part)) && !areOneValue(parts);
  if (areMost(isParted)) return "most lines have colons between what may be fields: --separator ':' parts them";
  return areMost(isNamedValue)
    ? "most lines are a name, a colon and its value: they are kept as they stand"
    : undefined;
}

/** 10:30:00, 00:1a:2b, http://x.org, 2024-01-31 10:30 and the like have colons of their own. */
function areOneValue(fields: readonly string[]): boolean {
  const isTimeOfLog = fields.some(
    (field, i) => /(?:^|\D)\d{1,2}$/.test(field) && /^[0-5]\d(?!\d)/.test(fields[i + 1] ?? ""),
  );
  const isAddress =
    fields.every((field) => /^[\da-f]{0,4}$/i.test(field)) && fields.some((field) => /[\da-f]{2}/i.test(field));
  return isAddress || fields.slice(1).some((field) => field.startsWith("//")) || (isTimeOfLog && fields.length < 4);
}

/** host: localhost; also without a value. */
function isNamedValue([name = "", value]: readonly string[]): boolean {
  const isName = name.length <= MAX_NAME && /^\s*[\p{L}_*][^:"{}]*$/u.test(name);
  return isName && value !== undefined && /^(?:\s|$)/.test(value);
}

export function take(records: Iterable<TextRecord>, count: number): TextRecord[] {
  const taken: TextRecord[] = [];
  for (const record of records) {
    taken.push(record);
    if (taken.length >= count) break;
  }
  return taken;
}

export function modalWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

export function isComment({ fields }: TextRecord): boolean {
  return /^\s*(?:#|%|\/\/)/.test(fields[0] ?? "");
}
