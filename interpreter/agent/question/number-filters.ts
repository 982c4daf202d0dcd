// Conditions of a query on numbers: price > 100, avg(price) BETWEEN 5 AND 10, wherever they stand.
import { endsAs } from "../../languages/time-names.ts";
import type { TableInfo } from "../../sessions/session.ts";
import { equal } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, outlineOf, type SqlSelect, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";

export interface NumberFilter {
  readonly text: string; // as a query writes it; an alias as what it computes
  readonly numbers: readonly number[];
  readonly isEqual: boolean; // to one of them, or to none
  readonly isOfGroups: boolean; // HAVING
}

const BOUNDARY =
  /^(?:and|or|where|having|on|when|qualify|not|select|from|then|else|end|group|order|limit|union|by|case)$/i;
const ARITHMETIC = /^[-+*/%|]$/;
/** Of times, and of places in an order: what they are compared with is no amount. */
const OF_TIMES =
  /^(?:year|month|day|hour|week|quarter|minute|second|dayof\w+|isodow|dow|weekday|weekofyear|extract|date_?part|strftime|date_?diff|date_?sub|age|epoch\w*|date_trunc|now|today|current_date|over)$/i;
const RANK_NAME = /rank|position|place|platz|rang|puesto|排名|名次|順位/iu;

export function numberFiltersIn(query: string, tables: readonly TableInfo[]): NumberFilter[] {
  const words = solid(sqlTokens(query));
  const { selects } = outlineOf(query);
  return words.flatMap((token, i) => {
    const compared = comparedAt(words, i);
    if (!compared || isLabelled(words, compared.to)) return [];
    const meaning = meaningOf(compared.expression, tables, selects);
    if (meaning === undefined) return [];
    const { numbers, sign, isTurned } = compared;
    const value = isWord(token, "between") ? numbers.join(" AND ") : numbers.join(", ");
    const text = isTurned
      ? `${value} ${sign} ${meaning}`
      : `${meaning} ${sign} ${sign === "IN" ? `(${value})` : value}`;
    return [{ text, numbers, isEqual: /^(?:=|==|<>|!=|IN)$/.test(sign), isOfGroups: isOfGroups(words, i) }];
  });
}

interface Compared {
  readonly expression: readonly SqlToken[];
  readonly sign: string;
  readonly numbers: readonly number[];
  readonly to: number; // behind it
  readonly isTurned?: true; // 100 < price
}

/** The comparison whose sign begins at token i. */
function comparedAt(words: readonly SqlToken[], i: number): Compared | undefined {
  const token = words[i]!;
  if (isWord(token, "between")) {
    const low = numberAt(words, i + 1);
    const high = low && isWord(words[low.to] ?? token, "and") ? numberAt(words, low.to + 1) : undefined;
    if (!low || !high) return undefined;
    return { expression: before(words, i), sign: "BETWEEN", numbers: [low.value, high.value], to: high.to };
  }
  if (isWord(token, "in") && words[i + 1]?.text === "(") return listAt(words, i);
  if (!/^[<>=!]$/.test(token.text) || /^[<>=!]$/.test(words[i - 1]?.text ?? "")) return undefined;
  const behind = /^[<>=!]$/.test(words[i + 1]?.text ?? "") ? i + 2 : i + 1;
  const sign = sqlText(words.slice(i, behind));
  const right = numberAt(words, behind);
  if (right) return { expression: before(words, i), sign, numbers: [right.value], to: right.to };
  const left = words[i - 1];
  const isFirst = left?.kind === "number" && before(words, i).length === 1;
  if (!isFirst) return undefined;
  const end = words.findIndex((one, at) => at >= behind && (BOUNDARY.test(one.text) || /^[),;]$/.test(one.text)));
  const to = end < 0 ? words.length : end;
  return { expression: words.slice(behind, to), sign, numbers: [Number(left.text)], to, isTurned: true };
}

function listAt(words: readonly SqlToken[], i: number): Compared | undefined {
  const close = words.findIndex(({ text }, at) => at > i && text === ")");
  const list = words.slice(i + 2, close).filter(({ text }) => text !== "," && text !== "-");
  if (close < 0 || list.length === 0 || list.some(({ kind }) => kind !== "number")) return undefined;
  const not = isWord(words[i - 1] ?? words[i]!, "not") ? i - 1 : i;
  return { expression: before(words, not), sign: "IN", numbers: list.map(({ text }) => Number(text)), to: close + 1 };
}

/** A number that is no part of a computation, with its minus; texts in digits, too. */
function numberAt(words: readonly SqlToken[], i: number): { value: number; to: number } | undefined {
  const isNegative = words[i]?.text === "-";
  const at = isNegative ? i + 1 : i;
  const token = words[at];
  const digits = token?.kind === "string" ? unquoted(token) : token?.kind === "number" ? token.text : "";
  if (!/^\d+(?:\.\d+)?(?:[eE]\d+)?$/.test(digits) || ARITHMETIC.test(words[at + 1]?.text ?? "")) return undefined;
  return { value: isNegative ? -Number(digits) : Number(digits), to: at + 1 };
}

/** What stands before a sign, back to where its condition begins. */
function before(words: readonly SqlToken[], i: number): readonly SqlToken[] {
  let depth = 0;
  let start = i;
  while (start > 0) {
    const { text, kind } = words[start - 1]!;
    depth += text === ")" ? 1 : text === "(" ? -1 : 0;
    if (depth < 0 || (depth === 0 && (text === "," || (kind === "word" && BOUNDARY.test(text))))) break;
    start--;
  }
  return words.slice(start, i);
}

/** CASE WHEN age < 18 THEN 'young': it makes groups, and leaves nothing out. */
function isLabelled(words: readonly SqlToken[], from: number): boolean {
  const end = words.findIndex(
    ({ text }, i) => i >= from && (/^(?:then|where|group|order|when)$/i.test(text) || text === ";"),
  );
  return end >= 0 && isWord(words[end]!, "then") && words[end + 1]?.kind === "string";
}

function isOfGroups(words: readonly SqlToken[], i: number): boolean {
  return (
    words
      .slice(0, i)
      .findLast((token) => isWord(token, "where", "having", "select", "on", "when"))
      ?.text.toLowerCase() === "having"
  );
}

/** The expression as it is written, an alias as what it computes; undefined of what is no amount of the tables'. */
function meaningOf(
  expression: readonly SqlToken[],
  tables: readonly TableInfo[],
  selects: readonly SqlSelect[],
): string | undefined {
  const isCall = (i: number) => expression[i + 1]?.text === "(";
  if (expression.some(({ kind, text }) => kind === "word" && OF_TIMES.test(text))) return undefined;
  const names = expression.filter((token, i) => isName(token) && !isCall(i)).map(unquoted);
  const columns = names.flatMap((name) =>
    tables.flatMap((table) => table.columns.filter((column) => equal(column.name, name))),
  );
  if (columns.some(({ name, type }) => isTime(type) || endsAs(name) || RANK_NAME.test(name))) return undefined;
  const [first] = expression;
  const only = expression.length === 1 && first && isName(first) ? unquoted(first) : undefined;
  const computed = selects
    .flatMap(({ items }) => items)
    .find(({ alias }) => alias !== undefined && only !== undefined && columns.length === 0 && equal(alias, only));
  if (computed) return meaningOf(solid(computed.expression), tables, []);
  const isCount = expression.some((token, i) => isWord(token, "count") && isCall(i));
  return columns.length > 0 || isCount ? written(expression) : undefined;
}

/** avg(price), a.price * b.units */
function written(expression: readonly SqlToken[]): string {
  return expression
    .map(({ text }) => (/^[-+*/%]$/.test(text) ? ` ${text} ` : text))
    .join("")
    .replace(/\( \* \)/g, "(*)");
}
