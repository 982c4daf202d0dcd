// Two columns of one kind are subtracted, where the question speaks of no difference: the goals of a match are those of
// both sides together.
import { asksForDifference } from "../../languages/measures.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isName, solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { isNumeric } from "../../sessions/table-info.ts";
import { sharesWord } from "../../tools/renamed-columns.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

/** The user is told. */
export function unaskedDifferences(task: Task): Guard {
  let facts: string[] = [];
  return {
    async after(call, outcome) {
      const query = asksForDifference(task.question) || !task.standsAlone ? undefined : queryThatRan(call, outcome);
      facts = query === undefined ? [] : await differencesIn(query, task);
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, false),
  };
}

/** home_score - away_score */
async function differencesIn(query: string, task: Task): Promise<string[]> {
  const columns = tablesIn(query, await task.tables()).flatMap((table) => table.columns);
  const numbers = columns.filter(({ type }) => isNumeric(type)).map(({ name }) => name.toLowerCase());
  const tokens = solid(sqlTokens(query));
  return tokens.flatMap(({ text }, i) => {
    const [a, b] = [tokens[i - 1], tokens[i + 1]];
    if (text !== "-" || !a || !b || !isName(a) || !isName(b)) return [];
    const [from, what] = [unquoted(a), unquoted(b)];
    const isOfOneKind =
      [from, what].every((name) => numbers.includes(name.toLowerCase())) && sharesWord(from, what.replaceAll("_", " "));
    return isOfOneKind && from !== what
      ? [`the query subtracts ${what} from ${from}, and the question speaks of no difference`]
      : [];
  });
}
