import { saysInAnyLanguage } from "../../languages/index.ts";

const MAX_LENGTH = 60; // UTF-16 units; a longer question stands by itself

/** Whether a question leans on the one before. A small model takes over too much of what it is reminded of. */
export function isFollowUp(question: string): boolean {
  if (question.length > MAX_LENGTH) return false;
  const words = withoutOpening(question);
  return (
    saysInAnyLanguage(words, ({ beginsFollowUp }) => beginsFollowUp) ||
    saysInAnyLanguage(words, ({ pointsBack }) => pointsBack) ||
    isChange(question)
  );
}

/** Whether a question is a change of the one before: "No, I meant 1990", "By month?", "As a line". */
export function isChange(question: string): boolean {
  const words = withoutOpening(question);
  if (words.length > MAX_LENGTH || saysInAnyLanguage(words, ({ asks }) => asks)) return false;
  return saysInAnyLanguage(words, ({ changes }) => changes);
}

function withoutOpening(question: string): string {
  return question.replace(/^[¿¡"'\s]+/, "");
}
