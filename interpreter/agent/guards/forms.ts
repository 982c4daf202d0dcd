import { saysInAnyLanguage } from "../../languages/index.ts";
import type { SqlResult } from "../../sessions/session.ts";
import { codeThatRan, rowsOf, shownRows } from "../../tools/facts.ts";
import { lackingValues, wordsAskedFor } from "../asked-choices.ts";
import { type AskedForm, askedForm, otherCurrencies, type YesOrNo } from "../asked-form.ts";
import {
  chosenValues,
  filledForm,
  fitting,
  formSchema,
  hasForm,
  isOfRows,
  resultSays,
  roundNumbers,
  said,
  writeForm,
} from "../fill-form.ts";
import { isAbout, numbersIn } from "../numbers-in-text.ts";
import { type NamedValue, namedValues } from "../result-values.ts";
import type { Task } from "../task.ts";
import type { AnswerObjection, Guard } from "./guard.ts";

const CHOOSE = "Give the values of the result that were asked for, as JSON.";
const LET_IT_SAY = "Write a query that says it: its one value is true or false.";
const CONCLUDED = "no result says yes or no by itself: it is the model's conclusion";
const CHOSEN = "no result has the words that were asked for: which of them fits is the model's conclusion";
const NO_WORDS: ReadonlyMap<string, readonly string[]> = new Map();
const NOT_KEPT = "the answer is not in the form that was asked for";

/**
 * The form that the question asks for is kept: written from the results where they say which value goes where, else
 * chosen from their values by the model, under a grammar. What the model gave in that form, with the results' values, stays.
 */
export function forms(task: Task): Guard {
  const form = askedForm(task.question);
  return {
    atAnswer(text) {
      const { last } = task;
      if (!last || last.failed || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const values = namedValues(task.made.map(({ outcome }) => outcome));
      const { say, next, answer = text, doubts = [] } = shaped(text, form, values, task);
      const rounded = form.decimals === undefined ? answer : roundNumbers(answer, values, form.decimals);
      const money = inCurrency(rounded, form, task);
      return { ...(say && { say }), ...(next && { next }), answer: money.answer, doubts: [...doubts, ...money.doubts] };
    },
  };
}

function shaped(
  text: string,
  { shape, decimals }: AskedForm,
  found: readonly NamedValue[],
  { last, question }: Task,
): AnswerObjection {
  if (!shape || found.length === 0) return {};
  const facts = last?.facts ?? [];
  if (shape.kind === "yes-or-no") return yesOrNo(text, shape, rowsOf(facts));
  const names = "names" in shape ? shape.names : ["answer"];
  const words = shape.kind === "marks" ? wordsAskedFor(names, found, question, facts) : NO_WORDS;
  const values = [...[...words].flatMap(([name, own]) => own.map((value) => ({ name, value }))), ...found];
  const chosen = names.length > 0 ? chosenValues(text, names, values) : undefined;
  const isOpen = [...words.values()].some((own) => own.length > 1);
  const doubts = isOpen ? [CHOSEN] : [];
  if (chosen)
    return { answer: "names" in shape ? writeForm(shape, chosen, decimals) : String(chosen.get("answer")), doubts };
  const filled = isOpen ? undefined : filledForm(shape, values, shownRows(facts), decimals);
  const isForCertain = shape.kind === "marks" && filled !== undefined; // then another value in a mark is a wrong one
  if (!isForCertain && hasForm(text, shape, values)) return { doubts };
  if (filled !== undefined)
    return { answer: shape.kind === "marks" ? `${sentenceOf(text, values)}\n\n${filled}`.trim() : filled };
  if (shape.kind === "marks" && lackingValues(names, words, found).length > 0) return { doubts: [NOT_KEPT] };
  const schema = isOfRows(shape) ? undefined : formSchema(names, fitting(shape, values), words);
  return { doubts: [NOT_KEPT], ...(schema && { say: CHOOSE, next: { schema, answerNow: true } }) };
}

/** What a result says, and else the model, which may have computed something else. */
function yesOrNo(text: string, shape: YesOrNo, table: SqlResult | undefined): AnswerObjection {
  const answer = resultSays(shape, table);
  if (answer !== undefined) return { answer };
  const word = said(shape, text);
  return word === undefined
    ? { say: LET_IT_SAY, doubts: [NOT_KEPT] }
    : { say: LET_IT_SAY, answer: word, doubts: [CONCLUDED] };
}

/** The model's words, without marks that hold a placeholder; none where they tell no value, as the marks do. */
function sentenceOf(text: string, values: readonly NamedValue[]): string {
  const sentence = text.replace(/@\w+\s*\[[^\]\n]*\],?/g, "").trim();
  const numbers = numbersIn(sentence);
  const isTold = values.some(({ value }) =>
    typeof value === "number" ? numbers.some((one) => isAbout(one, value)) : sentence.includes(String(value)),
  );
  return isTold ? sentence : "";
}

/** An amount is told in the currency that was asked for, with a doubt where no column says that it is in it. */
function inCurrency(text: string, { currency }: AskedForm, { last, question, conversation }: Task) {
  if (!currency) return { answer: text, doubts: [] };
  const { code, written } = currency;
  const facts = last?.facts ?? [];
  const names = rowsOf(facts)?.columns.map(({ name }) => name) ?? [];
  const columns = [...names, codeThatRan(facts), conversation.at(-1)?.notebook].filter(Boolean).join("\n");
  const others = otherCurrencies(columns, currency).filter(
    (other) => !otherCurrencies(question, currency).includes(other),
  );
  const doubts =
    others.length > 0
      ? [`the tables tell of ${others.join(", ")}, and nothing was converted to ${code}`]
      : written.test(columns.replaceAll("_", " "))
        ? []
        : [`no column says that its amounts are in ${code}`];
  const isSaid = written.test(text) || others.length > 0;
  return { answer: isSaid ? text : `${text.trimEnd()} (${code})`, doubts };
}
