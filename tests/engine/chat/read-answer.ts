import { AnswerParser } from "../../../engine/chat/answer-parser.ts";
import type { ToolDialect } from "../../../engine/chat/dialects/dialect.ts";
import { ThinkingReader, type ThinkingStart } from "../../../engine/chat/thinking.ts";
import type { CallableTool } from "../../../engine/grammar/call-format.ts";

export interface ReadAnswer {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly string[]; // name and arguments
}

export interface AnswerCase {
  readonly dialect: ToolDialect;
  readonly tools?: readonly CallableTool[];
  readonly thinking?: ThinkingStart;
  readonly begun?: string; // words of the answer that were given to the model
}

/** What a client hears of an answer that comes in these pieces; what comes after its end is not asked for. */
export function readAnswer(
  { dialect, tools = [], thinking = "none", begun = "" }: AnswerCase,
  pieces: readonly string[],
): ReadAnswer {
  const parser = new AnswerParser(new ThinkingReader(thinking), dialect.reader(tools));
  const parts = parser.push(begun);
  for (const piece of pieces) {
    parts.push(...parser.push(piece));
    if (parser.isOver) break;
  }
  parts.push(...parser.end());
  const joined = (type: "text" | "reasoning") =>
    parts.flatMap((part) => (part.type === type ? part.text : [])).join("");
  return {
    reasoning: joined("reasoning"),
    text: joined("text"),
    calls: parts.flatMap((part) => (part.type === "call" ? [`${part.call.name} ${part.call.arguments}`] : [])),
  };
}

export function inPieces(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));
}
