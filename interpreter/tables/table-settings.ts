// How the user says that files are read, kept in the notebook's folder beside its settings. A folder may come from anybody:
// what is no such setting is left out, and none of them does more than read a table differently.
import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readPlainFile } from "../plain-file.ts";
import type { ReadingOptions } from "./table-reading.ts";

export const TABLE_SETTINGS_FILE = "qwenlab.tables.json";
const MAX_BYTES = 1_000_000;

export const ENCODINGS = [
  ...["utf-8", "utf-16le", "utf-16be", "windows-1250", "windows-1251", "windows-1252", "windows-1253"],
  ...[
    "windows-1254",
    "windows-1257",
    "iso-8859-2",
    "iso-8859-15",
    "iso-8859-5",
    "macintosh",
    "cp437",
    "cp850",
    "ibm866",
    "koi8-r",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
  ],
] as const;

const OPTIONS = z.strictObject({
  dates: z.enum(["day-first", "month-first", "year-first"]).optional(),
  decimal: z.enum(["comma", "point"]).optional(),
  header: z.boolean().optional(),
  encoding: z.enum(ENCODINGS).optional(),
  separator: z.string().length(1).optional(),
});

/** By the files' names; none where there is no such file, or it is not in its form. */
export function tableSettings(folder: string): Readonly<Record<string, ReadingOptions>> {
  try {
    const bytes = readPlainFile(join(folder, TABLE_SETTINGS_FILE), { maxBytes: MAX_BYTES, within: folder });
    const given: unknown = bytes === undefined ? {} : JSON.parse(bytes.toString());
    if (typeof given !== "object" || given === null) return {};
    return Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => {
        const { success, data } = OPTIONS.safeParse(value);
        return success ? [[name, data as ReadingOptions]] : []; // as: parsed
      }),
    );
  } catch {
    return {};
  }
}

/** Under a new name first: a link in the file's place is replaced, not followed. */
export function setTableSetting(folder: string, name: string, options: ReadingOptions): void {
  const { [name]: _, ...others } = tableSettings(folder);
  const all = Object.keys(options).length === 0 ? others : { ...others, [name]: options };
  const path = join(folder, TABLE_SETTINGS_FILE);
  const written = `${path}.${randomUUID()}`;
  try {
    writeFileSync(written, `${JSON.stringify(all, undefined, 2)}\n`, { flag: "wx" });
    renameSync(written, path);
  } finally {
    rmSync(written, { force: true });
  }
}
