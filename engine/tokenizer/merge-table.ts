import type { TextList } from "../weights/text-list.ts";
import { spread, type TokenTable, tableSize } from "./token-table.ts";

const SPACE = 0x20;
export const NO_MERGE = 0xffff_ffff;

/** Which two tokens become one, and which are merged first: a hash table of pairs of ids. */
export class MergeTable {
  readonly #lefts: Uint32Array; // [ranks], and so are the next two
  readonly #rights: Uint32Array;
  readonly #results: Uint32Array;
  readonly #places: Uint32Array; // rank + 1; 0: free

  /**
   * @param merges texts of two tokens with a space between, the first to be merged first; of two equal ones the later counts
   * @param reject is called with the first merge that is not of two tokens that make a third
   */
  constructor(merges: TextList, tokens: TokenTable, reject: (merge: number) => never) {
    const { length, bytes } = merges;
    this.#lefts = new Uint32Array(length);
    this.#rights = new Uint32Array(length);
    this.#results = new Uint32Array(length);
    this.#places = new Uint32Array(tableSize(length));
    let joined = new Uint8Array(256);
    for (let rank = 0; rank < length; rank++) {
      const start = merges.start(rank);
      const end = merges.start(rank + 1);
      if (end - start > joined.length) joined = new Uint8Array(2 * (end - start));
      let space = start;
      for (; space < end && bytes[space] !== SPACE; space++) joined[space - start] = bytes[space]!;
      for (let i = space + 1; i < end; i++) joined[i - start - 1] = bytes[i]!;
      const left = tokens.find(bytes, start, space);
      const right = tokens.find(bytes, space + 1, end);
      const result = tokens.find(joined, 0, end - start - 1);
      if (left < 0 || right < 0 || result < 0) reject(rank);
      this.#lefts[rank] = left;
      this.#rights[rank] = right;
      this.#results[rank] = result;
      this.#places[this.#placeOf(left, right)] = rank + 1;
    }
  }

  /** The rank of the merge of two tokens, or NO_MERGE. */
  rankOf(left: number, right: number): number {
    return (this.#places[this.#placeOf(left, right)]! - 1) >>> 0;
  }

  resultOf(rank: number): number {
    return this.#results[rank]!;
  }

  #placeOf(left: number, right: number): number {
    const last = this.#places.length - 1;
    for (let place = spread(spread(left) ^ right) & last; ; place = (place + 1) & last) {
      const rank = this.#places[place]! - 1;
      if (rank < 0 || (this.#lefts[rank] === left && this.#rights[rank] === right)) return place;
    }
  }
}
