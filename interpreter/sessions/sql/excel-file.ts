// The sheets of a workbook as rows. DuckDB reads Excel by an extension that has to be fetched; a library needs no network.
import { readFileSync, statSync } from "node:fs";
import { isFilled, sheetTable } from "../../tables/sheet.ts";
import { workbookFacts } from "../../tables/workbook-facts.ts";
import type { Row } from "../typescript/table-data.ts";
import type { DataFile } from "./data-files.ts";
import { checkWorkbook } from "./excel-bounds.ts";
import { FileBoundsError } from "./file-bounds.ts";

const MAX_BYTES = 64 * 2 ** 20; // compressed; it is read whole

export interface Sheet {
  readonly table: string; // as SQL names it: "sales.xlsx" is the first sheet, "sales.xlsx#Targets" a later one
  readonly names: readonly string[]; // of its columns
  readonly rows: readonly Row[];
  readonly notes: readonly string[]; // what was assumed
}

const MAX_KNOWN = 4; // workbooks that are kept: a query and the description of a folder ask for one several times
const known = new Map<string, Promise<readonly Sheet[]>>(); // by path, size and times of change; the last used at the end

export function isExcel({ path }: DataFile): boolean {
  return /\.xls[xm]$/i.test(path);
}

/** Its sheets that are not empty. @throws Error for what is no workbook, FileBoundsError for what is too large */
export function excelSheets(file: DataFile, hasHeader?: boolean): Promise<readonly Sheet[]> {
  const { size, mtimeMs, ctimeMs } = statSync(file.path);
  const key = `${file.path}\n${size}\n${mtimeMs}\n${ctimeMs}\n${hasHeader}`;
  const sheets = known.get(key) ?? readSheets(file, size, hasHeader);
  known.delete(key);
  known.set(key, sheets);
  const [oldest] = known.keys();
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  return sheets;
}

async function readSheets(file: DataFile, size: number, hasHeader: boolean | undefined): Promise<readonly Sheet[]> {
  const { path, name } = file;
  if (size > MAX_BYTES)
    throw new FileBoundsError(`${name} is larger than ${MAX_BYTES / 2 ** 20} MB: save it as CSV or Parquet`);
  const bytes = readFileSync(path);
  checkWorkbook(file, bytes);
  const { default: readExcelFile } = await import("read-excel-file/node");
  const sheets = await readExcelFile(bytes).catch((error: Error) => {
    throw new Error(`${name}: ${error.message}`, { cause: error });
  });
  const facts = workbookFacts(bytes);
  const filled = sheets.flatMap(({ sheet, data }, i) => {
    if (!data.some((row) => row.some(isFilled))) return [];
    const own = facts.sheets[i] ?? { merged: [], unknownFormulas: [], errors: [], hiddenRows: 0, shown: new Map() };
    return [{ sheet, ...sheetTable(data, facts, own, hasHeader) }];
  });
  return filled.map(({ sheet, ...own }, i) => ({ table: i === 0 ? name : `${name}#${sheet}`, ...own }));
}
