// A query that runs, and answers another question than the one that was asked. Where the question's own words and the
// names of the tables leave one meaning, it is written as that one: a small model that is asked again loses the thread.
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import type { Mended } from "../../sessions/sql/mends/mend.ts";
import { quoteFiles } from "../../sessions/sql/mends/names.ts";
import { isName, outlineOf, type SqlOutline, type SqlSelect, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { type Source, sourcesOf } from "../../sessions/sql/sql-sources.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { fileOf, tableCalled } from "../../sessions/table-info.ts";

/** What a query is held against. */
export interface Asked {
  readonly question: string;
  readonly standsAlone: boolean;
  readonly tables: readonly TableInfo[]; // of the notebook
  readonly about?: readonly TableInfo[]; // of them, what the question is about
  /** Of the query; undefined where it failed. */
  readonly result: SqlResult | undefined;
  readonly earlier: string; // questions of the conversation
  /** What earlier calls of the task gave: a condition may come from there. */
  readonly found?: string;
  /** The query of the question that this one leans on; "" where it stands by itself. */
  readonly before: string;
  /** Runs a query beside the model's. */
  readonly look: (query: string) => Promise<SqlResult>;
}

/** @returns the query as it is meant, and what the reader of its result has to know; undefined where it may stay */
export type Rewrite = (query: string, asked: Asked) => Mended | undefined | Promise<Mended | undefined>;

/** A query that is one SELECT, over tables that it names. */
export interface PlainQuery {
  readonly outline: SqlOutline;
  readonly select: SqlSelect;
  readonly sources: readonly Source[];
  /** Its tables, in the order of its sources. */
  readonly tables: readonly TableInfo[];
  readonly from: string;
  readonly where: string; // "" where it has none
}

/** undefined where a query has subqueries, or a table that nobody knows. */
export function plainQuery(query: string, { tables: all }: Pick<Asked, "tables">): PlainQuery | undefined {
  const outline = outlineOf(withQuotedFiles(query, all));
  const { outer: select, selects, tokens } = outline;
  const isOne = selects.length === 1 && !tokens.some(({ text }) => /^(union|intersect|except|pivot|with)$/i.test(text));
  const sources = isOne ? sourcesOf(outline, select) : undefined;
  if (!select || !sources) return undefined;
  const tables = sources.flatMap(({ table }) => tableCalled(table, all) ?? []);
  if (tables.length !== sources.length || tables.length === 0) return undefined;
  const text = (clause: "from" | "where") => sqlText(tokensOf(outline, select, clause)).trim();
  return { outline, select, sources, tables, from: text("from"), where: text("where") };
}

/** "a.csv" for a.csv, so that a table is one token. */
export function withQuotedFiles(query: string, tables: readonly TableInfo[]): string {
  return quoteFiles(query, tables.map(fileOf));
}

export const AGGREGATE =
  /^(count|sum|avg|mean|min|max|median|mode|quantile\w*|stddev\w*|var\w*|corr|arg_?max|arg_?min|max_by|min_by|any_value|first|last|list|string_agg|array_agg|bool_\w+|regr_\w+|approx_\w+|skewness|kurtosis|mad|entropy)$/i;

export interface AggregateCall {
  readonly name: string; // in lower case
  readonly inside: readonly SqlToken[]; // without spaces
  readonly from: number; // of the query's tokens
  readonly to: number;
}

/** The aggregates of some of a query's tokens, those within others too. */
export function aggregatesIn(tokens: readonly SqlToken[]): AggregateCall[] {
  return tokens.flatMap((token, from) => {
    if (token.kind !== "word" || !AGGREGATE.test(token.text)) return [];
    const open = tokens.findIndex(({ kind }, i) => i > from && kind !== "space");
    if (tokens[open]?.text !== "(") return [];
    let depth = 0;
    const close = tokens.findIndex(({ text }, i) => {
      if (i >= open) depth += text === "(" ? 1 : text === ")" ? -1 : 0;
      return i >= open && depth === 0;
    });
    if (close < 0) return [];
    return [{ name: token.text.toLowerCase(), inside: solid(tokens.slice(open + 1, close)), from, to: close + 1 }];
  });
}

/** A name alone, or with its table's: city, shops.city. */
export function columnOf(tokens: readonly SqlToken[]): string | undefined {
  const words = solid(tokens);
  const [first, dot, last] = words;
  if (words.length === 1 && first && isName(first)) return unquoted(first);
  return words.length === 3 && dot?.text === "." && last && isName(last) ? unquoted(last) : undefined;
}
