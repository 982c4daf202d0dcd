// How a data file is read: by its kind, and by evidence from all of its values.
import { type DataFile, isUnreadKind } from "../sessions/sql/data-files.ts";
import { exactPath, identifier, quoted } from "../sessions/sql/database.ts";
import { checkColumns } from "../sessions/sql/file-bounds.ts";
import { unreadKind } from "../sessions/sql/sql-error.ts";
import { arrowFile } from "./arrow-file.ts";
import type { RunRows } from "./evidence.ts";
import { readJsonFile } from "./json-file.ts";
import type { ReadingOptions, TableReading, ToLoad } from "./table-reading.ts";
import { readTextFile } from "./text-file.ts";

interface FileReader {
  readonly run: RunRows;
  readonly load: (source: ToLoad) => Promise<void>;
}

/** A file that is one table. @throws what the reader throws; FileBoundsError for what is larger than is read */
export async function readFile(
  file: DataFile,
  { run, load }: FileReader,
  options: ReadingOptions,
): Promise<TableReading> {
  const check = (count: number) => checkColumns(file, count);
  if (isUnreadKind(file.name)) throw new Error(unreadKind(file.name).message.replace(`${file.name} is `, ""));
  if (/\.parquet$/i.test(file.path)) return readParquet(file, run);
  if (/\.(feather|arrow|ipc)$/i.test(file.path)) return readArrow(file, run, load);
  if (/\.(json|jsonl|ndjson|geojson)(\.gz)?$/i.test(file.path))
    return readJsonFile(file.path, { run, load, checkColumns: check }, options);
  return readTextFile(file.path, { run, load, checkColumns: check }, options);
}

/** Its types are those of its author, as in Parquet. */
async function readArrow(file: DataFile, run: RunRows, load: FileReader["load"]): Promise<TableReading> {
  const { fields, selection, rowCount, notes } = await arrowFile(file.path);
  checkColumns(file, fields);
  const source = { kind: "arrow", table: `arrow of ${file.path}` } as const;
  await load(source);
  const from = `(SELECT ${selection} FROM ${identifier(source.table)})`;
  return { from, columns: await described(run, from), rowCount, notes, load: source };
}

async function described(run: RunRows, from: string): Promise<{ name: string; type: string }[]> {
  const columns = await run(`DESCRIBE SELECT * FROM ${from}`);
  return columns.map(([name, type]) => ({ name: String(name), type: String(type) }));
}

/** Its types are those of its author. */
async function readParquet(file: DataFile, run: RunRows): Promise<TableReading> {
  const from = quoted(exactPath(file.path));
  const columns = await described(run, from);
  checkColumns(file, columns.length);
  const [[count] = []] = await run(`SELECT count(*) FROM ${from}`);
  return { from, columns, rowCount: Number(count), notes: [] };
}
