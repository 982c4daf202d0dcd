// Vocabularies that are well formed and ask for what we do not compute: text would become other tokens than the model was
// trained with, and nobody would know.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { tokenizerMetadata } from "../../../engine/tokenizer/tokenizer-json.ts";
import { expectRefused } from "../weights/expect-refused.ts";
import { tokenizerJson } from "../weights/safetensors-folder.ts";

const PATTERN = PRE_TOKENIZERS.get("qwen2")!.oniguruma;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-other-tokens-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(changes: Record<string, unknown>) {
  await writeFile(join(folder, "tokenizer.json"), JSON.stringify({ ...own, ...changes }));
  return new Map(await tokenizerMetadata(folder, { architecture: "qwen2", endToken: undefined }));
}

const own = tokenizerJson(PATTERN) as {
  readonly added_tokens: readonly Record<string, unknown>[];
  readonly model: Record<string, unknown> & { readonly vocab: Record<string, number> };
  readonly pre_tokenizer: { readonly pretokenizers: readonly [Record<string, unknown>, Record<string, unknown>] };
};
const model = (changes: Record<string, unknown>) => ({ model: { ...own.model, ...changes } });
const [split, bytes] = own.pre_tokenizer.pretokenizers;
const steps = (...pretokenizers: unknown[]) => ({ pre_tokenizer: { type: "Sequence", pretokenizers } });
const added = (changes: Record<string, unknown>) => ({
  added_tokens: own.added_tokens.map((token, i) => (i === 1 ? { ...token, ...changes } : token)),
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["no normal form", { normalizer: null }, /normalizer: is not supported; supported: NFC/],
  ["small letters only", { normalizer: { type: "Lowercase" } }, /normalizer: is not supported/],
  [
    "a second normal form",
    { normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Strip" }] } },
    /normal/,
  ],
  [
    "whole words first",
    model({ ignore_merges: true }),
    /model\.ignore_merges: true is not supported; supported: false/,
  ],
  ["bytes as a way out", model({ byte_fallback: true }), /model\.byte_fallback: true is not/],
  ["merges by chance", model({ dropout: 0.1 }), /model\.dropout: 0\.1 is not supported; supported: none/],
  ["marks at words' ends", model({ end_of_word_suffix: "</w>" }), /model\.end_of_word_suffix: "<\/w>" is not/],
  ["marks within words", model({ continuing_subword_prefix: "##" }), /continuing_subword_prefix: "##" is not/],
  ["a space before all", steps(split, { ...bytes, add_prefix_space: true }), /pre_tokenizer: add_prefix_space is not/],
  ["a second cut", steps(split, { ...bytes, use_regex: true }), /pre_tokenizer: use_regex is not supported/],
  ["digits by themselves", steps({ type: "Digits" }, split, bytes), /pre_tokenizer: "Digits" is not supported/],
  ["two cuts", steps(split, split, bytes), /pre_tokenizer: cuts text by none of the patterns that are known/],
  ["a cut that drops", steps({ ...split, behavior: "Removed" }, bytes), /pre_tokenizer: a Split that drops text/],
  ["a known pattern that cuts nothing", { ...steps(bytes), comment: PATTERN }, /pre_tokenizer: cuts text by none/],
  ["steps that are none", steps(null, 7), /pre_tokenizer: cuts text by none/],
  ["a special token that eats spaces", added({ lstrip: true }), /added_tokens: "<\|im_start\|>": lstrip is not/],
  ["one that is a word", added({ single_word: true }), /added_tokens: "<\|im_start\|>": single_word is not/],
  ["one with another's id", added({ id: 65 }), /added_tokens: .* and "<\|im_start\|>" have one id, 65/],
  [
    "two tokens of one id",
    model({ vocab: { ...own.model.vocab, xy: 65 } }),
    /model\.vocab: .* and "xy" have one id, 65/,
  ],
])("a tokenizer.json of %s is refused", async (_, changes, message) => {
  await expectRefused(read(changes), join(folder, "tokenizer.json"), message);
});

test("a tokenizer.json that says the same in other words opens", async () => {
  const removed = { ...split, behavior: "Removed", invert: true };
  const normalizer = { type: "Sequence", normalizers: [{ type: "NFC" }] };
  expect(await read({ ...steps(removed, bytes), ...model({ dropout: null }), normalizer })).toEqual(await read({}));
});
