// Names of tables and columns that are not written as SQL wants them.
import { escapeRegExp, wholeWord } from "../../../escape-regexp.ts";
import type { TableInfo } from "../../session.ts";
import { fileOf, stemOf } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { nextSign, nextWord, previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { equal, isMissingName, isParserError, isPlain, KEYWORDS, type Mend, tablesIn } from "./mend.ts";

const MAX_WORDS = 12; // of a name: each run of words is compared with all columns
const COMPARES = /^(=|<|>|!|~|like|ilike|in|between|not|\+|\||interval|date|timestamp)$/i;

/** Names of files that stand without quotes; DuckDB would read the file itself, and not as we do (interpreter/tables/). */
export function quoteFiles(query: string, files: readonly string[]): string {
  const named = files.filter((name) => !isPlain(name) && query.includes(name));
  if (named.length === 0) return query;
  return replaceSequences(
    query,
    named.map((name) => ({ written: name, replacement: identifier(name) })),
  );
}

/** 'people.csv'.age, people.csv'.age -> "people.csv".age */
export const quoteOwners: Mend = (query, error, tables) => {
  if (!isParserError(error) && !/Cannot extract field/i.test(error)) return undefined;
  const mended = tables.map(fileOf).reduce((text, file) => {
    return text.replace(new RegExp(`'?${escapeRegExp(file)}'(?=\\.[\\w"])`, "g"), () => identifier(file));
  }, query);
  return { query: mended };
};

/** flights-2k.json, flights-2k -> "flights-2k.json"; parts_used.csv -> "parts used.csv" */
export const quoteTables: Mend = (query, error, tables) => {
  if (!isParserError(error) && !isMissingName(error)) return undefined;
  const names = tables.flatMap((table) => {
    const written = [fileOf(table), stemOf(table)].filter((one) => !isPlain(one)).flatMap(withUnderscores);
    return written.map((name) => ({ written: name, target: fileOf(table) }));
  });
  const quoted = names.map(({ written, target }) => ({ written, replacement: identifier(target) }));
  return { query: replaceSequences(query, quoted) };
};

/** As programs write a name of several words, too. */
function withUnderscores(name: string): string[] {
  return [...new Set([name, name.replace(/ /g, "_")])];
}

/** IMDB Rating, imdb_rating, 'IMDB Rating' -> "IMDB Rating"; Cost_Total $ -> "Cost Total $"; Beak Length -> "Beak Length (mm)", if that is the only one. */
export const quoteColumns: Mend = (query, error, tables) => {
  if (!isParserError(error) && !isMissingName(error) && !/Conversion Error|No function matches/i.test(error))
    return undefined;
  const columns = [...new Set(tablesIn(query, tables).flatMap((table) => table.columns.map(({ name }) => name)))];
  const special = columns.filter((name) => !isPlain(name));
  const whole = replaceSequences(
    query,
    special.flatMap((name) => writings(name).map((written) => ({ written, replacement: identifier(name) }))),
  );
  return { query: whole === query ? similarNames(query, columns) : whole };
};

/** As it is, and with its words joined as programs join them. */
function writings(name: string): string[] {
  const joined = name.replace(/(?<=[\p{L}\p{N}]) (?=[\p{L}\p{N}])/gu, "_");
  return isPlain(joined) ? [name] : [...new Set([name, joined])];
}

/** A reserved word that is a column's name, of a table that is yet to be joined, too: group -> "group". */
export const quoteReserved: Mend = (query, error, tables) => {
  if (!isParserError(error)) return undefined;
  const near = /syntax error at or near "(\w+)"/i.exec(error)?.[1]?.toLowerCase();
  const namesOf = (some: readonly TableInfo[]) => some.flatMap(({ columns }) => columns.map(({ name }) => name));
  const others = namesOf(tables).filter((name) => name.toLowerCase() === near);
  const columns = [...namesOf(tablesIn(query, tables)), ...others];
  const reserved = new Map(
    columns.filter((name) => KEYWORDS.has(name.toLowerCase())).map((name) => [name.toLowerCase(), name]),
  );
  if (reserved.size === 0) return undefined;
  const tokens = sqlTokens(query);
  const mended = tokens.map((token, i) => {
    const name = token.kind === "word" ? reserved.get(token.text.toLowerCase()) : undefined;
    const isClause = /^(group|order|partition)$/i.test(token.text) && nextWord(tokens, i)?.toLowerCase() === "by";
    return name === undefined || isClause ? token : { ...token, text: identifier(name) };
  });
  return { query: sqlText(mended) };
};

/** people.age where the query says FROM 'people.csv': the file gets its stem as its alias. */
export const aliasFiles: Mend = (query, error) => {
  const table = /Referenced table "([^"]+)" not found/i.exec(error)?.[1];
  if (table === undefined) return undefined;
  const pattern = new RegExp(
    `(['"])((?:[^'"]*/)?${escapeRegExp(table)}\\.\\w+)\\1(?!\\s+(?:as\\s+)?(?!on|join|where|left|inner|group|order|using)\\w)(?!\\.)`,
    "i",
  );
  return { query: query.replace(pattern, (found) => `${found} AS ${identifier(table)}`) };
};

/** avg(co2) AS mean co2 -> AS "mean co2" */
export const quoteAliases: Mend = (query, error) => {
  if (!isParserError(error)) return undefined;
  const tokens = sqlTokens(query);
  const mended: SqlToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    mended.push(tokens[i]!);
    if (!equal(tokens[i]!.text, "as") || tokens[i + 1]?.kind !== "space" || tokens[i + 2] === undefined) continue;
    const [longest] = wordRun(tokens, i + 2);
    if (longest === undefined || longest.end === i + 2 || !/^(,|from)$/i.test(nextSign(tokens, longest.end) ?? ""))
      continue;
    mended.push(tokens[i + 1]!, { kind: "quoted", text: identifier(longest.text) });
    i = longest.end;
  }
  return { query: sqlText(mended) };
};

/**
 * SELECT state FROM flights -> FROM airports, if that is the only table with all the columns that are named. `count(*)` of
 * another table is another number: it is taken only where the question names that table, and not the query's.
 */
export const otherTable: Mend = (query, error, tables, question) => {
  const found = /Referenced column/i.test(error) ? fromOtherTable(query, tables) : undefined;
  if (!found) return undefined;
  const isAskedFor = (table: TableInfo) => wholeWord(stemOf(table)).test(question);
  const isOther = isAskedFor(found.other) && !isAskedFor(found.own);
  return /\bcount\s*\(\s*\*/i.test(query) && !isOther ? undefined : found;
};

/** The same query of the only table that has all the columns which it names. */
export function fromOtherTable(query: string, tables: readonly TableInfo[]) {
  const [own, ...more] = tablesIn(query, tables);
  if (own === undefined || more.length > 0) return undefined;
  const columnsOf = (table: TableInfo) => new Set(table.columns.map(({ name }) => name.toLowerCase()));
  const known = new Set(tables.flatMap((table) => [...columnsOf(table)]));
  const tokens = sqlTokens(query);
  const solid = meaningful(tokens);
  const names = solid.filter(({ kind }, i) => kind === "quoted" || (kind === "word" && solid[i + 1]?.text !== "("));
  const used = names.map((token) => unquoted(token).toLowerCase()).filter((name) => known.has(name));
  const having = tables.filter((table) => used.every((name) => columnsOf(table).has(name)));
  const [other] = having;
  if (having.length !== 1 || other === own || other === undefined) return undefined;
  const written = [fileOf(own), stemOf(own)];
  const isOwn = (token: SqlToken) =>
    ["word", "quoted", "string"].includes(token.kind) && written.some((name) => equal(name, unquoted(token)));
  const mended = sqlText(tokens.map((token) => (isOwn(token) ? { ...token, text: identifier(fileOf(other)) } : token)));
  return { query: mended, note: `(read from ${other.name}: ${own.name} has no such columns)`, own, other };
}

/** Replaces names that were written as several tokens; the longest first. */
export function replaceSequences(
  query: string,
  names: readonly { readonly written: string; readonly replacement: string }[],
): string {
  let tokens = sqlTokens(query);
  for (const { written, replacement } of [...names].sort((a, b) => b.written.length - a.written.length)) {
    tokens = replaceSequence(tokens, meaningful(sqlTokens(written)), replacement);
  }
  return sqlText(tokens);
}

function meaningful(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
}

function replaceSequence(tokens: readonly SqlToken[], wanted: readonly SqlToken[], replacement: string): SqlToken[] {
  const result: SqlToken[] = [];
  for (let i = 0; i < tokens.length; ) {
    const end = matchAt(tokens, i, wanted);
    if (end === undefined) result.push(tokens[i++]!);
    else {
      result.push({ kind: "quoted", text: replacement });
      i = end;
    }
  }
  return result;
}

/** Where the sequence ends that begins at `start`, or undefined. */
function matchAt(tokens: readonly SqlToken[], start: number, wanted: readonly SqlToken[]): number | undefined {
  let at = start;
  for (const [i, { text }] of wanted.entries()) {
    while (i > 0 && tokens[at]?.kind === "space") at++;
    const token = tokens[at];
    if (!token || token.kind === "string" || token.kind === "quoted" || !equal(token.text, text)) return undefined;
    at++;
  }
  return wanted.length > 0 ? at : undefined;
}

/** Names that are nearly a column's: words in another form, or its first words, where only one column begins so. */
function similarNames(query: string, columns: readonly string[]): string {
  const tokens = sqlTokens(query);
  const mended: SqlToken[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const run = wordRun(tokens, i);
    const found = run
      .map(({ text, end }) => ({ end, column: similar(text, columns, token.kind === "string") }))
      .find(({ column }) => column !== undefined);
    if (found?.column !== undefined) {
      mended.push({ kind: "quoted", text: isPlain(found.column) ? found.column : identifier(found.column) });
      i = found.end;
    } else mended.push(token);
  }
  return sqlText(mended);
}

/** Texts that begin at token i and may be a name, the longest first. */
function wordRun(tokens: readonly SqlToken[], i: number): { text: string; end: number }[] {
  const token = tokens[i]!;
  if (token.kind === "quoted") return [{ text: unquoted(token), end: i }];
  if (token.kind === "string")
    return COMPARES.test(previousText(tokens, i)) || previousText(tokens, i) === ","
      ? []
      : [{ text: unquoted(token), end: i }];
  if (token.kind !== "word" || KEYWORDS.has(token.text.toLowerCase()) || nextSign(tokens, i) === "(") return [];
  const runs = [{ text: token.text, end: i }];
  let text = token.text;
  for (let at = i + 1; runs.length < MAX_WORDS && tokens[at]?.kind === "space" && at + 1 < tokens.length; at += 2) {
    const next = tokens[at + 1]!;
    if (next.kind !== "word" || KEYWORDS.has(next.text.toLowerCase())) break;
    text += ` ${next.text}`;
    runs.unshift({ text, end: at + 1 });
  }
  return runs;
}

/** The only column of the same words, or else the only one that begins with them; not one that is written so already. */
function similar(text: string, columns: readonly string[], isString: boolean): string | undefined {
  if (columns.some((column) => equal(column, text)) && isPlain(text)) return undefined;
  const words = wordsOf(text);
  if (words === "") return undefined;
  const same = columns.filter((column) => wordsOf(column) === words);
  if (same.length === 1) return same[0] === text && !isString ? undefined : same[0];
  if (!words.includes(" ")) return undefined;
  const begins = columns.filter((column) => `${wordsOf(column)} `.startsWith(`${words} `));
  return begins.length === 1 ? begins[0] : undefined;
}

function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}$]+/gu, " ")
    .trim();
}
