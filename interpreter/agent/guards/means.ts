// A mean is asked for, and the query computes none: the highest value, a sum, or the query of the question before once more.
import { asksFor } from "../../languages/index.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { extremeGroups } from "../sql-shapes.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const NO_MEAN = "the question asks for a mean, and the query computes none, as avg(...) does";
/** What is a mean, is told beside one, or is divided to make one. */
const COMPUTES = /^(avg|mean|favg|median|mode|quantile\w*|approx_quantile|regr_\w+|corr|stddev\w*|var\w*|\/)$/i;

/** The model is asked for another query once; then the user is told. */
export function means(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined;
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      const isOther = rowsOf(outcome.facts) && query !== "" && asksFor(task.question, "mean") && !hasMean(query);
      facts = isOther ? [NO_MEAN] : [];
      shape = isOther ? await extremeGroups(task.question, task.tables) : undefined;
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, true, shape),
  };
}

/** Also one that a column holds already: but not by the name that the query gives to something else. */
function hasMean(query: string): boolean {
  return solid(sqlTokens(query)).some((token, i, all) => {
    const name = unquoted(token);
    const isAlias = all[i - 1]?.text.toLowerCase() === "as";
    return COMPUTES.test(name) || (!isAlias && asksFor(name.replaceAll("_", " "), "mean"));
  });
}
