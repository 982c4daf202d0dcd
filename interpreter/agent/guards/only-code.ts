import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const BLOCKS = /```[\s\S]*?(?:```|$)/g;
const ASKS_FOR_CODE = /\b(sql|code|script|function|regex|requête|consulta|abfrage|funktion)\b|代码|コード|クエリ/i;
const IN_WORDS = "That is code. Answer in one sentence, with the numbers of the result.";

/** Code is no answer, unless it was asked for. */
export function onlyCode(task: Task): Guard {
  const { question } = task;
  const isMeant = ASKS_FOR_CODE.test(question) || task.form.shape?.kind === "json";
  return {
    atAnswer(text) {
      if (isMeant || text.trim() === "" || text.replace(BLOCKS, "").trim() !== "") return undefined;
      const answer = plainAnswer(task);
      const instead = answer === undefined ? { doubts: ["the answer is code that was not run"] } : { answer };
      return { say: answer !== undefined ? IN_WORDS : notRun(task), ...instead };
    },
  };
}

function notRun({ options: { tools } }: Task): string {
  return `That code was not run: there is no tool for it. There are: ${tools.map(({ name }) => name).join(", ")}.`;
}
