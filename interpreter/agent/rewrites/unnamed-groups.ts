// "Which ward has the most cases?", and one of the first groups has no name: the rows without a ward are no ward.
import { asksFor } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { quoted } from "../../sessions/sql/database.ts";
import { outlineOf, type SqlOutline, type SqlSelect, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isMissingWord } from "../../tables/column-reading.ts";
import { withFilter } from "../guards/with-filter.ts";
import type { Rewrite } from "./rewrite.ts";
import { OF_PLACES } from "./written-missing.ts";

/** ... GROUP BY ward ORDER BY n DESC LIMIT 3 -> ... WHERE ward IS NOT NULL GROUP BY ward ... */
export const unnamedGroups: Rewrite = (query, { question, result }) => {
  const outline = outlineOf(query);
  const { outer, selects } = outline;
  if (!result || !outer || selects.length > 1 || !outer.clauses.has("limit") || !outer.clauses.has("order by"))
    return undefined;
  const key = asksFor(question, "missing") ? undefined : groupKey(outline, outer, result);
  const nameless = key ? namelessIn(result, key.column) : [];
  if (!key || nameless.length === 0) return undefined;
  const texts = nameless.filter((value) => value !== null).map(quoted);
  const isNamed = [
    `${key.text} IS NOT NULL`,
    ...(texts.length > 0 ? [`${key.text} NOT IN (${texts.join(", ")})`] : []),
  ];
  const named = withFilter(query, isNamed.join(" AND "));
  const told = nameless.map((value) => (value === null ? "no value" : quoted(value))).join(" or ");
  return named === undefined
    ? undefined
    : { query: named, note: `(rows where ${key.column} has ${told} are of no ${key.column}: left out)` };
};

interface GroupKey {
  readonly text: string; // as a condition can name it
  readonly column: string; // of the result
}

/** The only thing that is grouped by, where the result shows it. */
function groupKey(outline: SqlOutline, select: SqlSelect, { columns }: SqlResult): GroupKey | undefined {
  const grouped = solid(tokensOf(outline, select, "group by"));
  const text = sqlText(grouped);
  const name = unquoted(grouped.at(-1) ?? { kind: "space", text: "" }).toLowerCase();
  const at = select.items.findIndex(({ alias, expression }, i) => {
    const own = sqlText(solid(expression)).toLowerCase();
    const isByName = grouped.length === 1 && (alias?.toLowerCase() === name || own === name);
    return text === String(i + 1) || own === text.toLowerCase() || isByName;
  });
  const column = columns[at]?.name;
  return column === undefined || columns.length !== select.items.length
    ? undefined
    : { text: sqlText(select.items[at]!.expression).trim(), column };
}

/** NA may be Namibia. */
function namelessIn({ rows }: SqlResult, column: string): (string | null)[] {
  const isNameless = (value: unknown): value is string | null =>
    value === null ||
    (typeof value === "string" &&
      (value.trim() === "" || (isMissingWord(value) && !(/^na$/i.test(value) && OF_PLACES.test(column)))));
  return [...new Set(rows.map((row) => row[column]).filter(isNameless))];
}
