import { type MergeTable, NO_MERGE } from "./merge-table.ts";
import { MinHeap } from "./min-heap.ts";

const POSITIONS = 2 ** 31; // ranks are fewer than 2 ** 22, so that a rank and a position are exact in one number
const FIRST_LENGTH = 64;

/**
 * Byte pair encoding of a word: of all neighbours that have a merge, those of the lowest rank become one token, the leftmost first,
 * until none has. In O(n log n), since a word may be as long as a text.
 */
export class BytePairEncoder {
  readonly #tokenOfByte: Uint32Array; // [256]
  readonly #merges: MergeTable;
  readonly #waiting = new MinHeap(); // merges that may be done: rank * POSITIONS + where
  // By the place of a token's first byte in the word:
  #tokens = new Uint32Array();
  #ranks = new Uint32Array(); // of its merge with the next
  #previous = new Int32Array();
  #next = new Int32Array();
  #length = 0;

  constructor(tokenOfByte: Uint32Array, merges: MergeTable) {
    this.#tokenOfByte = tokenOfByte;
    this.#merges = merges;
    this.#reserve(FIRST_LENGTH);
  }

  /** Appends the word's tokens to `into`. */
  encode(word: Uint8Array, into: number[]): void {
    this.#begin(word);
    for (let first = this.#waiting.pop(); first !== undefined; first = this.#waiting.pop()) {
      const at = first % POSITIONS;
      const rank = (first - at) / POSITIONS;
      if (this.#ranks[at] === rank) this.#merge(at, rank); // else its neighbour has become part of another
    }
    for (let at = 0; at < this.#length; at = this.#next[at]!) into.push(this.#tokens[at]!);
  }

  #begin(word: Uint8Array): void {
    this.#length = word.length;
    if (word.length > this.#tokens.length) this.#reserve(2 * word.length);
    for (let at = 0; at < word.length; at++) {
      this.#tokens[at] = this.#tokenOfByte[word[at]!]!;
      this.#previous[at] = at - 1;
      this.#next[at] = at + 1;
    }
    for (let at = 0; at < word.length; at++) this.#offer(at);
  }

  #merge(at: number, rank: number): void {
    const taken = this.#next[at]!;
    const after = this.#next[taken]!;
    this.#tokens[at] = this.#merges.resultOf(rank);
    this.#ranks[taken] = NO_MERGE;
    this.#next[at] = after;
    if (after < this.#length) this.#previous[after] = at;
    this.#offer(at);
    if (at > 0) this.#offer(this.#previous[at]!);
  }

  #offer(at: number): void {
    const next = this.#next[at]!;
    const rank = next < this.#length ? this.#merges.rankOf(this.#tokens[at]!, this.#tokens[next]!) : NO_MERGE;
    this.#ranks[at] = rank;
    if (rank !== NO_MERGE) this.#waiting.push(rank * POSITIONS + at);
  }

  #reserve(length: number): void {
    this.#tokens = new Uint32Array(length);
    this.#ranks = new Uint32Array(length);
    this.#previous = new Int32Array(length);
    this.#next = new Int32Array(length);
  }
}
