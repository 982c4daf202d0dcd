// The data files of the notebook's folder as tables, described by the process that reads (reader/). A file that ends
// that process is known by its path, size and times of change, and left out until it changes.
import { statSync } from "node:fs";
import type { ReadingOptions } from "../../tables/table-reading.ts";
import { tableSettings } from "../../tables/table-settings.ts";
import type { TableInfo } from "../session.ts";
import { type DataFile, findDataFiles } from "./data-files.ts";
import type { DescribedFile } from "./reader/messages.ts";
import { ReaderEndedError, type ReaderProcess } from "./reader/reader-process.ts";
import { unreadable } from "./unreadable.ts";

const DESCRIBE_SECONDS = 30; // of one file, and for each second that it takes to read
const BYTES_A_SECOND = 10 * 2 ** 20; // on a slow and busy machine
const ALL_SECONDS = 60; // after which the files that are still unknown wait for the next time

const LEADS_OUT = "is a link out of the folder, which is not followed for the model; copy the file here";
const TOO_LATE = "not looked at yet, since other files took long; it is next time";

export interface FolderTables {
  files(): Promise<readonly DataFile[]>;
  /** For a query: what was assumed of the file is told, once, unless the query is `quiet`. */
  use(file: DataFile, options?: { readonly isQuiet?: boolean }): Promise<DescribedFile>;
  /** @throws Error where the folder has no data file of this name */
  useNamed(name: string): Promise<DescribedFile>;
  tables(): Promise<readonly TableInfo[]>;
}

/** @param onNotes hears what was assumed of a file, when a query reads it first */
export function createFolderTables(
  folder: string,
  reader: ReaderProcess,
  onNotes: (tables: readonly TableInfo[]) => void = () => {},
): FolderTables {
  const told = new Map<string, string>(); // the version of which the notes were told, by path
  const described = new Map<string, { readonly key: string; readonly description: Promise<DescribedFile> }>(); // by path

  function describe(file: DataFile): Promise<DescribedFile> {
    const options = tableSettings(folder)[file.name] ?? {};
    const key = version(file, options);
    const known = described.get(file.path);
    if (known?.key === key) return known.description;
    const description = read(file, options);
    described.set(file.path, { key, description });
    description.catch(() => described.delete(file.path)); // the process did not start: it is looked at again
    return description;
  }

  async function read(file: DataFile, options: ReadingOptions): Promise<DescribedFile> {
    if (file.leadsOut) return { ...unreadable(file, `${file.name} ${LEADS_OUT}`), isLeftOut: true };
    try {
      return await reader.request(
        "describe",
        { file, options },
        { seconds: DESCRIBE_SECONDS + sizeOf(file) / BYTES_A_SECOND },
      );
    } catch (error) {
      if (!(error instanceof ReaderEndedError)) throw error;
      const problem = `when ${file.name} was read, ${error.message}; it is left out until it changes`;
      return { ...unreadable(file, problem), isLeftOut: true };
    }
  }

  async function use(file: DataFile, { isQuiet = false } = {}): Promise<DescribedFile> {
    const description = await describe(file);
    const { key } = described.get(file.path) ?? { key: "" };
    const noted = description.tables.filter(({ notes = [] }) => notes.length > 0);
    if (isQuiet || noted.length === 0 || told.get(file.path) === key) return description;
    told.set(file.path, key);
    onNotes(noted);
    return description;
  }

  return {
    files: () => findDataFiles(folder),
    use,
    async useNamed(name) {
      const file = (await findDataFiles(folder)).find((one) => one.name === name);
      if (file === undefined) throw new Error(`there is no data file ${name}`);
      return use(file);
    },
    async tables() {
      const end = performance.now() + ALL_SECONDS * 1000;
      const tables: TableInfo[] = [];
      for (const file of await findDataFiles(folder)) {
        const isLate = performance.now() > end && !described.has(file.path);
        const own = (isLate ? unreadable(file, TOO_LATE) : await describe(file)).tables;
        if (!isProse(file, own)) tables.push(...own);
      }
      return tables;
    },
  };
}

/** A .txt without fields is no table to speak of; a query that names it reads its lines. */
function isProse({ path }: DataFile, [table]: readonly TableInfo[]): boolean {
  return /\.txt(\.gz)?$/i.test(path) && (table?.columns.length ?? 0) < 2;
}

function sizeOf({ path }: DataFile): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Also of a file that was replaced by one of its size whose time was kept, as `cp -p` and archives do. */
function version({ path, leadsOut }: DataFile, options: ReadingOptions): string {
  const about = leadsOut ? undefined : statSync(path, { throwIfNoEntry: false });
  return `${about?.size} ${about?.mtimeMs} ${about?.ctimeMs} ${JSON.stringify(options)}`;
}
