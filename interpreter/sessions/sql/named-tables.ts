// What the names in a query may mean: files of the folder, by their name or its stem, and variables of the session.
import { resolve } from "node:path";
import { type DataFile, isUnreadKind } from "./data-files.ts";
import type { DescribedFile, NamedView } from "./reader/messages.ts";
import { SqlError } from "./sql-error.ts";
import { previousText, sqlTokens, unquoted } from "./sql-tokens.ts";

const FILE_ADDRESS = /^file:\/\/(?:localhost)?/;

/** Every word and quoted text of a query, in lower case: more than its tables, and never fewer. */
export function namesIn(query: string): ReadonlySet<string> {
  return new Set([...writtenIn(query)].map((word) => word.toLowerCase()));
}

/** The same as they are written. */
function writtenIn(query: string): ReadonlySet<string> {
  const found = query.matchAll(/"((?:[^"]|"")+)"|'((?:[^']|'')+)'|[\p{L}_][\p{L}\p{N}_$]*/gu);
  return new Set([...found].map(([word, inDouble, inSingle]) => inDouble ?? inSingle ?? word));
}

/**
 * The files without those that differ from one that the query names by case only: SQL does not tell such names apart.
 * @throws SqlError where the query names several of them, or none as it is called
 */
export function filesAsWritten(files: readonly DataFile[], query: string): readonly DataFile[] {
  const written = writtenIn(query);
  const words = namesIn(query);
  const alike = groupedByName(files);
  const left = [...alike.values()].flatMap((group) => {
    const [first, ...others] = group;
    const isMeant = others.length > 0 && group.some((file) => isNamedAs(file, words, (text) => text.toLowerCase()));
    if (!isMeant) return [];
    const own = group.filter((file) => isNamedAs(file, written, (text) => text));
    if (own.length !== 1)
      throw new SqlError(
        `${group.map(({ name }) => name).join(" and ")} differ by case only, which SQL does not tell apart: name one of them as it is called, or rename ${first!.name}`,
      );
    return group.filter((file) => file !== own[0]);
  });
  return left.length === 0 ? files : files.filter((file) => !left.includes(file));
}

function groupedByName(files: readonly DataFile[]): ReadonlyMap<string, DataFile[]> {
  const groups = new Map<string, DataFile[]>();
  for (const file of files) {
    const key = file.name.toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return groups;
}

function isNamedAs({ name, path, stem }: DataFile, words: ReadonlySet<string>, as: (text: string) => string): boolean {
  return (
    [name, path, stem].some((one) => words.has(as(one))) || [...words].some((word) => word.startsWith(`${as(name)}#`))
  );
}

export interface MeantFile {
  readonly file: DataFile;
  readonly names: readonly string[]; // as the query may call it
}

/** The files that a query may mean, with the names that it has for them. */
export function meantFiles(files: readonly DataFile[], words: ReadonlySet<string>): MeantFile[] {
  return files.flatMap((file): MeantFile[] => {
    const isReadable = ({ name }: DataFile) => !isUnreadKind(name); // sales.xls beside sales.csv
    const others = files.filter((one) => one !== file && one.stem === file.stem);
    const stemIsOne = !others.some(isReadable) && (isReadable(file) || others.length === 0);
    const own = stemIsOne ? [file.name, file.stem] : [file.name];
    const names = own.filter((name) => words.has(name.toLowerCase()));
    const isSheetNamed = [...words].some((word) => word.startsWith(`${file.name.toLowerCase()}#`));
    return names.length > 0 || isSheetNamed ? [{ file, names }] : [];
  });
}

/** Whether a query names this file by its path, not only by a word that it may mean. */
export function isNamedByPath({ name, path }: DataFile, words: ReadonlySet<string>): boolean {
  const own = path.toLowerCase();
  const folder = own.slice(0, own.length - name.length);
  return [...words].some((word) =>
    [word, word.split("#")[0]!].some((one) => resolve(folder, one.replace(FILE_ADDRESS, "")) === own),
  );
}

/**
 * Why a query cannot have a file as a table: what DuckDB would read of it by its own guess may be half of its rows.
 * read_csv() and the like stay the way round that.
 */
export function problemOfTable(
  query: string,
  { name, path }: DataFile,
  { problem }: DescribedFile,
): string | undefined {
  if (problem === undefined) return undefined;
  const tokens = sqlTokens(query);
  const isTable = tokens.some(
    (token, i) =>
      (token.kind === "string" || token.kind === "quoted") &&
      [name.toLowerCase(), path.toLowerCase()].includes(unquoted(token).toLowerCase()) &&
      /^(from|join)$/i.test(previousText(tokens, i)),
  );
  return isTable ? `${name} cannot be read: ${problem}` : undefined;
}

/** The first table has the file's names, a later sheet its own behind it. */
export function namedViews(
  file: DataFile,
  names: readonly string[],
  { tables, sources }: DescribedFile,
  words: ReadonlySet<string>,
): NamedView[] {
  return sources.flatMap((source, i) => {
    const sheet = (tables[i]?.name ?? "").slice(1, -1).replaceAll("''", "'");
    const called = i === 0 ? names : words.has(sheet.toLowerCase()) ? [sheet] : [];
    return called.map((name) => ({ name, file, ...source }));
  });
}
