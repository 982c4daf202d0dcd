// "The table has no column reason", of a table that has one, or "no column for the profit" where nobody asked for one: an
// answer that gives up for a reason that does not hold.
import { wholeWord } from "../../escape-regexp.ts";
import { thingsIn } from "../../languages/column-words.ts";
import { asksFor, saysInAnyLanguage } from "../../languages/index.ts";
import { fileOf } from "../../sessions/table-info.ts";
import { factsOf } from "../../tools/facts.ts";
import { mayBeNamedIn } from "../rewrites/spoken.ts";
import type { Task } from "../task.ts";
import type { AnswerObjection, Guard } from "./guard.ts";
import { heldToQuery } from "./other-way.ts";
import { plainAnswer } from "./plain-answer.ts";

const LEAST_NAME = 3; // UTF-16 units; of Han characters two
const DENIES =
  /\b(?:not|no|n't|without|lacks?|missing|cannot)\b|nicht|kein|fehlt|(?<!\p{L})(?:pas|aucune?|manque|no|sin|falta|ning[uú]n\p{L}*)(?!\p{L})|没有|不存在|不包含|無|ない|ありません|存在しません/iu;

const NO_PROFIT = "The question does not ask for a profit.";

/** The model is asked for the query once, with the column named. */
export function falseDenials(task: Task): Guard {
  return {
    async atAnswer(text) {
      if (!saysInAnyLanguage(text, ({ cannot }) => cannot) || !DENIES.test(text)) return undefined;
      const tables = await task.relevantTables();
      const found = tables.flatMap((table) => {
        const named = table.columns.filter(({ name }) => {
          return (isLong(name) && wholeWord(name).test(text)) || isTranslated(name, text, task.question);
        });
        return named.map(({ name }) => ({ name, file: fileOf(table) }));
      });
      const [first] = found;
      const lacked = lackedByTheModel(task);
      if (!first && lacked !== undefined)
        return { say: `The question does not ask for ${lacked}. Write a query without it.`, ...heldToQuery(task) };
      if (!first) return deniesTheExample(text, task.question) ? notAskedFor(task) : undefined;
      return { say: `${first.file} has a column ${first.name}. Write the query that answers.`, ...heldToQuery(task) };
    },
  };
}

/** A column that the last query took, which no table has and of which the question does not speak, as far as its letters tell. */
function lackedByTheModel({ last, question }: Task): string | undefined {
  const [lacks] = last?.failed ? factsOf(last.facts, "lacks") : [];
  const isHan = (text: string) => /\p{Script=Han}/u.test(text);
  return lacks && isHan(lacks.column) === isHan(question) && !mayBeNamedIn(lacks.column.replaceAll("_", " "), question)
    ? lacks.column
    : undefined;
}

/** What the example of a refusal in code-blocks.md lacks, as a small model copies it below any question. */
function deniesTheExample(text: string, question: string): boolean {
  return /\bprofit\b/i.test(text) && !asksFor(question, "profit");
}

/** A result with rows is told as it stands where the model keeps to its refusal. */
function notAskedFor(task: Task): AnswerObjection {
  const isAnswered = task.lastRows !== undefined && task.lastRows.rowCount > 0;
  const answer = isAnswered ? plainAnswer(task) : undefined;
  if (answer === undefined) return { say: `${NO_PROFIT} Write the query that answers it.`, ...heldToQuery(task) };
  return { say: `${NO_PROFIT} Answer it in one sentence from the result above.`, answer };
}

/** "There is no hourly wage", which was asked for, of a table with a column 时薪. */
function isTranslated(column: string, text: string, question: string): boolean {
  const denied = thingsIn(text);
  return thingsIn(question).some((thing) => denied.includes(thing) && thingsIn(column).includes(thing));
}

function isLong(name: string): boolean {
  return name.length >= (/\p{Script=Han}/u.test(name) ? 2 : LEAST_NAME);
}
