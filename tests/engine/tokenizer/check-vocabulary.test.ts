import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import type { GgufValue } from "../../../engine/weights/metadata.ts";
import { TextList } from "../../../engine/weights/text-list.ts";
import { tinyModel } from "../tiny-model.ts";
import { asRead } from "../weights/gguf-writer.ts";

const whole = new Map(tinyModel().parts.metadata.map(([key, value]) => [key, asRead(value)]));
const texts = [...(whole.get("tokenizer.ggml.tokens") as TextList)]; // so tiny-model.ts writes them
const types = whole.get("tokenizer.ggml.token_type") as readonly number[];
const BYTE_A = texts.indexOf("a");
const UNUSED = types.indexOf(5);

function open(changes: Readonly<Record<string, GgufValue>>) {
  const changed = Object.entries(changes).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
  return openTokenizer({ path: "model.gguf", metadata: new Map([...whole, ...changed]) });
}

const textsWith = (id: number, text: string) => TextList.from(texts.map((own, i) => (i === id ? text : own)));
const typesWith = (id: number, type: number) => types.map((own, i) => (i === id ? type : own));

test("merges of two tokens that make a third are taken", () => {
  const tokenizer = open({
    tokens: textsWith(UNUSED, "ab"),
    token_type: typesWith(UNUSED, 1),
    merges: TextList.from(["a b"]),
  });
  expect(tokenizer.encode("cab")).toEqual([texts.indexOf("c"), UNUSED]);
});

test("a tokenizer keeps nothing of the header that it was made of", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const opened = () => {
    const metadata = new Map(whole);
    return { tokenizer: openTokenizer({ path: "model.gguf", metadata }), header: new WeakRef(metadata) };
  };
  const { tokenizer, header } = opened();
  await expect
    .poll(() => {
      collect();
      return header.deref() === undefined;
    })
    .toBe(true);
  expect(tokenizer.encode("a")).toEqual([BYTE_A]);
});

// Each of these once lost text, took another's place in it, or ended an answer at a token that does not exist.
describe("a vocabulary is refused, with file, field and value, when", () => {
  test.each<[string, Readonly<Record<string, GgufValue>>, RegExp]>([
    ["a byte has no token", { tokens: textsWith(BYTE_A, "__proto__") }, /tokens: byte 97 is no token/],
    ["a byte's token is no normal one", { token_type: typesWith(BYTE_A, 3) }, /tokens: byte 97 is no token/],
    [
      "a token is empty",
      { token_type: typesWith(UNUSED, 6), tokens: textsWith(UNUSED, "") },
      /tokens: token \d+ is empty/,
    ],
    ["a special token is empty", { tokens: textsWith(257, "") }, /tokens: "", a special token of 0 characters/],
    ["a type is none", { token_type: typesWith(3, 77) }, /token_type: 77 of token 3 is no type/],
    ["a type is no whole number", { token_type: typesWith(3, 1.5) }, /token_type: 1\.5 of token 3/],
    ["types are fewer than tokens", { token_type: types.slice(1) }, /token_type: has 287 entries for 288 tokens/],
    ["there are no tokens", { tokens: TextList.from([]), token_type: [] }, /tokens: there are none/],
    ["a merge makes no token", { merges: TextList.from(["a b"]) }, /merges: merge 0, "a b", is not of two tokens/],
    ["a merge is of one", { merges: TextList.from(["ab"]) }, /merges: merge 0, "ab"/],
    ["a merge is of three", { merges: TextList.from(["a b c"]) }, /merges: merge 0, "a b c"/],
    ["a merge is empty", { merges: TextList.from([""]) }, /merges: merge 0, ""/],
    ["the end is past the tokens", { eos_token_id: 288 }, /eos_token_id: 288 is none of 288 tokens/],
    ["the end is negative", { eos_token_id: -1 }, /eos_token_id: -1/],
    ["the end is a text", { eos_token_id: "<|im_end|>" }, /eos_token_id: "<\|im_end\|>"/],
  ])("%s", (_, changes, problem) => {
    expect(() => open(changes)).toThrow(expect.objectContaining({ code: "bad-model-file" }));
    expect(() => open(changes)).toThrow(new RegExp(`^model\\.gguf: tokenizer\\.ggml\\.${problem.source}`));
  });
});
