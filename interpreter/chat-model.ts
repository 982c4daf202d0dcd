// The boundary to every model, ours or anybody's: the OpenAI chat-completions protocol.
import type { ChatCompletionMessageParam, ChatCompletionTool } from "openai/resources/chat/completions";

export type ChatMessage = ChatCompletionMessageParam;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string; // JSON as the model wrote it: not yet parsed, not yet trusted
}

export interface ChatUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** One answer of the model, as it comes. The last event is `answer-end`. */
export type ChatEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | {
      readonly type: "answer-end";
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      readonly finishReason: "stop" | "length" | "tool_calls" | "content_filter";
      readonly usage: ChatUsage | undefined;
    };

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatCompletionTool[];
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

export interface ChatModel {
  readonly name: string; // as the server lists it
  /** @throws ChatModelError, one clear line; an AbortError when `signal` fired */
  chat(request: ChatRequest): AsyncGenerator<ChatEvent>;
}
