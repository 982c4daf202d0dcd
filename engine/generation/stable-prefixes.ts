import { BLOCK_TOKENS, type BlockPool } from "./block-pool.ts";
import type { PrefixFiles } from "./prefix-files.ts";

/** Keys and values of prompts' first tokens that are the same at every start: from disk, and to disk. */
export class StablePrefixes {
  readonly #pool: BlockPool;
  readonly #files: PrefixFiles | undefined;

  constructor(pool: BlockPool, files?: PrefixFiles) {
    this.#pool = pool;
    this.#files = files;
  }

  /** Makes the cache hold the prompt's first `stable` tokens, if they are on disk. */
  async load(prompt: readonly number[], stable: number): Promise<void> {
    const tokens = wholeBlocks(prompt, stable);
    if (!this.#files || tokens.length <= this.#pool.match(tokens)) return;
    const data = await this.#files.load(tokens);
    if (data) this.#pool.write(tokens, data);
  }

  /** Writes them to disk, if they are not there. */
  async keep(prompt: readonly number[], stable: number): Promise<void> {
    const tokens = wholeBlocks(prompt, stable);
    if (!this.#files || tokens.length === 0 || (await this.#files.has(tokens))) return;
    if (this.#pool.match(tokens) < tokens.length) return; // others needed their place
    await this.#files.save(tokens, await this.#pool.read(tokens));
  }
}

/** The last token is always computed: its logits are wanted. */
function wholeBlocks(prompt: readonly number[], stable: number): readonly number[] {
  const length = Math.min(stable, prompt.length - 1);
  return prompt.slice(0, length - (length % BLOCK_TOKENS));
}
