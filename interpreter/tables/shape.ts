// What of a text file is its table: the sign between its fields, titles above, the row of names, notes and totals below.
import {
  isAligned,
  NAMED_VALUES,
  type Quoting,
  STANDARD_QUOTING,
  type TextRecord,
  textRecords,
} from "./delimited-text.ts";
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
import { isDrawn, oddRecords } from "./odd-records.ts";
import { colonHint, isComment, LOOKED_AT, modalWidth, NO_SEPARATOR, separatorOf, take } from "./separators.ts";
import { filled, shown } from "./shown-records.ts";
import { TOTAL_START } from "./total-words.ts";

const MAX_ABOVE = 20; // records of titles
const MAX_BELOW = 10; // records of notes and totals
const MIN_NOTE_LENGTH = 40; // characters: longer than a key
const SOURCE = /^(?:sources?|notes?|quellen?|anmerkung|hinweis|fuentes?|notas?|fonte|remarque|来源|注) ?[:：]/i;
const NOTE =
  /^[*†#]|^(source|note|quelle|anmerkung|hinweis|fuente|nota|fonte|remarque|stand|来源|注)(?![\p{L}\p{N}_])|:/iu;

export interface TableShape {
  readonly separator: string;
  readonly quoting: Quoting;
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
  readonly quoting?: Quoting;
}

const SEPARATOR_LINE = /^sep=(.)\r?\n/;

/** The sign that the first line of a file names, as spreadsheets read it; else the one that fits. */
export function fileSeparator(head: string, isWhole: boolean, quoting: Quoting): string {
  const [line, told] = SEPARATOR_LINE.exec(head) ?? [""];
  return told ?? separatorOf(head.slice(line.length), isWhole, quoting);
}

/** `tail` is the end of a file of which `head` is not all. */
export function tableShape(head: string, tail: string | undefined, options: ShapeOptions = {}): TableShape {
  const text = head.replace(SEPARATOR_LINE, "");
  const toldLines = text.length < head.length ? 1 : 0;
  const isWhole = tail === undefined;
  const { quoting = STANDARD_QUOTING } = options;
  const separator = options.separator ?? fileSeparator(head, isWhole, quoting);
  const records = take(
    textRecords(text, separator, { isWhole, quoting }),
    isWhole ? Number.POSITIVE_INFINITY : LOOKED_AT,
  );
  const width = fieldsOf(records.slice(0, LOOKED_AT));
  const above = titlesAbove(records, width);
  const first = records[above];
  const rows = records.slice(above + 1, LOOKED_AT);
  const isNamed = separator === NAMED_VALUES;
  const hasHeader = options.hasHeader ?? (!isNamed && first !== undefined && isHeader(first.fields, rows));
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
  const names = columnNames(isNamed && !hasHeader ? ["name", "value"] : cells, Math.max(width, cells.length));
  const last = isWhole ? records.slice(above + 1 + count) : [...textRecords(tail, separator, { quoting })].slice(1);
  const below = recordsBelow(last, names.length);
  const within = oddRecords(
    below.length > 0 && isWhole ? table.slice(0, -below.length) : table,
    hasHeader ? first : undefined,
  );
  return {
    separator,
    quoting,
    skippedLines: toldLines + (table[0]?.line ?? lineCount(text) + (isWhole && /[^\r\n]$/.test(text) ? 1 : 0)),
    names,
    named: hasHeader ? cells.length : names.length,
    header: hasHeader ? first!.fields : [],
    leftOut: [...within.records, ...below].map(({ fields }) => fields),
    total: below.find(({ fields }) => filled(fields) > 1)?.fields,
    notes: [
      ...(titles.length > 0 ? [`above the row of names, left out: ${shown(titles)}`] : []),
      ...(first !== undefined && !hasHeader && !isNamed && options.hasHeader === undefined
        ? ["it has no row of names"]
        : []),
      ...(note === undefined ? [] : [note]),
      ...partingNotes(separator, records),
      ...within.notes,
      ...(below.length > 0 ? [`below the table, left out: ${shown(below)}`] : []),
    ],
  };
}

function partingNotes(separator: string, records: readonly TextRecord[]): string[] {
  if (separator === NO_SEPARATOR) return [colonHint(records) ?? []].flat();
  if (separator === NAMED_VALUES)
    return ["its lines are names and values with a colon between them: each is a row of both (assumed)"];
  if (separator === ":") return ["its fields are parted by colons (assumed)"];
  return isAligned(separator) ? ["its fields are parted by blanks (assumed)"] : [];
}

/** Lines of one field, however many, are titles, comments and notes beside records of several. */
function fieldsOf(records: readonly TextRecord[]): number {
  return modalWidth(records.filter(({ fields }) => fields.length > 1)) || modalWidth(records);
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
