// What of a text file is its table: the sign between its fields, titles above, the row of names, notes and totals below.
import { isDate } from "./dates.ts";
import { atPlaces, BLANKS, isAligned, type TextRecord, textRecords, WIDE_BLANKS } from "./delimited-text.ts";
import {
  areRepeated,
  columnNames,
  isAboveValues,
  isHeader,
  isValue,
  JOINED,
  joinedNames,
  moreNames,
} from "./header.ts";
import { numberParts } from "./number-parts.ts";
import { isNumber } from "./numbers.ts";
import { isDrawn, oddRecords } from "./odd-records.ts";
import { filled, shown } from "./shown-records.ts";
import { TOTAL_START } from "./total-words.ts";

/** The first that fits: a decimal comma stands between semicolons. */
const SEPARATORS = ["\t", ";", "|", ",", "\u0001", "^", "~", "\u00a6"] as const;
const NO_SEPARATOR = "\u001f"; // of a file with one column
const MIN_SHARE = 0.9; // of the records that have several fields have the same number of them
const LOOKED_AT = 500; // records
const MAX_ABOVE = 20; // records of titles
const MAX_ALIGNED = 2_000; // characters of a line whose columns stand at places
const MAX_BELOW = 10; // records of notes and totals
const MIN_NOTE_LENGTH = 40; // characters: longer than a key
const SOURCE = /^(?:sources?|notes?|quellen?|anmerkung|hinweis|fuentes?|notas?|fonte|remarque|来源|注) ?[:：]/i;
const NOTE = /^[*†#]|^(source|note|quelle|anmerkung|hinweis|fuente|nota|fonte|remarque|stand|来源|注)\b.*|:/i;

export interface TableShape {
  readonly separator: string;
  readonly skippedLines: number; // above the first record of the table
  readonly names: readonly string[];
  readonly named: number; // of them, those that the file gives; most rows may have more fields
  readonly header: readonly string[]; // the row of names as it stands in the file
  readonly leftOut: readonly (readonly string[])[]; // records within the table and below that are none of its rows
  readonly total: readonly string[] | undefined; // of those, the row of totals below
  readonly notes: readonly string[];
}

export interface ShapeOptions {
  readonly separator?: string | undefined;
  readonly hasHeader?: boolean | undefined;
}

/** `tail` is the end of a file of which `head` is not all. */
export function tableShape(head: string, tail: string | undefined, options: ShapeOptions = {}): TableShape {
  const told = /^sep=(.)\r?\n/.exec(head);
  const text = told ? head.slice(told[0].length) : head;
  const toldLines = told ? 1 : 0;
  const isWhole = tail === undefined;
  const separator = options.separator ?? told?.[1] ?? separatorOf(text, isWhole);
  const records = take(textRecords(text, separator, { isWhole }), isWhole ? Number.POSITIVE_INFINITY : LOOKED_AT);
  const width = fieldsOf(records.slice(0, LOOKED_AT));
  const above = titlesAbove(records, width);
  const first = records[above];
  const rows = records.slice(above + 1, LOOKED_AT);
  const hasHeader = options.hasHeader ?? (first !== undefined && isHeader(first.fields, rows));
  const group = hasHeader ? groupAbove(records, above) : undefined;
  const found = moreNames(hasHeader ? first!.fields : [], hasHeader ? rows : []);
  const { count } = found;
  const { cells, note } = rowNames(
    group ? { cells: joinedNames(group.fields, found.names), note: JOINED } : { cells: found.names, note: found.note },
    rows.slice(count),
    width,
  );
  const titles = records.slice(0, group ? above - 1 : above);
  const table = records.slice(hasHeader ? above + 1 + count : above);
  const names = columnNames(cells, Math.max(width, cells.length));
  const last = isWhole ? records.slice(above + 1 + count) : [...textRecords(tail, separator)].slice(1);
  const below = recordsBelow(last, names.length);
  const within = oddRecords(
    below.length > 0 && isWhole ? table.slice(0, -below.length) : table,
    hasHeader ? first : undefined,
  );
  return {
    separator,
    skippedLines: toldLines + (table[0]?.line ?? lineCount(text) + (isWhole && /[^\r\n]$/.test(text) ? 1 : 0)),
    names,
    named: hasHeader ? cells.length : names.length,
    header: hasHeader ? first!.fields : [],
    leftOut: [...within.records, ...below].map(({ fields }) => fields),
    total: below.find(({ fields }) => filled(fields) > 1)?.fields,
    notes: [
      ...(titles.length > 0 ? [`above the row of names, left out: ${shown(titles)}`] : []),
      ...(first !== undefined && !hasHeader && options.hasHeader === undefined ? ["it has no row of names"] : []),
      ...(note === undefined ? [] : [note]),
      ...(isAligned(separator) ? ["its fields are parted by blanks (assumed)"] : []),
      ...within.notes,
      ...(below.length > 0 ? [`below the table, left out: ${shown(below)}`] : []),
    ],
  };
}

function take(records: Iterable<TextRecord>, count: number): TextRecord[] {
  const taken: TextRecord[] = [];
  for (const record of records) {
    taken.push(record);
    if (taken.length >= count) break;
  }
  return taken;
}

function separatorOf(text: string, isWhole: boolean): string {
  if (areNumbersBelowName(text, isWhole)) return NO_SEPARATOR;
  const fits = SEPARATORS.map((separator) => {
    const records = take(textRecords(text, separator, { isWhole }), LOOKED_AT);
    const several = records.filter(({ fields }) => fields.length > 1);
    const alone = records.filter((record) => record.fields.length === 1 && !isComment(record) && !isDrawn(record));
    const width = modalWidth(several);
    const same = several.filter(({ fields }) => fields.length === width).length;
    const isMost = several.length >= alone.length;
    return { separator, share: isMost && several.length > 0 ? same / several.length : 0 };
  });
  const best = Math.max(...fits.map(({ share }) => share));
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

/** Lines of one field, however many, are titles, comments and notes beside records of several. */
function fieldsOf(records: readonly TextRecord[]): number {
  return modalWidth(records.filter(({ fields }) => fields.length > 1)) || modalWidth(records);
}

function modalWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** A title has one cell, or few of many, a comment, or a word with a colon and its value; none is above a table of one column. */
export function titlesAbove(records: readonly TextRecord[], width: number): number {
  if (width < 2) return 0;
  const isShort = ({ fields }: TextRecord) =>
    fields.slice(1).every((field) => field.trim() === "") || filled(fields) < width / 2;
  const isSetting = ({ fields }: TextRecord) => /:\s*$/.test(fields[0] ?? "") && filled(fields) <= 2;
  const firstBut = (isTitle: (record: TextRecord) => boolean) =>
    Math.max(
      0,
      records.slice(0, MAX_ABOVE + 1).findIndex((record) => !isTitle(record)),
    );
  // A comment or a setting may be the row of names, where none stands below it.
  const wide = firstBut((record) => isShort(record) || isSetting(record) || isComment(record));
  const hasNames = isAboveValues(records[wide]?.fields ?? [], records.slice(wide + 1, LOOKED_AT));
  const above = hasNames ? wide : firstBut(isShort);
  return isOfOtherWidth(records, above, width) ? above + 1 : above;
}

/** Values about the file, as many as no row has, right above its names: DATEV writes them. */
function isOfOtherWidth(records: readonly TextRecord[], at: number, width: number): boolean {
  const [first, names] = [records[at]?.fields ?? [], records[at + 1]?.fields ?? []];
  if (first.length === width || names.length !== width || !first.some(isValue)) return false;
  return isAboveValues(names, records.slice(at + 2, LOOKED_AT));
}

function isComment({ fields }: TextRecord): boolean {
  return /^\s*(?:#|%|\/\/)/.test(fields[0] ?? "");
}

/** Right above names that repeat, what tells them apart: 2023, then nothing, then 2024. */
export function groupAbove(records: readonly TextRecord[], at: number): TextRecord | undefined {
  const [group, names] = [records[at - 1], records[at]];
  if (group === undefined || names === undefined || group.line + 1 !== names.line) return undefined;
  return filled(group.fields) > 1 && areRepeated(names.fields) ? group : undefined;
}

/** R writes no name above those of its rows, which are counted from 1: each name belongs one field to the right. */
function rowNames(
  known: { readonly cells: readonly string[]; readonly note: string | undefined },
  rows: readonly TextRecord[],
  width: number,
): { readonly cells: readonly string[]; readonly note: string | undefined } {
  const isCounted = rows.length > 0 && rows.every(({ fields }, i) => fields[0] === String(i + 1));
  const isNamed = /^(?:id|nr|no|n|index|key|#)\b/i.test(known.cells[0]?.trim() ?? "");
  if (!isCounted || isNamed || known.cells.length !== width - 1) return known;
  const note = "the rows are counted in a first column without a name: each name belongs to the field on its right";
  return { cells: ["", ...known.cells], note: known.note === undefined ? note : `${known.note}; ${note}` };
}

export function recordsBelow<T extends TextRecord>(records: readonly T[], width: number): T[] {
  if (width < 2) return [];
  let count = 0;
  while (count < Math.min(MAX_BELOW, records.length)) {
    const at = records.length - 1 - count;
    if (!isBelow(records[at]!, records[at - 1])) break;
    count++;
  }
  return count === 0 ? [] : records.slice(-count);
}

/** A note has one cell, and is written unlike a row; a total says so in its first cell. */
function isBelow(record: TextRecord, before: TextRecord | undefined): boolean {
  const { fields, line } = record;
  if (isDrawn(record)) return true;
  const first = fields.find((field) => field.trim() !== "")?.trim() ?? "";
  if (first === "" || TOTAL_START.test(first) || /^\*+$/.test(first)) return true; // SAP marks sums by stars
  if (SOURCE.test(first)) return true; // with commas in its text, it has several fields
  if (filled(fields) > 1) return false;
  const isApart = before !== undefined && (line > before.line + 1 || filled(before.fields) === 0);
  return isApart || NOTE.test(first) || first.length > MIN_NOTE_LENGTH || (fields.length === 1 && /\s/.test(first));
}

function lineCount(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
