import { readCall, type WrittenCall } from "./call-json.ts";
import { overlap } from "./stop-strings.ts";

/** How a dialect writes a call: between two markers. Qwen2.5's tags, and the fence that its small Coder models use. */
const DIALECTS = [
  { open: "<tool_call>", close: "</tool_call>" },
  { open: "```json\n", close: "```" },
] as const;

type Dialect = (typeof DIALECTS)[number];

/** What came out of a piece of the answer: text to show, or a whole call. */
export type AnswerPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "call"; readonly call: WrittenCall };

/**
 * Tells tool calls from text while an answer streams. A call is never shown as text; text is held back only while it
 * may become a call. What looks like a call and is none (another name, broken beyond repair) comes out as text.
 */
export class AnswerParser {
  readonly #toolNames: readonly string[];
  #held = "";
  #dialect: Dialect | undefined;
  #isBareObject = false; // the whole answer is one JSON object, without markers
  #isBeginning = true;

  constructor(toolNames: readonly string[]) {
    this.#toolNames = toolNames;
  }

  push(text: string): AnswerPart[] {
    if (this.#toolNames.length === 0) return textPart(text);
    this.#held += text;
    return this.#read();
  }

  /** What is left when the answer ends; a call without its closing marker counts. */
  end(): AnswerPart[] {
    const { open } = this.#dialect ?? { open: "" };
    const call = this.#dialect || this.#isBareObject ? readCall(this.#held, this.#toolNames) : undefined;
    const rest = open + this.#held;
    this.#held = "";
    this.#dialect = undefined;
    return call ? [{ type: "call", call }] : textPart(rest);
  }

  #read(): AnswerPart[] {
    if (this.#isBareObject) return [];
    if (this.#dialect) return this.#readCall(this.#dialect);
    if (this.#isBeginning) {
      const start = this.#held.trimStart();
      if (start === "") return [];
      this.#isBeginning = false;
      if (start.startsWith("{")) {
        this.#isBareObject = true;
        return [];
      }
    }
    const [first] = DIALECTS.map((dialect) => ({ dialect, at: this.#held.indexOf(dialect.open) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at);
    if (!first) {
      const waiting = Math.max(...DIALECTS.map(({ open }) => overlap(this.#held, open)));
      return textPart(this.#take(this.#held.length - waiting));
    }
    const before = this.#take(first.at);
    this.#take(first.dialect.open.length);
    this.#dialect = first.dialect;
    return [...textPart(before), ...this.#read()];
  }

  #readCall({ open, close }: Dialect): AnswerPart[] {
    const end = this.#held.indexOf(close);
    if (end < 0) return [];
    const inside = this.#take(end);
    this.#take(close.length);
    this.#dialect = undefined;
    const call = readCall(inside, this.#toolNames);
    return [...(call ? [{ type: "call", call } as const] : textPart(open + inside + close)), ...this.#read()];
  }

  #take(length: number): string {
    const text = this.#held.slice(0, length);
    this.#held = this.#held.slice(length);
    return text;
  }
}

function textPart(text: string): AnswerPart[] {
  return text === "" ? [] : [{ type: "text", text }];
}
