// Sentences of ours that a model says again: "(If that is not what was asked, answer: ...)" is no answer.
import type { Task } from "../task.ts";
import type { Guard } from "./guard.ts";
import { plainAnswer } from "./plain-answer.ts";

const SENTENCE_END = /(?<=[.!?])\s+|(?<=[。！？])|\n+/;
/** The description of a table, with the types of its columns. */
const DESCRIBES = /(?:\b(?:VARCHAR|BIGINT|DOUBLE|TIMESTAMP|BOOLEAN|DATE)\b[\s\S]*?){3}/;
const LEAST = 20; // UTF-16 units: a shorter sentence may be the same by chance
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu; // a character says as much as three letters

/** They are left out of the answer; where nothing else was said, the result is told. */
export function echoes(task: Task): Guard {
  return {
    atAnswer(text) {
      if (DESCRIBES.test(text) && !DESCRIBES.test(task.question)) return { answer: plainAnswer(task) ?? "" };
      const ours = new Set(wordsToTheModel(task).flatMap(sentencesOf));
      const sentences = text.split(SENTENCE_END);
      const kept = sentences.filter((one) => lengthOf(bare(one)) < LEAST || !ours.has(bare(one)));
      if (kept.length === sentences.length) return undefined;
      const rest = kept.join(" ").trim();
      return { answer: rest === "" ? (plainAnswer(task) ?? "") : rest };
    },
  };
}

/** Requests, and the notes below a result: its rows are the data's own words. */
function wordsToTheModel({ messages }: Task): string[] {
  const told = messages.slice(1).filter(({ role }) => role === "user" || role === "tool");
  return told.flatMap(({ content }) => {
    const text = String(content ?? "");
    return text.startsWith("Result:") || text.includes("\n(")
      ? text.split("\n").filter((line) => /^\(/.test(line))
      : [text];
  });
}

function sentencesOf(text: string): string[] {
  return text.split(SENTENCE_END).map(bare);
}

function lengthOf(sentence: string): number {
  return sentence.replace(WIDE, "...").length;
}

function bare(sentence: string): string {
  return sentence.replace(/^[\s(]+|[\s).。]+$/g, "").toLowerCase();
}
