// ORDER BY price, price > '9', max(price) of a column of texts most of which are numbers: as texts 9 is more than 10.
import type { TableInfo } from "../../sessions/session.ts";
import { identifier } from "../../sessions/sql/database.ts";
import { equal, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord, outlineOf } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import type { Asked, Rewrite } from "./rewrite.ts";

const NUMBER = /^'?-?\d+(?:\.\d+)?'?$/;
const SIGN = /^(?:[<>]=?|=|==|<>|!=)$/;

/** ORDER BY price -> ORDER BY TRY_CAST(price AS DOUBLE) */
export const numbersAsTexts: Rewrite = async (query, asked) => {
  const outline = outlineOf(query);
  const tokens: SqlToken[] = [...outline.tokens];
  const order = outline.outer?.clauses.get("order by");
  const tables = tablesIn(query, asked.tables);
  const places = tokens.flatMap((token, at) => (["space", "comment"].includes(token.kind) ? [] : [at]));
  const notes = new Set<string>();
  for (const [i, at] of places.entries()) {
    const owner = ownerOf(tables, tokens[at]!);
    if (!owner) continue;
    const words = (from: number, count: number) =>
      places.slice(Math.max(0, from), from + count).map((place) => tokens[place]!);
    const isOrdered =
      order !== undefined && at >= order.from && at < order.to && !words(i - 1, 1).some(({ text }) => text === "(");
    const isEnd = words(i - 1, 1)[0]?.text === "(" && isWord(words(i - 2, 1)[0] ?? tokens[at]!, "max", "min");
    if (!isOrdered && !isEnd && !isCompared(words(i + 1, 3), words(i - 3, 3))) continue;
    const left = await numbersOf(owner, asked);
    if (left === undefined) continue;
    const start = words(i - 1, 1)[0]?.text === "." ? places[i - 2]! : at;
    const name = sqlText(tokens.slice(start, at + 1));
    for (let place = start; place < at; place++) tokens[place] = { kind: "space", text: "" };
    tokens[at] = { kind: "sign", text: `TRY_CAST(${name} AS DOUBLE)` };
    notes.add(`(${owner.name} is text: compared as numbers${left > 0 ? `; ${left} values are none` : ""})`);
  }
  return notes.size === 0 ? undefined : { query: sqlText(tokens), note: [...notes].join("\n") };
};

interface Owner {
  readonly table: TableInfo;
  readonly name: string;
}

/** The only column of texts of that name. */
function ownerOf(tables: readonly TableInfo[], token: SqlToken): Owner | undefined {
  if (!isName(token)) return undefined;
  const found = tables.flatMap((table) =>
    table.columns
      .filter(({ name, type }) => type === "VARCHAR" && equal(name, unquoted(token)))
      .map(({ name }) => ({ table, name })),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** With a number in its order: price > '9', 9 < price, BETWEEN 1 AND 5; and by = with a number that is no text. */
function isCompared(behind: readonly SqlToken[], before: readonly SqlToken[]): boolean {
  const [first, second, third] = behind;
  if (first && isWord(first, "between") && second && NUMBER.test(second.text)) return true;
  return isByNumber(first, second, third) || isByNumber(before[2], before[1], before[0]);
}

function isByNumber(first?: SqlToken, second?: SqlToken, third?: SqlToken): boolean {
  const isTwo = second !== undefined && SIGN.test(second.text);
  const sign = isTwo ? [first?.text, second.text].sort().join("") : (first?.text ?? "");
  const value = isTwo ? third : second;
  if (!value || !first || !/^[<>=!]$/.test(first.text) || !NUMBER.test(value.text)) return false;
  return /^[<>]$|^[<=][=>]$/.test(sign) && !/^<>$|^==$/.test(sign) ? true : value.kind === "number";
}

/** How many values are no numbers, where most are, and none is a code such as 0012; undefined elsewhere. */
async function numbersOf({ table, name }: Owner, { look }: Asked): Promise<number | undefined> {
  const column = identifier(name);
  const query = `SELECT count(${column}) AS n, count(TRY_CAST(${column} AS DOUBLE)) AS numbers, count(*) FILTER (WHERE regexp_matches(${column}, '^\\s*0\\d')) AS codes FROM ${table.name}`;
  const [row] = (await look(query)).rows;
  const [n, numbers, codes] = [Number(row?.["n"]), Number(row?.["numbers"]), Number(row?.["codes"])];
  return codes === 0 && numbers > 0 && 2 * numbers >= n ? n - numbers : undefined;
}
