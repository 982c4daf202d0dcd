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

  /** Makes the cache hold the prompt's first `stable` tokens, if they are on disk. @param root of the prompt's blocks */
  async load(prompt: readonly number[], stable: number, root: string): Promise<void> {
    const tokens = wholeBlocks(prompt, stable);
    if (!this.#files || tokens.length <= this.#pool.match(tokens, root)) return;
    const data = await this.#files.load({ tokens, root });
    if (data) this.#pool.write(tokens, root, data);
  }

  /** Writes them to disk, if they are not there. */
  async keep(prompt: readonly number[], stable: number, root: string): Promise<void> {
    const tokens = wholeBlocks(prompt, stable);
    if (!this.#files || tokens.length === 0 || (await this.#files.has({ tokens, root }))) return;
    if (this.#pool.match(tokens, root) < tokens.length) return; // others needed their place
    await this.#files.save({ tokens, root }, await this.#pool.read(tokens, root));
  }
}

/** The last token is always computed: its logits are wanted. */
function wholeBlocks(prompt: readonly number[], stable: number): readonly number[] {
  const length = Math.min(stable, prompt.length - 1);
  return prompt.slice(0, length - (length % BLOCK_TOKENS));
}
