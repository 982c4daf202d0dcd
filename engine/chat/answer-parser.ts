import type { AnswerPart, CallReader } from "./dialects/dialect.ts";
import type { ThinkingReader } from "./thinking.ts";

/** Takes an answer apart while it streams: what the model thinks first, then text and calls. */
export class AnswerParser {
  readonly #thinking: ThinkingReader;
  readonly #calls: CallReader;

  constructor(thinking: ThinkingReader, calls: CallReader) {
    this.#thinking = thinking;
    this.#calls = calls;
  }

  /** Whether all that follows would be the model's invention. */
  get isOver(): boolean {
    return this.#calls.isOver;
  }

  push(text: string): AnswerPart[] {
    return this.#read(this.#thinking.push(text));
  }

  end(): AnswerPart[] {
    return [...this.#read(this.#thinking.end()), ...this.#calls.end()];
  }

  #read(parts: readonly AnswerPart[]): AnswerPart[] {
    return parts.flatMap((part) => (part.type === "text" ? this.#calls.push(part.text) : [part]));
  }
}
