import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  allocateMatrix,
  availableBuilds,
  compileKernels,
  createPacker,
  RESERVED_BYTES,
} from "../../../engine/cpu/kernels.ts";
import { CpuMemory } from "../../../engine/cpu/memory.ts";
import { unpackRow } from "../../../engine/cpu/packed.reference.ts";
import { hasDotProducts, hasWideVectors, type Processor, thisProcessor } from "../../../engine/cpu/processor.ts";
import { BLOCK_FORMATS, type TensorType } from "../../../engine/weights/block-formats.ts";
import { dequantize } from "../../../engine/weights/dequantize.ts";
import { packRandom, TYPES } from "./packed-source.ts";

interface Fixture {
  types: Record<TensorType, { blocks: string }>;
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("../../fixtures/blocks.json", import.meta.url), "utf8"));

const memory = new CpuMemory(RESERVED_BYTES);
const packer = createPacker(compileKernels(), memory);

/** The first number whose bits differ: -1 if none does. 0 and -0 are one number. */
function firstDifference(actual: Float32Array, expected: Float32Array): number {
  return expected.findIndex((value, i) => value !== actual[i] && !(Number.isNaN(value) && Number.isNaN(actual[i])));
}

describe.each(TYPES)("$type", ({ type, columns }) => {
  test("is packed without a change of a number", () => {
    const rows = 10; // the last group is not full
    const { matrix, source } = packRandom(memory, packer, { type, rows, columns, experts: 2 });
    for (let row = 0; row < 2 * rows; row++) {
      const own = unpackRow(memory, matrix, row % rows, Math.floor(row / rows));
      expect(firstDifference(own, source.values.subarray(row * columns, (row + 1) * columns)), `row ${row}`).toBe(-1);
    }
  });

  test("is packed in parts as in one", () => {
    const { matrix, source } = packRandom(memory, packer, { type, rows: 24, columns });
    const inParts = allocateMatrix(memory, matrix, "a test's matrix");
    const part = source.bytes.byteLength / 3;
    for (const first of [16, 0, 8]) {
      packer.pack(inParts, source.bytes.subarray((first / 8) * part, (first / 8 + 1) * part), first);
    }
    for (let row = 0; row < 24; row++) {
      expect(unpackRow(memory, inParts, row)).toEqual(unpackRow(memory, matrix, row));
    }
  });

  test("keeps numbers at extreme scales", () => {
    const blocks = Buffer.from(fixture.types[type].blocks, "base64");
    const { blockSize, blockBytes } = BLOCK_FORMATS[type];
    const width = (blocks.byteLength / blockBytes) * blockSize;
    const matrix = allocateMatrix(memory, { type, rows: 1, columns: width, experts: 1 }, "a test's matrix");
    packer.pack(matrix, blocks);
    expect(firstDifference(unpackRow(memory, matrix, 0), dequantize(type, blocks))).toBe(-1);
  });
});

test("rows past what is staged are refused", () => {
  const { matrix } = packRandom(memory, packer, { type: "Q8_0", rows: 4, columns: 32 });
  expect(() => packer.pack(matrix, new Uint8Array(33))).toThrow("33 bytes are no rows of 34");
});

test("relaxed SIMD is for this machine, also where V8 has it behind a flag", () => {
  expect(availableBuilds()).toEqual(expect.arrayContaining(["relaxed", "plain"]));
  expect(availableBuilds().at(-1)).toBe("plain");
});

test("vectors of 256 bits are for whoever can", () => {
  const wide = availableBuilds().filter((build) => build.startsWith("wide"));
  expect(wide).toEqual(availableBuilds().slice(0, hasWideVectors(thisProcessor()) ? 2 : 0));
});

const LINUX = {
  platform: "linux",
  arch: "x64",
  v8: "13.6.233.17-node.53",
  cpuinfo: "flags\t\t: fpu avx_vnni avx2\n",
} satisfies Processor;

test.each<[boolean, Partial<Processor>]>([
  [true, {}],
  [false, { v8: "12.4.254.21-node.33" }], // joins other vectors alone
  [false, { v8: "14.1.146.11-node.14" }], // not tried yet
  [false, { cpuinfo: "flags\t\t: fpu avx avx2_like\n" }],
  [false, { cpuinfo: "" }],
  [true, { platform: "win32", cpuinfo: "" }],
  [true, { platform: "darwin", cpuinfo: "" }],
  [false, { platform: "darwin", arch: "arm64", cpuinfo: "" }],
])("two vectors are one: %s of %j", (expected, given) => {
  expect(hasWideVectors({ ...LINUX, ...given })).toBe(expected);
});

test.each<[boolean, Partial<Processor>]>([
  [true, {}],
  [false, { v8: "12.4.254.21-node.33" }], // makes three instructions of it
  [false, { cpuinfo: "flags\t\t: fpu avx2 avx512_vnni\n" }], // of vectors that WebAssembly has not
  [true, { arch: "arm64", cpuinfo: "processor\t: 0\nFeatures\t: fp asimd asimddp\n" }],
  [false, { arch: "arm64", cpuinfo: "processor\t: 0\nFeatures\t: fp asimd\n" }],
  [true, { platform: "darwin", arch: "arm64", cpuinfo: "" }],
  [false, { platform: "darwin", cpuinfo: "" }],
  [false, { platform: "win32", cpuinfo: "" }],
  [false, { cpuinfo: "" }],
])("products of bytes are one instruction: %s of %j", (expected, given) => {
  expect(hasDotProducts({ ...LINUX, ...given })).toBe(expected);
});
