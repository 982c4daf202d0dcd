import { ENGLISH, type Language, languageAskedFor, languageOf, saysInAnyLanguage } from "../../languages/index.ts";
import { FILE_NAME } from "../file-name.ts";
import { fitsSentence } from "../forms/result-sentence.ts";
import { namedValues } from "../result-values.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const LEAST_WORDS = 2; // short words of a language, before a text counts as one in it

/**
 * An answer is in the language of the question, in the one that it asks for, or in that of the questions before it. Where
 * one result is all that there is to tell, it is told by our own sentence: a small model that is asked again may well say
 * something else.
 */
export function wrongLanguage(task: Task): Guard {
  const isAskedFor = languageAskedFor(task.question) !== undefined;
  const wanted = task.language;
  const { shape } = task.form;
  const hasShape = shape !== undefined && shape.kind !== "marks"; // JSON, a word, a number: in no language
  return {
    atAnswer(text) {
      if (hasShape || !wanted) return undefined;
      const words = withoutValues(text, task);
      const found = languageOf(words, LEAST_WORDS);
      const isBare = isAskedFor && found === undefined && languageOf(words) !== wanted; // names and numbers alone
      if (found === wanted || (found === undefined && !isBare)) return undefined;
      if (saysInAnyLanguage(text, ({ cannot }) => cannot)) return { answer: wanted.sentences.unanswerable };
      const answer = plainAnswer(task, wanted);
      const instead = answer === undefined ? { doubts: [doubt(wanted)] } : { answer };
      const isTold = task.lastRows ? fitsSentence(task.lastRows) : task.lastDrawn !== undefined;
      const isAll = isTold && task.made.filter(({ outcome }) => !outcome.failed).length === 1;
      return isAll ? instead : { say: wanted.sentences.answerInThis, ...instead };
    },
  };
}

/** Names of files, and names and texts of the results, tell nothing of the language that an answer is in. */
function withoutValues(text: string, { made }: Task): string {
  const texts = namedValues(made.map(({ outcome }) => outcome)).flatMap(({ name, value }) => [name, String(value)]);
  const longest = [...new Set(texts)].filter((one) => /\p{L}{2}/u.test(one)).sort((a, b) => b.length - a.length);
  return longest.reduce((left, value) => left.replaceAll(value, " "), text.replace(FILE_NAME, " "));
}

function doubt({ names, code }: Language): string {
  const name = names[ENGLISH.names.indexOf("english")] ?? code;
  return `the answer is not in ${name[0]?.toUpperCase()}${name.slice(1)}`;
}
