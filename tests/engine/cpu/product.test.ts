import { afterAll, describe, expect, test } from "vitest";
import type { CpuOperation } from "../../../engine/cpu/operations.ts";
import { quantizedBytes, takesQuantized } from "../../../engine/cpu/packed.ts";
import { expectAllClose } from "../all-close.ts";
import { nmse } from "../kernels/linear-sources.ts";
import { packRandom, TYPES } from "./packed-source.ts";
import { createTwins } from "./twins.ts";

const twins = createTwins();
afterAll(() => twins.dispose());
const { memory, packer, room, random, integers } = twins;

/** Sums of some hundred products in f32, against f64. */
function expectLike(actual: Float32Array, expected: Float32Array): void {
  expect(nmse(actual, Float64Array.from(expected))).toBeLessThan(1e-11);
}

/** Rows of x, and what products read of them. */
function input(tokens: number, columns: number, isQuantized: boolean, isInTiles = true) {
  const x = random(tokens * columns, tokens + columns);
  if (!isQuantized) return { x, quantize: [] };
  const y = memory.allocate(quantizedBytes(columns, tokens));
  return { x: y, quantize: [{ kind: "quantize", x, y, columns, rowsPerToken: 1, isInTiles } satisfies CpuOperation] };
}

const product = { kind: "product", bias: 0, isAdded: false, rowsPerToken: 1, isBeside: false } as const;

describe.each(TYPES)("a product of $type", ({ type, columns }) => {
  const inputs = takesQuantized(type) ? [true, false] : [false];

  test.each(inputs)("is the twin's for all tiles, quantized: %s", async (isQuantized) => {
    const rows = 18; // the last group is not full
    const { matrix: weight } = packRandom(memory, packer, { type, rows, columns });
    for (const tokens of [1, 2, 4, 5, 9, 19]) {
      const { x, quantize } = input(tokens, columns, isQuantized);
      const y = room(tokens * rows);
      const operations = [...quantize, { ...product, weight, x, isQuantized, y, yStride: rows }];
      const { expected, plain, actual } = await twins.results(operations, tokens, y, tokens * rows);
      expectLike(plain, expected);
      expectLike(actual, expected);
    }
  });

  test.each(inputs)("of a token alone has the bits it has among others, quantized: %s", async (isQuantized) => {
    const rows = 8;
    const { matrix: weight } = packRandom(memory, packer, { type, rows, columns });
    const numbers = random(8 * columns, 3);
    const bits: Float32Array[] = [];
    for (const tokens of [1, 3, 8]) {
      const { x, quantize } = input(tokens, columns, isQuantized);
      const from = isQuantized ? quantize[0]!.x : x;
      memory.f32(from, tokens * columns).set(memory.f32(numbers, tokens * columns));
      const y = room(tokens * rows);
      const operations = [...quantize, { ...product, weight, x, isQuantized, y, yStride: rows }];
      const { plain, actual } = await twins.results(operations, tokens, y, tokens * rows);
      bits.push(Float32Array.of(...plain.subarray(0, rows), ...actual.subarray(0, rows)));
    }
    expect(bits[1]).toEqual(bits[0]);
    expect(bits[2]).toEqual(bits[0]);
  });

  test.each(inputs)("of experts is the twin's, quantized: %s", async (isQuantized) => {
    const [rows, tokens, chosen] = [12, 3, 2];
    const { matrix: weight } = packRandom(memory, packer, { type, rows, columns, experts: 4 });
    for (const xRows of ["tokens", "results"] as const) {
      const count = xRows === "tokens" ? tokens : tokens * chosen;
      const { x, quantize } = input(count, columns, isQuantized, false);
      const first = quantize.map((one) => ({ ...one, rowsPerToken: count / tokens }));
      const y = room(tokens * chosen * rows);
      const ids = integers([3, 0, 1, 3, 2, 1]);
      const of = { kind: "product of experts", weight, x, isQuantized, xRows, ids, chosen, y } as const;
      const operations = [...first, { ...of, yStride: rows, isBeside: false }];
      const { expected, actual } = await twins.results(operations, tokens, y, tokens * chosen * rows);
      expectLike(actual, expected);
    }
  });

  test("embeds the rows of ids, the last one for those past the end", async () => {
    const { matrix: table, source } = packRandom(memory, packer, { type, rows: 6, columns });
    const y = room(4 * columns);
    const operations: CpuOperation[] = [{ kind: "embed", table, tokenIds: integers([2, 5, 0, 99]), y }];
    const { expected, actual } = await twins.results(operations, 4, y, 4 * columns);
    expectAllClose(actual, expected, { rtol: 1e-6, atol: 1e-6 });
    expect(expected.subarray(3 * columns)).toEqual(source.values.subarray(5 * columns));
  });
});

test("products side by side, with bias, added to what is there", async () => {
  const [tokens, columns] = [3, 64];
  const { x, quantize } = input(tokens, columns, true);
  const parts = [7, 9].map((rows) => packRandom(memory, packer, { type: "Q5_0", rows, columns }).matrix);
  const y = random(tokens * 16, 5);
  const operations: CpuOperation[] = [
    ...quantize,
    { ...product, weight: parts[0]!, x, isQuantized: true, y, yStride: 16, bias: random(7, 6) },
    { ...product, weight: parts[1]!, x, isQuantized: true, y: y + 28, yStride: 16, isAdded: true, isBeside: true },
  ];
  const { expected, actual, plain } = await twins.results(operations, tokens, y, tokens * 16);
  expectLike(actual, expected);
  expectLike(plain, expected);
});

test("rows whose columns are odd: an adapter's of rank 5", async () => {
  const { matrix: weight } = packRandom(memory, packer, { type: "F32", rows: 8, columns: 5 });
  const [x, y] = [random(5 * 5, 7), room(5 * 8)];
  const operations = [{ ...product, weight, x, isQuantized: false, y, yStride: 8 }];
  const { expected, actual } = await twins.results(operations, 5, y, 5 * 8);
  expectLike(actual, expected);
});
