import { badModelFile, quote } from "../weights/bad-model-file.ts";
import { type FileMetadata, metadataNumbers, metadataString, metadataTexts } from "../weights/metadata.ts";
import { checkTokens } from "./check-vocabulary.ts";
import { DEFAULT_PRE_TOKENIZER, PRE_TOKENIZERS, type PreTokenizer } from "./pre-tokenizers.ts";
import { ggufTextBounds } from "./text-bounds.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** @throws EngineError `bad-model-file` */
export function ggufVocabulary(gguf: FileMetadata): Vocabulary {
  const texts = metadataTexts(gguf, "tokenizer.ggml.tokens");
  const types = metadataNumbers(gguf, "tokenizer.ggml.token_type");
  const model = metadataString(gguf, "tokenizer.ggml.model");
  if (model !== "gpt2") throw badModelFile(gguf, "tokenizer.ggml.model", `is ${quote(model)}; known is gpt2`);
  const preTokenizer = preTokenizerOf(gguf);
  const merges = metadataTexts(gguf, "tokenizer.ggml.merges");
  checkTokens(gguf, texts, types);
  const eos = gguf.metadata.get("tokenizer.ggml.eos_token_id");
  return {
    file: { path: gguf.path, own: gguf.own }, // without its metadata, which would stay with the tokenizer
    texts,
    types,
    merges,
    wholeWords: false, // as Qwen's tokenizer.json has it: "ignore_merges"
    preTokenizer,
    endTokens: typeof eos === "number" ? [eos] : [],
    bounds: ggufTextBounds(gguf),
  };
}

function preTokenizerOf(gguf: FileMetadata): PreTokenizer {
  const field = "tokenizer.ggml.pre";
  const name = gguf.metadata.has(field) ? metadataString(gguf, field) : DEFAULT_PRE_TOKENIZER;
  const preTokenizer = PRE_TOKENIZERS.get(name);
  if (preTokenizer !== undefined) return preTokenizer;
  throw badModelFile(gguf, field, `is ${quote(name)}; known are ${[...PRE_TOKENIZERS.keys()].join(", ")}`);
}
