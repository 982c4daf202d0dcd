import { asksFor, languageOf, saysInAnyLanguage } from "../../languages/index.ts";
import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { saysCall } from "../forms/measure-name.ts";
import { fitsSentence } from "../forms/result-sentence.ts";
import { type KeyedResult, keyedResult } from "../keyed-result.ts";
import { contradictions } from "../sentences/contradictions.ts";
import { swappedDays, wrongDaysTold, wrongMonthsTold } from "../sentences/days-told.ts";
import { wrongNames } from "../sentences/names.ts";
import { numbersIn } from "../sentences/numbers-in-text.ts";
import { wrongAggregate } from "../sentences/said-aggregates.ts";
import { sentencesOf } from "../sentences/sentence-parts.ts";
import { wrongPercent, wrongSingleValues, wrongUnits } from "../sentences/single-values.ts";
import {
  deniesRows,
  oneOfMany,
  tellsNoRow,
  tellsNothing,
  tellsNotWhich,
  tellsOneOfEach,
} from "../sentences/tells-nothing.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const NO_ROWS = "it has no rows";
const NOT_TOLD = "what the model said of the result does not fit it: whether its rows answer the question is not sure";
const ANSWER_ANEW = "Answer again in one sentence, with each value beside what it belongs to.";

/**
 * What the answer says of the last result is held against it: asked again once with the fact; and if the words still do
 * not fit, the sentence is written from the result.
 */
export function toldResults(task: Task): Guard {
  const isShaped = task.form.shape !== undefined;
  return {
    atAnswer(text) {
      const { last, lastRows, lastDrawn } = task;
      const table = lastRows ?? lastDrawn?.table;
      if (!table || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      if (task.written.includes(text)) return undefined;
      const keyed = keyedResult(table, codeThatRan(last?.facts ?? []));
      const result = lastRows || hasOneRowAKey(keyed) ? keyed : undefined;
      const language = task.language ?? languageOf(text) ?? task.answerLanguage;
      const asked = [...numbersIn(task.question).flatMap(({ readings }) => readings), ...earlierNumbers(task)];
      const isMostAsked = saysInAnyLanguage(task.question, ({ most }) => most) || asksFor(task.question, "top");
      const query = codeThatRan(last?.facts ?? []) ?? "";
      const facts = result ? contradictions(text, { result, language, asked, isMostAsked }) : [];
      facts.push(...singleValues(text, task, { question: task.question, language, numbers: asked }));
      if (facts.length === 0) facts.push(...wrongUnits(text, table, task.question));
      const known = `${task.question}\n${query}\n${earlierTexts(task)}`;
      if (lastRows) facts.push(...wrongDaysTold(text, lastRows, known));
      if (lastRows && facts.length === 0) facts.push(...wrongMonthsTold(text, lastRows, known));
      if (lastRows && facts.length === 0)
        facts.push(...sentencesOf(text).flatMap((sentence) => swappedDays(sentence, lastRows)));
      const columns = table.columns.map(({ name }) => name).join(" ");
      if (table.rowCount === 1) facts.push(...wrongAggregate(text, query, `${task.question} ${columns}`));
      if (lastRows) facts.push(...wrongNames(text, lastRows, { question: task.question, language }));
      if (facts.length === 0) facts.push(...wrongPercent(text, table, codeThatRan(last?.facts ?? [])));
      if (table.rowCount === 0 && !isShaped && !saysInAnyLanguage(text, ({ nothing }) => nothing)) facts.push(NO_ROWS);
      if (lastRows && facts.length === 0)
        facts.push(...oneOfMany(text, task.question, lastRows), ...deniesRows(text, lastRows));
      const isToldBetter =
        lastRows &&
        (tellsOneOfEach(text, task.question, lastRows, query) ||
          (saysCall(text, lastRows, language) && fitsSentence(lastRows)));
      if (facts.length === 0 && !isShaped && isToldBetter) return { answer: plainAnswer(task, language) ?? text };
      if (
        facts.length === 0 &&
        !isShaped &&
        lastRows &&
        (tellsNothing(text, lastRows) ||
          tellsNotWhich(text, task.question, lastRows) ||
          tellsNoRow(text, task.question, lastRows, query))
      ) {
        if (!fitsSentence(lastRows)) return { answer: plainAnswer(task, language) ?? text }; // too many to be told
        facts.push("it is not in your answer");
      }
      if (facts.length === 0) return undefined;
      const answer = plainAnswer(task, language) ?? text;
      const doubts = lastRows && !fitsSentence(lastRows) ? [NOT_TOLD] : [];
      return { say: `That does not fit the result: ${facts.join("; ")}. ${ANSWER_ANEW}`, answer, doubts };
    },
  };
}

/** What the model was shown before its last result. */
function earlierTexts({ made }: Task): string {
  return made
    .slice(0, -1)
    .map(({ outcome }) => outcome.content)
    .join("\n");
}

/** Of earlier results; what the last one has as well belongs to its row. */
function earlierNumbers({ made, last }: Task): number[] {
  const own = new Set(numbersIn(last?.content ?? "").flatMap(({ readings }) => readings));
  const numbers = made.slice(0, -1).flatMap(({ outcome }) => numbersIn(outcome.content));
  return numbers.filter(({ readings }) => !readings.some((one) => own.has(one))).flatMap(({ readings }) => readings);
}

/** Against the results of one row each, where there are no others. */
function singleValues(text: string, { made }: Task, asked: Parameters<typeof wrongSingleValues>[2]): string[] {
  const tables = made.flatMap(({ outcome }) => (outcome.failed ? [] : (rowsOf(outcome.facts) ?? [])));
  const isEachOne = tables.every(({ rowCount }) => rowCount === 1);
  return isEachOne ? wrongSingleValues(text, tables, asked) : [];
}

/** Points of a chart may share their keys: nothing that is said of a key could be held against one of them. */
function hasOneRowAKey(result: KeyedResult | undefined): boolean {
  const keys = result?.rows.map((row) => row.keys.join("\n")) ?? [];
  return new Set(keys).size === keys.length;
}
