import { contextExceeded } from "../errors.ts";
import type { PositionScore } from "../language-model.ts";
import { logSumExp, topLogprobs } from "./distribution.ts";
import type { GenerationContext } from "./generate.ts";
import { MAX_OUTPUTS } from "./runner.ts";
import { throwIfAborted } from "./tables.ts";

/** The distribution after each token. */
export async function* score(
  { batcher, contextLength }: GenerationContext,
  tokens: readonly number[],
  { top = 0, signal }: { top?: number; signal?: AbortSignal },
): AsyncGenerator<PositionScore> {
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  const turn = await batcher.begin({ signal, promptTokens: tokens.length, reuses: false }); // every position is wanted
  try {
    for (let position = 0; position < tokens.length; position += MAX_OUTPUTS) {
      const some = await turn.logitsAfterEach(tokens.slice(position, position + MAX_OUTPUTS));
      for (const [i, logits] of some.entries()) {
        throwIfAborted(signal);
        const logsumexp = logSumExp(logits);
        const next = tokens[position + i + 1];
        const scored = { logsumexp, top: topLogprobs(logits, top, logsumexp) };
        yield next === undefined ? scored : { ...scored, next: logits[next]! - logsumexp };
      }
    }
  } finally {
    turn.end();
  }
}

/** The last token's hidden state after the final norm, of length 1. f32 [hiddenSize] */
export async function embed(
  { batcher, contextLength }: GenerationContext,
  tokens: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  const turn = await batcher.begin({ signal });
  try {
    const hidden = await turn.hiddenAfter(tokens);
    const length = Math.hypot(...hidden);
    return hidden.map((value) => value / length);
  } finally {
    turn.end();
  }
}
