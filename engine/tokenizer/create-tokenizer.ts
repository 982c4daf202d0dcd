import { Tokenizer as ByteLevelBpe } from "@huggingface/tokenizers";
import { BYTE_OF_CHARACTER } from "./byte-level.ts";
import { slices } from "./slices.ts";
import type { TokenDecoder, Tokenizer } from "./tokenizer.ts";
import { TOKEN_TYPE, type Vocabulary } from "./vocabulary.ts";

const { normal: NORMAL, control: CONTROL, userDefined: USER_DEFINED, unused: UNUSED } = TOKEN_TYPE;
const END_TOKENS = ["<|im_end|>", "<|endoftext|>"]; // both end an answer, whichever the file names

/** Byte-level BPE over a vocabulary. */
export function createTokenizer(vocabulary: Vocabulary): Tokenizer {
  const { texts, types, endTokens } = vocabulary;
  const vocab: Record<string, number> = Object.create(null); // "__proto__" is a token like any other
  const added = new Map<string, number>();
  for (let id = 0; id < texts.length; id++) {
    if (types[id] === NORMAL) vocab[texts[id]!] = id;
    else if (isAdded(types[id])) added.set(texts[id]!, id);
  }
  const bpe = createBpe(vocab, vocabulary);
  const addedPattern = anyOf([...added.keys()]);
  const ends = END_TOKENS.flatMap((text) => added.get(text) ?? []);
  const vocabSize = types.findLastIndex((type) => type !== UNUSED) + 1;

  const longestToken = texts.reduce((most, text, id) => (types[id] === UNUSED ? most : Math.max(most, text.length)), 1);

  const encodePlain = (text: string): number[] =>
    text === "" ? [] : bpe.encode(text, { add_special_tokens: false }).ids;

  const bytes = (token: number): Uint8Array => {
    const text = texts[token];
    if (text === undefined || types[token] === UNUSED || types[token] === CONTROL) return new Uint8Array();
    if (isAdded(types[token])) return new TextEncoder().encode(text);
    return Uint8Array.from(text, (character) => BYTE_OF_CHARACTER.get(character) ?? 0x3f);
  };
  const shownBytes = (token: number, skipSpecial: boolean): Uint8Array =>
    types[token] === CONTROL && !skipSpecial ? new TextEncoder().encode(texts[token]) : bytes(token);

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
    encode(text, { special = false, guard = "" } = {}) {
      if (!special || !addedPattern) return encodePlain(text);
      return text.split(addedPattern).flatMap((part) => added.get(part) ?? encodePlain(without(part, guard)));
    },
    *encodeSlices(text, { special = false, guard = "" } = {}) {
      let end = 0;
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
    encodedText: (token) => (types[token] === CONTROL || types[token] === UNUSED ? "" : (texts[token] ?? "")),
    isSpecial: (token) => types[token] === CONTROL,
  };
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

/** As tokenizer.json of the checkpoint has it, less the added tokens: those are cut out before. */
function createBpe(vocab: Record<string, number>, { merges, wholeWords, preTokenizer }: Vocabulary): ByteLevelBpe {
  return new ByteLevelBpe(
    {
      version: "1.0",
      added_tokens: [],
      normalizer: { type: "NFC" },
      pre_tokenizer: {
        type: "Sequence",
        pretokenizers: [
          { type: "Split", pattern: { Regex: preTokenizer }, behavior: "Isolated", invert: false },
          { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
      model: { type: "BPE", vocab, merges, unk_token: null, byte_fallback: false, ignore_merges: wholeWords },
    },
    {},
  );
}
