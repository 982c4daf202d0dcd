// A total is asked for, and the query lists rows as they stand: the largest of them is not the largest total.
import { asksFor } from "../../languages/index.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { outlineOf, solid } from "../../sessions/sql/sql-outline.ts";
import { rowsOf } from "../../tools/facts.ts";
import { extremeGroups } from "../sql-shapes.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const NO_TOTAL = "the question asks for a total, and the query adds nothing up, as sum(...) with GROUP BY does";
const COMPUTES = /^(\+|\/|distinct|over|group|pivot|summarize)$/i; // also by hand: "a + b AS total"

/** The model is asked for another query once; then the user is told. */
export function unaggregated(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const isList = query !== "" && (rowsOf(outcome.facts)?.rowCount ?? 0) > 1 && !computes(query);
      facts = isList ? await askedOf(query, task) : [];
      shape = facts.length > 0 ? await extremeGroups(task.question, task.tables) : undefined;
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, true, shape),
  };
}

/** A function of anything counts: which ones aggregate is DuckDB's to say. */
function computes(query: string): boolean {
  const tokens = solid(outlineOf(query).tokens);
  return tokens.some(({ kind, text }, i) => {
    const isCall = kind === "word" && tokens[i + 1]?.text === "(" && !/^(in|from|join|where|and|or|not)$/i.test(text);
    return isCall || COMPUTES.test(text);
  });
}

/** Nothing that a column of the query's tables is called by: it may hold totals. */
async function askedOf(query: string, task: Task): Promise<string[]> {
  if (!asksFor(task.question, "total")) return [];
  const tables = tablesIn(query, await task.tables());
  const names = tables.flatMap(({ columns }) => columns.map(({ name }) => name.replaceAll("_", " ")));
  return names.some((name) => asksFor(name, "total")) ? [] : [NO_TOTAL];
}
