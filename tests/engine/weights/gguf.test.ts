import { execFileSync } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { metadataNumber, metadataTexts } from "../../../engine/weights/metadata.ts";
import { requireTensor } from "../../../engine/weights/model-file.ts";
import { TextList } from "../../../engine/weights/text-list.ts";
import { type GgufParts, tinyQwen2, u64, type WrittenValue, writeGguf } from "./gguf-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-gguf-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(bytes: Uint8Array): Promise<string> {
  const path = join(folder, "model.gguf");
  await writeFile(path, bytes);
  return path;
}

async function open(parts: GgufParts) {
  return openGguf(await file(writeGguf(parts).bytes));
}

/** The tiny model with `bytes` written over it at the end of the first occurrence of `after`. */
async function broken(after: string, bytes: Uint8Array, skip = 0): Promise<string> {
  const gguf = writeGguf(tinyQwen2()).bytes;
  gguf.set(bytes, gguf.indexOf(after) + after.length + skip);
  return file(gguf);
}

async function failure(path: string): Promise<EngineError> {
  const error = await openGguf(path).then(
    (gguf) => gguf.close(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError; // checked above
}

async function expectBad(path: string, ...parts: string[]): Promise<void> {
  const { code, message } = await failure(path);
  expect(code).toBe("bad-model-file");
  expect(message).toContain(path);
  for (const part of parts) expect(message).toContain(part);
}

describe("a well formed file", () => {
  test("gives metadata of every type", async () => {
    const scalars: [string, WrittenValue, unknown][] = [
      ["a.u8", { type: "u8", value: 255 }, 255],
      ["a.i8", { type: "i8", value: -128 }, -128],
      ["a.u16", { type: "u16", value: 65_535 }, 65_535],
      ["a.i16", { type: "i16", value: -32_768 }, -32_768],
      ["a.u32", { type: "u32", value: 4_294_967_295 }, 4_294_967_295],
      ["a.i32", { type: "i32", value: -2_147_483_648 }, -2_147_483_648],
      ["a.f32", { type: "f32", value: 0.5 }, 0.5],
      ["a.f64", { type: "f64", value: 0.1 }, 0.1],
      ["a.bool", { type: "bool", value: true }, true],
      ["a.string", { type: "string", value: "naïve 模型" }, "naïve 模型"],
      ["a.u64", { type: "u64", value: 7 }, 7],
      ["a.u64 past 2^53", { type: "u64", value: 2n ** 64n - 1n }, 2n ** 64n - 1n],
      ["a.i64", { type: "i64", value: -7 }, -7],
      ["a.strings", { type: "string", values: ["", "x"] }, TextList.from(["", "x"])],
      ["a.none", { type: "f32", values: [] }, []],
    ];
    await using gguf = await open({ metadata: scalars.map(([key, value]) => [key, value]) });
    expect([...gguf.metadata]).toEqual(scalars.map(([key, , expected]) => [key, expected]));
  });

  test("gives tensors in the file's order, with shape, type and place", async () => {
    await using gguf = await open(tinyQwen2());
    expect([...gguf.tensors.keys()].slice(0, 3)).toEqual([
      "token_embd.weight",
      "output_norm.weight",
      "blk.0.attn_norm.weight",
    ]);
    const embedding = requireTensor(gguf, "token_embd.weight", [64, 96]);
    expect(embedding).toMatchObject({ type: "Q8_0", shape: [64, 96], byteLength: 96 * 2 * 34 });
    expect(embedding.byteOffset % 32).toBe(0);
  });

  test.each([
    [2, 32],
    [3, 64],
    [3, 8],
  ])("of version %i with alignment %i gives a tensor's bytes", async (version, alignment) => {
    const data = Uint8Array.from({ length: 100 }, (_, i) => i);
    const metadata: GgufParts["metadata"] = [["general.alignment", { type: "u32", value: alignment }]];
    const tensors: GgufParts["tensors"] = [
      { name: "first", type: "F32", shape: [3] },
      { name: "second", type: "F16", shape: [50], data },
    ];
    await using gguf = await open({ version, alignment, metadata, tensors });
    const into = new Uint8Array(90);
    await gguf.read(requireTensor(gguf, "second"), into, 10);
    expect(into).toEqual(data.subarray(10));
    await expect(gguf.read(requireTensor(gguf, "second"), into, 11)).rejects.toThrow(RangeError);
  });

  test("without tensors opens: vocabularies are published so", async () => {
    await using gguf = await open({});
    expect(gguf.tensors.size).toBe(0);
  });

  test("with strings and a header longer than a chunk is read whole", async () => {
    const long = "x".repeat(3_000_000);
    const words = Array.from({ length: 150_000 }, (_, i) => `word${i}`);
    await using gguf = await open({
      metadata: [
        ["words", { type: "string", values: words }],
        ["long", { type: "string", value: long }],
        ["last", { type: "u8", value: 1 }],
      ],
    });
    expect([...metadataTexts(gguf, "words")]).toEqual(words);
    expect(gguf.metadata.get("long")).toBe(long);
    expect(metadataNumber(gguf, "last")).toBe(1);
  });
});

describe("an error names file, field and value when", () => {
  test.each([
    ["a text of a list is no UTF-8", [[0x61, 0xff]]],
    [
      "two texts of a list share a character",
      [
        [0x61, 0xc3],
        [0xa9, 0x61],
      ],
    ],
  ])("%s", async (_, texts) => {
    const { bytes } = writeGguf({ metadata: [["words", { type: "string", values: texts.map(() => "ab") }]] });
    const first = bytes.indexOf("ab");
    for (const [i, text] of texts.entries()) bytes.set(text, first + 10 * i); // between them the length of the second
    await expectBad(await file(bytes), "words", "is not UTF-8");
  });

  test("there is no such file", async () => {
    expect(await failure(join(folder, "absent.gguf"))).toMatchObject({ code: "model-not-found" });
  });

  test("the path is a folder", async () => {
    await expectBad(folder);
  });

  test.skipIf(process.platform === "win32")("the path is a pipe, into which nobody writes", async () => {
    const path = join(folder, "pipe.gguf");
    execFileSync("mkfifo", [path]);
    await expectBad(path, "file: is not a regular file");
  });

  test("the file is empty", async () => {
    await expectBad(await file(new Uint8Array()), "magic", "ends at 0");
  });

  test("the magic is another's", async () => {
    await expectBad(await file(Buffer.from("PK\u0003\u0004, and so on")), 'magic: "PK');
  });

  test("the file is a Git LFS pointer", async () => {
    await expectBad(await file(Buffer.from("version https://git-lfs.github.com/spec/v1\n")), "Git LFS pointer");
  });

  test.each([
    [1, "1 is neither 2 nor 3"],
    [4, "4 is neither 2 nor 3"],
    [0x0300_0000, "big-endian"],
  ])("the version is %i", async (version, part) => {
    await expectBad(await file(writeGguf({ version }).bytes), "version", part);
  });

  test("it has a million tensors", async () => {
    await expectBad(await broken("GGUF", u64(1_000_000), 4), "tensor_count", "1000000", "65536");
  });

  test("it has 2^63 metadata entries", async () => {
    await expectBad(await broken("GGUF", u64(2n ** 63n), 12), "metadata_kv_count", String(2n ** 63n));
  });

  test("a key is longer than the file", async () => {
    const { bytes } = writeGguf({ metadata: [["key", { type: "u8", value: 1 }]] });
    bytes.set(u64(60_000), 24); // after magic, version and two counts
    await expectBad(await file(bytes), "metadata 0's key", "60000");
  });

  test("a string's length overflows", async () => {
    await expectBad(await broken("general.name", u64(2n ** 64n - 1n), 4), "general.name", String(2n ** 64n - 1n));
  });

  test("a key or a text is not UTF-8", async () => {
    await expectBad(await broken("general.nam", Uint8Array.of(0xff)), "metadata 1's key", "is not UTF-8");
    await expectBad(await broken("general.name", Uint8Array.of(0xc3), 12), "general.name", "is not UTF-8");
  });

  test("a list is longer than the rest of the file", async () => {
    await expectBad(
      await broken("tokenizer.ggml.tokens", u64(1_000_000), 8),
      "tokenizer.ggml.tokens's length",
      "1000000",
    );
  });

  test("a list is absurdly long", async () => {
    await expectBad(
      await broken("tokenizer.ggml.tokens", u64(2n ** 40n), 8),
      "tokenizer.ggml.tokens's length",
      "limit",
    );
  });

  test("a list holds lists", async () => {
    await expectBad(await broken("tokenizer.ggml.tokens", Uint8Array.of(9), 4), "list of lists");
  });

  test("a value has an unknown type", async () => {
    await expectBad(await broken("general.name", Uint8Array.of(13)), "general.name's type", "13");
  });

  test("a key occurs twice", async () => {
    const entry = ["twice", { type: "u8", value: 1 }] as const;
    await expectBad(await file(writeGguf({ metadata: [entry, entry] }).bytes), '"twice"', "occurs twice");
  });

  test.each([0, 7, 24, 1 << 20])("the alignment is %i", async (value) => {
    const { bytes } = writeGguf({ metadata: [["general.alignment", { type: "u32", value }]] });
    await expectBad(await file(bytes), "general.alignment", String(value));
  });

  const name = "blk.1.ffn_down.weight"; // F16, two dimensions
  const field = `tensor "${name}"`;
  test("a tensor has no dimensions, or too many", async () => {
    await expectBad(await broken(name, Uint8Array.of(0)), `${field} dimensions`, "0 is not");
    await expectBad(await broken(name, Uint8Array.of(5)), `${field} dimensions`, "5 is not");
  });

  test("a shape is zero, or its product overflows", async () => {
    await expectBad(await broken(name, u64(0), 4), `${field} shape`, "[0,64]");
    await expectBad(await broken(name, u64(2n ** 52n), 4), `${field} shape`, "not a possible size");
    await expectBad(await broken(name, u64(2n ** 63n), 4), `${field} shape`, String(2n ** 63n));
  });

  test("a row is no whole number of blocks", async () => {
    await expectBad(await broken("blk.1.ffn_up.weight", u64(65), 4), "rows of 65", "Q4_0's 32");
  });

  test("a tensor's type is unknown", async () => {
    await expectBad(await broken(name, Uint8Array.of(99), 20), `${field} type`, "99");
  });

  test("a tensor's type is ggml's but not ours", async () => {
    const { code, message } = await failure(await broken(name, Uint8Array.of(21), 20));
    expect(code).toBe("unsupported-model");
    expect(message).toContain("IQ3_S is not one of F32 F16");
  });

  test("an offset is not aligned", async () => {
    await expectBad(await broken(name, u64(33), 24), `${field} offset`, "33");
  });

  test("an offset lies past the file's end", async () => {
    await expectBad(await broken(name, u64(2n ** 40n), 24), `${field} offset`, String(2n ** 40n));
    const { length } = writeGguf(tinyQwen2()).bytes;
    await expectBad(await broken(name, u64(Math.floor(length / 32) * 32), 24), field, "past the file's");
  });

  test("tensors overlap", async () => {
    await expectBad(await broken(name, u64(0), 24), "overlaps");
  });

  test("tensors have the same name", async () => {
    const tensor = { name: "same", type: "F32", shape: [1] } as const;
    await expectBad(await file(writeGguf({ tensors: [tensor, tensor] }).bytes), '"same"', "occurs twice");
  });

  test("a tensor's name is too long", async () => {
    const tensors: GgufParts["tensors"] = [{ name: "n".repeat(65), type: "F32", shape: [1] }];
    await expectBad(await file(writeGguf({ tensors }).bytes), "tensor 0's name", "65");
  });

  test("a tensor that a model needs is missing or misshapen", async () => {
    await using gguf = await open(tinyQwen2());
    expect(() => requireTensor(gguf, "blk.2.attn_q.weight")).toThrow(
      /model\.gguf: tensor "blk\.2\.attn_q\.weight": is missing/,
    );
    expect(() => requireTensor(gguf, "output_norm.weight", [65])).toThrow(/shape \[64\].*\[65\]/);
  });

  test("the file became shorter after it was opened", async () => {
    await using gguf = await open(tinyQwen2());
    await truncate(gguf.path, 5000);
    const tensor = requireTensor(gguf, "blk.1.ffn_down.weight");
    await expect(gguf.read(tensor, new Uint8Array(16), 0)).rejects.toThrow(/blk\.1\.ffn_down\.weight.*shorter/);
  });

  test("a name holds control characters, which are not shown raw", async () => {
    const entry = ["\u001b[2J\u009b31m", { type: "u8", value: 1 }] as const;
    const { message } = await failure(await file(writeGguf({ metadata: [entry, entry] }).bytes));
    expect(message).toContain("\\u001b[2J\\u009b31m");
  });
});
