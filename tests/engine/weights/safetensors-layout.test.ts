// Where tensors lie in a .safetensors: the format allows no gap, no overlap and no rest, which could hide what nobody reads.
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSafetensorsHeader } from "../../../engine/weights/safetensors-header.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-layout-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads the header of a file with these bytes behind it; `length` instead of the header's own. */
async function read(header: string, dataBytes: number, length = BigInt(Buffer.byteLength(header))) {
  const path = join(folder, "model.safetensors");
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(length);
  await writeFile(path, Buffer.concat([size, Buffer.from(header), Buffer.alloc(dataBytes)]));
  const fd = openSync(path, "r");
  try {
    return readSafetensorsHeader(path, fd, (await stat(path)).size, (name) => name !== "other");
  } finally {
    closeSync(fd);
  }
}

const tensor = (name: string, from: number, to: number, shape = [(to - from) / 4]) =>
  `"${name}":${JSON.stringify({ dtype: "F32", shape, data_offsets: [from, to] })}`;
const headerOf = (...entries: string[]) => `{${entries.join(",")}}`;

test("tensors in any order, empty ones, and those of no interest are read where they lie", async () => {
  const header = headerOf(tensor("b", 8, 16), tensor("a", 0, 8), tensor("empty", 8, 8), tensor("other", 16, 24));
  const tensors = await read(header, 24);
  const start = 8 + header.length;
  expect([...tensors].map(([name, { byteOffset }]) => [name, byteOffset - start])).toEqual([
    ["b", 8],
    ["a", 0],
    ["empty", 8],
  ]);
});

test("a name may also be a key or a word elsewhere in the header", async () => {
  const own = tensor("dtype", 0, 8);
  expect((await read(`{"__metadata__":{"dtype":"dtype","a":"\\"a\\":{"},${own}}`, 8)).size).toBe(1);
});

describe("refused, with file and tensor:", () => {
  test.each<[string, string, number, RegExp]>([
    [
      "two that overlap",
      headerOf(tensor("a", 0, 8), tensor("b", 4, 12)),
      12,
      /"b": begins at byte 4, within tensor "a", which ends at 8/,
    ],
    [
      "one within one of no interest",
      headerOf(tensor("other", 0, 16), tensor("a", 4, 8)),
      16,
      /"a": begins at byte 4, within tensor "other"/,
    ],
    ["a gap", headerOf(tensor("a", 0, 8), tensor("b", 12, 16)), 16, /"b": begins at byte 12, but tensor "a" ends at 8/],
    ["a gap at the start", headerOf(tensor("a", 4, 8)), 8, /"a": begins at byte 4, but the header ends at 0/],
    ["a rest", headerOf(tensor("a", 0, 8)), 9, /"a": ends at byte 8, but the file at 9; no tensor is the rest/],
    [
      "an end past the file's",
      headerOf(tensor("a", 0, 8), tensor("b", 8, 16)),
      12,
      /"b": ends at byte 16, but the file at 12; it is cut short/,
    ],
    [
      "an end past the file's, of what is of no interest",
      headerOf(tensor("a", 0, 8), tensor("other", 8, 16)),
      8,
      /"other": ends at byte 16, but the file at 8; it is cut short/,
    ],
    [
      "an end before its start",
      headerOf(tensor("other", 8, 0, [2]), tensor("a", 0, 8)),
      8,
      /"other": begins at byte 8, after/,
    ],
    ["a name twice", headerOf(tensor("a", 0, 8), tensor("a", 8, 16)), 16, /"a": is in the header twice/],
    [
      "a name twice, at one place",
      headerOf(tensor("a", 0, 8), tensor("a", 0, 8, [2, 1])),
      8,
      /"a": is in the header twice/,
    ],
    [
      "a name twice, written in two ways",
      headerOf(tensor("a", 0, 8), tensor("\\u0061", 0, 8)),
      8,
      /"a": is in the header twice/,
    ],
    [
      "sizes whose product no number holds",
      headerOf(tensor("a", 0, 8, [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1])),
      8,
      /"a": takes .* bytes by its shape, and 8/,
    ],
    [
      "more dimensions than any model has",
      headerOf(tensor("a", 0, 4, Array(1000).fill(1))),
      4,
      /"a": has the shape .*which is none/,
    ],
    ["offsets past all numbers", headerOf(tensor("a", 0, 8).replace("8]", "1e300]")), 8, /"a": has no offsets/],
    ["one that is a number", '{"a":1}', 0, /"a": is not described/],
    ["ten million brackets", "[".repeat(1e7), 0, /header: is no JSON object of tensors/],
  ])("%s", async (_, header, dataBytes, message) => {
    const error = await read(header, dataBytes).catch((reason) => reason);
    expect(error).toMatchObject({ code: "bad-model-file", message: expect.stringMatching(message) });
    expect(error.message).toContain(join(folder, "model.safetensors"));
    expect(error.message.length).toBeLessThan(1000);
  });

  test.each([
    [2n ** 64n - 1n, /header: 18446744073709551615 is past the limit/],
    [2n ** 25n, /header: needs 33554432 bytes at 8, but the file ends at/],
  ])("a header of %i bytes", async (length, message) => {
    await expect(read(headerOf(tensor("a", 0, 8)), 8, length)).rejects.toThrow(message);
  });
});
