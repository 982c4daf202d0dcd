// Mistakes of small models that can be put right without a guess, from the names and types that the tables really have:
// names with spaces left unquoted, a file's name without quotes, a year compared with a date. Measured in
// bench/analyst: half of what the 0.5B writes fails for one of these. A query is changed only after DuckDB refused it,
// and what then ran is what the user is shown.
import type { TableInfo } from "../session.ts";
import { identifier } from "./database.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "./sql-tokens.ts";

const MAX_MENDS = 6; // of one query
const KEYWORDS = new Set(
  (
    "all and any as asc between by case cast cross current date desc distinct else end except exists false filter " +
    "first from full group having ilike in inner interval intersect into is join last left like limit natural not null " +
    "nulls offset on or order outer over partition pivot qualify right rows sample select semi set similar some table " +
    "then timestamp to true union unnest using values when where window with within"
  ).split(" "),
);
const COMPARES = /^(=|<|>|!|~|like|ilike|in|between|not|\+|\||interval|date|timestamp)$/i;
const AGGREGATES = /^(avg|sum|mean|median|min|max|stddev\w*|var\w*|quantile\w*|corr|mode|count|mad)$/i;

export interface MendedQuery<Result> {
  readonly query: string;
  readonly result: Result;
  readonly notes: readonly string[]; // what the reader of the result has to know: "2 values of price are no numbers"
}

type Mend = (query: string, error: string, tables: readonly TableInfo[]) => string | undefined;

/**
 * Runs a query; when it fails, in mended forms.
 * @throws what `run` threw last
 */
export async function runMended<Result>(
  query: string,
  tables: () => Promise<readonly TableInfo[]>,
  run: (query: string) => Promise<Result>,
): Promise<MendedQuery<Result>> {
  let problem: unknown;
  let current = query;
  let known: readonly TableInfo[] | undefined;
  for (let i = 0; i <= MAX_MENDS; i++) {
    try {
      const result = await run(current);
      return {
        query: current,
        result,
        notes: current.includes("TRY_CAST") && current !== query ? [TRY_CAST_NOTE] : [],
      };
    } catch (error) {
      problem = error; // the last one: what is wrong once the small things are right
      known ??= await tables();
      const message = error instanceof Error ? error.message : String(error);
      const next = known.length > 0 ? mend(current, message, known) : undefined;
      if (next === undefined) break;
      current = next;
    }
  }
  throw problem;
}

const TRY_CAST_NOTE = "(values that are not numbers are left out)";

/** The first mend that changes the query. */
export function mend(query: string, error: string, tables: readonly TableInfo[]): string | undefined {
  for (const one of MENDS) {
    const next = one(query, error, tables);
    if (next !== undefined && next !== query) return next;
  }
  return undefined;
}

const isParserError: (error: string) => boolean = (error) => /Parser Error|syntax error/i.test(error);
const isMissingName = (error: string) =>
  /Referenced (column|table)|does not have a column|not found|Table with name/i.test(error);

/** Names of files that stand without quotes; DuckDB would read the file itself, and not as we do (file-source.ts). */
export function quoteFiles(query: string, files: readonly string[]): string {
  const named = files.filter((name) => !isPlain(name) && query.includes(name));
  if (named.length === 0) return query;
  return (
    replaceSequences(
      query,
      named.map((name) => ({ written: name, replacement: identifier(name) })),
    ) ?? query
  );
}

/** flights-2k.json, flights-2k -> "flights-2k.json" */
const quoteTables: Mend = (query, error, tables) => {
  if (!isParserError(error) && !isMissingName(error)) return undefined;
  const names = tables.flatMap(({ name }) => {
    const file = name.replace(/^'(.*)'$/, "$1");
    const stem = file.replace(/^.*\//, "").replace(/\.\w+$/, "");
    return [file, stem].filter((one) => !isPlain(one)).map((written) => ({ written, target: file }));
  });
  return replaceSequences(
    query,
    names.map(({ written, target }) => ({ written, replacement: identifier(target) })),
  );
};

/** IMDB Rating, imdb_rating, 'IMDB Rating' -> "IMDB Rating"; Beak Length -> "Beak Length (mm)", if that is the only one. */
const quoteColumns: Mend = (query, error, tables) => {
  if (!isParserError(error) && !isMissingName(error) && !/Conversion Error|No function matches/i.test(error))
    return undefined;
  const columns = [...new Set(tablesIn(query, tables).flatMap((table) => table.columns.map(({ name }) => name)))];
  const special = columns.filter((name) => !isPlain(name));
  const whole = replaceSequences(
    query,
    special.map((name) => ({ written: name, replacement: identifier(name) })),
  );
  if (whole !== undefined && whole !== query) return whole;
  return similarNames(query, columns);
};

/** A reserved word that is a column's name: group -> "group". */
const quoteReserved: Mend = (query, error, tables) => {
  if (!isParserError(error)) return undefined;
  const columns = tablesIn(query, tables).flatMap((table) => table.columns.map(({ name }) => name));
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
  return sqlText(mended);
};

/** people.age where the query says FROM 'people.csv': the file gets its stem as its alias. */
const aliasFiles: Mend = (query, error) => {
  const table = /Referenced table "([^"]+)" not found/i.exec(error)?.[1];
  if (table === undefined) return undefined;
  const pattern = new RegExp(
    `(['"])((?:[^'"]*/)?${escapeRegExp(table)}\\.\\w+)\\1(?!\\s+(?:as\\s+)?(?!on|join|where|left|inner|group|order|using)\\w)(?!\\.)`,
    "i",
  );
  return query.replace(pattern, (found) => `${found} AS ${identifier(table)}`);
};

/** month, year: of the only date there is. */
const datePart: Mend = (query, error, tables) => {
  const part = /Referenced column "(year|month|day|hour|weekday|dayofweek|quarter|week)" not found/i.exec(error)?.[1];
  const date = part && onlyDate(query, tables);
  if (!part || !date) return undefined;
  const names = { weekday: "dayname", dayofweek: "dayname" } as Readonly<Record<string, string>>;
  const of = `${names[part.toLowerCase()] ?? part.toLowerCase()}(${identifier(date)})`;
  const tokens = sqlTokens(query);
  return sqlText(
    tokens.map((token, i) => {
      const isName = token.kind === "word" || token.kind === "quoted";
      const calls = nextSign(tokens, i) === "(";
      const isAlias = previousWord(tokens, i)?.toLowerCase() === "as";
      return isName && !calls && !isAlias && unquoted(token).toLowerCase() === part.toLowerCase()
        ? { ...token, text: of }
        : token;
    }),
  );
};

/** date LIKE '2013%' -> as text; date = '2016' -> its year. */
const dateCompare: Mend = (query, error, tables) => {
  const dates = columnsOf(query, tables, /^(DATE|TIMESTAMP)/);
  if (dates.length === 0) return undefined;
  const name = `(${dates.map((date) => `${escapeRegExp(identifier(date))}|\\b${escapeRegExp(date)}\\b`).join("|")})`;
  if (/'~~|LIKE/i.test(error)) {
    return query.replace(new RegExp(`${name}\\s+(NOT\\s+)?(I?LIKE)\\b`, "gi"), "CAST($1 AS VARCHAR) $2$3");
  }
  if (/invalid (date|timestamp) field format|Conversion Error|Cannot compare/i.test(error)) {
    const month = query.replace(new RegExp(`${name}\\s*=\\s*'(\\d{4}-\\d{2})'`, "gi"), "strftime($1, '%Y-%m') = '$2'");
    const year = month.replace(
      new RegExp(`${name}\\s*(=|<>|!=|>=|<=|>|<)\\s*'?(\\d{4})'?(?![\\d-])`, "gi"),
      "year($1) $2 $3",
    );
    return year.replace(
      new RegExp(`${name}\\s+BETWEEN\\s+'?(\\d{4})'?\\s+AND\\s+'?(\\d{4})'?(?![\\d-])`, "gi"),
      "year($1) BETWEEN $2 AND $3",
    );
  }
  return undefined;
};

/** Functions of other databases, and arguments in another order. */
const functions: Mend = (query, error) => {
  if (!/function|No function matches/i.test(error)) return undefined;
  return query
    .replace(/\bpercentile_(cont|disc)\s*\(\s*([\d.]+)\s*,\s*([^()]+?)\s*\)/gi, "quantile_$1($3, $2)")
    .replace(
      /\bpercentile(?:_(cont|disc))?\s*\(\s*([^(),]+?)\s*,\s*([\d.]+)\s*\)/gi,
      (_, kind, column, share) =>
        `quantile_${kind ?? "cont"}(${column}, ${Number(share) > 1 ? Number(share) / 100 : share})`,
    )
    .replace(/\bdate_format\s*\(/gi, "strftime(")
    .replace(/\bto_char\s*\(\s*([^(),]+?)\s*,\s*'YYYY-MM'\s*\)/gi, "strftime($1, '%Y-%m')")
    .replace(/\bto_char\s*\(\s*([^(),]+?)\s*,\s*'YYYY'\s*\)/gi, "strftime($1, '%Y')")
    .replace(/\b(stdev|std|stddev_sample)\s*\(/gi, "stddev(")
    .replace(/\b(correlation|corrcoef|correl|pearson)\s*\(/gi, "corr(")
    .replace(/\baverage\s*\(/gi, "avg(")
    .replace(/\bgetdate\s*\(\s*\)/gi, "current_date");
};

/** sum(VARCHAR): the texts that are numbers. */
const numbersInText: Mend = (query, error, tables) => {
  if (
    !/No function matches[\s\S]*\((VARCHAR|STRING_LITERAL)|Cannot compare values of type VARCHAR|Could not convert string/i.test(
      error,
    )
  ) {
    return undefined;
  }
  const texts = columnsOf(query, tables, /^(VARCHAR|JSON)/);
  const tokens = sqlTokens(query);
  return sqlText(
    tokens.map((token, i) => {
      const isText =
        (token.kind === "word" || token.kind === "quoted") && texts.some((name) => equal(name, unquoted(token)));
      const call = isText ? callAround(tokens, i) : undefined;
      return call && AGGREGATES.test(call) && !/^count$/i.test(call)
        ? { ...token, text: `TRY_CAST(${token.text} AS DOUBLE)` }
        : token;
    }),
  );
};

/**
 * A column beside an aggregate, and no GROUP BY. One that is aggregated as well was named twice; one that is compared
 * with a value is that value; others are what the query groups by.
 */
const groupBy: Mend = (query, error) => {
  const column = /column "([^"]+)" must appear in the GROUP BY clause/i.exec(error)?.[1];
  if (column === undefined) return undefined;
  const grouped = /\bGROUP\s+BY\s+(?!ALL\b)([\s\S]+?)(?=\bHAVING\b|\bORDER\b|\bLIMIT\b|\)|;|$)/i;
  const isListed = new RegExp(
    `^\\s*SELECT(?:(?!\\bFROM\\b)[\\s\\S])*(?:\\b|")${escapeRegExp(column)}(?:\\b|")`,
    "i",
  ).test(query);
  if (grouped.test(query)) {
    return /\bhaving\b/i.test(query) || !isListed ? undefined : query.replace(grouped, "GROUP BY ALL ");
  }
  const written = `(?:\\b${escapeRegExp(column)}\\b|"${escapeRegExp(column)}")`;
  const listed = new RegExp(`^(\\s*SELECT\\s+(?:[\\s\\S]*?,\\s*)?)${written}\\s*(?:,\\s*|(?=\\s*FROM\\b))`, "i");
  const isAggregated = new RegExp(`\\w+\\s*\\([^()]*${written}[^()]*\\)`, "i").test(query);
  const isFixed = new RegExp(`${written}\\s*=\\s*['\\d]`, "i").test(query);
  if (isAggregated || isFixed) {
    const without = query.replace(listed, "$1").replace(/,\s*(?=FROM\b)/i, " ");
    return /^\s*SELECT\s+FROM\b/i.test(without) ? undefined : without;
  }
  if (!new RegExp(`^\\s*SELECT[\\s\\S]*?${written}[\\s\\S]*?\\bFROM\\b`, "i").test(query)) return undefined;
  return query.replace(/\s*(?=\bORDER\s+BY\b|\bLIMIT\b|;\s*$)|\s*$/i, " GROUP BY ALL ");
};

const MENDS: readonly Mend[] = [
  quoteTables,
  quoteReserved,
  datePart,
  quoteColumns,
  aliasFiles,
  dateCompare,
  functions,
  numbersInText,
  groupBy,
];

/** A name that SQL takes without quotes. */
function isPlain(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !KEYWORDS.has(name.toLowerCase());
}

/** Tables whose name the query holds; all, if it holds none. */
function tablesIn(query: string, tables: readonly TableInfo[]): readonly TableInfo[] {
  const text = query.toLowerCase();
  const named = tables.filter(({ name }) =>
    text.includes(
      name
        .replace(/^'(.*)'$/, "$1")
        .replace(/^.*\//, "")
        .replace(/\.\w+$/, "")
        .toLowerCase(),
    ),
  );
  return named.length > 0 ? named : tables;
}

function columnsOf(query: string, tables: readonly TableInfo[], type: RegExp): string[] {
  return tablesIn(query, tables).flatMap((table) =>
    table.columns.filter((column) => type.test(column.type)).map(({ name }) => name),
  );
}

function onlyDate(query: string, tables: readonly TableInfo[]): string | undefined {
  const dates = columnsOf(query, tables, /^(DATE|TIMESTAMP)/);
  return dates.length === 1 ? dates[0] : undefined;
}

/** Replaces names that were written as several tokens; the longest first. */
function replaceSequences(
  query: string,
  names: readonly { readonly written: string; readonly replacement: string }[],
): string | undefined {
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
function similarNames(query: string, columns: readonly string[]): string | undefined {
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
  for (let at = i + 1; at + 1 < tokens.length && tokens[at]!.kind === "space"; at += 2) {
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

function equal(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function neighbours(tokens: readonly SqlToken[], i: number, step: 1 | -1): SqlToken | undefined {
  for (let at = i + step; at >= 0 && at < tokens.length; at += step) {
    const { kind } = tokens[at]!;
    if (kind !== "space" && kind !== "comment") return tokens[at];
  }
  return undefined;
}

const nextWord = (tokens: readonly SqlToken[], i: number) => {
  const token = neighbours(tokens, i, 1);
  return token?.kind === "word" ? token.text : undefined;
};
const nextSign = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, 1)?.text;
const previousText = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, -1)?.text ?? "";
const previousWord = (tokens: readonly SqlToken[], i: number) => neighbours(tokens, i, -1)?.text;

/** The function whose parentheses directly hold token i. */
function callAround(tokens: readonly SqlToken[], i: number): string | undefined {
  let depth = 0;
  for (let at = i - 1; at > 0; at--) {
    if (tokens[at]!.text === ")") depth++;
    if (tokens[at]!.text === "(" && depth-- === 0) return previousWord(tokens, at);
  }
  return undefined;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
