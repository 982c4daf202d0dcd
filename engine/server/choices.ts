import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ChatModel } from "../chat/chat-model.ts";
import type { ChatRequest } from "../chat/request.ts";
import { MAX_SEQUENCES } from "../generation/batcher.ts";
import { Gate, sideBySide } from "./side-by-side.ts";

/** Answers of one request that are under way at a time: there is room beside them for others. */
export const MAX_AT_ONCE = MAX_SEQUENCES / 2;

/** The chunks of `n` answers, whose choices are numbered; the last chunk has the usage of all. @throws EngineError */
export async function* chatChoices(
  chat: ChatModel,
  request: ChatRequest,
  signal: AbortSignal,
  onPrompt: (tokens: number) => void = () => {},
): AsyncGenerator<ChatCompletionChunk> {
  const gate = new Gate();
  const starts = Array.from({ length: request.n ?? 1 }, (_, index) => {
    const own = { ...request, ...seedOf(request, index) };
    if (index === 0) return (stop: AbortSignal) => opening(gate, chat.chat(own, stop, { onPrompt, onRead: gate.open }));
    return (stop: AbortSignal) => behind(gate, () => chat.chat(own, stop));
  });
  let usage: Usage | undefined;
  let head: Pick<ChatCompletionChunk, "id" | "created" | "model"> | undefined;
  for await (const [index, chunk] of sideBySide(starts, { limit: MAX_AT_ONCE, signal })) {
    head ??= { id: chunk.id, created: chunk.created, model: chunk.model };
    if (chunk.usage) usage = sumOf(usage, chunk.usage);
    else yield { ...chunk, ...head, choices: chunk.choices.map((choice) => ({ ...choice, index })) };
  }
  if (head && usage) yield { ...head, object: "chat.completion.chunk", choices: [], usage };
}

/** Each answer has numbers by chance of its own; the first those of a request for one. */
export function seedOf({ seed }: { readonly seed?: number | undefined }, index: number): { readonly seed?: number } {
  return seed === undefined ? {} : { seed: seed + index };
}

/** Opens the gate at the latest when there is nothing more to wait for. */
export async function* opening<T>(gate: Gate, answer: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* answer;
  } finally {
    gate.open();
  }
}

/** Begins once the gate is open. */
export async function* behind<T>(gate: Gate, start: () => AsyncGenerator<T>): AsyncGenerator<T> {
  await gate.opened;
  yield* start();
}

type Usage = NonNullable<ChatCompletionChunk["usage"]>;

/** The prompt is one and the same, and counts once. */
export function sumOf<T extends Pick<Usage, "prompt_tokens" | "completion_tokens" | "total_tokens">>(
  sum: T | undefined,
  { completion_tokens: more, ...first }: T,
): T {
  if (!sum) return { ...first, completion_tokens: more } as T; // as: the same again
  const { completion_tokens, total_tokens } = sum;
  return { ...sum, completion_tokens: completion_tokens + more, total_tokens: total_tokens + more };
}
