import type { Language } from "../../languages/index.ts";
import { resultSentence } from "../forms/result-sentence.ts";
import type { Task } from "../task.ts";

/** The last result as a sentence of our own, which says no more than is true; undefined where there is none to tell. */
export function plainAnswer(task: Task, language: Language = task.answerLanguage): string | undefined {
  const { lastRows, lastDrawn } = task;
  if (lastRows) return resultSentence(lastRows, language);
  return lastDrawn && language.sentences.chart(lastDrawn.measure, lastDrawn.key);
}
