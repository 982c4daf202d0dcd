// A mean, a median, a percentile or a deviation is asked for, and the query computes none: the highest value, a sum, rows as they stand,
// or the query of the question before once more.
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { solid } from "../../sessions/sql/sql-outline.ts";
import { sqlTokens, unquoted } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { extremeGroups } from "../sql-shapes.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

interface Computed {
  readonly fact: string;
  /** What computes it, is told beside one, or is divided to make one. */
  readonly functions: RegExp;
  readonly isIn: (text: string) => boolean; // a question that asks for it, a name of what is one
}

const COMPUTED: readonly Computed[] = [
  {
    fact: "the question asks for a mean, and the query computes none, as avg(...) does",
    functions: /^(summarize|avg|mean|favg|median|mode|quantile\w*|approx_quantile|regr_\w+|corr|stddev\w*|var\w*|\/)$/i,
    isIn: (text) => asksFor(text, "mean"),
  },
  {
    fact: "the question asks for a median, and the query computes none, as median(...) does",
    functions: /^(summarize|median|quantile\w*|approx_quantile|percentile\w*)$/i,
    isIn: (text) => saysInAnyLanguage(text, ({ functions }) => functions.median),
  },
  {
    fact: "the question asks for a percentile, and the query computes none, as quantile_cont(column, 0.9) does",
    functions: /^(summarize|median|quantile\w*|approx_quantile|percentile\w*|ntile|percent_rank|cume_dist)$/i,
    isIn: (text) => saysInAnyLanguage(text, ({ functions }) => functions.quantile_cont),
  },
  {
    fact: "the question asks for a standard deviation, and the query computes none, as stddev(...) does",
    functions: /^(summarize|stddev\w*|var\w*|sqrt|[<>]|avg)$/i, // also rows that lie some deviations off
    isIn: (text) => saysInAnyLanguage(text, ({ functions }) => functions.stddev),
  },
];

/** The model is asked for another query once; then the user is told. */
export function means(task: Task): Guard {
  let facts: string[] = [];
  let shape: string | undefined;
  return {
    async after(call, outcome) {
      const query = rowsOf(outcome.facts) ? (queryThatRan(call, outcome) ?? "") : "";
      const lacking = COMPUTED.filter((one) => query !== "" && one.isIn(task.question) && !isComputed(query, one));
      facts = lacking.map(({ fact }) => fact);
      shape = facts.length > 0 ? await extremeGroups(task.question, task.tables) : undefined;
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, true, shape),
  };
}

/** Also one that a column holds already: but not by the name that the query gives to something else. */
function isComputed(query: string, { functions, isIn }: Computed): boolean {
  return solid(sqlTokens(query)).some((token, i, all) => {
    const name = unquoted(token);
    const isAlias = all[i - 1]?.text.toLowerCase() === "as";
    return functions.test(name) || (!isAlias && isIn(name.replaceAll("_", " ")));
  });
}
