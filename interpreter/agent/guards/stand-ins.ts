// A query over a column in which a number may stand for a missing value, 9999 say: a mean of such is far off. The user is
// told; the number may be meant, so the model is not asked to leave it out.
import type { ToolCall } from "../../chat-model.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { usedNames } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens } from "../../sessions/sql/sql-tokens.ts";
import { standInsOf } from "../../tables/stand-ins.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

export function standIns(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? (outcome.failed ? "" : computedOf(call));
      if (query === "") return undefined;
      const names = usedNames(query);
      const numbers = new Set(sqlTokens(query).map(({ text }) => text));
      const known = tablesIn(query, await task.tables()).flatMap(({ notes = [] }) => standInsOf(notes));
      const counted = known.filter(({ column, value }) => {
        return names.has(column.toLowerCase()) && !numbers.has(value.replace(/^-/, ""));
      });
      facts = counted.map(
        ({ column, value }) =>
          `${column} holds ${value}, which may stand for a missing value, and it is taken as a number here`,
      );
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

/** The table, the columns and the expressions that a chart or a test is made of. */
function computedOf({ name, arguments: given }: ToolCall): string {
  if (name !== "chart" && name !== "statistics") return "";
  try {
    return Object.values(JSON.parse(given) as object)
      .flat()
      .filter((value) => typeof value === "string")
      .join(" ");
  } catch {
    return "";
  }
}
