import { afterAll, describe, expect, test } from "vitest";
import type { CacheType, CpuOperation } from "../../../engine/cpu/operations.ts";
import { quantizedBytes } from "../../../engine/cpu/packed.ts";
import { sliceBytes } from "../../../engine/cpu/records.ts";
import { NO_TOKEN } from "../../../engine/kernels/argmax.ts";
import { placesOf } from "../../../engine/kernels/place.ts";
import { ropeRotations } from "../../../engine/kernels/rope.ts";
import { expectAllClose } from "../all-close.ts";
import { createTwins } from "./twins.ts";

const twins = createTwins();
afterAll(() => twins.dispose());
const { memory, room, random, integers } = twins;
const CLOSE = { rtol: 2e-5, atol: 2e-6 };

async function expectLikeTwin(operations: readonly CpuOperation[], tokens: number, y: number, length: number) {
  const { expected, plain, actual } = await twins.results(operations, tokens, y, length);
  expectAllClose(plain, expected, CLOSE);
  expectAllClose(actual, expected, CLOSE);
}

test.each([
  { count: 1, columns: 896, inPlace: false },
  { count: 3, columns: 64, inPlace: true }, // heads
  { count: 1, columns: 36, inPlace: false }, // an odd number of vectors
])("norm of $count x $columns", async ({ count, columns, inPlace }) => {
  const stride = count * columns + 8; // others' columns lie between
  const x = random(3 * stride, 1);
  const y = inPlace ? x : room(3 * stride);
  const weight = random(columns, 2);
  const sizes = { xStride: stride, yStride: stride, count, columns, eps: 1e-6 };
  await expectLikeTwin([{ kind: "norm", x, y, weight, ...sizes }], 3, y, 3 * stride);
});

test.each([1, 3, 4, 7, 8, 13])("quantize: %i rows become the twin's very bytes", async (rows) => {
  const columns = 320; // more than one thread takes at once
  const x = random(rows * columns, rows, 3);
  memory.f32(x, 32).fill(0); // no scale
  memory.f32(x + 128, 32).fill(1e-39); // of a scale that has no inverse
  memory.f32(x + 256, 32).set([127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5]); // halfway between two numbers: to the even one
  for (const isInTiles of [true, false]) {
    const y = memory.allocate(quantizedBytes(columns, rows));
    const operation = { kind: "quantize", x, y, columns, rowsPerToken: 1, isInTiles } as const;
    const { expected, actual } = await twins.results([operation], rows, y, quantizedBytes(columns, rows) / 4);
    expect(new Uint32Array(actual.buffer)).toEqual(new Uint32Array(expected.buffer));
  }
});

test.each([64, 1028])("gated, of %i columns", async (columns) => {
  const x = random(2 * 2 * 2 * columns, 4, 20);
  const y = room(2 * 2 * columns);
  await expectLikeTwin([{ kind: "gated", x, y, columns, rowsPerToken: 2 }], 2, y, 2 * 2 * columns);
});

test.each(["add", "mul", "silu", "sigmoid", "gate"] as const)("%s", async (name) => {
  const columns = 1030; // no multiple of 4
  const a = random(2 * columns, 5, 30);
  const b = random(name === "gate" ? 2 : 2 * columns, 6);
  const y = room(2 * columns);
  await expectLikeTwin([{ kind: "elementwise", function: name, a, b, y, columns }], 2, y, 2 * columns);
});

test("columns", async () => {
  const [x, y] = [random(3 * 20, 7), random(3 * 15, 8)];
  await expectLikeTwin([{ kind: "columns", x: x + 8, xStride: 20, y: y + 20, yStride: 15, count: 7 }], 3, y, 45);
});

test("rotate, in place, leaves what is beside the heads", async () => {
  const [tokens, numHeads, headDim] = [3, 2, 32];
  const stride = numHeads * headDim + 32;
  const x = random(tokens * stride, 9);
  const rotations = room(tokens * headDim);
  const turned = Array.from({ length: tokens }, (_, t) => ({ angle: 5 + t, theta: 10_000 }));
  memory.f32(rotations, tokens * headDim).set(ropeRotations(turned, headDim));
  const operation = {
    kind: "rotate",
    x,
    xStride: stride,
    y: x,
    yStride: stride,
    rotations,
    numHeads,
    headDim,
  } as const;
  await expectLikeTwin([operation], tokens, x, tokens * stride);
});

function slices(numHeads: number, contextLength: number) {
  return { slices: room(sliceBytes(numHeads, contextLength) / 4), contextLength };
}

test.each([
  { numHeads: 4, numKeyValueHeads: 2, headDim: 32 },
  { numHeads: 18, numKeyValueHeads: 1, headDim: 32 }, // more that share a key head than are computed at once
])(
  "attention over a long context, $numHeads / $numKeyValueHeads x $headDim: a token's bits alone and among others are the same",
  async (heads) => {
    const { numHeads, numKeyValueHeads, headDim } = heads;
    const blocks = 75; // 1,200 tokens: three slices
    const size = blocks * 16 * numKeyValueHeads * headDim;
    const [keys, values] = [random(size, 31, 2), random(size, 32)];
    const blockTables = integers(Array.from({ length: blocks }, (_, i) => (i * 7) % blocks));
    const slots = [3, 511, 512, 700, 1023, 1024, 1100, 1150, 1199]; // more tokens than have slices of their own
    const places = integers([...placesOf(slots.map((slot) => ({ slot, table: 0, sequence: 0, scoreScale: 1 })))]);
    const row = (numHeads + 2 * numKeyValueHeads) * headDim;
    const width = numHeads * headDim;
    const qkv = random(slots.length * row, 33, 2);
    const y = room(slots.length * width);
    const attention = (first: number): CpuOperation => ({
      ...{ kind: "attention", qkv: qkv + first * row * 4, y: y + first * width * 4 },
      ...{ cache: { type: "f32", keys, values, places: places + first * 16, blockTables } },
      ...{ ...slices(numHeads, blocks * 16), ...heads },
    });
    await expectLikeTwin([attention(0)], slots.length, y, slots.length * width);
    const { actual: together } = await twins.results([attention(0)], slots.length, y, slots.length * width);
    const { actual: few } = await twins.results([attention(1)], 8, y + width * 4, 8 * width);
    expect(few).toEqual(together.subarray(width));
    for (const i of slots.keys()) {
      const own = attention(i);
      const again = [own, own]; // with what the first left of its slices
      const { actual } = await twins.results(again, 1, y + i * width * 4, width);
      expect(actual, `slot ${slots[i]}`).toEqual(together.subarray(i * width, (i + 1) * width));
    }
  },
);

describe.each(["f32", "f16"] as const)("attention over a cache of %s", (type: CacheType) => {
  test.each([
    { numHeads: 7, numKeyValueHeads: 1, headDim: 64 },
    { numHeads: 4, numKeyValueHeads: 2, headDim: 32 },
    { numHeads: 18, numKeyValueHeads: 1, headDim: 32 }, // more that share a key head than are computed at once
  ])("$numHeads / $numKeyValueHeads x $headDim, of two sequences", async (heads) => {
    const { numHeads, numKeyValueHeads, headDim } = heads;
    const tableLength = 3; // blocks of a sequence
    const size = 6 * 16 * numKeyValueHeads * headDim; // of 6 blocks
    const [keys, values] = [room(size), room(size)];
    const blockTables = integers([4, 1, 3, 0, 5, 2]);
    const slots = [0, 1, 36, 37, 38].map((slot, i) => ({ slot, sequence: i < 2 ? 0 : 1 }));
    const places = integers([
      ...placesOf(slots.map((one) => ({ ...one, table: one.sequence * tableLength, scoreScale: 1.25 }))),
    ]);
    const row = (numHeads + 2 * numKeyValueHeads) * headDim;
    const cache = { type, keys, values, places, blockTables };
    memory.u16(keys, size).fill(0x2c01); // earlier tokens': about 0.06 in f16, and 1e-12 in f32
    memory.u16(values, size).fill(0x2c02);
    const qkv = random(slots.length * row, 10, 2);
    const y = room(slots.length * numHeads * headDim);
    const operations: CpuOperation[] = [
      { kind: "store", qkv, cache, ...heads },
      { kind: "attention", qkv, cache, y, ...slices(numHeads, tableLength * 16), ...heads },
    ];
    await expectLikeTwin(operations, slots.length, y, slots.length * numHeads * headDim);
    if (type === "f16") await expectLikeTwin(operations, slots.length, keys, size / 2);
  });
});

test.each(["f32", "f16"] as const)(
  "a broken key or value breaks what attends to it, in a cache of %s",
  async (type) => {
    const heads = { numHeads: 1, numKeyValueHeads: 1, headDim: 32 };
    for (const [broken, column] of [
      [Number.NaN, 40],
      [Number.NaN, 70],
      [Number.POSITIVE_INFINITY, 70],
    ] as const) {
      const qkv = random(2 * 96, 5);
      memory.f32(qkv, 96)[column] = broken; // of the first token, which the second one sees
      const places = integers([...placesOf([0, 1].map((slot) => ({ slot, table: 0, sequence: 0, scoreScale: 1 })))]);
      const cache = { type, keys: room(512), values: room(512), places, blockTables: integers([0]) };
      const y = room(2 * 32);
      const operations: CpuOperation[] = [
        { kind: "store", qkv, cache, ...heads },
        { kind: "attention", qkv, cache, y, ...slices(1, 16), ...heads },
      ];
      const { plain, actual } = await twins.results(operations, 2, y, 64);
      for (const result of [plain, actual]) expect(result.subarray(32).every(Number.isFinite)).toBe(false);
    }
  },
);

test("numbers become the nearest halves, and what has none is infinite", async () => {
  const numbers = [
    0,
    -0,
    1,
    1 / 3,
    -2.5,
    65_504,
    65_519,
    65_520,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    2 ** -14,
    2 ** -14 - 2 ** -26,
    1e-6,
    2 ** -25,
    1.5 * 2 ** -24,
  ];
  const halfway = [1 + 2 ** -11, 1 + 3 * 2 ** -11]; // between two halves: to the even one
  const heads = { numHeads: 1, numKeyValueHeads: 1, headDim: 32 };
  const qkv = room(96);
  memory.f32(qkv, 96).set([...numbers, ...halfway], 32);
  const [keys, values] = [room(256), room(256)];
  const cache = { type: "f16", keys, values, places: integers([0, 0, 0, 0]), blockTables: integers([0]) } as const;
  const { expected, actual } = await twins.results([{ kind: "store", qkv, cache, ...heads }], 1, keys, 16);
  expect(new Uint16Array(actual.buffer)).toEqual(new Uint16Array(expected.buffer));
  const known = [
    0, 0x8000, 0x3c00, 0x3555, 0xc100, 0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x0400, 0x0400, 0x0011, 0, 0x0002,
    0x3c00, 0x3c02,
  ];
  expect([...new Uint16Array(actual.buffer, 0, known.length)]).toEqual(known);
});

test.each([true, false])("experts are chosen and mixed, normalized: %s", async (isNormalized) => {
  const [tokens, numExperts, chosen, columns] = [3, 8, 3, 64];
  const scores = random(tokens * numExperts, 11, 4);
  memory.f32(scores, 8)[6] = memory.f32(scores, 8)[2]!; // equal ones: the first is better
  const [ids, weights, y] = [room(tokens * chosen), room(tokens * chosen), room(tokens * columns)];
  const operations: CpuOperation[] = [
    { kind: "choose experts", scores, ids, weights, numExperts, chosen, isNormalized },
    { kind: "mix experts", x: random(tokens * chosen * columns, 12), weights, y, chosen, columns },
  ];
  await expectLikeTwin(operations, tokens, weights, tokens * chosen);
  await expectLikeTwin(operations, tokens, y, tokens * columns);
  const { expected, actual } = await twins.results(operations, tokens, ids, tokens * chosen);
  expect(new Uint32Array(actual.buffer)).toEqual(new Uint32Array(expected.buffer));
});

/** Two tokens of a new sequence, and three of one that goes on. */
function recurrentPlaces() {
  const slots = [0, 1, 7, 8, 9].map((slot, i) => ({ slot, table: 0, sequence: i < 2 ? 1 : 0, scoreScale: 1 }));
  return integers([...placesOf(slots)]);
}

test("conv, and the state that it leaves", async () => {
  const [channels, taps] = [33, 4];
  const state = random(2 * (taps - 1) * channels, 13);
  const [x, weight, y] = [random(5 * channels, 14), random(channels * taps, 15), room(5 * channels)];
  const operations = [
    { kind: "conv", x, weight, state, places: recurrentPlaces(), y, channels, taps },
  ] satisfies CpuOperation[];
  await expectLikeTwin(operations, 5, y, 5 * channels);
  await expectLikeTwin(operations, 5, state, 2 * (taps - 1) * channels);
});

test("delta rule, and the state that it leaves", async () => {
  const sizes = { keyHeads: 2, keyDim: 16, valueHeads: 4, valueDim: 8 };
  const row = 2 * 2 * 16 + 4 * 8;
  const state = random(2 * 4 * 16 * 8, 16);
  const [qkv, gates, weights] = [random(5 * row, 17), random(5 * 8, 18, 3), random(8, 19)];
  const y = room(5 * 32);
  const places = recurrentPlaces();
  const operations = [{ kind: "delta rule", qkv, gates, weights, state, places, y, ...sizes }] satisfies CpuOperation[];
  await expectLikeTwin(operations, 5, y, 5 * 32);
  await expectLikeTwin(operations, 5, state, 2 * 4 * 16 * 8);
});

test("argmax: among the allowed, the first of equals; no token where a logit is no number", async () => {
  const vocabSize = 70;
  const logits = random(4 * vocabSize, 20);
  const rows = memory.f32(logits, 4 * vocabSize);
  rows[3] = 9; // not allowed
  rows[vocabSize + 40] = rows[vocabSize + 65] = 9;
  rows[2 * vocabSize + 69] = Number.NaN;
  rows[3 * vocabSize] = Number.NEGATIVE_INFINITY;
  const allowed = integers([0xffff_fff7, 0xffff_ffff, 0x3f]);
  const y = room(4);
  const operations: CpuOperation[] = [{ kind: "argmax", logits, allowed, y, vocabSize }];
  const { expected, actual } = await twins.results(operations, 4, y, 4);
  const ids = new Uint32Array(actual.buffer);
  expect(ids).toEqual(new Uint32Array(expected.buffer));
  expect([...ids.subarray(1)]).toEqual([40, NO_TOKEN, NO_TOKEN]);
});
