// Columns of texts that a query compares with a text, or with no value.
import type { TableInfo } from "../../sessions/session.ts";
import { isName, isWord } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";

/** state IS NULL, price = 'n/a' */
export interface Condition {
  readonly column: string; // as it is written, with its owner
  readonly name: string;
  readonly from: number; // among the query's tokens
  readonly to: number; // not among them
  readonly isNot: boolean;
  readonly text?: string; // that the column is compared with, instead of NULL
}

export function conditionsIn(tokens: readonly SqlToken[]): Condition[] {
  const places = tokens
    .map((token, at) => ({ token, at }))
    .filter(({ token }) => token.kind !== "space" && token.kind !== "comment");
  const is = (i: number, ...words: string[]) => places[i] !== undefined && isWord(places[i].token, ...words);
  return places.flatMap(({ token }, i) => {
    if (!isName(token)) return [];
    const start = places[i - 1]?.token.text === "." ? i - 2 : i;
    const made = (end: number, rest: Pick<Condition, "isNot" | "text">) => [
      {
        ...rest,
        column: sqlText(places.slice(start, i + 1).map((one) => one.token)),
        name: unquoted(token),
        from: places[start]!.at,
        to: places[end]!.at + 1,
      },
    ];
    if (is(i + 1, "is") && is(i + 2, "null")) return made(i + 2, { isNot: false });
    if (is(i + 1, "is") && is(i + 2, "not") && is(i + 3, "null")) return made(i + 3, { isNot: true });
    const signs = [places[i + 1]?.token.text ?? "", places[i + 2]?.token.text ?? ""];
    const isUnequal = ["<>", "!="].includes(signs.join(""));
    const value = places[i + (isUnequal ? 3 : 2)]?.token;
    if ((signs[0] !== "=" && !isUnequal) || value?.kind !== "string") return [];
    return made(i + (isUnequal ? 3 : 2), { isNot: isUnequal, text: unquoted(value) });
  });
}

export function textColumn({ columns }: TableInfo, name: string): string | undefined {
  return columns.find((one) => one.type === "VARCHAR" && one.name.toLowerCase() === name.toLowerCase())?.name;
}
