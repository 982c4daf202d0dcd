// What of a text file is its table: the sign between its fields, titles above, the row of names, notes and totals below.
import { type TextRecord, textRecords } from "./delimited-text.ts";
import { columnNames, isHeader, moreNames } from "./header.ts";
import { oddRecords } from "./odd-records.ts";
import { filled, shown } from "./shown-records.ts";

const SEPARATORS = ["\t", ";", "|", ","] as const; // the first that fits: a decimal comma stands between semicolons
const NO_SEPARATOR = "\u001f"; // of a file with one column
const MIN_SHARE = 0.9; // of the records that have several fields have the same number of them
const LOOKED_AT = 500; // records
const MAX_ABOVE = 20; // records of titles
const MAX_BELOW = 10; // records of notes and totals
const MIN_NOTE_LENGTH = 40; // characters: longer than a key
const TOTAL =
  /^(grand |sub)?total(s|e|en)?\b|^(sum|summe|gesamt|insgesamt|somme|suma|totaal|totale|ukupno)\b|^(合计|总计|小计)|^合計/i;
const NOTE = /^[*†#]|^(source|note|quelle|anmerkung|hinweis|fuente|nota|fonte|remarque|stand|来源|注)\b.*|:/i;

export interface TableShape {
  readonly separator: string;
  readonly skippedLines: number; // above the first record of the table
  readonly names: readonly string[];
  readonly leftOut: readonly (readonly string[])[]; // records within the table and below that are none of its rows
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
  const width = modalWidth(records.slice(0, LOOKED_AT));
  const above = titlesAbove(records, width);
  const first = records[above];
  const rows = records.slice(above + 1, LOOKED_AT);
  const hasHeader = options.hasHeader ?? (first !== undefined && isHeader(first.fields, rows));
  const { names: cells, count, note } = moreNames(hasHeader ? first!.fields : [], hasHeader ? rows : []);
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
    skippedLines: toldLines + (table[0]?.line ?? lineCount(text)),
    names,
    leftOut: [...within.records, ...below].map(({ fields }) => fields),
    notes: [
      ...(above > 0 ? [`above the row of names, left out: ${shown(records.slice(0, above))}`] : []),
      ...(first !== undefined && !hasHeader && options.hasHeader === undefined ? ["it has no row of names"] : []),
      ...(note === undefined ? [] : [note]),
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
  const fits = SEPARATORS.map((separator) => {
    const records = take(textRecords(text, separator, { isWhole }), LOOKED_AT);
    const several = records.filter(({ fields }) => fields.length > 1);
    const width = modalWidth(several);
    const same = several.filter(({ fields }) => fields.length === width).length;
    const isMost = several.length >= records.length / 2;
    return { separator, share: isMost && several.length > 0 ? same / several.length : 0 };
  });
  const best = Math.max(...fits.map(({ share }) => share));
  if (best === 0) return NO_SEPARATOR;
  return (fits.find(({ share }) => share >= MIN_SHARE) ?? fits.find(({ share }) => share === best))!.separator;
}

function modalWidth(records: readonly TextRecord[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** A title has one cell, or few of many; none is above a table of one column. */
export function titlesAbove(records: readonly TextRecord[], width: number): number {
  if (width < 2) return 0;
  const isTitle = ({ fields }: TextRecord) =>
    fields.slice(1).every((field) => field.trim() === "") || filled(fields) < width / 2;
  const first = records.slice(0, MAX_ABOVE + 1).findIndex((record) => !isTitle(record));
  return Math.max(0, first);
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
function isBelow({ fields, line }: TextRecord, before: TextRecord | undefined): boolean {
  const first = fields.find((field) => field.trim() !== "")?.trim() ?? "";
  if (first === "" || TOTAL.test(first)) return true;
  if (filled(fields) > 1) return false;
  const isApart = before !== undefined && (line > before.line + 1 || filled(before.fields) === 0);
  return isApart || NOTE.test(first) || first.length > MIN_NOTE_LENGTH || (fields.length === 1 && /\s/.test(first));
}

function lineCount(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0;
}
