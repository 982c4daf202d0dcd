import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ChatRequest } from "../chat/request.ts";

type Chunks = AsyncIterable<ChatCompletionChunk>;
type ChunkChoice = ChatCompletionChunk["choices"][number];

/** The chunks of a stream: that of the usage is sent only to those who asked for it. */
export async function* asAsked<T extends { readonly choices: readonly unknown[] }>(
  chunks: AsyncIterable<T>,
  { stream_options: wanted }: Pick<ChatRequest, "stream_options">,
): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    if (chunk.choices.length > 0 || wanted?.include_usage) yield chunk;
  }
}

/** Whole answers from their chunks. */
export async function chatCompletion(chunks: Chunks): Promise<object> {
  const answers: Answer[] = [];
  let last: ChatCompletionChunk | undefined;
  for await (const chunk of chunks) {
    last = chunk;
    for (const choice of chunk.choices) {
      answers[choice.index] ??= new Answer();
      answers[choice.index]!.push(choice);
    }
  }
  return { ...last, object: "chat.completion", choices: answers.map((answer, index) => answer.choice(index)) };
}

class Answer {
  #content = "";
  #reasoning = "";
  readonly #calls: object[] = [];
  readonly #logprobs: unknown[] = [];
  #finishReason: string | null = null;

  push({ delta, logprobs, finish_reason }: ChunkChoice): void {
    this.#content += delta.content ?? "";
    this.#reasoning += (delta as { reasoning_content?: string }).reasoning_content ?? "";
    for (const { index: _, ...call } of delta.tool_calls ?? []) this.#calls.push(call);
    this.#logprobs.push(...(logprobs?.content ?? []));
    this.#finishReason = finish_reason ?? this.#finishReason;
  }

  choice(index: number): object {
    const calls = this.#calls;
    const message = {
      role: "assistant",
      content: this.#content || (calls.length > 0 ? null : ""),
      refusal: null,
      ...(this.#reasoning !== "" && { reasoning_content: this.#reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    const logprobs = this.#logprobs.length > 0 ? { content: this.#logprobs, refusal: null } : null;
    return { index, message, finish_reason: this.#finishReason, logprobs };
  }
}
