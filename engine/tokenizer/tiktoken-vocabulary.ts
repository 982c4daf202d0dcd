// The first generation's `qwen.tiktoken`: a token a line, its bytes in base64, and its rank. It has no merges: any two
// neighbours that together are a token are merged, the lowest rank first, and a word that is a token is that token.
import { badModelFile } from "../weights/bad-model-file.ts";
import { TextList } from "../weights/text-list.ts";
import { CHARACTER_OF_BYTE } from "./byte-level.ts";
import { DEFAULT_PRE_TOKENIZER, PRE_TOKENIZERS, type PreTokenizer } from "./pre-tokenizers.ts";
import { TOKEN_TYPE, type Vocabulary } from "./vocabulary.ts";

const RANKS = 151_643;
const EXTRAS = 205; // <|extra_0|> and the others, which nothing was trained with

/** In the order of their ids, from the first one past the ranks: QwenLM/Qwen, tokenization_qwen.py. */
const SPECIAL_TOKENS = [
  "<|endoftext|>",
  "<|im_start|>",
  "<|im_end|>",
  ...Array.from({ length: EXTRAS }, (_, i) => `<|extra_${i}|>`),
];

/**
 * The vocabulary of the first generation, and of no other: which special tokens there are, and how text is cut, is not
 * in the file. @throws EngineError `bad-model-file` that names the line
 */
export function firstGenerationVocabulary(path: string, file: string): Vocabulary {
  const vocabulary = tiktokenVocabulary(path, file, SPECIAL_TOKENS, PRE_TOKENIZERS.get(DEFAULT_PRE_TOKENIZER)!);
  const ranks = vocabulary.texts.length - SPECIAL_TOKENS.length;
  if (ranks === RANKS) return vocabulary;
  throw badModelFile(
    path,
    "tokens",
    `${ranks} of them; the first generation's qwen.tiktoken, which alone is known, has ${RANKS}`,
  );
}

export function tiktokenVocabulary(
  path: string,
  file: string,
  specialTokens: readonly string[],
  preTokenizer: PreTokenizer,
): Vocabulary {
  const tokens = file
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => tokenOf(path, line, index));
  return {
    file: { path },
    texts: TextList.from([...tokens.map(spelt), ...specialTokens]),
    types: [...tokens.map(() => TOKEN_TYPE.normal), ...specialTokens.map(() => TOKEN_TYPE.control)],
    merges: TextList.from(mergesOf(tokens)),
    wholeWords: true,
    preTokenizer,
    endTokens: [],
    bounds: {},
  };
}

/** A token's bytes, each as the character of its number. */
function tokenOf(path: string, line: string, index: number): string {
  const [, base64, rank] = /^([\w+/]+=*) (\d+)\r?$/.exec(line) ?? [];
  if (base64 === undefined) throw badModelFile(path, `line ${index + 1}`, "is not a token in base64 and its rank");
  if (Number(rank) !== index) throw badModelFile(path, `line ${index + 1}`, `has rank ${rank}; ranks go up by one`);
  return Buffer.from(base64, "base64").toString("latin1");
}

function spelt(token: string): string {
  return Array.from(token, (byte) => CHARACTER_OF_BYTE[byte.charCodeAt(0)]).join("");
}

/**
 * The two tokens that each token is merged from: what is left of its bytes when all lower ranks have been merged. Where
 * that is more than two, it is a token only as a whole word.
 */
function mergesOf(tokens: readonly string[]): string[] {
  const ranks = new Map(tokens.map((token, rank) => [token, rank]));
  const isLower = (part: string, rank: number) => (ranks.get(part) ?? rank) < rank;
  return tokens.flatMap((token, rank) => {
    const splits: string[][] = [];
    for (let at = 1; at < token.length; at++) {
      const parts = [token.slice(0, at), token.slice(at)];
      if (parts.every((part) => isLower(part, rank))) splits.push(parts);
    }
    const pair = splits.length > 1 ? merged(token, ranks, rank) : splits[0]; // most have one choice only
    return pair?.length === 2 ? [pair.map(spelt).join(" ")] : [];
  });
}

/** The token's bytes, merged as long as the merge has a rank below `limit`. */
function merged(token: string, ranks: ReadonlyMap<string, number>, limit: number): string[] {
  const parts = token.split("");
  for (;;) {
    let best = limit;
    let at = -1;
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = ranks.get(parts[i]! + parts[i + 1]!);
      if (rank !== undefined && rank < best) [best, at] = [rank, i];
    }
    if (at < 0) return parts;
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}
