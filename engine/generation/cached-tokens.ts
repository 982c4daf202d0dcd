/** Which tokens the KV cache holds, position by position, so that the next request can go on from them. */
export class CachedTokens {
  readonly #tokens: number[] = [];

  /**
   * Keeps the longest common prefix with `prompt`, but for the prompt's last token: its logits are wanted.
   * @returns how many of the prompt's tokens need not be computed
   */
  reuse(prompt: readonly number[]): number {
    const most = Math.min(this.#tokens.length, prompt.length - 1);
    let kept = 0;
    while (kept < most && this.#tokens[kept] === prompt[kept]) kept++;
    this.#tokens.length = kept;
    return kept;
  }

  clear(): void {
    this.#tokens.length = 0;
  }

  append(...tokens: readonly number[]): void {
    this.#tokens.push(...tokens);
  }
}
