// Columns of time that a query compares with days.
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isTime } from "../../sessions/table-info.ts";

export type Sign = "=" | "<>" | ">" | ">=" | "<" | "<=";

/** day = '2009-01-01', day BETWEEN '2009-01-01' AND '2009-12-31', day >= '2009-01-01' AND day < '2010-01-01' */
export interface DayComparison {
  readonly column: string; // in quotes, with its owner
  readonly type: string;
  readonly from: number; // among the query's tokens
  readonly to: number; // not among them
  /** One of a day alone; two of a range, from the lower end up. */
  readonly ends: readonly { readonly sign: Sign; readonly day: string }[];
}

const DAY = /^(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$/;

type Place = { readonly token: SqlToken; readonly at: number };

/** In the order in which they stand; negated ones are left out, and so is what is not compared as it stands: year(day) = 2009. */
export function dayComparisons(query: string, tables: readonly TableInfo[]): DayComparison[] {
  const times = new Map(
    tablesIn(query, tables).flatMap(({ columns }) =>
      columns.filter(({ type }) => isTime(type)).map(({ name, type }) => [name.toLowerCase(), type] as const),
    ),
  );
  const places = sqlTokens(query)
    .map((token, at) => ({ token, at }))
    .filter(({ token }) => token.kind !== "space" && token.kind !== "comment");
  const single = places.flatMap(({ token }, i) => {
    const type = isName(token) ? times.get(unquoted(token).toLowerCase()) : undefined;
    return type === undefined ? [] : (comparisonAt(places, i, type) ?? []);
  });
  return joined(single, places);
}

function comparisonAt(places: readonly Place[], i: number, type: string): DayComparison | undefined {
  const text = (at: number) => places[at]?.token.text ?? "";
  const start = text(i - 1) === "." ? i - 2 : i;
  if (isWord(places[start - 1]?.token ?? places[i]!.token, "not")) return undefined;
  const owner = sqlText(places.slice(start, i).map(({ token }) => token));
  const column = `${owner}${identifier(unquoted(places[i]!.token))}`;
  const made = (end: number, ends: DayComparison["ends"]) => ({
    ...{ column, type, ends },
    from: places[start]!.at,
    to: places[end - 1]!.at + 1,
  });
  if (isWord(places[i + 1]?.token ?? places[i]!.token, "between")) {
    const low = dayAt(places, i + 2);
    const high = low && /^and$/i.test(text(low.end)) ? dayAt(places, low.end + 1) : undefined;
    if (!low || !high) return undefined;
    return made(high.end, [
      { sign: ">=", day: low.day },
      { sign: "<=", day: high.day },
    ]);
  }
  const two = `${text(i + 1)}${text(i + 2)}`;
  const width = /^(<>|!=|>=|<=|==)$/.test(two) ? 2 : 1;
  const written = (width === 2 ? two : text(i + 1)).replace("!=", "<>").replace("==", "=");
  const found = /^(=|<>|>|>=|<|<=)$/.test(written) ? dayAt(places, i + 1 + width) : undefined;
  return found && made(found.end, [{ sign: written as Sign, day: found.day }]); // as: the pattern says so
}

/** '2009-01-01', DATE '2009-01-01', '2009-01-01'::DATE, CAST('2009-01-01' AS DATE) */
function dayAt(places: readonly Place[], i: number): { day: string; end: number } | undefined {
  const text = (at: number) => places[at]?.token.text ?? "";
  const isType = (at: number) => /^(date|timestamp)$/i.test(text(at));
  const isCast = /^cast$/i.test(text(i)) && text(i + 1) === "(";
  const at = isCast ? i + 2 : isType(i) ? i + 1 : i;
  const token = places[at]?.token;
  const day = token?.kind === "string" ? DAY.exec(unquoted(token))?.[1] : undefined;
  if (day === undefined) return undefined;
  if (isCast) return text(at + 3) === ")" ? { day, end: at + 4 } : undefined;
  const isTyped = text(at + 1) === ":" && text(at + 2) === ":" && isType(at + 3);
  return { day, end: at + (isTyped ? 4 : 1) };
}

/** Two ends of one column with AND between them are one range. */
function joined(single: readonly DayComparison[], places: readonly Place[]): DayComparison[] {
  const all: DayComparison[] = [];
  for (const one of single) {
    const before = all.at(-1);
    const between = before ? places.filter(({ at }) => at >= before.to && at < one.from) : [];
    const isPair =
      before?.column === one.column && between.length === 1 && isWord(between[0]!.token, "and") && isRange(before, one);
    if (!before || !isPair) all.push(one);
    else
      all.splice(-1, 1, {
        ...before,
        to: one.to,
        ends: [...before.ends, ...one.ends].sort((a, b) => a.sign.charCodeAt(0) - b.sign.charCodeAt(0)).reverse(), // ">" before "<"
      });
  }
  return all;
}

/** A lower end and an upper one, in whatever order. */
function isRange(one: DayComparison, other: DayComparison): boolean {
  const signs = [...one.ends, ...other.ends].map(({ sign }) => sign);
  const isLow = (sign: Sign) => sign === ">" || sign === ">=";
  const isHigh = (sign: Sign) => sign === "<" || sign === "<=";
  return signs.length === 2 && signs.some(isLow) && signs.some(isHigh);
}

/** The query with another text for some of its comparisons. */
export function withComparisons(query: string, changes: ReadonlyMap<DayComparison, string>): string {
  const tokens = sqlTokens(query);
  let text = "";
  let at = 0;
  for (const [{ from, to }, meant] of [...changes].sort(([a], [b]) => a.from - b.from)) {
    text += sqlText(tokens.slice(at, from)) + meant;
    at = to;
  }
  return text + sqlText(tokens.slice(at));
}
