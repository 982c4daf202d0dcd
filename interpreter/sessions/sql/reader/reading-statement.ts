// Whether a text is one statement that reads. DuckDB says so itself: its parser's tree, as json_serialize_sql() gives it,
// exists for statements that are a SELECT to it (WITH, VALUES, FROM, DESCRIBE, SUMMARIZE, SHOW, PIVOT and UNPIVOT with
// their values), and names each function. The text is parsed only, until it has passed: EXPORT DATABASE makes a
// folder, and PRAGMAs run, when they are prepared.
import type { DuckDBConnection } from "@duckdb/node-api";
import { SqlError } from "../sql-error.ts";
import { type SqlToken, sqlText, sqlTokens } from "../sql-tokens.ts";
import { ALLOWED_TABLE_FUNCTIONS, REFUSED_FUNCTIONS, REFUSED_VIEWS } from "./functions.ts";

const MAX_CHARACTERS = 100_000;
const ALLOWED = "only statements that read (SELECT, WITH, DESCRIBE, SUMMARIZE, SHOW), one a query";
const ONE_VALUE = " IN (1)"; // no quotes: where the tokens are misread, it is within a text or a comment and opens none

export interface ReadingStatement {
  readonly text: string; // what may run
  readonly isPivot: boolean; // of values that DuckDB finds: first an enum of them, in memory, then the query
}

/** @throws SqlError for what is not a statement that reads, or calls a function that does more */
export async function readingStatement(connection: DuckDBConnection, query: string): Promise<ReadingStatement> {
  if (query.length > MAX_CHARACTERS) throw new SqlError(`the query is longer than ${MAX_CHARACTERS} characters`);
  const tokens = sqlTokens(query);
  const first = tokens.findIndex(({ kind }) => kind !== "space" && kind !== "comment");
  if (first < 0) throw new SqlError("the query is empty");
  if (tokens[first]!.text.toLowerCase() !== "explain") return statement(connection, query);
  // What stands after EXPLAIN has to be a statement by itself: ANALYZE, ANALYSE and options in parentheses are none.
  const { text, isPivot } = await statement(connection, sqlText(tokens.slice(first + 1)), "EXPLAIN");
  if (isPivot) throw new SqlError("EXPLAIN of a PIVOT needs its values: ON column IN ('a', 'b')");
  return { text: `EXPLAIN ${text}`, isPivot: false };
}

async function statement(connection: DuckDBConnection, query: string, before = ""): Promise<ReadingStatement> {
  const tree = await parse(connection, query);
  if (!tree.error) {
    check(tree, before);
    return { text: query, isPivot: false };
  }
  if (tree.error_type === "parser") await syntaxError(connection, query, before);
  const withValues = pivotWithValues(sqlTokens(query));
  if (withValues === undefined) throw refused(query, before);
  const pivot = await parse(connection, withValues);
  if (pivot.error) throw refused(query, before);
  check(pivot, before);
  return { text: query, isPivot: true };
}

interface ParsedStatements {
  readonly error: boolean;
  readonly error_type?: string;
  readonly statements?: readonly unknown[];
}

async function parse(connection: DuckDBConnection, query: string): Promise<ParsedStatements> {
  const result = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [query]);
  try {
    return JSON.parse(String(result.getRows()[0]?.[0])) as ParsedStatements; // as: DuckDB's own form
  } catch (error) {
    throw new SqlError("the query is nested too deeply", { cause: error });
  }
}

/** DuckDB's own message, with the place. @throws SqlError */
async function syntaxError(connection: DuckDBConnection, query: string, before: string): Promise<never> {
  try {
    await connection.extractStatements(query); // what its parser does not take runs nothing
  } catch (error) {
    if (before !== "") throw refused(query, before);
    throw error;
  }
  throw refused(query, before);
}

function refused(query: string, before: string): SqlError {
  const words = sqlTokens(query).filter(({ kind }) => kind === "word" || kind === "sign");
  const [first] = words;
  const option = first?.text === "(" ? words[1] : first;
  const kind = `${before} ${option?.text ?? ""}`.trim().toUpperCase().slice(0, 40);
  return new SqlError(`${kind} is not allowed: ${ALLOWED}`);
}

function check({ statements = [] }: ParsedStatements, before: string): void {
  if (statements.length === 0) throw new SqlError("the query is empty");
  if (statements.length > 1) throw new SqlError(`more than one statement is not allowed: ${ALLOWED}`);
  const problem = calls(statements[0]).find((call) => !isAllowed(call));
  if (problem === undefined) return;
  const what = problem.kind === "view" ? `the table ${problem.name}` : `the function ${problem.name}()`;
  throw new SqlError(`${what} is not allowed here${before === "" ? "" : ` (${before})`}`);
}

interface Call {
  readonly name: string;
  readonly kind: "function" | "table function" | "view";
}

function isAllowed({ name, kind }: Call): boolean {
  if (kind === "table function") return ALLOWED_TABLE_FUNCTIONS.has(name);
  return kind === "view" ? !REFUSED_VIEWS.has(name) : !REFUSED_FUNCTIONS.has(name);
}

/** Not by recursion: the tree is as deep as the query. */
function calls(tree: unknown): Call[] {
  const found: Call[] = [];
  const open: { node: unknown; isTable: boolean }[] = [{ node: tree, isTable: false }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, isTable } = next;
    if (typeof node !== "object" || node === null) continue;
    const { function_name: name, table_name: table, type } = node as Readonly<Record<string, unknown>>;
    if (typeof name === "string")
      found.push({ name: name.toLowerCase(), kind: isTable ? "table function" : "function" });
    if (typeof table === "string" && type === "BASE_TABLE") found.push({ name: table.toLowerCase(), kind: "view" });
    for (const [key, child] of Object.entries(node)) {
      open.push({ node: child, isTable: type === "TABLE_FUNCTION" && key === "function" });
    }
  }
  return found;
}

/**
 * PIVOT cars ON year USING ... -> PIVOT cars ON (year) IN (1) USING ...: so written it is a SELECT to DuckDB, whose tree
 * can be looked at. Only added to, and between tokens, so that it names every function that the query names.
 */
function pivotWithValues(tokens: readonly SqlToken[]): string | undefined {
  // $tag$ opens a text: where tokens are added beside it, it might not.
  if (tokens.some(({ kind, text }) => kind !== "string" && kind !== "quoted" && text.includes("$"))) return undefined;
  const added = new Map<number, string>(); // by the index of the token that it stands before
  const add = (at: number, text: string) => added.set(at, `${added.get(at) ?? ""}${text}`);
  tokens.forEach((token, i) => {
    if (token.kind !== "word" || token.text.toLowerCase() !== "pivot") return;
    const on = find(tokens, i + 1, /^on$/i, /^(using|group|order|limit)$/i);
    if (on === undefined) return;
    for (let start = on + 1; start < tokens.length; ) {
      const end = find(tokens, start, /^,$/, /^(using|group|order|limit)$/i, true) ?? tokens.length;
      if (find(tokens.slice(0, end), start, /^in$/i) === undefined) {
        add(start, " (");
        add(end, `)${ONE_VALUE} `);
      }
      if (tokens[end]?.text !== ",") break;
      start = end + 1;
    }
  });
  if (added.size === 0) return undefined;
  return `${tokens.map(({ text }, i) => `${added.get(i) ?? ""}${text}`).join("")}${added.get(tokens.length) ?? ""}`;
}

/** The first token outside of parentheses that fits, or with `orEnd` the one that ends the clause. */
function find(tokens: readonly SqlToken[], from: number, wanted: RegExp, end?: RegExp, orEnd = false) {
  let depth = 0;
  for (let i = from; i < tokens.length; i++) {
    const { kind, text } = tokens[i]!;
    if (kind === "sign" && /[([{]/.test(text)) depth++;
    if (kind === "sign" && /[)\]};]/.test(text) && --depth < 0) return orEnd ? i : undefined;
    if (depth !== 0 || (kind !== "word" && kind !== "sign")) continue;
    if (wanted.test(text)) return i;
    if (end?.test(text)) return orEnd ? i : undefined;
  }
  return undefined;
}
