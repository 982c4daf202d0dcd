import { LANGUAGES } from "../../languages/index.ts";

/** Parts of a question up to a comma, a colon or the end of a sentence. */
export const PIECE = /[^.,;:!?。，；：！？\n]*[.,;:!?。，；：！？\n]+\s*|[^.,;:!?。，；：！？\n]+$/gu;

const WANTS = /^(?:what|show|list)$/i; // a form may stand behind it: "Show the total with the € sign"

/**
 * The question with blanks for what it asks: "Which songs have at most two words?" says nothing of the answer, as "In at
 * most two words: which song?" does. As long as the question.
 */
export function formClauses(question: string): string {
  return question.replace(PIECE, (piece) => {
    const starts = LANGUAGES.flatMap(({ code, asks, which }) =>
      [asks, which].flatMap((words) => {
        const { 0: word = "", index } = words.exec(piece) ?? {};
        return index === undefined || WANTS.test(word) ? [] : [code === "zh" || code === "ja" ? 0 : index];
      }),
    );
    if (starts.length === 0) return piece;
    const start = Math.min(...starts);
    const [end = ""] = /[\p{P}\s]*$/u.exec(piece.slice(start)) ?? [];
    return piece.slice(0, start) + " ".repeat(piece.length - start - end.length) + end;
  });
}
