import { distance } from "fastest-levenshtein";
import { escapeRegExp, wholeWord } from "../../escape-regexp.ts";
import { stemOf } from "../table-info.ts";
import { hasPattern } from "./file-patterns.ts";

/** What DuckDB says of a name that is no table: of a file it speaks as of a pattern, a permission or an extension. */
const MISSING = [
  /Table with name (.+?) does not exist/,
  /No files found that match the pattern "([^"]+)"/,
  /Cannot access file "([^"]+)"/,
];
const NEEDS_EXTENSION = /install the required extension '(?:excel|spatial|avro|sqlite|iceberg|delta)'/;
const FILE_IN_QUERY = /(["'])([^"'\n]+\.[a-z]\w{1,7})\1/i;
const TABLE =
  "(?:tables?|files?|tabelle|datei|tablas?|archivos?|ficheros?|tableau|fichiers?|表格?|文件|テーブル|ファイル)";
const MAX_NAMED = 10;
const MAX_NEAREST = 3; // files that a pattern may mean
const MOST_WRONG = 1 / 3; // of a name's characters: farther ones are other names

/**
 * The table that a query names and nobody has.
 * @param message DuckDB's
 */
export function missingTable(message: string, query: string): string | undefined {
  const [, name] = MISSING.map((pattern) => pattern.exec(message)).find((found) => found !== null) ?? [];
  if (name !== undefined) return asWritten(name, query);
  return NEEDS_EXTENSION.test(message) ? FILE_IN_QUERY.exec(query)?.[2] : undefined;
}

/** DuckDB puts the folder before a file's name: as much of it as the query has. */
function asWritten(name: string, query: string): string {
  const parts = name.split("/");
  const ends = parts.map((_, i) => parts.slice(i).join("/"));
  return ends.find((end) => end !== "" && query.includes(end)) ?? name;
}

/** Whether a text names this file. A name without an ending may be any word. */
export function namesFile(text: string, name: string): boolean {
  return /\.[a-z]\w{1,7}$/i.test(name) && wholeWord(name).test(text);
}

/** Whether a text names the file or the table that a query lacks, be it without its ending: "the slaes table". */
export function namesLacking(text: string, name: string): boolean {
  const stem = stemOf({ name });
  const file = new RegExp(
    `(?<![\\p{Script=Latin}\\p{N}_])${escapeRegExp(stem)}\\.[a-z]\\w{1,7}(?![\\p{Script=Latin}\\p{N}_])`,
    "iu",
  );
  const asTable = new RegExp(
    `(?<!\\p{L})${TABLE} ["'‘’“”«„]?${escapeRegExp(stem)}(?!\\p{L})|(?<!\\p{L})${escapeRegExp(stem)}["'‘’“”»]?[ -]?${TABLE}`,
    "iu",
  );
  return namesFile(text, name) || file.test(text) || asTable.test(text);
}

/** That there is no table of that name, and which there are. @param names as queries write them */
export function noSuchTable(missing: string, names: readonly string[]): string {
  const none = `there is no table or file ${missing}`;
  if (names.length === 0) return `${none}: the notebook's folder has no tables`;
  const alike = names.filter((name) => bareStem(name) === missing.toLowerCase());
  if (alike.length > 1) return `${missing} may be ${alike.slice(0, MAX_NAMED).join(" or ")}: name the file in quotes`;
  const nearest = nearestNames(missing, names).slice(0, hasPattern(missing) ? MAX_NEAREST : 1);
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const meant = nearest.length === 0 ? "" : `; did you mean ${nearest.join(" or ")}?`;
  return `${none}${meant}\nTables: ${names.slice(0, MAX_NAMED).join(", ")}${more}`;
}

/** 'data/sales.csv.gz' -> sales */
function bareStem(name: string): string {
  return stemOf({ name: name.replace(/\.gz(?='?$)/, "") }).toLowerCase();
}

/** The one that is nearly called so. */
export function nearestName(missing: string, names: readonly string[]): string | undefined {
  return nearestNames(missing, names)[0];
}

/** Those that are nearly called so, the nearest first; of a pattern as far as it says what they are called. */
function nearestNames(missing: string, names: readonly string[]): string[] {
  const stem = (name: string) => stemOf({ name }).toLowerCase(); // an ending is the same for most
  const [before = "", ...others] = stem(missing).split(/[*?]+|\[[^\]]*\]/);
  const behind = others.at(-1) ?? "";
  const said = (name: string) => {
    if (!hasPattern(missing)) return stem(name);
    return stem(name).slice(0, before.length) + (behind === "" ? "" : stem(name).slice(-behind.length));
  };
  const written = said(missing);
  const far = (name: string) => distance(written, said(name)) / written.length;
  return names.filter((name) => far(name) <= MOST_WRONG).sort((a, b) => far(a) - far(b));
}
