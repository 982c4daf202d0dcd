// The data files of the notebook's folder, as SQL can name them.
import { realpathSync } from "node:fs";
import { opendir } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { isInFolder } from "../../in-folder.ts";

/** Of files that hold tables and nothing else; a text may be a note. */
const TABLES = "(?:csv|tsv|tab|psv|json|jsonl|ndjson|geojson)(?:\\.gz)?|parquet|xlsx|xlsm|feather|arrow|ipc";
const READ = new RegExp(`\\.(?:${TABLES}|txt(?:\\.gz)?)$`, "i");
/** A file of tables as a sentence names it: "sales.csv?" */
const NAMED = new RegExp(
  `[\\p{L}\\p{N}_][\\p{L}\\p{N}_./-]*\\.(?:${TABLES})(?![\\p{Script=Latin}\\p{N}_.]*\\p{Script=Latin})`,
  "giu",
);
/** Tables, too, which are listed with what to do about them. */
const NOT_READ =
  /\.(?:(?:csv|tsv|json|jsonl|ndjson)\.(?:zst|bz2|xz|zip)|xls|xlsb|ods|arff|sav|por|dta|sas7bdat|xpt|rds|rdata|h5|hdf5)$/i;
const NOT_DATA = new Set([
  ...["package.json", "package-lock.json", "tsconfig.json", "qwenlab.config.json", "qwenlab.tables.json"],
  ...["requirements.txt", "robots.txt", "license.txt", "licence.txt", "readme.txt", "notes.txt", "cmakelists.txt"],
]);
const MAX_ENTRIES = 5_000; // a notebook in a home folder must not read the whole disk
const MAX_DEPTH = 3;

export interface DataFile {
  readonly name: string; // relative to the folder, with forward slashes
  readonly path: string;
  readonly stem: string; // "cars" of data/cars.csv
  readonly leadsOut?: true; // a link to what is not in the folder: what reads for the model does not follow it
}

/** Breadth first and sorted, so that the nearest files come first and the list is the same each time. */
export async function findDataFiles(folder: string): Promise<DataFile[]> {
  const files: DataFile[] = [];
  let entries = 0;
  let level = [folder];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const current of level) {
      const found: DataFile[] = [];
      for await (const entry of await openFolder(current)) {
        if (++entries > MAX_ENTRIES || entry.name.startsWith(".") || entry.name === "node_modules") continue;
        const path = join(current, entry.name);
        if (entry.isDirectory()) next.push(path);
        else if (entry.isFile() && isData(entry.name)) found.push(dataFile(folder, path));
        else if (entry.isSymbolicLink() && isData(entry.name) && leadsOut(folder, path))
          found.push({ ...dataFile(folder, path), leadsOut: true });
      }
      files.push(...found.sort((a, b) => (a.path < b.path ? -1 : 1)));
    }
    level = next.sort();
  }
  return files;
}

async function openFolder(path: string) {
  try {
    return await opendir(path);
  } catch {
    return []; // not ours to read
  }
}

/** The files of tables that a text names, each once. */
export function filesNamedIn(text: string): string[] {
  return [...new Set(text.match(NAMED))];
}

/** Whether a file holds tables in a form that is not read. */
export function isUnreadKind(name: string): boolean {
  return NOT_READ.test(name);
}

function isData(name: string): boolean {
  return !name.startsWith("~$") && (READ.test(name) || isUnreadKind(name)) && !NOT_DATA.has(name.toLowerCase());
}

/** Of a link: what it leads to in the folder is listed by itself, and what leads nowhere is no file. */
function leadsOut(folder: string, path: string): boolean {
  try {
    return !isInFolder(realpathSync(path), realpathSync(folder));
  } catch {
    return false;
  }
}

function dataFile(folder: string, path: string): DataFile {
  const name = relative(folder, path).replaceAll("\\", "/");
  return { name, path, stem: basename(path).replace(READ, "").replace(NOT_READ, "") };
}
