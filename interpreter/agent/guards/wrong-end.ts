// The most expensive are asked for, and the query orders from the cheapest up: its first rows are at the wrong end.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isWord, listed, outlineOf, solid } from "../../sessions/sql/sql-outline.ts";
import { type SqlToken, sqlText, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const RANK = /rank|position|place|platz|rang|puesto|排名|名次|順位/i; // where the first is the highest

/** The model is asked for another query once; then the user is told. */
export function wrongEnd(task: Task): Guard {
  const wanted = wantedEnd(task.question);
  let wrong: TakenEnd | undefined;
  return {
    async after(call, outcome) {
      const query = wanted === undefined ? undefined : queryThatRan(call, outcome);
      const taken = query === undefined ? undefined : await takenEnd(query, task);
      wrong = taken?.end === wanted ? undefined : taken;
      return undefined;
    },
    atAnswer(text) {
      if (!wrong) return undefined;
      const fact = `the question asks for the ${wanted}, and ORDER BY ${wrong.by} takes the ${wrong.end}`;
      return otherQuestion(text, [fact], true, wrong.turned);
    },
  };
}

type End = "highest" | "lowest";

interface TakenEnd {
  readonly end: End;
  readonly by: string;
  readonly turned: string; // the query that takes the other end
}

/** undefined where the question speaks of both ends, or of none. */
function wantedEnd(question: string): End | undefined {
  const isHighest = saysInAnyLanguage(question, ({ most }) => most) || asksFor(question, "dearest");
  const isLowest = saysInAnyLanguage(question, ({ least }) => least) || asksFor(question, "cheapest");
  return isHighest === isLowest ? undefined : isHighest ? "highest" : "lowest";
}

/** Which end the first rows of a query are, by a number that it orders by; undefined where it takes all rows. */
async function takenEnd(query: string, task: Task): Promise<TakenEnd | undefined> {
  const { tokens, outer } = outlineOf(query);
  const order = outer?.clauses.get("order by");
  const [first] = order ? listed(tokens, order) : [];
  if (!outer?.clauses.has("limit") || !first) return undefined;
  const item = solid(tokens.slice(first.from, first.to));
  const isDown = item.some((token) => isWord(token, "desc"));
  const by = item.filter((token) => !isDirection(token));
  const name = by.length === 1 ? unquoted(by[0]!).toLowerCase() : "";
  const written = outer.items.find(({ alias }) => alias?.toLowerCase() === name)?.expression ?? by;
  const tables = tablesIn(query, await task.tables());
  const numbers = tables.flatMap(({ columns }) => columns.filter(({ type }) => isNumeric(type)));
  const isNumber =
    numbers.some((column) => column.name.toLowerCase() === name) ||
    /\b(sum|avg|count|median)\s*\(/i.test(sqlText(written));
  const text = sqlText(tokens.slice(first.from, first.to).filter((token) => !isDirection(token))).trim();
  if (!isNumber || RANK.test(text)) return undefined;
  const before = sqlText(tokens.slice(0, first.from)).trim();
  const behind = sqlText(tokens.slice(first.to)).trim();
  return {
    end: isDown ? "highest" : "lowest",
    by: text,
    turned: `${before} ${text}${isDown ? "" : " DESC"} ${behind}`,
  };
}

export function isDirection(token: SqlToken): boolean {
  return isWord(token, "asc", "desc", "nulls", "first", "last");
}
