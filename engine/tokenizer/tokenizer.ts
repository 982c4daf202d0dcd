export interface EncodeOptions {
  readonly special?: boolean;
  readonly guard?: string;
  readonly begins?: boolean;
}

export interface Slice {
  readonly tokens: readonly number[];
  readonly end: number; // of the text, in UTF-16 units
}

/** Byte-level BPE of one checkpoint. Ids are those of the checkpoint. */
export interface Tokenizer {
  readonly vocabSize: number; // ids that name a token; the embedding may have more rows
  /** End-of-text, end-of-turn: generation stops at any of them. */
  readonly stopTokens: readonly number[];
  readonly textStart: readonly number[]; // what the model's file wants before a raw text, as `add_bos_token`; mostly nothing
  readonly textEnd: readonly number[]; // and behind a text that is embedded, as `add_eos_token`
  readonly longestToken: number; // bytes; a text has no fewer tokens than its length divided by it
  /**
   * With `special` the text of special tokens (`<|im_start|>`) becomes their id; without (the default, for text from
   * users, files and tools) it is ordinary text. `guard` is a character that is dropped after special tokens were
   * found: put into the text of one, it makes that ordinary text again. A text that `begins` is a raw prompt: before it
   * stands `textStart`, unless it is written there already; templates write it themselves.
   */
  encode(text: string, options?: EncodeOptions): number[];
  /** The same, a few thousand characters at a time; a word longer than that is cut, which may change an id there. */
  encodeSlices(text: string, options?: EncodeOptions): Iterable<Slice>;
  /** Ids that name no token give "". Bytes that are no UTF-8 give U+FFFD. */
  decode(tokens: readonly number[], options?: { skipSpecial?: boolean }): string;
  /** Decodes token by token; text comes out once its UTF-8 is complete. */
  decodeStream(options?: { skipSpecial?: boolean }): TokenDecoder;
  /** The bytes one token stands for; empty for special and unused ids. */
  bytes(token: number): Uint8Array;
  /** As the checkpoint spells it, bytes as its characters; "" for special and unused ids. */
  encodedText(token: number): string;
  /** Whether the id is a token: neither past the vocabulary nor unused, where nothing was trained and no text is named. */
  isToken(token: number): boolean;
}

export interface TokenDecoder {
  push(token: number): string;
  /** What is left: an unfinished character as U+FFFD. */
  end(): string;
}
