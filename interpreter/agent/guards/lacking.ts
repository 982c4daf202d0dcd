// The question names something that no column is called by, the model has looked for it, and found another way to a result.
import { wholeWord } from "../../escape-regexp.ts";
import { saysInAnyLanguage } from "../../languages/index.ts";
import { factsOf } from "../../tools/facts.ts";
import { namingWords, sharesWord } from "../../tools/renamed-columns.ts";
import { isDefinedIn } from "../question/question-parts.ts";
import { aggregatesIn, plainQuery } from "../rewrites/rewrite.ts";
import { mayBeNamedIn } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { queryThatRan } from "./other-way.ts";

/** Whole rows of other columns are no answer; one other column may be what is meant, and the user is told. */
export function lacking(task: Task): Guard {
  let lacked: string | undefined;
  let isOfRows = false; // of the last call
  return {
    async after(call, outcome) {
      const [fact] = outcome.failed ? factsOf(outcome.facts, "lacks") : [];
      const tables = await task.tables();
      const query = queryThatRan(call, outcome);
      if (
        fact &&
        isNamed(fact.column, task.question) &&
        !isHeld(
          fact.column,
          tables.flatMap(({ columns }) => columns),
        )
      )
        lacked = fact.column;
      if (lacked === undefined || query === undefined) return undefined;
      const plain = plainQuery(query, { tables });
      isOfRows = plain !== undefined && isOfOtherColumns(plain);
      return undefined;
    },
    atAnswer(text) {
      if (lacked === undefined || task.last?.failed || saysInAnyLanguage(text, ({ cannot }) => cannot))
        return undefined;
      const { lacks } = task.answerLanguage.sentences;
      return isOfRows
        ? { answer: lacks(lacked), reason: "unanswerable" }
        : { doubts: [`the tables have no ${lacked}`] };
    },
  };
}

/** By a word that says what it is. */
function isNamed(column: string, question: string): boolean {
  if (isDefinedIn(column, question)) return false; // it is to be computed
  return namingWords(column).some((word) => sharesWord(word, question) || wholeWord(word).test(question));
}

/** A column of another form of the word: price, where "prices" was looked for. */
function isHeld(column: string, columns: readonly { readonly name: string }[]): boolean {
  return columns.some(({ name }) => mayBeNamedIn(name, column.replaceAll("_", " ")));
}

/** Several columns of rows as they stand. */
function isOfOtherColumns({ outline, select }: NonNullable<ReturnType<typeof plainQuery>>): boolean {
  const isAll = select.items.some(({ expression }) => expression.some(({ text }) => text === "*"));
  return aggregatesIn(outline.tokens).length === 0 && (isAll || select.items.length > 1);
}
