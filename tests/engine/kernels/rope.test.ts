import { describe, expect, test } from "vitest";
import { createKeyValues } from "../../../engine/kernels/key-values.ts";
import type { PlaneKind } from "../../../engine/kernels/plane.ts";
import { ropeReference } from "../../../engine/kernels/rope.reference.ts";
import { compileRope } from "../../../engine/kernels/rope.ts";
import { expectAllClose } from "../all-close.ts";
import { blockTable, openTestDevice, placesFrom, readKeyValues, rotationsFrom, runAndReadF32, upload } from "../gpu.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;

describe.skipIf(!device)("rope.wgsl", () => {
  test.each([
    { kind: "buffer", numHeads: 14, numKeyValueHeads: 2, headDim: 64, numTokens: 1, position: 8191, scale: 1 }, // 0.5B, far away
    { kind: "texture", numHeads: 14, numKeyValueHeads: 2, headDim: 64, numTokens: 1, position: 8191, scale: 1 },
    { kind: "texture", numHeads: 12, numKeyValueHeads: 2, headDim: 128, numTokens: 5, position: 17, scale: 1 }, // 1.5B
    { kind: "buffer", numHeads: 3, numKeyValueHeads: 3, headDim: 96, numTokens: 3, position: 0, scale: 1e5 }, // an odd shape
  ] as const)(
    "rotates queries and fills the cache, a $kind: $numHeads heads of $headDim from position $position",
    async (shape) => {
      const { kind, numTokens, position, numKeyValueHeads, headDim, scale } = shape;
      const theta = 1_000_000;
      const contextLength = position + numTokens + 1;
      const qkv = randomF32(numTokens * (shape.numHeads + 2 * numKeyValueHeads) * headDim, 4, scale);
      const cache = (kind: PlaneKind) =>
        createKeyValues(device!, kind, "cache", blockTable(contextLength).length, numKeyValueHeads * headDim * 4);
      const buffers = {
        places: upload(device!, placesFrom(position, numTokens)),
        blockTables: upload(device!, blockTable(contextLength)),
        rotations: upload(device!, rotationsFrom(position, numTokens, { headDim, theta })),
        qkv: upload(device!, qkv),
        keys: cache(kind),
        values: cache(kind),
      };
      const rope = await compileRope(device!, shape, buffers);
      const rotated = await runAndReadF32(device!, rope(numTokens), buffers.qkv);

      const expected = ropeReference(qkv, position, theta, shape);
      const tolerance = { atol: 1e-6 * scale };
      const rowSize = qkv.length / numTokens;
      const querySize = shape.numHeads * headDim;
      for (let t = 0; t < numTokens; t++) {
        const queries = expected.queries.subarray(t * querySize, (t + 1) * querySize);
        expectAllClose(rotated.subarray(t * rowSize, t * rowSize + querySize), queries, tolerance);
      }
      const atPosition = (cache: Float32Array) => {
        const tokenSize = numKeyValueHeads * headDim;
        expect(cache.subarray((position + numTokens) * tokenSize).every((value) => value === 0)).toBe(true);
        return cache.subarray(position * tokenSize, (position + numTokens) * tokenSize);
      };
      expectAllClose(atPosition(await readKeyValues(device!, buffers.keys, contextLength)), expected.keys, tolerance);
      expectAllClose(
        atPosition(await readKeyValues(device!, buffers.values, contextLength)),
        expected.values,
        tolerance,
      );
    },
  );
});
