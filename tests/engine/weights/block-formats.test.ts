import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BLOCK_FORMATS, TENSOR_TYPES, type TensorType } from "../../../engine/weights/block-formats.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";

interface Fixture {
  types: Record<TensorType, { id: number; blockSize: number; blockBytes: number; blocks: string; values: string }>;
}
// tests/fixtures/make-blocks.py made it with the Python package gguf.
const fixture: Fixture = JSON.parse(readFileSync(new URL("../../fixtures/blocks.json", import.meta.url), "utf8"));

describe.each([...TENSOR_TYPES.values()])("%s", (type) => {
  const { id, blockSize, blockBytes, blocks, values } = fixture.types[type];

  test("has the sizes of the independent decoder", () => {
    expect(BLOCK_FORMATS[type]).toEqual({ id, blockSize, blockBytes });
  });

  test("decodes to the same bits, at extreme scales too", () => {
    const expected = Buffer.from(values, "base64");
    const decoded = dequantize(type, Buffer.from(blocks, "base64"));
    expect(decoded.length).toBe(expected.byteLength / 4);
    const bits = new Uint32Array(decoded.buffer);
    expect(bits.findIndex((value, i) => value !== expected.readUInt32LE(4 * i))).toBe(-1);
  });

  test("refuses a part of a block", () => {
    expect(() => dequantize(type, new Uint8Array(blockBytes + 1))).toThrow(RangeError);
  });
});
