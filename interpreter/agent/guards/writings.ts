import { LANGUAGES, saysInAnyLanguage } from "../../languages/index.ts";
import { askedForm } from "../question/asked-form.ts";
import { rewritten } from "../question/asked-writing.ts";
import { namedValues } from "../result-values.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

const SENTENCE_END = /(?<=[.!?])\s+(?=\p{Lu}|\d)|(?<=[。！？])(?=.)|\n+/u;
const IN_ONE = "Answer in one sentence.";
const NOT_ONE = "the answer is longer than the one sentence that was asked for";

/** Heard last: what the answer says has been held against the results as they are, and is then written as was asked. */
export function writings(task: Task): Guard {
  const { shape, decimals, writing } = askedForm(task.question);
  const isOne = shape === undefined && LANGUAGES.some((language) => language.writing.oneSentence.test(task.question));
  return {
    atAnswer(text) {
      const { last, made } = task;
      if (!last || last.failed || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      if (isOne && text.trim().split(SENTENCE_END).length > 1) return { say: IN_ONE, doubts: [NOT_ONE] };
      if (!writing) return undefined;
      const { letters, ...others } = writing;
      const values = namedValues(made.map(({ outcome }) => outcome));
      const isWritten = task.written.includes(text);
      const hasNames = shape !== undefined && "names" in shape; // keys and marks keep the letters that they were asked for with
      const asked = { ...(!isWritten && others), ...(letters && !hasNames && { letters }) };
      return { answer: rewritten(text, values, asked, decimals) };
    },
  };
}
