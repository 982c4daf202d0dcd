// It is asked which one has the most, and the query gives a number of all of them: the sum of the table, say.
import { saysInAnyLanguage } from "../../languages/index.ts";
import { askedMost, asksForName } from "../../languages/measures.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { rowsOf } from "../../tools/facts.ts";
import { aggregatesIn, plainQuery } from "../rewrites/rewrite.ts";
import { takenEndOfTime } from "../rewrites/times-with-most.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const NO_NAME = "the question asks which one it is, and the query gives a number of all of them";

/** The model is asked for another query once; then the user is told. */
export function whichWithoutName(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const table = rowsOf(outcome.facts);
      facts = [];
      if (query === undefined || table?.rowCount !== 1 || table.columns.length !== 1) return undefined;
      const plain = plainQuery(query, { tables: await task.tables() });
      const [first] = plain ? aggregatesIn(solid(plain.select.items[0]?.expression ?? [])) : [];
      const isOfAll =
        first !== undefined && /^(sum|avg|count|mean)$/.test(first.name) && !plain?.select.clauses.has("group by");
      const isOfTime = takenEndOfTime(query, { question: task.question, tables: await task.tables() });
      facts = isOfAll && asksWhichHasMost(task.question) ? [NO_NAME] : isOfTime ? [isOfTime] : [];
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts),
  };
}

function asksWhichHasMost(question: string): boolean {
  const isMost = askedMost(question) !== undefined || saysInAnyLanguage(question, ({ most }) => most);
  return asksForName(question) && (isMost || saysInAnyLanguage(question, ({ least }) => least));
}
