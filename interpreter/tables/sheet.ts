// A sheet of a workbook as a table: where its names and its rows are, and what its cells mean.
import type { Row } from "../sessions/typescript/table-data.ts";
import { isHeader, isValue, JOINED, joinedNames, moreNames } from "./header.ts";
import type { ShownNumbers } from "./number-formats.ts";
import { nextTable, tablesBeside } from "./odd-records.ts";
import { groupAbove, recordsBelow, titlesAbove } from "./shape.ts";
import { shown } from "./shown-records.ts";
import { repeatedSums } from "./totals.ts";
import { uniqueNames } from "./unique-names.ts";
import type { CellRange, SheetFacts, WorkbookFacts } from "./workbook-facts.ts";

const DAY_MS = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 30); // of serial 0, as the library counts
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const MAX_DURATION_DAYS = 60; // dates before March 1900 are times, where the column has times of the first day
const MAX_TOLD = 5; // cells in a note

type Cells = readonly (readonly unknown[])[];

export interface SheetTable {
  readonly names: readonly string[]; // of its columns
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
}

/** @param data cells as the library gives them: texts, numbers, truth values, Dates, null */
export function sheetTable(
  data: Cells,
  { countsFrom1904 }: Pick<WorkbookFacts, "countsFrom1904">,
  { merged, unknownFormulas, errors, hiddenRows, shown: formats }: SheetFacts,
  hasHeader?: boolean,
): SheetTable {
  const width = data.reduce((most, row) => Math.max(most, row.findLastIndex(isFilled) + 1), 0);
  const cells = data.map((row) => Array.from({ length: width }, (_, i) => row[i] ?? null));
  const above = titlesAbove(cells.map(record), width);
  const ranges = merged.filter(({ bottom }) => bottom >= above);
  const filled = fillMerged(cells, ranges);
  const head = headOf(filled, above, ranges, hasHeader);
  const texts = filled.slice(head.end).map((row, i) => ({ row, ...record(row, i) }));
  const full = texts.filter(({ fields }) => fields.some((field) => field !== ""));
  const below = recordsBelow(full, width);
  const kept = full.slice(0, full.length - below.length).map(({ row }) => row);
  const isKept = (name: string, i: number) => name !== "" || kept.some((row) => isFilled(row[i]));
  const places = head.names.flatMap((name, i) => (isKept(name, i) ? [i] : []));
  const names = uniqueNames(places.map((i) => head.names[i] || letters(i)));
  const columns = places.map((i) => {
    const values = columnValues(
      kept.map((row) => row[i]),
      countsFrom1904,
    );
    return filledUp(values, formats.get(letters(i))?.digits ?? 0);
  });
  const next = nextTable(full.slice(0, full.length - below.length));
  const beside = tablesBeside(head.names.map((name, i) => ({ name, isEmpty: kept.every((row) => !isFilled(row[i])) })));
  const titles = cells.slice(0, head.begin).map(record);
  return {
    names,
    rows: kept.map((_, r) => Object.fromEntries(names.map((name, i) => [name, columns[i]![r]]))),
    notes: [
      ...(titles.some(({ fields }) => fields.some(Boolean))
        ? [`above the row of names, left out: ${shown(titles)}`]
        : []),
      ...(below.length > 0 ? [`below the table, left out: ${shown(below)}`] : []),
      ...sumNotes(names, columns, places, below.find(({ row }) => row.filter(isFilled).length > 1)?.row),
      ...head.notes,
      ...(ranges.some(({ bottom }) => bottom >= head.end)
        ? ["merged cells hold their text in each of their rows"]
        : []),
      ...[next, beside].filter((note) => note !== undefined),
      ...names.flatMap((name, i) => (columns[i]!.some(isRounded) ? [`${name}: ${ROUNDED}`] : [])),
      ...names.flatMap((name, i) =>
        shownNotes(formats.get(letters(places[i]!)), columns[i]!).map((note) => `${name}: ${note}`),
      ),
      ...formulaNote(unknownFormulas),
      ...(errors.length === 0 ? [] : [`cells with an error are NULL: ${told(errors)}`]),
      ...(hiddenRows === 0 ? [] : [`rows that are hidden in the sheet are read as well: ${hiddenRows}`]),
    ],
  };
}

/** Of rows that add up to several times the total below them. */
function sumNotes(
  names: readonly string[],
  columns: readonly (readonly unknown[])[],
  places: readonly number[],
  total: readonly unknown[] | undefined,
): string[] {
  const summed = names.flatMap((name, i) => {
    const [own, values] = [total?.[places[i]!], columns[i]!.filter(isFilled)];
    if (typeof own !== "number" || !values.every((value) => typeof value === "number")) return [];
    return [{ name, total: own, sum: values.reduce((sum, value) => sum + value, 0) }];
  });
  return repeatedSums(summed);
}

/** Codes, as the sheet shows them: 01234 of 1234. */
function filledUp(values: readonly unknown[], digits: number): unknown[] {
  const areCodes =
    digits > 0 && values.every((value) => value === null || (Number.isInteger(value) && Number(value) >= 0));
  return areCodes ? values.map((value) => (value === null ? null : String(value).padStart(digits, "0"))) : [...values];
}

function shownNotes(shown: ShownNumbers | undefined, values: readonly unknown[]): string[] {
  const { currencies = [], digits = 0 } = shown ?? {};
  const amounts = `amounts in ${currencies.join(" and ")}`;
  return [
    ...(currencies.length > 1 ? [`${amounts}, as their cells show them: they do not add up`] : []),
    ...(currencies.length === 1 ? [amounts] : []),
    ...(digits > 0 && values.every((value) => typeof value !== "number")
      ? ["numbers with leading zeros are read as texts, as the sheet shows them"]
      : []),
  ];
}

const ROUNDED = "numbers of more than 15 digits are rounded to as many, as spreadsheets do";

function isRounded(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && Math.abs(value) >= 1e15;
}

function formulaNote(cells: readonly string[]): string[] {
  if (cells.length === 0) return [];
  return [
    cells.length === 1
      ? `the formula in ${cells[0]} has no kept value and is NULL: open the file in a spreadsheet program and save it`
      : `${cells.length} formulas (${told(cells)}) have no kept value and are NULL: open the file in a spreadsheet program and save it`,
  ];
}

function told(cells: readonly string[]): string {
  const more = cells.length - MAX_TOLD;
  return `${cells.slice(0, MAX_TOLD).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

export function isFilled(cell: unknown): boolean {
  return cell !== null && cell !== undefined && cell !== "";
}

function record(row: readonly unknown[], line: number): { fields: string[]; line: number } {
  return { fields: row.map(cellText), line };
}

function cellText(cell: unknown): string {
  if (cell instanceof Date) return isoText(cell);
  return isFilled(cell) ? String(cell).replace(/\s+/g, " ").trim() : "";
}

function isoText(date: Date): string {
  const text = rounded(date).toISOString();
  return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 19).replace("T", " ");
}

/** Texts and dates of a merged range belong to each of its cells; a number would count more than once. */
function fillMerged(cells: readonly (readonly unknown[])[], ranges: readonly CellRange[]): unknown[][] {
  const filled = cells.map((row) => [...row]);
  for (const { top, left, bottom, right } of ranges) {
    const value = cells[top]?.[left];
    if (!isFilled(value) || typeof value === "number") continue;
    for (let r = top; r <= Math.min(bottom, cells.length - 1); r++)
      for (let c = left; c <= Math.min(right, filled[r]!.length - 1); c++) filled[r]![c] = value;
  }
  return filled;
}

interface Head {
  readonly names: readonly string[];
  readonly begin: number; // the first row of names
  readonly end: number; // the first row of the table
  readonly notes: readonly string[];
}

function headOf(cells: Cells, at: number, merged: readonly CellRange[], hasHeader: boolean | undefined): Head {
  const first = cells[at]?.map(cellText) ?? [];
  const second = cells[at + 1]?.map(cellText) ?? [];
  const isGrouped = merged.some(({ top, bottom, left, right }) => top === at && bottom === at && right > left);
  if (isGrouped && hasHeader !== false && second.every((cell) => cell === "" || !isValue(cell))) {
    const names = first.map((name, i) => [...new Set([name, second[i] ?? ""])].filter(Boolean).join(" "));
    return { names, begin: at, end: at + 2, notes: [JOINED] };
  }
  const rows = cells.slice(at + 1).map(record);
  if (hasHeader ?? isHeader(first, rows)) {
    const { names, count, note } = moreNames(first, rows);
    const group = groupAbove(cells.slice(0, at + 1).map(record), at);
    if (group) return { names: joinedNames(group.fields, names), begin: at - 1, end: at + 1 + count, notes: [JOINED] };
    return { names, begin: at, end: at + 1 + count, notes: note === undefined ? [] : [note] };
  }
  return { names: first.map(() => ""), begin: at, end: at, notes: ["it has no row of names"] };
}

/** Dates as they are meant; beside texts as text, so that all of the column is read in one way. */
function columnValues(values: readonly unknown[], countsFrom1904: WorkbookFacts["countsFrom1904"]): unknown[] {
  const dates = values.filter((value) => value instanceof Date);
  if (dates.length === 0) return values.map((value) => (isFilled(value) ? value : null));
  const epoch = countsFrom1904 === "1" ? EPOCH_1904 : EPOCH_1900; // the other spelling is unknown to the library
  const days = dates.map((date) => (date.getTime() - epoch) / DAY_MS);
  const isTime = days.every((day) => day < MAX_DURATION_DAYS) && days.some((day) => day < 1);
  const isMixed = values.some((value) => isFilled(value) && !(value instanceof Date));
  const later = countsFrom1904 === "true" ? EPOCH_1904 - EPOCH_1900 : 0;
  return values.map((value) => {
    if (!(value instanceof Date)) return isFilled(value) ? value : null;
    if (isTime) return clockText(rounded(value).getTime() - epoch);
    const date = new Date(rounded(value).getTime() + later + (countsFrom1904 === undefined ? leapDay1900(value) : 0));
    return isMixed ? isoText(date) : date;
  });
}

/** Spreadsheets count a 29 February 1900, which the library has before all other days of that year. */
function leapDay1900(date: Date): number {
  const days = (date.getTime() - EPOCH_1900) / DAY_MS;
  return days >= 1 && days < 60 ? DAY_MS : 0;
}

/** The library cuts what is a millisecond short of a second by the precision of a number. */
function rounded(date: Date): Date {
  const time = date.getTime();
  return ((time % 1000) + 1000) % 1000 === 999 ? new Date(time + 1) : date;
}

function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** A column without a name is called as the sheet shows it: A, B, ..., AA. */
function letters(index: number): string {
  return `${index >= 26 ? letters(Math.floor(index / 26) - 1) : ""}${String.fromCharCode(65 + (index % 26))}`;
}
