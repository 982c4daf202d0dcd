import { type AnswerPart, textPart } from "./dialects/dialect.ts";
import { overlap } from "./stop-strings.ts";

export const THINKING = { open: "<think>", close: "</think>", gap: "\n\n" } as const; // the gap: before the answer

const { open: OPEN, close: CLOSE, gap: GAP } = THINKING;

/** What is known of an answer's thinking before it begins: the prompt has opened it, it may come, or it will not. */
export type ThinkingStart = "open" | "possible" | "none";

/** As a prompt leaves it that a template has rendered. */
export function thinkingStart(rendered: string, chatTemplate: string): ThinkingStart {
  if (rendered.trimEnd().endsWith(OPEN)) return "open";
  if (!chatTemplate.includes(OPEN) || rendered.trimEnd().endsWith(CLOSE)) return "none";
  return "possible";
}

/** What ends a thinking that the prompt has opened before it begins. */
export const THINKING_SKIPPED = `\n${CLOSE}${GAP}`;

/** What an assistant's message says, apart from what the model thought before, where a client has sent both in one. */
export function withoutThinking(text: string): { readonly reasoning: string | undefined; readonly text: string } {
  const end = text.indexOf(CLOSE);
  if (end < 0) return { reasoning: undefined, text };
  const start = text.indexOf(OPEN);
  const reasoning = text.slice(start < 0 || start > end ? 0 : start + OPEN.length, end).trim();
  return { reasoning, text: text.slice(end + CLOSE.length).trimStart() };
}

/** Tells what the model thinks from what it answers, while both stream; the tags and the space at them go. */
export class ThinkingReader {
  #state: "possible" | "open" | "answer";
  #held = "";
  #isNew = true; // nothing came out of this state yet: white space in front goes

  constructor(start: ThinkingStart) {
    this.#state = start === "none" ? "answer" : start;
    this.#isNew = start !== "none";
  }

  push(text: string): AnswerPart[] {
    this.#held += text;
    const parts: AnswerPart[] = [];
    if (this.#state === "possible") this.#begin();
    if (this.#state === "open") parts.push(...this.#think());
    if (this.#state === "answer") parts.push(...textPart(this.#give(this.#held.length)));
    return parts;
  }

  end(): AnswerPart[] {
    const text = this.#give(this.#held.length);
    return this.#state === "open" ? reasoningPart(text.trimEnd()) : textPart(text);
  }

  #begin(): void {
    const start = this.#held.trimStart();
    if (start === "" || (OPEN.startsWith(start) && start !== OPEN)) return;
    const isOpen = start.startsWith(OPEN);
    this.#state = isOpen ? "open" : "answer";
    this.#isNew = isOpen;
    if (isOpen) this.#held = start.slice(OPEN.length);
  }

  #think(): AnswerPart[] {
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) {
      const sure = this.#held.slice(0, this.#held.length - overlap(this.#held, CLOSE)).trimEnd();
      return reasoningPart(this.#give(sure.length));
    }
    const thought = this.#give(end).trimEnd();
    this.#held = this.#held.slice(CLOSE.length);
    this.#state = "answer";
    this.#isNew = true;
    return reasoningPart(thought);
  }

  #give(length: number): string {
    const taken = this.#held.slice(0, length);
    const text = this.#isNew ? taken.trimStart() : taken;
    this.#held = this.#held.slice(length);
    if (text !== "") this.#isNew = false;
    return text;
  }
}

function reasoningPart(text: string): AnswerPart[] {
  return text === "" ? [] : [{ type: "reasoning", text }];
}
