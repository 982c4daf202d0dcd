import { badModelFile, quote } from "../weights/bad-model-file.ts";
import { type FileMetadata, metadataNumbers, metadataString, metadataStrings } from "../weights/metadata.ts";
import { checkVocabulary } from "./check-vocabulary.ts";
import { DEFAULT_PRE_TOKENIZER, PRE_TOKENIZERS } from "./pre-tokenizers.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** @throws EngineError `bad-model-file` */
export function ggufVocabulary(gguf: FileMetadata): Vocabulary {
  const texts = metadataStrings(gguf, "tokenizer.ggml.tokens");
  const types = metadataNumbers(gguf, "tokenizer.ggml.token_type");
  const model = metadataString(gguf, "tokenizer.ggml.model");
  if (model !== "gpt2") throw badModelFile(gguf.path, "tokenizer.ggml.model", `is ${quote(model)}; known is gpt2`);
  const preTokenizer = preTokenizerOf(gguf);
  const merges = metadataStrings(gguf, "tokenizer.ggml.merges");
  checkVocabulary(gguf, { texts, types, merges });
  const eos = gguf.metadata.get("tokenizer.ggml.eos_token_id");
  return {
    texts,
    types,
    merges,
    wholeWords: false, // as Qwen's tokenizer.json has it: "ignore_merges"
    preTokenizer,
    endTokens: typeof eos === "number" ? [eos] : [],
  };
}

function preTokenizerOf(gguf: FileMetadata): string {
  const field = "tokenizer.ggml.pre";
  const name = gguf.metadata.has(field) ? metadataString(gguf, field) : DEFAULT_PRE_TOKENIZER;
  const pattern = PRE_TOKENIZERS.get(name);
  if (pattern === undefined) {
    throw badModelFile(gguf.path, field, `is ${quote(name)}; known are ${[...PRE_TOKENIZERS.keys()].join(", ")}`);
  }
  return pattern;
}
