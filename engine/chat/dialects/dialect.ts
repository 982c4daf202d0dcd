import type { CallableTool, CallFormat } from "../../grammar/call-format.ts";
import type { ChatRequest } from "../request.ts";
import type { WrittenCall } from "./call-json.ts";

/** What came out of a piece of the answer: text to show, what the model thought before it, or a whole call. */
export type AnswerPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "call"; readonly call: WrittenCall };

/**
 * Tells calls from text while an answer streams. A call is never shown as text; text is held back only while it may
 * become a call. What looks like a call and is none (another name, broken beyond repair) comes out as text. However the
 * answer is cut into pieces, the parts joined are the same.
 */
export interface CallReader {
  push(text: string): AnswerPart[];
  /** What is left when the answer ends; a call without its closing mark counts. */
  end(): AnswerPart[];
  /** Whether all that follows would be the model's invention, such as a tool's result. */
  readonly isOver: boolean;
}

export type Conversation = Pick<ChatRequest, "messages" | "tools">;

/** A conversation as the template can say it, and how the answer goes on. */
export interface PreparedConversation extends Conversation {
  readonly answered: string; // what the answer's turn holds already, of other people's text
  readonly answerStart: string; // our own words after it: the model continues them
}

/** How a generation of Qwen is told of tools, and how it writes its calls. */
export interface ToolDialect {
  readonly name: string;
  prepare(conversation: Conversation): PreparedConversation;
  /** The beginning of an answer that is a call: of this tool, or of any. */
  callStart(toolName?: string): string;
  readonly format: CallFormat;
  reader(tools: readonly CallableTool[]): CallReader;
}

/** For templates that render tools, calls and results themselves. */
export function asItIs(conversation: Conversation): PreparedConversation {
  return { ...conversation, answered: "", answerStart: "" };
}

export function textPart(text: string): AnswerPart[] {
  return text === "" ? [] : [{ type: "text", text }];
}
