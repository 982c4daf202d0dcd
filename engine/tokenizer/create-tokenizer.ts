import { badModelFile, quote } from "../weights/bad-model-file.ts";
import type { TextList } from "../weights/text-list.ts";
import { BYTE_OF_CHARACTER, CHARACTER_OF_BYTE } from "./byte-level.ts";
import { BytePairEncoder } from "./byte-pair-encoder.ts";
import { MergeTable } from "./merge-table.ts";
import type { PreTokenizer } from "./pre-tokenizers.ts";
import { slices } from "./slices.ts";
import { TokenTable } from "./token-table.ts";
import type { TokenDecoder, Tokenizer } from "./tokenizer.ts";
import { TOKEN_TYPE, type Vocabulary } from "./vocabulary.ts";

const { normal: NORMAL, control: CONTROL, userDefined: USER_DEFINED, unused: UNUSED } = TOKEN_TYPE;
const END_TOKENS = ["<|im_end|>", "<|endoftext|>"]; // both end an answer, whichever the file names
const UNKNOWN = 0x3f; // "?", for a character that is no byte's

/** Byte-level BPE over a vocabulary. @throws EngineError `bad-model-file` for bytes without a token, and wrong merges */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { texts, endTokens } = vocabulary;
  const types = Uint8Array.from(vocabulary.types);
  const encodePlain = plainEncoder(vocabulary);
  const added = addedTokens(texts, types);
  const addedPattern = anyOf([...added.keys()]);
  const ends = END_TOKENS.flatMap((text) => added.get(text) ?? []);
  const longestToken = longestOf(texts, types);
  const { bos, eos } = vocabulary.bounds;
  const textStart = bos === undefined ? [] : [bos];
  const startOf = (text: string, special: boolean): readonly number[] =>
    special && bos !== undefined && text.startsWith(texts.at(bos)!) ? [] : textStart;
  const vocabSize = types.findLastIndex((type) => type !== UNUSED) + 1;

  const bytes = (token: number): Uint8Array => {
    const text = texts.at(token);
    if (text === undefined || types[token] === UNUSED || types[token] === CONTROL) return new Uint8Array();
    if (isAdded(types[token])) return new TextEncoder().encode(text);
    return Uint8Array.from(text, (character) => BYTE_OF_CHARACTER.get(character) ?? UNKNOWN);
  };
  const shownBytes = (token: number, skipSpecial: boolean): Uint8Array =>
    types[token] === CONTROL && !skipSpecial ? new TextEncoder().encode(texts.at(token)) : bytes(token);

  const decodeStream = ({ skipSpecial = false } = {}): TokenDecoder => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    return {
      push: (token) => decoder.decode(shownBytes(token, skipSpecial), { stream: true }),
      end: () => decoder.decode(),
    };
  };

  return {
    vocabSize,
    longestToken,
    stopTokens: [...new Set([...endTokens, ...ends])],
    textStart,
    textEnd: eos === undefined ? [] : [eos],
    encode(text, { special = false, guard = "", begins = false } = {}) {
      const start = begins ? startOf(text, special) : [];
      if (!special || !addedPattern) return [...start, ...encodePlain(text)];
      const parts = text.split(addedPattern);
      return [...start, ...parts.flatMap((part) => added.get(part) ?? encodePlain(without(part, guard)))];
    },
    *encodeSlices(text, { special = false, guard = "", begins = false } = {}) {
      let end = 0;
      if (begins) yield { tokens: startOf(text, special), end };
      for (const part of special && addedPattern ? text.split(addedPattern) : [text]) {
        const token = special ? added.get(part) : undefined;
        for (const slice of token === undefined ? slices(part) : [part]) {
          end += slice.length;
          yield { tokens: token === undefined ? encodePlain(special ? without(slice, guard) : slice) : [token], end };
        }
      }
    },
    decode(tokens, options) {
      const stream = decodeStream(options);
      return tokens.map((token) => stream.push(token)).join("") + stream.end();
    },
    decodeStream,
    bytes,
    encodedText: (token) => (types[token] === CONTROL || types[token] === UNUSED ? "" : (texts.at(token) ?? "")),
    isToken: (token) => token < vocabSize && types[token] !== UNUSED,
  };
}

/** Of ordinary text. What only its making needs is made in functions of their own, so that nothing of it is kept. */
function plainEncoder(vocabulary: Vocabulary): (text: string) => number[] {
  const tokens = new TokenTable(vocabulary.texts, (id) => vocabulary.types[id] === NORMAL);
  const encoder = new BytePairEncoder(tokensOfBytes(vocabulary, tokens), mergesOf(vocabulary, tokens));
  return wordsEncoder(encoder, vocabulary.preTokenizer, vocabulary.wholeWords ? tokens : undefined);
}

function tokensOfBytes({ file }: Vocabulary, tokens: TokenTable): Uint32Array {
  return Uint32Array.from(CHARACTER_OF_BYTE, (character, byte) => {
    const token = tokens.find(Buffer.from(character));
    if (token >= 0) return token;
    // A vocabulary with a hole would drop text without a word.
    const problem = `byte ${byte} is no token; texts that have it could not be encoded`;
    throw badModelFile(file, "tokenizer.ggml.tokens", problem);
  });
}

function mergesOf({ file, merges }: Vocabulary, tokens: TokenTable): MergeTable {
  return new MergeTable(merges, tokens, (merge) => {
    const problem = `merge ${merge}, ${quote(merges.at(merge)!)}, is not of two tokens that make a third`;
    throw badModelFile(file, "tokenizer.ggml.merges", problem);
  });
}

/** In normal form C, cut into words, each merged by itself. @param words that are tokens whatever their merges make */
function wordsEncoder(encoder: BytePairEncoder, { pattern }: PreTokenizer, words: TokenTable | undefined) {
  return (text: string): number[] => {
    const ids: number[] = [];
    for (const word of text.normalize("NFC").match(pattern) ?? []) {
      const bytes = Buffer.from(word);
      const whole = words?.find(Buffer.from(Array.from(bytes, (byte) => CHARACTER_OF_BYTE[byte]).join(""))) ?? -1;
      if (whole >= 0) ids.push(whole);
      else encoder.encode(bytes, ids);
    }
    return ids;
  };
}

function addedTokens(texts: TextList, types: Uint8Array): Map<string, number> {
  const added = new Map<string, number>();
  types.forEach((type, id) => {
    if (isAdded(type)) added.set(texts.at(id)!, id);
  });
  return added;
}

/** In characters of its spelling, of which a byte has one. */
function longestOf(texts: TextList, types: Uint8Array): number {
  let longest = 1;
  for (let id = 0; id < texts.length; id++) {
    const mayBe = types[id] !== UNUSED && texts.byteLength(id) > longest; // no text has more characters than bytes
    if (mayBe) longest = Math.max(longest, texts.at(id)!.length);
  }
  return longest;
}

function without(text: string, guard: string): string {
  return guard === "" ? text : text.replaceAll(guard, "");
}

function isAdded(type: number | undefined): boolean {
  return type === CONTROL || type === USER_DEFINED;
}

/** Splits around any of the texts and keeps them; the longest wins. */
function anyOf(texts: readonly string[]): RegExp | undefined {
  if (texts.length === 0) return undefined;
  const escaped = texts
    .toSorted((a, b) => b.length - a.length)
    .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`(${escaped.join("|")})`, "u");
}
