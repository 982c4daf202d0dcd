import { distance } from "fastest-levenshtein";
import { wholeWord } from "../../escape-regexp.ts";

/** What DuckDB says of a name that is no table: of a file it speaks as of a pattern, a permission or an extension. */
const MISSING = [
  /Table with name (.+?) does not exist/,
  /No files found that match the pattern "([^"]+)"/,
  /Cannot access file "([^"]+)"/,
];
const NEEDS_EXTENSION = /install the required extension '(?:excel|spatial|avro|sqlite|iceberg|delta)'/;
const FILE_IN_QUERY = /(["'])([^"'\n]+\.[a-z]\w{1,7})\1/i;
const MAX_NAMED = 10;
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

/** That there is no table of that name, and which there are. @param names as queries write them */
export function noSuchTable(missing: string, names: readonly string[]): string {
  const none = `there is no table or file ${missing}`;
  if (names.length === 0) return `${none}: the notebook's folder has no tables`;
  const alike = names.filter((name) => stemOf(name) === missing.toLowerCase());
  if (alike.length > 1) return `${missing} may be ${alike.slice(0, MAX_NAMED).join(" or ")}: name the file in quotes`;
  const nearest = nearestName(missing, names);
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const meant = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return `${none}${meant}\nTables: ${names.slice(0, MAX_NAMED).join(", ")}${more}`;
}

/** 'data/sales.csv' -> sales */
function stemOf(name: string): string {
  const bare = name.replace(/^['"]|['"]$/g, "").toLowerCase();
  return bare.slice(bare.lastIndexOf("/") + 1).replace(/\.\w+(?:\.gz)?$/, "");
}

function nearestName(missing: string, names: readonly string[]): string | undefined {
  const plain = (name: string) => name.replace(/^['"]|['"]$/g, "").toLowerCase();
  const written = plain(missing);
  const stem = (name: string) => plain(name).replace(/\.\w+$/, "");
  const far = (name: string) =>
    Math.min(
      distance(written, plain(name)) / written.length,
      distance(stem(missing), stem(name)) / stem(missing).length,
    );
  const [nearest] = [...names].sort((a, b) => far(a) - far(b));
  return nearest !== undefined && far(nearest) <= MOST_WRONG ? nearest : undefined;
}
