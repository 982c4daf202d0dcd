// A query that ran may have answered another question than the one that was asked.
import { saysInAnyLanguage } from "../../languages/index.ts";
import type { AnswerObjection } from "./guard.ts";

/**
 * Nothing where the answer says that there is none.
 * @param shape of the query that would answer it, where it is known
 * @param facts why the query may answer another question: doubts of the user, where the model is not asked again
 */
export function otherQuestion(
  text: string,
  facts: readonly string[],
  mayAsk = true,
  shape?: string,
): AnswerObjection | undefined {
  if (facts.length === 0 || saysInAnyLanguage(text, ({ cannot }) => cannot)) return undefined;
  const say = `That may answer another question: ${facts.join("; ")}. Write the corrected query${shape === undefined ? "." : `, in this shape: ${shape}`}`;
  return { doubts: facts, ...(mayAsk && { say }) };
}

/** What is doubtful of an answer from another column than one of what is asked for. */
export function noColumnOf(asked: string, told: string): string {
  return `no column is called ${asked}: what is told is from the column ${told}`;
}
