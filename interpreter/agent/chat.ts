import type { ChatEvent, ChatMessage, ChatModel } from "../chat-model.ts";
import { type Conversation, fitConversation } from "./conversation.ts";
import { prompt } from "./prompt.ts";

const MAX_TOKENS = 800; // of one answer
export const THINKING_TOKENS = 2_048; // before it, where the model thinks

export interface ChatOptions {
  readonly contextTokens: number; // what the model can read
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  readonly thinking?: boolean; // of a model that can
  readonly signal?: AbortSignal;
}

export function chatSystemPrompt(): string {
  return prompt("chat");
}

/**
 * One answer to the newest turn of `conversation`, appended to it; interrupted, what came until then is kept.
 * @throws ChatModelError; an AbortError when `signal` fired
 */
export async function* runChat(
  model: ChatModel,
  conversation: Conversation,
  { contextTokens, system = chatSystemPrompt(), temperature, seed, thinking, signal, ...options }: ChatOptions,
): AsyncGenerator<ChatEvent> {
  const maxTokens = options.maxTokens ?? MAX_TOKENS + (thinking ? THINKING_TOKENS : 0);
  const prefix: ChatMessage[] = [{ role: "system", content: system }];
  let text = "";
  try {
    for await (const event of model.chat({
      messages: fitConversation(prefix, conversation, contextTokens - maxTokens),
      keepMessages: prefix.length,
      maxTokens,
      ...(temperature !== undefined && { temperature }),
      ...(seed !== undefined && { seed }),
      ...(thinking !== undefined && { thinking }),
      ...(signal && { signal }),
    })) {
      if (event.type === "text-delta") text += event.text;
      yield event;
    }
  } finally {
    const content = (signal?.aborted ? `${text} (interrupted)` : text).trim();
    if (content === "")
      conversation.pop(); // a question that nobody answered
    else conversation.at(-1)?.messages.push({ role: "assistant", content });
  }
}
