// Columns of texts that a query compares with a text, or with no value, and such conditions put as they are meant.
import type { TableInfo } from "../../sessions/session.ts";
import { type Mended, tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, isWord } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";

const MAX_CONDITIONS = 8; // of one query

/** state IS NULL, price = 'n/a' */
export interface Condition {
  readonly column: string; // as it is written, with its owner
  readonly name: string;
  readonly from: number; // among the query's tokens
  readonly to: number; // not among them
  readonly isNot: boolean;
  readonly text?: string; // that the column is compared with, instead of NULL
}

/** What a condition is meant as, and what the reader has to know; without the first it stays. */
export interface MeantCondition {
  readonly condition?: string;
  readonly note: string;
}

/** A column that one table of the query has: two would be two meanings. */
export interface OwnedColumn {
  readonly table: TableInfo;
  readonly name: string; // as the table has it
}

/** The query with each condition on a column of texts as `meant` says; undefined where it says nothing of any. */
export async function withMeantConditions(
  query: string,
  all: readonly TableInfo[],
  meant: (condition: Condition, column: OwnedColumn) => Promise<MeantCondition | undefined>,
): Promise<Mended | undefined> {
  const tables = tablesIn(query, all);
  const tokens = sqlTokens(query);
  const mended = [...tokens];
  const notes = new Set<string>();
  for (const condition of conditionsIn(tokens).slice(0, MAX_CONDITIONS)) {
    const owner = textColumn(tables, condition.name);
    const found = owner && (await meant(condition, owner));
    if (found === undefined) continue;
    notes.add(found.note);
    if (found.condition === undefined) continue;
    mended.fill({ kind: "space", text: "" }, condition.from, condition.to);
    mended[condition.from] = { kind: "sign", text: found.condition };
  }
  return notes.size === 0 ? undefined : { query: sqlText(mended), note: [...notes].join("\n") };
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

/** The only column of texts of that name. */
export function textColumn(tables: readonly TableInfo[], name: string): OwnedColumn | undefined {
  const isOwn = (column: TableInfo["columns"][number]) =>
    column.type === "VARCHAR" && column.name.toLowerCase() === name.toLowerCase();
  const found = tables.flatMap((table) => table.columns.filter(isOwn).map((column) => ({ table, name: column.name })));
  return found.length === 1 ? found[0] : undefined;
}
