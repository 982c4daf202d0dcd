import type { Sampling } from "../kernels/sample.ts";
import { BLOCK_TOKENS, type Block, type BlockPool } from "./block-pool.ts";
import type { Row, Runner } from "./runner.ts";
import { hasPenalties } from "./sampler.ts";
import type { SequenceState } from "./sequence-state.ts";

/** An adapter that a request has chosen. */
export interface ChosenLora {
  readonly name: string;
  readonly identity: string; // of its numbers
}

export interface SequenceOptions {
  readonly reuses?: boolean | undefined; // default true: what the cache holds of the prompt is not computed
  readonly loras?: readonly ChosenLora[] | undefined; // adapters; default: none
  readonly promptTokens?: number | undefined; // default: those that come first
  readonly stableTokens?: number | undefined; // of the prompt's beginning, which are the same at every start; default: none
  readonly sampling?: Sampling | undefined; // of its choices; default: greedy
}

/** The tokens of one request and their place in the KV cache. */
export class Sequence {
  readonly table: number;
  readonly loras: readonly ChosenLora[];
  /** Undefined: chosen on the adapter, and not read yet. */
  readonly tokens: (number | undefined)[] = [];
  /** Of one of its steps: there is nothing to go on from. */
  failure: unknown;
  readonly #pool: BlockPool;
  readonly #runner: Pick<Runner, "setBlocks" | "setSeen" | "ropeThetaFor">;
  readonly #state: SequenceState;
  readonly #reuses: boolean;
  readonly #stableTokens: number;
  readonly #promptTokens: number | undefined;
  readonly sampling: Sampling | undefined;
  #promptLength = 0; // tokens; those behind are the answer
  #theta = 0; // RoPE's base for this text
  #isSeen = false; // `markSeen` was called for these tokens
  #computed = 0;
  #read = 0; // tokens up to which all steps have come to their end
  #blocks: Block[] = [];
  #sealed = 0; // blocks that others can find
  #confirmed = Number.POSITIVE_INFINITY; // tokens; those behind may be taken back

  constructor(
    table: number,
    pool: BlockPool,
    runner: Pick<Runner, "setBlocks" | "setSeen" | "ropeThetaFor">,
    { reuses = true, loras = [], promptTokens, stableTokens = 0, sampling }: SequenceOptions,
  ) {
    this.table = table;
    this.#pool = pool;
    this.#runner = runner;
    this.#state = pool.stateOf(table);
    this.#reuses = reuses;
    this.loras = loras;
    this.#stableTokens = stableTokens;
    this.#promptTokens = promptTokens;
    this.sampling = sampling;
  }

  /** Tokens whose keys and values are there, or are being computed. */
  get computed(): number {
    return this.#computed;
  }

  /** Of its blocks: what was computed otherwise is not its own. */
  get #root(): string {
    return rootOf(this.#theta, this.loras);
  }

  get missing(): number {
    return this.tokens.length - this.#computed;
  }

  get hasBlocks(): boolean {
    return this.#blocks.length > 0;
  }

  /** @param isTentative they may be taken back soon */
  append(tokens: readonly (number | undefined)[], isTentative = false): void {
    if (this.tokens.length === 0) {
      this.#promptLength = tokens.length;
      this.#theta = this.#runner.ropeThetaFor(this.#promptTokens ?? tokens.length);
    }
    this.#confirmed = isTentative ? this.tokens.length : Number.POSITIVE_INFINITY;
    if (isTentative) this.#state.mark(this.#computed);
    this.tokens.push(...tokens);
  }

  /**
   * It needs `markSeen` before the next step, and its steps must be read before that: at the beginning, and after tokens were taken
   * back, when a step in flight may have chosen one for the place of one to come.
   */
  get isUnseen(): boolean {
    return !this.#isSeen;
  }

  /** Tells the adapter which tokens its penalties are for. All are read by now. */
  markSeen(): void {
    this.#isSeen = true;
    if (!this.sampling || !hasPenalties(this.sampling)) return;
    const tokens = this.tokens as number[];
    this.#runner.setSeen(this.table, tokens.slice(0, this.#promptLength), tokens.slice(this.#promptLength));
  }

  /** Takes over what the cache holds of these tokens, but for the last one: its logits are wanted. */
  attach(): void {
    if (this.hasBlocks) return;
    const known = this.#reuses ? (this.tokens.slice(0, -1) as number[]) : []; // all are read by now
    const { blocks, length, snapshot } = this.#pool.begin(known, this.#root);
    const marks = [this.#stableTokens, this.#promptLength].map((end) => Math.min(end, this.#promptLength - 1));
    this.#state.begin(
      snapshot,
      marks.map((mark) => mark - (mark % BLOCK_TOKENS)),
    );
    this.#blocks = blocks;
    this.#computed = length;
    this.#read = length;
    this.#sealed = Math.floor(length / BLOCK_TOKENS);
    this.#runner.setBlocks(this.table, 0, indexes(blocks));
  }

  /** How many of the next `count` tokens a step may compute. */
  stepLength(count: number): number {
    return this.#state.stepLength(this.#computed, count);
  }

  /** Makes room for the next `count` tokens; false: all blocks are in use. */
  reserve(count: number): boolean {
    const before = this.#blocks.length;
    while (this.#blocks.length * BLOCK_TOKENS < this.#computed + count) {
      const block = this.#pool.take();
      if (!block) break;
      this.#blocks.push(block);
    }
    const added = this.#blocks.slice(before);
    if (added.length > 0) this.#runner.setBlocks(this.table, before, indexes(added));
    return this.#blocks.length * BLOCK_TOKENS >= this.#computed + count;
  }

  /** The next `count` tokens as rows of a step, which computes them. */
  advance(count: number): Row[] {
    const first = this.#computed;
    this.#computed += count;
    const own = { table: this.table, theta: this.#theta };
    return this.tokens
      .slice(first, first + count)
      .map((token, i) => ({ token, slot: first + i, angle: first + i, ...own }));
  }

  /** The step that `advance` made rows for has been queued. */
  stepQueued(): void {
    this.#state.stepQueued(this.#computed);
  }

  /** Back to the first `length` tokens. What others can find of it is not written over: where that is needed it begins anew. */
  truncate(length: number): void {
    const isShared = length < this.#sealed * BLOCK_TOKENS;
    if (this.#computed > length) {
      const computed = isShared ? undefined : this.#state.goBack(length);
      if (computed === undefined) this.detach();
      else this.#computed = computed;
    }
    this.tokens.length = Math.min(this.tokens.length, length);
    this.#read = Math.min(this.#read, this.#computed);
    this.#promptLength = Math.min(this.#promptLength, length);
    this.#isSeen = false;
    this.#confirmed = Number.POSITIVE_INFINITY;
  }

  /** Back to the beginning, with nothing left for others: nobody knows what its newest blocks hold. */
  discard(failure: unknown): void {
    this.failure ??= failure;
    this.#release();
    this.truncate(0);
  }

  /** Fills in a token that was chosen on the adapter. */
  learn(position: number, token: number): void {
    if (position < this.tokens.length) this.tokens[position] ??= token;
  }

  /** The step up to so many tokens has come to its end: others can find what is full by now. */
  stepRead(computed: number): void {
    this.#read = Math.min(computed, this.#computed); // some may have been taken back meanwhile
    this.#seal();
  }

  #seal(): void {
    const known = this.#known();
    while ((this.#sealed + 1) * BLOCK_TOKENS <= known) this.#sealNext(BLOCK_TOKENS);
  }

  /** Gives the blocks back; what they hold may still be found. */
  detach(): void {
    this.#seal();
    const rest = this.#known() - this.#sealed * BLOCK_TOKENS;
    if (rest > 0) this.#sealNext(rest);
    this.#release();
  }

  #release(): void {
    this.#pool.release(this.#blocks);
    this.#state.end();
    this.#blocks = [];
    this.#computed = 0;
    this.#read = 0;
    this.#sealed = 0;
  }

  /** Tokens that are computed for certain, up to the first whose choice has not been read, or that may be taken back. */
  #known(): number {
    const unread = this.tokens.indexOf(undefined);
    return Math.min(unread < 0 ? this.#read : unread, this.#read, this.#confirmed);
  }

  #sealNext(count: number): void {
    const first = this.#sealed * BLOCK_TOKENS;
    const tokens = this.tokens.slice(first, first + count) as number[]; // they are known
    const snapshot = this.#state.keptAfter(first + count);
    const before = this.#blocks[this.#sealed - 1] ?? this.#root;
    this.#pool.seal(this.#blocks[this.#sealed]!, before, tokens, snapshot);
    this.#sealed++;
  }
}

/** What beside its tokens decides a sequence's keys and values. */
export function rootOf(theta: number, loras: readonly ChosenLora[]): string {
  return [theta, ...loras.map(({ identity }) => identity)].join();
}

function indexes(blocks: readonly Block[]): number[] {
  return blocks.map(({ index }) => index);
}
