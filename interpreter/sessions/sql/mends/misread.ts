// What DuckDB runs without a word and reads otherwise than it is meant. Such a query is not run as it stands.
import type { TableInfo } from "../../session.ts";
import { fileOf, stemOf } from "../../table-info.ts";
import { identifier, quoted } from "../database.ts";
import { isName, outlineOf, type SqlSelect, solid, tokensOf } from "../sql-outline.ts";
import { previousText, type SqlToken, sqlText, sqlTokens, unquoted } from "../sql-tokens.ts";
import { textOf, withCalls } from "./calls.ts";
import { formatOfText, fromMySql, fromWords } from "./date-formats.ts";
import { columnsOf, equal, type Mended, tablesIn } from "./mend.ts";

const MAX_ITEMS = 500; // of a SELECT
const MAX_SELECTS = 20; // of a query that are looked through, each beside all others
/** Calls that take a row as a whole. */
const OF_ROWS =
  /^(count|to_json|row_to_json|json_\w+|struct_\w+|hash|md5|typeof|any_value|first|last|list|array_agg|unnest)$/i;

/**
 * A query as it is meant, where DuckDB would take it for something else.
 * @throws SyntaxError, as if DuckDB had refused it, where it means nothing that a query can say
 */
export function asMeant(query: string, tables: readonly TableInfo[]): Mended {
  const { query: dated, note } = withFormats(unglued(query, tables), tables);
  const mended = withColumns(withPatterns(dated), tables);
  const row = wholeRow(mended, tables);
  if (row !== undefined)
    throw new SyntaxError(
      `Binder Error: Referenced column "${row}" not found: ${row} is a table, and each row of it a struct`,
    );
  return note === undefined ? { query: mended } : { query: mended, note };
}

/** FROMorders -> FROM orders: behind a list it would be a name for its last column. */
function unglued(query: string, tables: readonly TableInfo[]): string {
  const names = new Set(
    tables.flatMap((table) => [fileOf(table), stemOf(table), ...table.columns.map(({ name }) => name)]),
  );
  const isKnown = (name: string) => names.has(name) || [...names].some((one) => equal(one, name));
  return sqlText(
    sqlTokens(query).map((token) => {
      const [, keyword, name] = /^(SELECT|FROM|JOIN|WHERE|AND|BY)(?![A-Z_])(.+)$/su.exec(token.text) ?? [];
      const isGlued = token.kind === "word" && keyword !== undefined && name !== undefined && isKnown(name);
      return isGlued && !isKnown(token.text) ? { ...token, text: `${keyword} ${name}` } : token;
    }),
  );
}

/**
 * strftime(day, 'YYYY-MM'), strftime('2024-08', day): a format without signs is a text, the same for each row. And a year
 * beside minutes, '%Y-%M', is a year beside a month.
 */
function withFormats(query: string, tables: readonly TableInfo[]): Mended {
  if (!/strftime/i.test(query)) return { query };
  const days = columnsOf(query, tables, /^DATE/);
  const notes: string[] = [];
  const mended = withCalls(query, (name, args) => {
    const [a = "", b = "", ...more] = args;
    const format = textOf(a) ?? textOf(b);
    if (name !== "strftime" || format === undefined || more.length > 0) return undefined;
    const date = textOf(a) === undefined ? a : b;
    const isDay = days.some((column) => equal(column, date.replaceAll('"', "")));
    const meant = meantFormat(format, isDay);
    if (meant === undefined)
      throw new SyntaxError(
        `Binder Error: strftime needs a format such as '%Y-%m', and '${format}' has no sign of one`,
      );
    if (meant === format) return undefined;
    notes.push(`('${format}' is read as the format '${meant}')`);
    return `strftime(${date}, ${quoted(meant)})`;
  });
  return notes.length === 0 ? { query } : { query: mended, note: [...new Set(notes)].join("\n") };
}

function meantFormat(format: string, isDay: boolean): string | undefined {
  if (!format.includes("%")) return fromWords(format) ?? formatOfText(format);
  const isMinutes = /%-?[HIMTXc]/.test(format.replace("%M", "")) || !(isDay || /%[Yy]/.test(format));
  if (!format.includes("%M") || isMinutes) return format;
  return /[-/.]%M|%M[-/.]|^%M$/.test(format) ? format.replace("%M", "%m") : fromMySql(format);
}

/** name ~ 'x' -> regexp_matches(name, 'x'): DuckDB's ~ wants the whole text to match, PostgreSQL's and MySQL's a part of it. */
function withPatterns(query: string): string {
  const tokens = sqlTokens(query);
  const mended: SqlToken[] = [...tokens];
  for (const [i, token] of tokens.entries()) {
    if (token.text !== "~") continue;
    const isNot = /^(!|not)$/i.test(previousText(tokens, i));
    const before = places(tokens, i, -1);
    const [name] = isNot ? before.slice(1) : before;
    const [pattern] = places(tokens, i, 1);
    const isWhole = name !== undefined && isName(tokens[name]!) && !/^[.)]$/.test(previousText(tokens, name));
    if (!isWhole || pattern === undefined || tokens[pattern]!.kind !== "string") continue;
    mended[name] = {
      kind: "sign",
      text: `${isNot ? "NOT " : ""}regexp_matches(${tokens[name]!.text}, ${tokens[pattern]!.text})`,
    };
    for (let at = name + 1; at <= pattern; at++) mended[at] = { kind: "space", text: "" };
  }
  return sqlText(mended);
}

/** WHERE 'note' IS NULL, GROUP BY 'subject': a text that is never missing, and one group of all rows. */
function withColumns(query: string, tables: readonly TableInfo[]): string {
  if (!query.includes("'")) return query;
  const columns = tablesIn(query, tables).flatMap((table) => table.columns.map(({ name }) => name));
  const tokens = sqlTokens(query);
  const texts = solid(tokens);
  let isListed = false; // within a GROUP BY or an ORDER BY
  const meant = new Set<SqlToken>();
  for (const [i, token] of texts.entries()) {
    const [before = "", behind = ""] = [texts[i - 1]?.text, texts[i + 1]?.text];
    if (/^by$/i.test(before)) isListed = true;
    else if (token.kind === "word" && !/^(asc|desc|nulls|first|last)$/i.test(token.text)) isListed = false;
    if (token.kind !== "string") continue;
    const isItem = isListed && /^(by|,)$/i.test(before);
    const isCondition = /^(where|and|or|not|\()$/i.test(before) && /^(is|=|<|>|!|in|i?like|between)$/i.test(behind);
    if (isItem || isCondition) meant.add(token);
  }
  const nameOf = (token: SqlToken) =>
    meant.has(token) ? columns.find((name) => equal(name, unquoted(token))) : undefined;
  return sqlText(
    tokens.map((token) => {
      const name = nameOf(token);
      return name === undefined ? token : { kind: "quoted", text: identifier(name) };
    }),
  );
}

/** The tokens beside one that are no spaces and no comments, the nearest first. */
function places(tokens: readonly SqlToken[], i: number, step: 1 | -1): number[] {
  const found: number[] = [];
  for (let at = i + step; at >= 0 && at < tokens.length && found.length < 2; at += step)
    if (!["space", "comment"].includes(tokens[at]!.kind)) found.push(at);
  return found;
}

/** The name of a table, or its alias, that stands where a value does: max(t), ORDER BY t, SELECT t. */
function wholeRow(query: string, all: readonly TableInfo[]): string | undefined {
  const tables = tablesIn(query, all);
  const columns = tables.flatMap((table) => table.columns.map(({ name }) => name.toLowerCase()));
  const own = new Set(tables.flatMap((table) => [fileOf(table), stemOf(table)]).map((name) => name.toLowerCase()));
  const outline = outlineOf(query);
  for (const select of outline.selects.slice(0, MAX_SELECTS)) {
    const called = namesOf(solid(tokensOf(outline, select, "from")), own);
    if (called.size === 0) continue;
    const others = outline.selects.filter((one) => one !== select).flatMap(aliasesOf);
    const isRow = (known: readonly string[]) => (token: SqlToken) => {
      const name = unquoted(token).toLowerCase();
      return isName(token) && called.has(name) && !columns.includes(name) && !known.includes(name);
    };
    const inItems = select.items.slice(0, MAX_ITEMS).map(({ expression }, i) => {
      const earlier = aliasesOf({ items: select.items.slice(0, i) });
      return rowIn(expression, isRow([...others, ...earlier]));
    });
    const inClauses = (["where", "group by", "having", "order by"] as const).map((clause) => {
      const known = clause === "where" ? others : [...others, ...aliasesOf(select)];
      return rowIn(tokensOf(outline, select, clause), isRow(known));
    });
    const found = [...inItems, ...inClauses].find((token) => token !== undefined);
    if (found) return unquoted(found);
  }
  return undefined;
}

function aliasesOf({ items }: Pick<SqlSelect, "items">): string[] {
  return items.flatMap(({ alias }) => alias?.toLowerCase() ?? []);
}

/** Not what names a table or an owner, nor what is called; subqueries are looked through by themselves. */
function rowIn(all: readonly SqlToken[], isRow: (token: SqlToken) => boolean): SqlToken | undefined {
  const tokens = solid(all);
  let depth = 0;
  const inner: number[] = []; // depths at which subqueries stand
  return tokens.find((token, i) => {
    const [before = "", behind = ""] = [tokens[i - 1]?.text, tokens[i + 1]?.text];
    if (token.text === "(" && /^(select|with)$/i.test(behind)) inner.push(depth);
    depth += token.text === "(" ? 1 : token.text === ")" ? -1 : 0;
    if (inner.at(-1) === depth) inner.pop();
    if (inner.length > 0 || !isRow(token) || before === "." || behind === "." || behind === "(") return false;
    return !/^(as|from|join)$/i.test(before) && !(before === "(" && OF_ROWS.test(tokens[i - 2]?.text ?? ""));
  });
}

/** What a FROM calls its tables: their names, and the aliases behind them. */
function namesOf(from: readonly SqlToken[], own: ReadonlySet<string>): Set<string> {
  const isTable = (token: SqlToken) => token.kind !== "sign" && own.has(unquoted(token).toLowerCase());
  return new Set(
    from.flatMap((token, i) => {
      if (!isTable(token) || !/^(|,|join|\()$/i.test(from[i - 1]?.text ?? "")) return [];
      const next = /^as$/i.test(from[i + 1]?.text ?? "") ? from[i + 2] : from[i + 1];
      const alias =
        next &&
        isName(next) &&
        !/^(on|using|join|left|right|inner|full|cross|natural|asof|semi|anti|where|group|order|limit)$/i.test(next.text)
          ? [next]
          : [];
      return [token, ...alias].map((one) => unquoted(one).toLowerCase());
    }),
  );
}
