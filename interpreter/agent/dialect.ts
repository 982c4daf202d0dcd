// How tools are offered to a model and how its calls are read: by the protocol's own tool calls, or as code blocks.
import type { ChatCompletionTool } from "openai/resources/chat/completions";
import type { ChatMessage, ToolCall } from "../chat-model.ts";
import type { TableInfo } from "../sessions/session.ts";
import type { JoinKey } from "../sessions/sql/join-key.ts";
import type { JsonSchema, Tool } from "../tools/tool.ts";

export interface ModelAnswer {
  readonly text: string;
  readonly reasoning?: string | undefined; // what the model thought before
  readonly toolCalls: readonly ToolCall[];
}

/** The tables that a question is about; asked for only where they matter, since it reads the folder. */
export type AskedTables = () => Promise<readonly TableInfo[]>;
/** By what these are joined. */
export type AskedKeys = () => Promise<readonly JoinKey[]>;

export interface Dialect {
  readonly system: string; // the system prompt: the same in every request, so that its prefix stays cached
  readonly examples: readonly ChatMessage[];
  /** Words after the user's own that point at the right tool; "" for most. */
  nudge(
    question: string,
    turnBefore: readonly ChatMessage[],
    tools: readonly Tool[],
    tables: AskedTables,
    keys: AskedKeys,
  ): Promise<string>;
  /** What the first answer has to be, where the question says it: a chart. */
  answerSchema(question: string, tools: readonly Tool[], tables: AskedTables): Promise<JsonSchema | undefined>;
  offer(tools: readonly Tool[]): readonly ChatCompletionTool[];
  /** The calls of an answer, also those that the model wrote into its text. */
  readCalls(answer: ModelAnswer, tools: readonly Tool[]): readonly ToolCall[];
  /** True where text after a failed call is an answer, such as that there is none; else it is talk about the mistake. */
  answersAfterError(text: string): boolean;
  /** True once the text so far holds a whole call: what a model writes after it is an invented result. */
  endsWithCall(text: string): boolean;
  assistantMessage(answer: ModelAnswer, calls: readonly ToolCall[]): ChatMessage;
  resultMessage(call: ToolCall, content: string): ChatMessage;
}
