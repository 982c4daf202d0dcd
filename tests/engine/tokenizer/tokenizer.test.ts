import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Tokenizer as ReferenceTokenizer } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { modelFile, openGguf, openTokenizer, type Tokenizer } from "../../../engine/index.ts";
import { encodeWithin } from "../../../engine/tokenizer/encode-within.ts";
import { ggufVocabulary } from "../../../engine/tokenizer/gguf-vocabulary.ts";
import type { FileMetadata, GgufValue } from "../../../engine/weights/metadata.ts";
import { TextList } from "../../../engine/weights/text-list.ts";
import { readSettings } from "../../../kernel/settings/settings.ts";

const IM_START = 151644;
const IM_END = 151645;
const END_OF_TEXT = 151643;

const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
const path = await modelFile("qwen2.5-coder-0.5b", { cacheDir }).catch((error: unknown) => {
  if (process.env.CI) throw error;
  return undefined; // on a laptop without the model
});

describe.skipIf(!path)("the 0.5B's tokenizer", async () => {
  const tokenizer = path ? await open(path) : (undefined as never);

  // Ids by tiktoken on the ranks of Qwen's own file.
  test.each<[string, number[]]>([
    ["Hello, world!", [9707, 11, 1879, 0]],
    ["12345", [16, 17, 18, 19, 20]],
    ["你好，世界", [108386, 3837, 99489]],
    ["naïve café", [3376, 37572, 586, 51950]],
    ["def f(x):\n    return x**2\n", [750, 282, 2075, 982, 262, 470, 856, 334, 17, 198]],
    ["  two  spaces \n\n x", [220, 1378, 220, 12621, 4710, 856]],
    ["I'LL we've", [40, 6, 4086, 582, 3003]],
    ["👍🏽", [144349, 145375]],
    ["\n\n", [271]],
    ["Observation:\n", [37763, 367, 510]],
    ["", []],
  ])("%j", (text, ids) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  test("1,200 texts as the Rust implementation has them", () => {
    const samples = JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures/tokens.json"), "utf8")) as [
      string,
      number[],
    ][];
    expect(samples.length).toBe(1200);
    const wrong = samples.filter(([text, ids]) => tokenizer.encode(text).join() !== ids.join());
    expect(wrong).toEqual([]);
    for (const [text, ids] of samples) expect(tokenizer.decode(ids)).toBe(text.normalize("NFC"));
  });

  test("words of thousands of letters are those of @huggingface/tokenizers", async () => {
    await using gguf = await openGguf(path!);
    const slow = referenceTokenizer(gguf);
    const words = ["a", "ab", " the", "é", "语言", "\u0301x", "=-", "\n", "ſ's"];
    for (const [i, word] of words.entries()) {
      const letters = Array.from({ length: 6_000 }, (_, at) =>
        at % (7 + i) === 0 ? word : String.fromCharCode(97 + ((at * 7 + i) % 5)),
      );
      for (const text of [word.repeat(5_000), letters.join("")]) {
        expect(tokenizer.encode(text)).toEqual(slow(text));
      }
    }
  });

  test("in slices the ids are those of the whole", () => {
    const samples = JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures/tokens.json"), "utf8")) as [
      string,
    ];
    const text = samples.map(([sample]) => sample).join("<|im_end|>\n<|im_start|>");
    const slices = [...tokenizer.encodeSlices(text, { special: true })];
    expect(slices.flatMap(({ tokens }) => tokens)).toEqual(tokenizer.encode(text, { special: true }));
    expect(slices.at(-1)?.end).toBe(text.length);
    expect(tokenizer.decode([...tokenizer.encodeSlices("é".repeat(9_999))].flatMap(({ tokens }) => tokens))).toBe(
      "é".repeat(9_999),
    );
  });

  test("31 MB are refused before they are read; what may fit, as soon as it does not", async () => {
    let sliced = 0;
    const counting: Tokenizer = {
      ...tokenizer,
      *encodeSlices(text, options) {
        for (const slice of tokenizer.encodeSlices(text, options)) {
          sliced = slice.end;
          yield slice;
        }
      },
    };
    const within = (text: string) => encodeWithin(counting, text, { contextLength: 2048 });
    await expect(within("x y ".repeat(8_000_000))).rejects.toThrow("or more do not fit in a context of 2048");
    expect(sliced).toBe(0);
    await expect(within("x y ".repeat(50_000))).rejects.toMatchObject({ code: "context-exceeded" });
    expect(sliced).toBeLessThan(10_000);
  });

  test("others have their turn while a text is read, and may stop it", async () => {
    const stop = new AbortController();
    const text = Array.from({ length: 20_000 }, (_, i) => `word${i} `).join("");
    const reading = encodeWithin(tokenizer, text, { contextLength: 1_000_000, signal: stop.signal });
    setImmediate(() => stop.abort(new Error("nobody listens any more")));
    await expect(reading).rejects.toThrow("nobody listens any more");
  });

  test("special tokens in a text are text, unless they are asked for", () => {
    expect(tokenizer.encode('print("<|endoftext|>")')).toEqual([1350, 9639, 91, 8691, 723, 427, 91, 82598]);
    expect(tokenizer.encode("<|im_start|>user", { special: true })).toEqual([IM_START, 872]);
  });

  test("a guard inside a special token's text makes it text again, and is dropped", () => {
    const guarded = tokenizer.encode("<|im_end|><\ue000|im_end|>", { special: true, guard: "\ue000" });
    expect(guarded).toEqual([IM_END, ...tokenizer.encode("<|im_end|>")]);
  });

  test("end of turn and end of text stop an answer", () => {
    expect([...tokenizer.stopTokens].sort()).toEqual([END_OF_TEXT, IM_END]);
  });

  test("special tokens are shown or skipped as asked; tool tags are always shown", () => {
    const ids = tokenizer.encode("<|im_start|>a<tool_call>", { special: true });
    expect(tokenizer.decode(ids)).toBe("<|im_start|>a<tool_call>");
    expect(tokenizer.decode(ids, { skipSpecial: true })).toBe("a<tool_call>");
  });

  test("text streams once its UTF-8 is complete; half a character becomes U+FFFD at the end", () => {
    const stream = tokenizer.decodeStream();
    const [first, second] = tokenizer.encode("👍🏽") as [number, number];
    expect(stream.push(first) + stream.push(second) + stream.end()).toBe("👍🏽");
    const half = tokenizer.decodeStream();
    expect(half.push(51461)).toBe(" ");
    expect(half.end()).toBe("\ufffd");
  });

  test("ids that name no token give nothing", () => {
    expect(tokenizer.decode([151_900, 999_999])).toBe("");
  });
});

/** The vocabulary in the library whose work ours does: by maps of strings. */
function referenceTokenizer(gguf: FileMetadata): (text: string) => number[] {
  const { texts, types, merges, preTokenizer } = ggufVocabulary(gguf);
  const normal = [...texts].flatMap((text, id) => (types[id] === 1 ? [[text, id] as const] : []));
  const steps = [
    { type: "Split", pattern: { Regex: preTokenizer.oniguruma }, behavior: "Isolated", invert: false },
    { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
  ];
  const reference = new ReferenceTokenizer(
    {
      version: "1.0",
      added_tokens: [],
      normalizer: { type: "NFC" },
      pre_tokenizer: { type: "Sequence", pretokenizers: steps },
      post_processor: null,
      decoder: { type: "ByteLevel" },
      model: { type: "BPE", vocab: Object.fromEntries(normal), merges: [...merges], unk_token: null },
    } as never, // the library's own type wants what it does not read
    {},
  );
  return (text) => reference.encode(text, { add_special_tokens: false }).ids;
}

async function open(path: string): Promise<Tokenizer> {
  await using gguf = await openGguf(path);
  return openTokenizer(gguf);
}

describe("special tokens of a hostile file are refused by name, at once", () => {
  const withSpecial = (special: readonly string[]) => {
    const texts = [..."abc", ...special];
    const types = texts.map((_, id) => (id < 3 ? 1 : 3));
    const tokenizer = { model: "gpt2", tokens: TextList.from(texts), token_type: types, merges: TextList.from([]) };
    const metadata = Object.entries(tokenizer).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
    return { path: "hostile.gguf", metadata: new Map<string, GgufValue>(metadata) };
  };

  test.each<[string, string[], RegExp]>([
    ["one of 16 MB", ["a".repeat(16e6)], /"a{80}…", a special token of 16000000 characters; it may have 1 to 512$/],
    ["one without text", [""], /"", a special token of 0 characters/],
    ["200,000", Array.from({ length: 200_000 }, (_, i) => `<|${i}|>`), /200000 special tokens, and 8192 are the most$/],
  ])("%s", (_, special, problem) => {
    expect(() => openTokenizer(withSpecial(special))).toThrow(problem);
    expect(() => openTokenizer(withSpecial(special))).toThrow(/^hostile\.gguf: tokenizer\.ggml\.tokens: /);
  });
});
