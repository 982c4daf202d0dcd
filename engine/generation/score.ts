import { contextExceeded } from "../errors.ts";
import type { EmbedOptions, PositionScore, ScoreOptions } from "../language-model.ts";
import { logSumExp, topLogprobs } from "./distribution.ts";
import { type GenerationContext, lorasOf } from "./generate.ts";
import { MAX_OUTPUTS } from "./runner.ts";
import { throwIfAborted } from "./tables.ts";

/** The distribution after each token. */
export async function* score(
  context: GenerationContext,
  tokens: readonly number[],
  { top = 0, signal, loras }: ScoreOptions,
): AsyncGenerator<PositionScore> {
  const { batcher, contextLength } = context;
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  const own = { loras: lorasOf(context, loras), promptTokens: tokens.length };
  const turn = await batcher.begin({ signal, ...own, reuses: false }); // every position is wanted
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
  context: GenerationContext,
  tokens: readonly number[],
  { signal, loras }: EmbedOptions,
): Promise<Float32Array> {
  const { batcher, contextLength } = context;
  if (tokens.length > contextLength) throw contextExceeded(tokens.length, contextLength, "do not fit");
  const turn = await batcher.begin({ signal, loras: lorasOf(context, loras) });
  try {
    const hidden = await turn.hiddenAfter(tokens);
    const length = Math.hypot(...hidden);
    return hidden.map((value) => value / length);
  } finally {
    turn.end();
  }
}
