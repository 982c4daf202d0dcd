import { randomInt } from "node:crypto";
import type { TextList } from "../weights/text-list.ts";

const SEED = randomInt(2 ** 32); // nobody can make a file whose tokens all want one place
const MOST_FULL = 0.75;

/** Places for `count` entries of a hash table with open addressing: a power of two. */
export function tableSize(count: number): number {
  return 2 ** Math.ceil(Math.log2(count / MOST_FULL + 2));
}

/** Spreads a word of 32 bits over all of its bits: MurmurHash3's last step. */
export function spread(word: number): number {
  let hash = word ^ SEED;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Ids by the bytes of their texts: a hash table of four bytes a place. Of two tokens of one text the later counts. */
export class TokenTable {
  readonly #texts: TextList;
  readonly #places: Uint32Array; // id + 1; 0: free

  constructor(texts: TextList, isIn: (id: number) => boolean) {
    this.#texts = texts;
    this.#places = new Uint32Array(tableSize(texts.length));
    for (let id = 0; id < texts.length; id++) {
      if (isIn(id)) this.#places[this.#placeOf(texts.bytes, texts.start(id), texts.start(id + 1))] = id + 1;
    }
  }

  /** The id of the token of these bytes, or -1. */
  find(bytes: Uint8Array, start = 0, end = bytes.length): number {
    return this.#places[this.#placeOf(bytes, start, end)]! - 1;
  }

  /** Where the token of these bytes is, or would be. */
  #placeOf(bytes: Uint8Array, start: number, end: number): number {
    const places = this.#places;
    const last = places.length - 1;
    let hash = SEED;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193); // FNV-1a
    for (let place = spread(hash) & last; ; place = (place + 1) & last) {
      const id = places[place]! - 1;
      if (id < 0 || this.#hasBytes(id, bytes, start, end)) return place;
    }
  }

  #hasBytes(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const texts = this.#texts;
    const own = texts.start(id);
    if (texts.start(id + 1) - own !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (texts.bytes[own + i] !== bytes[start + i]) return false;
    return true;
  }
}
