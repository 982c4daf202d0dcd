import { saysInAnyLanguage } from "../../languages/index.ts";
import { chosenValues, filledForm, formSchema, hasForm, hasMarks, writeForm } from "../forms/fill-form.ts";
import { ofTopRow } from "../forms/top-row.ts";
import { writingOf, writtenValues } from "../forms/write-values.ts";
import { lackingValues, sketchOf, wordsAskedFor } from "../question/asked-choices.ts";
import type { AskedForm, MarksShape } from "../question/asked-form.ts";
import { type NamedValue, namedValues } from "../result-values.ts";
import { isAbout, numbersIn } from "../sentences/numbers-in-text.ts";
import type { Task } from "../task.ts";
import { CHOOSE, NOT_KEPT } from "./forms.ts";
import type { AnswerObjection, Guard } from "./guard.ts";

const CONCLUDED = "no result has the words that were asked for: which of them fits is the model's conclusion";
const CHOSEN = "which value of the result stands where was chosen by the model";

/**
 * "@mean[...] @normality[...]": each mark gets the result's value of its name, or the word that follows from the result.
 * What no result has is asked for as a query: another value would stand where it does not belong.
 */
export function marks(task: Task): Guard {
  const form = task.form;
  let said: string | undefined; // the same is not said twice
  return {
    asks: 2, // for what no result has, and to choose
    atAnswer(text) {
      const { last, made } = task;
      if (form.shape?.kind !== "marks" || !last || last.failed) return undefined;
      if (saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const values = namedValues(made.map(({ outcome }) => ofTopRow(outcome, task.question)));
      if (values.length === 0) return undefined;
      const { say, next, ...told } = filled(text, form.shape, values, form, task);
      if (say === undefined || say === said) return told;
      said = say;
      return { say, ...(next && { next }), ...told };
    },
  };
}

function filled(
  text: string,
  shape: MarksShape,
  found: readonly NamedValue[],
  form: AskedForm,
  { question, last, answerLanguage }: Task,
): AnswerObjection {
  const { names } = shape;
  const { decimals } = form;
  const words = wordsAskedFor(names, found, question, last?.facts ?? []);
  const ofWords = [...words].flatMap(([name, own]) => own.map((value) => ({ name, value })));
  const asked = writingOf(form, last?.facts ?? [], answerLanguage);
  const values = [...ofWords, ...writtenValues(found, asked)];
  const isOpen = ofWords.length > words.size;
  const certain = isOpen ? undefined : filledForm(shape, values, undefined, decimals);
  if (certain !== undefined) {
    return hasMarks(text, names, values) ? {} : { answer: `${sentenceOf(text, values)}\n\n${certain}`.trim() };
  }
  const doubts = [isOpen ? CONCLUDED : CHOSEN];
  const chosen = chosenValues(text, names, values);
  if (chosen) return { answer: writeForm(shape, chosen, decimals), doubts };
  const lacking = lackingValues(names, words, found);
  if (lacking.length > 0) {
    const columns = names.filter((name) => !words.has(name));
    const query = sketchOf(columns) ?? `one row with the columns ${columns.join(", ")}`;
    const say = `No result has ${lacking.join(" and ")}. Write one query for all: ${query}`;
    return { say, doubts: [NOT_KEPT] };
  }
  if (hasForm(text, shape, values)) return { doubts };
  const schema = formSchema(names, values, words);
  return { doubts: [NOT_KEPT], ...(schema && { say: CHOOSE, next: { schema, answerNow: true } }) };
}

/** The model's words, without marks that hold a placeholder; none where they tell no value, as the marks do. */
function sentenceOf(text: string, values: readonly NamedValue[]): string {
  const sentence = text.replace(/@[\p{L}\p{N}_]+\s*\[[^\]\n]*\],?/gu, "").trim();
  const numbers = numbersIn(sentence);
  const isTold = values.some(({ value }) =>
    typeof value === "number" ? numbers.some((one) => isAbout(one, value)) : sentence.includes(String(value)),
  );
  return isTold ? sentence : "";
}
