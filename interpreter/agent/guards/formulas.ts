// "What share of the revenue (price × units) do drinks make?": a model that finds no column for the revenue refuses, though
// the question says how to compute it from columns that are there.
import { wholeWord } from "../../escape-regexp.ts";
import { saysInAnyLanguage } from "../../languages/index.ts";
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { heldToQuery } from "./other-way.ts";

const IN_BRACKETS = /[(（]([^()（）]+)[)）]/gu;
const OPERATOR = /\s*[*×÷/+−]\s*|\s+[-x]\s+/u;

/** The model is asked for the query once; then the user is told. */
export function formulas({ question, conversation, options }: Task): Guard {
  const formula = formulaIn(question, conversation.at(-1)?.notebook ?? "");
  return {
    atAnswer(text) {
      if (formula === undefined || !saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
      const say = `The question says how to compute it: ${formula}. Write the query that answers: ${question}`;
      return {
        say,
        ...heldToQuery({ options }),
        doubts: [`the question says how to compute it (${formula}), and the tables have that`],
      };
    },
  };
}

/** The first one that is of columns which the model was told of. */
function formulaIn(question: string, notebook: string): string | undefined {
  const written = [...question.matchAll(IN_BRACKETS)].map(([, formula]) => formula!.trim());
  return written.find((formula) => {
    const parts = formula.split(OPERATOR);
    return parts.length > 1 && parts.every((part) => part !== "" && (isNumber(part) || wholeWord(part).test(notebook)));
  });
}

function isNumber(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text);
}
