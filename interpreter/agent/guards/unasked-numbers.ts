// WHERE price > 100 of a question that says neither that number nor that comparison: a small model takes a number from an
// example, from the form that is asked for ("top 3"), or from nowhere.
import { asksFor } from "../../languages/index.ts";
import { isVague } from "../../languages/thresholds.ts";
import type { SqlResult, TableInfo } from "../../sessions/session.ts";
import { conjunctsOf, withoutConjuncts } from "../../sessions/sql/conjuncts.ts";
import { tablesIn } from "../../sessions/sql/mends/mend.ts";
import { isWord, outlineOf } from "../../sessions/sql/sql-outline.ts";
import { sqlText } from "../../sessions/sql/sql-tokens.ts";
import { rowsOf } from "../../tools/facts.ts";
import { type NumberFilter, numberFiltersIn } from "../question/number-filters.ts";
import { isSaidNumber, isThreshold, saidNumbers } from "../question/said-numbers.ts";
import { unexplainedWords } from "../question/unexplained-words.ts";
import { withoutForm } from "../question/without-form.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { otherQuestion } from "./other-question.ts";
import { queryThatRan } from "./other-way.ts";

const LEAST_NINES = 99; // 99, 999, 9999: what stands for a missing value
const LOOKED_AT = 100; // rows

/**
 * The model is asked for another query once, without that condition. Where a word of the question may say it in other words
 * ("long trips"), the user is told and nobody is asked.
 */
export function unaskedNumbers(task: Task): Guard {
  let facts: string[] = [];
  let mayAsk = false;
  let shape: string | undefined; // the query without those conditions
  return {
    async after(call, outcome) {
      const query = queryThatRan(call, outcome) ?? "";
      [facts, mayAsk, shape] = [[], false, undefined];
      if (query === "") return undefined;
      const tables = tablesIn(query, await task.tables());
      const filters = numberFiltersIn(query, tables).filter(({ text }) => !outcome.content.includes(` has ${text}`)); // unmet ones are told there
      const unsaid = unsaidIn(filters, task);
      if (unsaid.length === 0) return undefined;
      const { session, signal } = task.options.context;
      const look = (text: string) =>
        session.sql(text, { locked: true, isQuiet: true, maxRows: LOOKED_AT, ...(signal && { signal }) });
      const others = await unexplainedWords(withoutForm(task.question), tables, look).catch(() => []);
      signal?.throwIfAborted();
      // A word may stand for a code that is looked for: 2 for summer.
      const left = unsaid.filter(({ isEqual }) => !isEqual || others.length === 0);
      facts = [...new Set(left.map(factOf))];
      mayAsk = others.length === 0 && !isVague(task.question);
      shape = withoutFilters(query, left, tables);
      return undefined;
    },
    atAnswer: (text) => otherQuestion(text, facts, mayAsk, shape),
  };
}

function unsaidIn(filters: readonly NumberFilter[], { conversation, question, made }: Task): NumberFilter[] {
  const questions = conversation.map(({ messages }) => String(messages[0]?.content ?? ""));
  const earlier = made.flatMap(({ outcome }) => numbersOf(rowsOf(outcome.facts)));
  const said = saidNumbers(questions, earlier);
  const asked = questions.join("\n");
  return filters.filter(({ numbers, text, isEqual }) =>
    numbers.some(
      (number) =>
        !isFree(number) &&
        !isSaidNumber(number, said) &&
        !isThreshold(number, asked, text) &&
        !(isEqual && asksFor(question, "missing")),
    ),
  );
}

function numbersOf(result: SqlResult | undefined): number[] {
  const values = (result?.rows ?? []).flatMap((row) => Object.values(row));
  return values.filter((value) => typeof value === "number" || typeof value === "bigint").map(Number);
}

/** Zero and one part what there is from what there is not; 999 and -9 stand for a missing value. */
function isFree(number: number): boolean {
  const size = Math.abs(number);
  return size === 0 || size === 1 || (/^9+$/.test(String(size)) && (number < 0 || size >= LEAST_NINES));
}

function factOf({ text, isOfGroups }: NumberFilter): string {
  return `only ${isOfGroups ? "groups" : "rows"} are taken where ${text}, of which the question says nothing`;
}

/** undefined where one of them is not a condition of its own. */
function withoutFilters(
  query: string,
  unsaid: readonly NumberFilter[],
  tables: readonly TableInfo[],
): string | undefined {
  const outline = outlineOf(query);
  const { outer, selects, tokens } = outline;
  if (!outer || selects.length > 1) return undefined;
  const left = conjunctsOf(outline, outer).filter(({ from, to }) => {
    const own = tokens.slice(from, to);
    const found = numberFiltersIn(`WHERE ${sqlText(own)}`, tables);
    return !own.some((token) => isWord(token, "or", "not")) && unsaid.some(({ text }) => text === found[0]?.text);
  });
  return left.length < unsaid.length ? undefined : withoutConjuncts(outline, outer, left);
}
