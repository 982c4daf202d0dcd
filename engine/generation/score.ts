import type { PositionScore } from "../language-model.ts";
import { logSumExp, topLogprobs } from "./distribution.ts";
import { contextExceeded, type GenerationContext } from "./generate.ts";
import { throwIfAborted } from "./request-queue.ts";

/** The distribution after each token. */
export async function* score(
  { runner, cached, contextLength, maxTokens }: GenerationContext,
  tokens: readonly number[],
  { top = 0, signal }: { top?: number; signal?: AbortSignal },
): AsyncGenerator<PositionScore> {
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  cached.clear(); // every position is computed
  for (let position = 0; position < tokens.length; position += maxTokens) {
    const chunk = tokens.slice(position, position + maxTokens);
    let at = position;
    for await (const logits of runner.allLogitsAfter(chunk, position, 0)) {
      throwIfAborted(signal);
      const logsumexp = logSumExp(logits);
      const next = tokens[++at];
      const scored = { logsumexp, top: topLogprobs(logits, top, logsumexp) };
      yield next === undefined ? scored : { ...scored, next: logits[next]! - logsumexp };
    }
    cached.append(...chunk);
  }
}

/** The last token's hidden state after the final norm, of length 1. f32 [hiddenSize] */
export async function embed(
  { runner, cached, contextLength, maxTokens }: GenerationContext,
  tokens: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  let position = await cached.reuse(tokens);
  while (tokens.length - position > maxTokens) {
    const chunk = tokens.slice(position, position + maxTokens);
    await runner.prefill(chunk, position);
    cached.append(...chunk);
    position += chunk.length;
    throwIfAborted(signal);
  }
  const hidden = await runner.hiddenAfter(tokens.slice(position), position);
  cached.append(...tokens.slice(position));
  const length = Math.hypot(...hidden);
  return hidden.map((value) => value / length);
}
