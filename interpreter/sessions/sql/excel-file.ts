// The sheets of a workbook as rows. DuckDB reads Excel by an extension that has to be fetched; a library needs no network.
import { readFileSync, statSync } from "node:fs";
import type { Row } from "../typescript/html-table.ts";
import type { DataFile } from "./data-files.ts";
import { checkWorkbook } from "./excel-bounds.ts";
import { FileBoundsError } from "./file-bounds.ts";

const MAX_BYTES = 64 * 2 ** 20; // compressed; it is read whole
const MAX_ROWS_ABOVE = 20; // titles and notes, above the row of names

export interface Sheet {
  readonly table: string; // as SQL names it: "sales.xlsx" is the first sheet, "sales.xlsx#Targets" a later one
  readonly rows: readonly Row[];
}

const known = new Map<string, Promise<readonly Sheet[]>>(); // by path, size and time of change

export function isExcel({ path }: DataFile): boolean {
  return /\.xlsx$/i.test(path);
}

/** Its sheets that are not empty. @throws Error for what is no workbook, FileBoundsError for what is too large */
export function excelSheets(file: DataFile): Promise<readonly Sheet[]> {
  const { size, mtimeMs } = statSync(file.path);
  const key = `${file.path}\n${size}\n${mtimeMs}`;
  const sheets = known.get(key) ?? readSheets(file, size);
  known.set(key, sheets);
  return sheets;
}

async function readSheets(file: DataFile, size: number): Promise<readonly Sheet[]> {
  const { path, name } = file;
  if (size > MAX_BYTES)
    throw new FileBoundsError(`${name} is larger than ${MAX_BYTES / 2 ** 20} MB: save it as CSV or Parquet`);
  const bytes = readFileSync(path);
  checkWorkbook(file, bytes);
  const { default: readExcelFile } = await import("read-excel-file/node");
  const sheets = await readExcelFile(bytes).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  });
  const filled = sheets.filter(({ data }) => data.some(isFilled));
  return filled.map(({ sheet, data }, i) => ({ table: i === 0 ? name : `${name}#${sheet}`, rows: toRows(data) }));
}

/** Names are in the first row that is filled from end to end, with text: what stands above is a title. */
function toRows(data: readonly (readonly unknown[])[]): Row[] {
  const width = data.reduce((most, { length }) => Math.max(most, length), 0);
  const head = data
    .slice(0, MAX_ROWS_ABOVE)
    .findIndex((row) => row.length === width && row.every((cell) => typeof cell === "string" && cell !== ""));
  const names = unique(head < 0 ? Array.from({ length: width }, (_, i) => letters(i)) : (data[head] as string[]));
  const below = data.slice(head + 1).filter(isFilled);
  return below.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
}

function isFilled(row: readonly unknown[]): boolean {
  return row.some((cell) => cell !== null && cell !== "");
}

/** The second of a name is name_2, as DuckDB has it for CSV: in any case, since SQL does not tell cases apart. */
function unique(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = (counts.get(name.toLowerCase()) ?? 0) + 1;
    counts.set(name.toLowerCase(), count);
    return count === 1 ? name : `${name}_${count}`;
  });
}

/** A column without a name is called as the sheet shows it: A, B, ..., AA. */
function letters(index: number): string {
  return `${index >= 26 ? letters(Math.floor(index / 26) - 1) : ""}${String.fromCharCode(65 + (index % 26))}`;
}
