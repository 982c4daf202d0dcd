import type { GeneratedToken, LanguageModel } from "../language-model.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";

/** As /v1/completions has them: lists of equal length, an entry a token. Null: nothing comes before the first token. */
export interface CompletionLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: (number | null)[];
  readonly top_logprobs: (Record<string, number> | null)[];
  readonly text_offset: number[]; // characters of the answer's text before the token
}

type ScoredToken = Pick<GeneratedToken, "token" | "logprob" | "topLogprobs">;

/** Tokens in the order of their text, each told once its text is: what a stop string cuts off is never told. */
export class TokenLogprobs {
  readonly #tokenizer: Tokenizer;
  readonly #decoder: ReturnType<Tokenizer["decodeStream"]>;
  readonly #waiting: { readonly offset: number; readonly scored: ScoredToken }[] = [];
  #offset: number; // of the next token
  #shown: number; // characters of the text that have been told

  /** @param before what the answer's text begins with, whose tokens are told elsewhere */
  constructor(tokenizer: Tokenizer, before = "") {
    this.#tokenizer = tokenizer;
    this.#decoder = tokenizer.decodeStream({ skipSpecial: true });
    this.#offset = lengthOf(before);
    this.#shown = this.#offset;
  }

  add(scored: ScoredToken): void {
    this.#waiting.push({ offset: this.#offset, scored });
    this.#offset += lengthOf(this.#decoder.push(scored.token));
  }

  /** What belongs to the next piece of text. */
  take(text: string): CompletionLogprobs {
    this.#shown += lengthOf(text);
    const count = this.#waiting.findIndex(({ offset }) => offset >= this.#shown);
    return this.#described(this.#waiting.splice(0, count < 0 ? this.#waiting.length : count));
  }

  /** All that has not been told. */
  rest(): CompletionLogprobs {
    return this.#described(this.#waiting.splice(0));
  }

  #described(tokens: readonly { readonly offset: number; readonly scored: ScoredToken }[]): CompletionLogprobs {
    const textOf = (token: number) => this.#tokenizer.decode([token]);
    return {
      tokens: tokens.map(({ scored }) => textOf(scored.token)),
      token_logprobs: tokens.map(({ scored }) => scored.logprob ?? null),
      top_logprobs: tokens.map(({ scored }) => topOf(scored, textOf)),
      text_offset: tokens.map(({ offset }) => offset),
    };
  }
}

/** By text; of two tokens with the same text, such as halves of a character, the likelier one. The token itself is there. */
function topOf({ token, logprob, topLogprobs = [] }: ScoredToken, textOf: (token: number) => string) {
  if (logprob === undefined) return null;
  const top: Record<string, number> = {};
  for (const [id, value] of [...topLogprobs, [token, logprob] as const]) {
    const text = textOf(id);
    top[text] = Math.max(top[text] ?? Number.NEGATIVE_INFINITY, value);
  }
  return top;
}

/** The tokens of a prompt, each with its probability after those before it. */
export async function scoredPrompt(
  model: LanguageModel,
  tokens: readonly number[],
  top: number,
  options: { readonly loras: readonly string[]; readonly signal: AbortSignal },
): Promise<ScoredToken[]> {
  const scored: ScoredToken[] = [{ token: tokens[0]! }];
  for await (const { top: topLogprobs, next } of model.score(tokens, { top, ...options })) {
    const token = tokens[scored.length];
    if (token !== undefined && next !== undefined) scored.push({ token, logprob: next, topLogprobs });
  }
  return scored;
}

export function joined(parts: readonly CompletionLogprobs[]): CompletionLogprobs {
  return {
    tokens: parts.flatMap(({ tokens }) => tokens),
    token_logprobs: parts.flatMap(({ token_logprobs }) => token_logprobs),
    top_logprobs: parts.flatMap(({ top_logprobs }) => top_logprobs),
    text_offset: parts.flatMap(({ text_offset }) => text_offset),
  };
}

/** Code points, as clients in other languages count. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}
