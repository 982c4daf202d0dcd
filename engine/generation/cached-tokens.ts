import type { PrefixFiles } from "./prefix-files.ts";
import { BLOCK_TOKENS, type PrefixStore } from "./prefix-store.ts";

/**
 * Which tokens the decoder's KV cache holds, position by position, so that the next request can go on from them; what
 * it no longer holds comes from the store of earlier requests, and from disk.
 */
export class CachedTokens {
  readonly #tokens: number[] = [];
  readonly #store: PrefixStore;
  readonly #files: PrefixFiles | undefined;

  constructor(store: PrefixStore, files?: PrefixFiles) {
    this.#store = store;
    this.#files = files;
  }

  /**
   * Makes the cache hold as many of the prompt's first tokens as are known, but for its last token: its logits are
   * wanted.
   * @param stable how many of the first tokens are the same at every start; they may lie on disk
   * @returns how many of the prompt's tokens need not be computed
   */
  async reuse(prompt: readonly number[], stable = 0): Promise<number> {
    const known = prompt.slice(0, -1);
    const own = commonLength(this.#tokens, known);
    if (own < this.#tokens.length) this.#store.save(this.#tokens); // before they are overwritten
    await this.#load(prompt.slice(0, wholeBlocks(Math.min(stable, known.length))), own);
    const stored = this.#store.match(known);
    if (stored > own) this.#store.restore(known, own, stored);
    const kept = Math.max(own, stored);
    this.#tokens.splice(0, this.#tokens.length, ...known.slice(0, kept));
    return kept;
  }

  /** Writes the first `stable` tokens of the cache to disk, if they are not there. */
  async keep(stable: number): Promise<void> {
    const tokens = this.#tokens.slice(0, wholeBlocks(stable));
    if (!this.#files || tokens.length === 0 || (await this.#files.has(tokens))) return;
    this.#store.save(tokens);
    if (this.#store.match(tokens) < tokens.length) return; // longer than the store
    await this.#files.save(tokens, await this.#store.read(tokens));
  }

  clear(): void {
    this.#store.save(this.#tokens);
    this.#tokens.length = 0;
  }

  append(...tokens: readonly number[]): void {
    this.#tokens.push(...tokens);
  }

  async #load(tokens: readonly number[], own: number): Promise<void> {
    if (!this.#files || tokens.length <= Math.max(own, this.#store.match(tokens))) return;
    const data = await this.#files.load(tokens);
    if (data) this.#store.write(tokens, data);
  }
}

/** How many of the first tokens are the same. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}

function wholeBlocks(tokens: number): number {
  return tokens - (tokens % BLOCK_TOKENS);
}
