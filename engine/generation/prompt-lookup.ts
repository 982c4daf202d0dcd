const NGRAM = 3; // tokens that must have occurred before

/**
 * Guesses what comes next without a second model: what followed the last tokens where they occurred before, in the
 * prompt or in the answer (prompt lookup decoding, https://github.com/apoorvumang/prompt-lookup-decoding). Code that is
 * repaired, quoted or continued repeats most of what stands there.
 */
export class PromptLookup {
  readonly #tokens: number[] = [];
  readonly #followers = new Map<string, number>(); // n-gram -> index of what followed it last

  constructor(prompt: readonly number[]) {
    for (const token of prompt) this.append(token);
  }

  append(token: number): void {
    if (this.#tokens.length >= NGRAM) this.#followers.set(this.#lastTokens(), this.#tokens.length);
    this.#tokens.push(token);
  }

  /** `length` tokens; none if the last ones are new. What reaches the end goes on as it began: rows of a table, say. */
  draft(length: number): number[] {
    const from = this.#tokens.length < NGRAM ? undefined : this.#followers.get(this.#lastTokens());
    if (from === undefined) return [];
    const draft: number[] = [];
    while (draft.length < length) {
      const at = from + draft.length;
      draft.push(this.#tokens[at] ?? draft[at - this.#tokens.length]!);
    }
    return draft;
  }

  #lastTokens(): string {
    return this.#tokens.slice(-NGRAM).join(" ");
  }
}
