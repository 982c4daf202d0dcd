// The most expensive are asked for, and the query orders from the cheapest up: its first rows are at the wrong end.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isWord, listed, outlineOf, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { codeThatRan } from "../../tools/facts.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryOf } from "./other-way.ts";

const RANK = /rank|position|place|platz|rang|puesto|排名|名次|順位/i; // where the first is the highest

/** The model is asked for another query once; then the user is told. */
export function wrongEnd(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, { failed, facts: found }) {
      const wanted = wantedEnd(task.question);
      const taken =
        failed || call.name !== "run_sql" || !wanted
          ? undefined
          : await takenEnd(codeThatRan(found) ?? queryOf(call), task);
      facts =
        taken === undefined || taken.end === wanted
          ? []
          : [`the question asks for the ${wanted}, and ORDER BY ${taken.by} takes the ${taken.end}`];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

type End = "highest" | "lowest";

/** undefined where the question speaks of both ends, or of none. */
function wantedEnd(question: string): End | undefined {
  const isHighest = saysInAnyLanguage(question, ({ most }) => most) || asksFor(question, "dearest");
  const isLowest = saysInAnyLanguage(question, ({ least }) => least) || asksFor(question, "cheapest");
  return isHighest === isLowest ? undefined : isHighest ? "highest" : "lowest";
}

/** Which end the first rows of a query are, by a number that it orders by; undefined where it takes all rows. */
async function takenEnd(query: string, { options }: Task): Promise<{ end: End; by: string } | undefined> {
  const { tokens, outer } = outlineOf(query);
  const order = outer?.clauses.get("order by");
  const [first] = order ? listed(tokens, order) : [];
  if (!outer?.clauses.has("limit") || !first) return undefined;
  const item = solid(tokens.slice(first.from, first.to));
  const isDown = item.some((token) => isWord(token, "desc"));
  const by = item.filter((token) => !isWord(token, "asc", "desc", "nulls", "first", "last"));
  const name = by.length === 1 ? unquoted(by[0]!).toLowerCase() : "";
  const written = outer.items.find(({ alias }) => alias?.toLowerCase() === name)?.expression ?? by;
  const tables = tablesIn(query, await options.context.session.tables().catch(() => []));
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  const isNumber =
    numbers.some((column) => column.name.toLowerCase() === name) ||
    /\b(sum|avg|count|median)\s*\(/i.test(sqlText(written));
  const text = sqlText(by);
  return isNumber && !RANK.test(text) ? { end: isDown ? "highest" : "lowest", by: text } : undefined;
}
