import { open } from "node:fs/promises";
import { badModelFile } from "../weights/bad-model-file.ts";
import type { FileMetadata } from "../weights/metadata.ts";
import { openModelFile } from "../weights/model-file.ts";
import { createTokenizer } from "./create-tokenizer.ts";
import { ggufVocabulary } from "./gguf-vocabulary.ts";
import { firstGenerationVocabulary } from "./tiktoken-vocabulary.ts";
import type { Tokenizer } from "./tokenizer.ts";

const MAX_TIKTOKEN_BYTES = 2 ** 24; // Qwen's have 2.6 and 4.6 MB

/** The tokenizer that a model file carries. @throws EngineError `bad-model-file` */
export function openTokenizer(gguf: FileMetadata): Tokenizer {
  return createTokenizer(ggufVocabulary(gguf));
}

/** The tokenizer of a `.gguf`, or of the first generation's `qwen.tiktoken`. @throws EngineError `bad-model-file` */
export async function openTokenizerFile(path: string): Promise<Tokenizer> {
  if (path.endsWith(".tiktoken")) return createTokenizer(firstGenerationVocabulary(path, await readTiktoken(path)));
  await using gguf = await openModelFile(path);
  return openTokenizer(gguf);
}

async function readTiktoken(path: string): Promise<string> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (size > MAX_TIKTOKEN_BYTES) throw badModelFile(path, "size", `is ${size} bytes; a vocabulary has a few million`);
  return await file.readFile("latin1"); // base64: anything else is told by its line
}
