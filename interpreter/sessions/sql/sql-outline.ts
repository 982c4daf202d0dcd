// A query's parts, read from its tokens: what mends change, what doubts look at, what completion needs. Tokens and not
// DuckDB's own tree, since most queries that are looked at do not parse yet.
import { nextSign, previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "./sql-tokens.ts";

const CLAUSES = [
  "select",
  "from",
  "where",
  "group by",
  "having",
  "qualify",
  "window",
  "order by",
  "limit",
  "offset",
] as const;
export type Clause = (typeof CLAUSES)[number];

/** Tokens from..to of a query, `to` not among them. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

interface ClauseRange extends TokenRange {
  readonly start: number; // of the clause's words
}

export interface SelectItem {
  readonly expression: readonly SqlToken[];
  readonly alias: string | undefined;
  readonly range: TokenRange;
}

/** One SELECT of a query, with its own clauses and not those of its subqueries. */
export interface SqlSelect {
  readonly depth: number; // parentheses around it
  readonly range: TokenRange; // to the end of its last clause
  readonly clauses: ReadonlyMap<Clause, ClauseRange>; // what stands behind each clause's words
  readonly items: readonly SelectItem[];
}

export interface SqlOutline {
  readonly tokens: readonly SqlToken[];
  readonly selects: readonly SqlSelect[]; // in the order in which they stand
  /** The SELECT whose rows are the query's. */
  readonly outer: SqlSelect | undefined;
}

export function outlineOf(query: string): SqlOutline {
  const tokens = sqlTokens(query);
  const selects: SqlSelect[] = [];
  let depth = 0;
  for (const [i, token] of tokens.entries()) {
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (isWord(token, "select")) selects.push(selectAt(tokens, i, depth));
  }
  return { tokens, selects, outer: selects.find((select) => select.depth === 0) ?? selects[0] };
}

/** Without spaces and comments. */
export function solid(tokens: readonly SqlToken[]): SqlToken[] {
  return tokens.filter(({ kind }) => kind !== "space" && kind !== "comment");
}

export function tokensOf({ tokens }: SqlOutline, select: SqlSelect | undefined, clause: Clause): readonly SqlToken[] {
  const range = select?.clauses.get(clause);
  return range ? tokens.slice(range.from, range.to) : [];
}

/** All names of a query, in lower case and without quotes. */
export function usedNames(query: string): Set<string> {
  const names = sqlTokens(query).filter(isName);
  return new Set(names.map((token) => unquoted(token).toLowerCase()));
}

/**
 * A query with another text for each place of a column's name, whose letters may be large or small. A table may be called
 * so as well: where it is read, or owns a column, it keeps its name.
 */
export function withName(query: string, name: string, text: string): string {
  const tokens = sqlTokens(query);
  const isMeant = (token: SqlToken) => isName(token) && unquoted(token).toLowerCase() === name.toLowerCase();
  const isTable = (i: number) => /^(from|join)$/i.test(previousText(tokens, i)) || nextSign(tokens, i) === ".";
  return sqlText(tokens.map((token, i) => (isMeant(token) && !isTable(i) ? { ...token, text } : token)));
}

export function isName({ kind }: SqlToken): boolean {
  return kind === "word" || kind === "quoted";
}

export function isWord({ kind, text }: SqlToken, ...words: readonly string[]): boolean {
  return kind === "word" && words.includes(text.toLowerCase());
}

/** Splits at commas that stand in no parentheses. */
export function listed(tokens: readonly SqlToken[], range: TokenRange): TokenRange[] {
  const parts: { from: number; to: number }[] = [{ from: range.from, to: range.to }];
  let depth = 0;
  for (let i = range.from; i < range.to; i++) {
    const { text } = tokens[i]!;
    depth += /^[([]$/.test(text) ? 1 : /^[)\]]$/.test(text) ? -1 : 0;
    if (depth !== 0 || text !== ",") continue;
    parts.at(-1)!.to = i;
    parts.push({ from: i + 1, to: range.to });
  }
  return parts.filter(({ from, to }) => solid(tokens.slice(from, to)).length > 0);
}

function selectAt(tokens: readonly SqlToken[], start: number, depth: number): SqlSelect {
  const clauses = new Map<Clause, { start: number; from: number; to: number }>([
    ["select", { start, from: start + 1, to: tokens.length }],
  ]);
  let clause: Clause = "select";
  let inner = 0;
  let end = start + 1;
  for (; end < tokens.length; end++) {
    const token = tokens[end]!;
    inner += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (inner < 0 || token.text === ";") break;
    if (inner > 0) continue;
    if (isWord(token, "union", "except", "intersect")) break;
    const begins = clauseAt(tokens, end);
    if (begins === undefined || begins.clause === clause) continue;
    clauses.get(clause)!.to = end;
    clause = begins.clause;
    clauses.set(clause, { start: end, from: begins.from, to: tokens.length });
  }
  clauses.get(clause)!.to = end;
  const items = listed(tokens, clauses.get("select")!).map((range) => itemAt(tokens, range));
  return { depth, range: { from: start, to: end }, clauses, items };
}

/** The clause that begins at token i, and where its words end. */
function clauseAt(tokens: readonly SqlToken[], i: number): { clause: Clause; from: number } | undefined {
  const token = tokens[i]!;
  if (token.kind !== "word" || /^distinct$/i.test(previousText(tokens, i))) return undefined;
  const word = token.text.toLowerCase();
  const isPair = word === "group" || word === "order";
  const clause = CLAUSES.find((one) => one === (isPair ? `${word} by` : word));
  if (clause === undefined || clause === "select") return undefined;
  const by = isPair ? tokens.findIndex((one, at) => at > i && one.kind !== "space" && one.kind !== "comment") : i;
  return isPair && !isWord(tokens[by] ?? token, "by") ? undefined : { clause, from: by + 1 };
}

function itemAt(tokens: readonly SqlToken[], range: TokenRange): SelectItem {
  const own = tokens.slice(range.from, range.to);
  let depth = 0; // CAST(x AS REAL) gives no name
  const as = own.findLastIndex((token) => {
    depth += token.text === ")" ? 1 : token.text === "(" ? -1 : 0;
    return depth === 0 && isWord(token, "as");
  });
  const name = as < 0 ? undefined : own.slice(as + 1).find(isName);
  return name === undefined
    ? { expression: own, alias: undefined, range }
    : { expression: own.slice(0, as), alias: unquoted(name), range };
}
