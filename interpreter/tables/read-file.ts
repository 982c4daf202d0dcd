// How a data file is read: by its kind, and by evidence from all of its values.
import type { DataFile } from "../sessions/sql/data-files.ts";
import { exactPath, quoted } from "../sessions/sql/database.ts";
import { checkColumns } from "../sessions/sql/file-bounds.ts";
import type { RunRows } from "./evidence.ts";
import { readJsonFile } from "./json-file.ts";
import type { ReadingOptions, TableReading, TextToLoad } from "./table-reading.ts";
import { readTextFile } from "./text-file.ts";

interface FileReader {
  readonly run: RunRows;
  readonly load: (text: TextToLoad) => Promise<void>;
}

/** A file that is one table. @throws what the reader throws; FileBoundsError for what is larger than is read */
export async function readFile(
  file: DataFile,
  { run, load }: FileReader,
  options: ReadingOptions,
): Promise<TableReading> {
  const check = (count: number) => checkColumns(file, count);
  if (/\.parquet$/i.test(file.path)) return readParquet(file, run);
  if (/\.(json|jsonl|ndjson)(\.gz)?$/i.test(file.path)) return readJsonFile(file.path, run, check, options);
  return readTextFile(file.path, { run, load, checkColumns: check }, options);
}

/** Its types are those of its author. */
async function readParquet(file: DataFile, run: RunRows): Promise<TableReading> {
  const from = quoted(exactPath(file.path));
  const columns = await run(`DESCRIBE SELECT * FROM ${from}`);
  checkColumns(file, columns.length);
  const [[count] = []] = await run(`SELECT count(*) FROM ${from}`);
  const named = columns.map(([name, type]) => ({ name: String(name), type: String(type) }));
  return { from, columns: named, rowCount: Number(count), notes: [] };
}
