// "Which airport has the code SFO?" SELECT iata ... WHERE iata = 'SFO': the answer would be that it is SFO.
import { asksForName } from "../../languages/measures.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { columnOf, plainQuery } from "../rewrites/rewrite.ts";
import { conditionsIn } from "../rewrites/text-conditions.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The model is asked for another query once, with all columns; then the user is told. */
export function nothingNew(task: Task): Guard {
  let shown: string | undefined;
  let shape: string | undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome);
      const plain = query === undefined ? undefined : plainQuery(query, { tables: await task.tables() });
      shown = undefined;
      if (!plain || !asksForName(task.question)) return undefined;
      const { outline, select } = plain;
      const fixed = conditionsIn(outline.tokens).filter(({ isNot, text }) => !isNot && text !== undefined);
      const isFixed = (name: string | undefined) => fixed.some((one) => one.name.toLowerCase() === name?.toLowerCase());
      const names = select.items.map(({ expression }) => columnOf(expression));
      if (names.length === 0 || !names.every(isFixed)) return undefined;
      shown = names.join(", ");
      const [first, last] = [select.items[0]!.range, select.items.at(-1)!.range];
      shape = `${sqlText(outline.tokens.slice(0, first.from)).trim()} * ${sqlText(outline.tokens.slice(last.to)).trim()}`;
      return undefined;
    },
    atAnswer: (text) =>
      otherQuestion(
        text,
        shown === undefined ? [] : [`the result shows only ${shown}, which the query's condition says already`],
        true,
        shape,
      ),
  };
}
