// How text is cut before merging: the patterns of the checkpoints' tokenizer.json, in Oniguruma's dialect, which
// @huggingface/tokenizers reads.
const QWEN = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
// Marks belong to the letters that they stand on.
const QWEN35 = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

/** By `tokenizer.ggml.pre`. */
export const PRE_TOKENIZERS: ReadonlyMap<string, string> = new Map([
  ["qwen2", QWEN], // and of the first generation
  ["deepseek-r1-qwen", QWEN],
  ["qwen35", QWEN35],
]);

export const DEFAULT_PRE_TOKENIZER = "qwen2"; // of files that were made before the field was
