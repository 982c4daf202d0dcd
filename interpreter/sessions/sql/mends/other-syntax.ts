// What other databases write with words and signs that DuckDB has not.
import { escapeRegExp } from "../../../escape-regexp.ts";
import { fileOf, stemOf } from "../../table-info.ts";
import { identifier } from "../database.ts";
import { isWord, outlineOf, solid } from "../sql-outline.ts";
import { nextSign, previousText, type SqlToken, sqlText, sqlTokens } from "../sql-tokens.ts";
import { isParserError, type Mend, tablesIn } from "./mend.ts";

const MAX_TOKENS = 6; // from SELECT to TOP, with spaces
const TOP = /^(\s*(?:distinct\s+)?)top\s*(?:\(\s*(\d+)\s*\)|(\d+))(\s+percent)?\s+(?!with\s+ties)/i;
const ORDERED = /\b(string_agg|listagg)\s*\(([^()]*)\)\s*within\s+group\s*\(([^()]*)\)/gi;

/** SELECT TOP 3 a FROM t ORDER BY b -> SELECT a FROM t ORDER BY b LIMIT 3 */
export const topRows: Mend = (query) => {
  const { tokens, selects } = outlineOf(query);
  for (const { range, clauses } of selects) {
    const list = clauses.get("select");
    if (!list || clauses.has("limit")) continue;
    if (!solid(tokens.slice(list.from, list.from + MAX_TOKENS)).some((token) => isWord(token, "top"))) continue;
    const own = sqlText(tokens.slice(list.from, range.to));
    const [found, before = "", inBrackets, count = inBrackets, percent] = TOP.exec(own) ?? [];
    if (found === undefined || count === undefined) continue;
    const rest = own.slice(found.length);
    const end = rest.trimEnd();
    const limited = `${before || " "}${end} LIMIT ${count}${percent ? "%" : ""}${rest.slice(end.length)}`;
    return { query: `${sqlText(tokens.slice(0, list.from))}${limited}${sqlText(tokens.slice(range.to))}` };
  }
  return undefined;
};

/** `name`, [name] -> "name", where a table or a column is called so. */
export const otherQuotes: Mend = (query, error, tables) => {
  if (!/[`[]/.test(query)) return undefined;
  const names = tablesIn(query, tables).flatMap((table) => [
    fileOf(table),
    stemOf(table),
    ...table.columns.map(({ name }) => name),
  ]);
  let mended = query;
  for (const name of new Set(names)) {
    const written = escapeRegExp(name);
    mended = mended.replace(new RegExp(`\`${written}\`|(?<![\\w)\\]"])\\[${written}\\]`, "gi"), () => identifier(name));
  }
  return isParserError(error)
    ? { query: mended.replace(/`([^`\n]+)`/g, (_, name) => identifier(name)) }
    : { query: mended };
};

/** a DIV b, name REGEXP 'x', listagg(x) WITHIN GROUP (ORDER BY y) */
export const otherOperators: Mend = (query, error) => {
  if (!isParserError(error)) return undefined;
  const tokens = sqlTokens(query.replace(ORDERED, "string_agg($2 $3)"));
  const mended: SqlToken[] = [...tokens];
  for (const [i, { kind, text }] of tokens.entries()) {
    if (kind !== "word") continue;
    const isBetween = /[\w)"\]]$/.test(previousText(tokens, i));
    if (/^div$/i.test(text) && isBetween && /^[\w("]/.test(nextSign(tokens, i) ?? ""))
      mended[i] = { kind: "sign", text: "//" };
    if (/^(regexp|rlike)$/i.test(text) && nextSign(tokens, i)?.startsWith("'")) mended[i] = { kind: "sign", text: "~" }; // misread.ts knows what it is
  }
  return { query: sqlText(mended) };
};

/** name + '!' -> name || '!' */
export const joinedTexts: Mend = (query, error) => {
  if (!/No function matches[^\n]*'\+\([^)]*(VARCHAR|STRING_LITERAL)/i.test(error)) return undefined;
  const tokens = sqlTokens(query);
  const isText = (text: string) => text.startsWith("'");
  const mended = tokens.map((token, i) =>
    token.text === "+" && (isText(previousText(tokens, i)) || isText(nextSign(tokens, i) ?? ""))
      ? { ...token, text: "||" }
      : token,
  );
  return { query: sqlText(mended) };
};
