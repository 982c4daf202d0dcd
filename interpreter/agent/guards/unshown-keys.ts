// A value for each group, without the group: "14, 12, 14" are events of nobody.
import { outlineOf, type SqlOutline, solid, tokensOf } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The model is asked for another query once; then the user is told. */
export function unshownKeys(): Guard {
  let keys: string | undefined;
  let shape: string | undefined;
  return {
    after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const table = rowsOf(outcome.facts);
      const outline = outlineOf(query);
      keys = table && table.rowCount > 1 ? keysNotShown(outline) : undefined;
      shape = keys === undefined ? undefined : withKeys(outline, keys);
      return undefined;
    },
    atAnswer: (text) =>
      otherQuestion(
        text,
        keys === undefined ? [] : [`the result does not show which ${keys} each row is of`],
        true,
        shape,
      ),
  };
}

/** What a query groups by, where its list has nothing of it. */
export function keysNotShown(outline: SqlOutline): string | undefined {
  const { outer } = outline;
  const grouped = solid(tokensOf(outline, outer, "group by"));
  if (!outer || grouped.length === 0 || grouped.some(({ text }) => /^(all|rollup|cube|grouping|\d+)$/i.test(text)))
    return undefined;
  const shown = new Set(
    outer.items.flatMap(({ expression, alias }) => [...solid(expression).map(nameOf), alias?.toLowerCase()]),
  );
  if (outer.items.some(({ expression }) => isAll(solid(expression)))) return undefined;
  const isShown = grouped.some((token) => /^(word|quoted)$/.test(token.kind) && shown.has(nameOf(token)));
  return isShown ? undefined : sqlText(tokensOf(outline, outer, "group by")).trim();
}

/** `*` and `t.*`, and not count(*). */
function isAll(expression: readonly SqlToken[]): boolean {
  const at = expression.findIndex(({ text }) => text === "*");
  return at === 0 || expression[at - 1]?.text === ".";
}

function nameOf(token: SqlToken): string {
  return unquoted(token).toLowerCase();
}

function withKeys({ tokens, outer }: SqlOutline, keys: string): string {
  const at = outer!.items[0]!.range.from;
  return `${sqlText(tokens.slice(0, at))} ${keys}, ${sqlText(tokens.slice(at)).trim()}`.replace(/ {2,}/g, " ");
}
