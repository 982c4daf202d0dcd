// The data files of the notebook's folder as tables, described by the process that reads (reader/). A file that ends
// that process is known by its path, size and time of change, and left out until it changes.
import { statSync } from "node:fs";
import type { TableInfo } from "../session.ts";
import { type DataFile, findDataFiles } from "./data-files.ts";
import type { DescribedFile } from "./reader/messages.ts";
import { ReaderEndedError, type ReaderProcess } from "./reader/reader-process.ts";
import { unreadable } from "./unreadable.ts";

const DESCRIBE_SECONDS = 30; // of one file
const ALL_SECONDS = 60; // after which the files that are still unknown wait for the next time

const TOO_LATE = "not looked at yet, since other files took long; it is next time";

export interface FolderTables {
  files(): Promise<readonly DataFile[]>;
  describe(file: DataFile): Promise<DescribedFile>;
  /** @throws Error where the folder has no data file of this name */
  describeNamed(name: string): Promise<DescribedFile>;
  tables(): Promise<readonly TableInfo[]>;
}

export function createFolderTables(folder: string, reader: ReaderProcess): FolderTables {
  const described = new Map<string, { readonly key: string; readonly description: Promise<DescribedFile> }>(); // by path

  function describe(file: DataFile): Promise<DescribedFile> {
    const key = version(file);
    const known = described.get(file.path);
    if (known?.key === key) return known.description;
    const description = read(file);
    described.set(file.path, { key, description });
    description.catch(() => described.delete(file.path)); // the process did not start: it is looked at again
    return description;
  }

  async function read(file: DataFile): Promise<DescribedFile> {
    try {
      return await reader.request("describe", { file }, { seconds: DESCRIBE_SECONDS });
    } catch (error) {
      if (!(error instanceof ReaderEndedError)) throw error;
      const problem = `when ${file.name} was read, ${error.message}; it is left out until it changes`;
      return { ...unreadable(file, problem), isLeftOut: true };
    }
  }

  return {
    files: () => findDataFiles(folder),
    describe,
    async describeNamed(name) {
      const file = (await findDataFiles(folder)).find((one) => one.name === name);
      if (file === undefined) throw new Error(`there is no data file ${name}`);
      return describe(file);
    },
    async tables() {
      const end = performance.now() + ALL_SECONDS * 1000;
      const tables: TableInfo[] = [];
      for (const file of await findDataFiles(folder)) {
        const isLate = performance.now() > end && described.get(file.path)?.key !== version(file);
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

function version({ path }: DataFile): string {
  const about = statSync(path, { throwIfNoEntry: false });
  return `${about?.size} ${about?.mtimeMs}`;
}
