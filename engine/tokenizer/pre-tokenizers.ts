// How text is cut before merging.
export interface PreTokenizer {
  readonly oniguruma: string; // as the checkpoints' tokenizer.json spells it
  readonly pattern: RegExp; // the same; each match is merged by itself, and between matches there is nothing
}

// JavaScript's \s has U+FEFF and lacks U+0085. Of "(?i:…)" only ASCII's letters are alike, as in tiktoken's and Hugging Face's engines.
const QWEN: PreTokenizer = {
  oniguruma: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  pattern:
    /'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
};
// Marks belong to the letters that they stand on.
const QWEN35: PreTokenizer = {
  oniguruma: String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  pattern:
    /'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\p{White_Space}\p{L}\p{M}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu,
};

/** By `tokenizer.ggml.pre`. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ["qwen2", QWEN], // and of the first generation
  ["deepseek-r1-qwen", QWEN],
  ["qwen35", QWEN35],
]);

export const DEFAULT_PRE_TOKENIZER = "qwen2"; // of files that were made before the field was
