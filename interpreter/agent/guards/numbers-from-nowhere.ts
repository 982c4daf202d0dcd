import { codeThatRan, rowsOf } from "../../tools/facts.ts";
import { computedFrom, type KeyedResult, keyedResult } from "../keyed-result.ts";
import { keysIn, numbersOf } from "../sentences/mentions.ts";
import { saidBounds, saidRanges } from "../sentences/said-bounds.ts";
import { sentencesOf } from "../sentences/sentence-parts.ts";
import { converted } from "../sentences/units.ts";
import { unsupportedNumbers } from "../sentences/unsupported-numbers.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";

const NO_RESULT = "You have no result that says so. Write the code first.";
const MAX_NAMED = 12; // rows of a sentence
const NONE_BY_SIGHT = -1; // without a result no number can have been counted by the eye

/** Numbers that stand in nothing that the model was shown: made up, or computed in its head. */
export function numbersFromNowhere(task: Task): Guard {
  return {
    atAnswer(text) {
      if (task.written.includes(text)) return undefined;
      const isUnseen = task.made.length === 0;
      const computed = task.made.flatMap(({ outcome: { facts } }) => {
        const table = rowsOf(facts);
        const result = table && keyedResult(table, codeThatRan(facts));
        const inOtherUnits = table ? converted(text, table) : [];
        return result ? [...inOtherUnits, ...computedFrom(result), ...computedOfNamed(text, result)] : inOtherUnits;
      });
      const ranges = saidRanges(text).flatMap(({ low, high }) => [low, high]);
      const bounds = isUnseen ? [] : [...saidBounds(text).map(({ number }) => number), ...ranges]; // held against the results elsewhere
      const known = [...computed, ...bounds, ...togetherOf(task)];
      const numbers = unsupportedNumbers(text, task.shown(text), isUnseen ? NONE_BY_SIGHT : undefined, known);
      if (numbers.length === 0) return undefined;
      const doubts = [`${numbers.join(", ")} ${numbers.length > 1 ? "are" : "is"} in no result`];
      return isUnseen ? { say: NO_RESULT, doubts } : { doubts }; // what it was asked is in the tables
    },
  };
}

/** What results of one row each give together: their sum, and of two how far they are apart. */
function togetherOf({ made }: Task): number[] {
  const values = made.flatMap(({ outcome: { facts, failed } }) => {
    const { rows = [], rowCount = 0 } = rowsOf(facts) ?? {};
    return failed || rowCount !== 1 ? [] : Object.values(rows[0] ?? {}).filter((value) => typeof value === "number");
  });
  const [a = 0, b = 0] = values;
  const ofTwo = values.length === 2 ? [a - b, ...(a !== 0 && b !== 0 ? [a / b, b / a] : [])] : [];
  return values.length < 2 ? [] : [values.reduce((sum, value) => sum + value, 0), ...ofTwo];
}

/** Of the rows that a sentence names: their sum, and how far each two are apart. */
function computedOfNamed(text: string, result: KeyedResult): number[] {
  return sentencesOf(text).flatMap((sentence) => {
    const keys = [...new Set(keysIn(sentence, result).map(({ key }) => key))];
    if (keys.length < 2 || keys.length > MAX_NAMED) return [];
    return result.measures.flatMap((measure) => {
      const values = keys.flatMap((key) => numbersOf(result, key, measure));
      const apart = values.flatMap((a, i) => values.slice(i + 1).map((b) => a - b));
      return [values.reduce((sum, value) => sum + value, 0), ...apart];
    });
  });
}
