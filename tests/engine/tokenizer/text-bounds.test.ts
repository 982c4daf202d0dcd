// Which tokens stand around a text that no template has made a prompt of, as the model's files say.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { tokenizerMetadata } from "../../../engine/tokenizer/tokenizer-json.ts";
import type { GgufValue } from "../../../engine/weights/metadata.ts";
import { tinyTokenizer } from "../tiny-model.ts";
import { expectRefused } from "../weights/expect-refused.ts";
import { asRead } from "../weights/gguf-writer.ts";
import { tokenizerJson } from "../weights/safetensors-folder.ts";

const START = "<|endoftext|>"; // of the tiny vocabulary
const START_ID = 256;
const END_ID = 258;

describe("a GGUF", () => {
  const open = (values: Readonly<Record<string, GgufValue>>) => {
    const own = tinyTokenizer.map(([key, value]) => [key, asRead(value)] as const);
    const more = Object.entries(values).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const);
    return openTokenizer({ path: "model.gguf", metadata: new Map<string, GgufValue>([...own, ...more]) });
  };

  test("with add_bos_token has its token before raw texts, once, and before no others", () => {
    const tokenizer = open({ add_bos_token: true, bos_token_id: START_ID });
    const ordinary = tokenizer.encode("a");
    expect(tokenizer.encode("a", { begins: true })).toEqual([START_ID, ...ordinary]);
    expect(tokenizer.encode("", { begins: true })).toEqual([START_ID]);
    const written = `${START}a`;
    expect(tokenizer.encode(written, { begins: true, special: true })).toEqual([START_ID, ...ordinary]);
    expect(tokenizer.encode(written, { begins: true })).toEqual([START_ID, ...tokenizer.encode(written)]);
    for (const special of [true, false]) {
      const slices = [...tokenizer.encodeSlices(written, { begins: true, special })];
      expect(slices.flatMap(({ tokens }) => tokens)).toEqual(tokenizer.encode(written, { begins: true, special }));
    }
    expect(tokenizer.textEnd).toEqual([]);
  });

  test("without it, or with false, has none", () => {
    for (const values of [{}, { add_bos_token: false, bos_token_id: START_ID }, { bos_token_id: START_ID }]) {
      expect(open(values).textStart).toEqual([]);
    }
    expect(open({ add_eos_token: true }).textEnd).toEqual([END_ID]);
  });

  test.each<[Readonly<Record<string, GgufValue>>, RegExp]>([
    [{ add_bos_token: true }, /bos_token_id: is missing, and add_bos_token asks for it/],
    [{ add_bos_token: true, bos_token_id: 288 }, /bos_token_id: 288 is none of 288 tokens/],
    [{ add_bos_token: "yes" }, /add_bos_token: "yes" is not true or false/],
  ])("with %o is refused", (values, message) => {
    expect(() => open(values)).toThrow(expect.objectContaining({ code: "bad-model-file" }));
    expect(() => open(values)).toThrow(message);
  });
});

describe("a folder", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "qwenlab-text-bounds-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(config: object, changes: object = {}) {
    await writeFile(join(folder, "tokenizer_config.json"), JSON.stringify(config));
    const tokenizer = { ...tokenizerJson(PRE_TOKENIZERS.get("qwen2")!.oniguruma), ...changes };
    await writeFile(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
    const entries = await tokenizerMetadata(folder, { architecture: "qwen2", endToken: END_ID });
    const { textStart, textEnd } = openTokenizer({ path: folder, metadata: new Map(entries) });
    return { textStart, textEnd };
  }
  const template = (...single: object[]) => ({ type: "TemplateProcessing", single });
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = { Sequence: { id: "A", type_id: 0 } };
  const bytes = { type: "ByteLevel", trim_offsets: false };

  test.each<[object, object, readonly number[], readonly number[]]>([
    [{}, {}, [], []],
    [{ add_bos_token: false, bos_token: START }, { post_processor: bytes }, [], []],
    [{ add_bos_token: true, bos_token: START }, {}, [START_ID], []],
    [{ add_bos_token: true, bos_token: { content: START, lstrip: false } }, {}, [START_ID], []],
    [{}, { post_processor: template(special(START), text) }, [START_ID], []],
    [
      { add_bos_token: false },
      { post_processor: { type: "Sequence", processors: [bytes, template(text, special("<|im_end|>"))] } },
      [],
      [END_ID],
    ],
  ])("with %j and %j", async (config, changes, textStart, textEnd) => {
    expect(await read(config, changes)).toEqual({ textStart, textEnd });
  });

  test.each<[object, object, string, RegExp]>([
    [{ add_bos_token: true }, {}, "tokenizer_config.json", /bos_token: is missing, and add_bos_token asks for it/],
    [{ add_bos_token: true, bos_token: "<s>" }, {}, "tokenizer_config.json", /bos_token: "<s>" is no token, and/],
    [{}, { post_processor: template(special("<s>"), text) }, "tokenizer.json", /post_processor: "<s>" is no token/],
    [{}, { post_processor: template(special(START), special(START), text) }, "tokenizer.json", /more than one token/],
    [{}, { post_processor: { type: "BertProcessing" } }, "tokenizer.json", /post_processor: "BertProcessing" is not/],
    [{}, { post_processor: 7 }, "tokenizer.json", /post_processor: undefined is not supported/],
  ])("with %j and %j is refused", async (config, changes, file, message) => {
    await expectRefused(read(config, changes), join(folder, file), message);
  });
});
