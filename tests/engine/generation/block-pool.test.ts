import { describe, expect, test } from "vitest";
import { BLOCK_TOKENS, type Block, BlockPool } from "../../../engine/generation/block-pool.ts";
import { createStateStore } from "../../../engine/gpu/state-store.ts";
import { createKeyValues } from "../../../engine/kernels/key-values.ts";
import type { PlaneKind } from "../../../engine/kernels/plane.ts";
import { openTestDevice } from "../gpu.ts";

const device = await openTestDevice();

const ROOT = "base"; // of all trees but one
const TOKEN_BYTES = 256; // in one of the decoder's two caches
const CACHE_BYTES = BLOCK_TOKENS * TOKEN_BYTES; // of a block in one of them

/** A decoder's cache, and a pool of its blocks. */
function poolOf(numBlocks: number, kind: PlaneKind = "buffer") {
  const gpu = device!.device;
  const keyValues = ["keys", "values"].map((label) => createKeyValues(gpu, kind, label, numBlocks, TOKEN_BYTES));
  const store = createStateStore(device!, { keyValues, numBlocks, recurrent: [] });
  const pool = new BlockPool(store);
  const fill = ({ index }: Block, seed: number) => {
    const words = Uint32Array.from({ length: store.blockBytes / 4 }, (_, i) => (seed + i * 7) % 2 ** 23);
    store.writeBlock(index, new Uint8Array(words.buffer));
  };
  const read = ({ index }: Block) => store.read([index], undefined);
  /** What a request leaves: the blocks of its tokens, filled with numbers that begin with `seed`. */
  const leave = (tokens: readonly number[], seed = 1) => {
    const { blocks, length } = pool.begin(tokens, ROOT);
    for (let at = length; at < tokens.length; at += BLOCK_TOKENS) {
      const block = pool.take();
      if (!block) break;
      fill(block, seed + at);
      pool.seal(block, blocks.at(-1) ?? ROOT, tokens.slice(at, at + BLOCK_TOKENS));
      blocks.push(block);
    }
    pool.release(blocks);
    return blocks;
  };
  return { pool, read, leave };
}

const tokens = (length: number, seed = 0) => Array.from({ length }, (_, i) => i * 3 + seed);

describe.skipIf(!device)("BlockPool", () => {
  test("what begins alike shares whole blocks, in use or not", () => {
    const { pool, leave } = poolOf(8);
    const left = leave(tokens(40));
    const first = pool.begin(tokens(32), ROOT);
    expect(first.blocks).toEqual(left.slice(0, 2));
    const second = pool.begin([...tokens(16), 5, 5], ROOT);
    expect(second.blocks).toEqual(left.slice(0, 1));
    expect(left[0]?.users).toBe(2);
    expect(pool.available).toBe(6);
  });

  test("what was computed by other numbers is not found", () => {
    const { pool, leave } = poolOf(8);
    leave(tokens(40));
    expect(pool.match(tokens(32), "other")).toBe(0);
    expect(pool.begin(tokens(40), "other")).toEqual({ blocks: [], length: 0 });
  });

  test.each(["buffer", "texture"] as const)(
    "a block of which only a part fits is copied bit for bit, a %s",
    async (kind) => {
      const { pool, read, leave } = poolOf(4, kind);
      const [, left] = leave(tokens(32));
      const { blocks, length } = pool.begin([...tokens(21), 1, 1], ROOT);
      expect(length).toBe(21);
      expect(blocks[1]).not.toBe(left);
      expect(await read(blocks[1]!)).toEqual(await read(left!));
      expect(pool.match(tokens(32), ROOT)).toBe(32); // and is still there
    },
  );

  test("the same tokens after others are others", () => {
    const { pool, leave } = poolOf(8);
    leave([...tokens(16), ...tokens(16, 500)]);
    expect(pool.match([...tokens(16, 1), ...tokens(16, 500)], ROOT)).toBe(0);
    expect(pool.match(tokens(16, 500), ROOT)).toBe(0);
    expect(pool.match([...tokens(16), ...tokens(16, 500)], ROOT)).toBe(32);
  });

  test("what was used longest ago goes first, and never a beginning before what follows it", () => {
    const { pool, leave } = poolOf(4);
    leave(tokens(32));
    leave([...tokens(16), ...tokens(16, 500)]); // shares the first block
    pool.release(pool.begin(tokens(32), ROOT).blocks);
    leave(tokens(32, 900)); // needs two: one is free, one is 500's
    expect(pool.match([...tokens(16), ...tokens(16, 500)], ROOT)).toBe(16);
    expect(pool.match(tokens(32), ROOT)).toBe(32);
    expect(pool.match(tokens(32, 900), ROOT)).toBe(32);
  });

  test("what is in use is never given to another", () => {
    const { pool, leave } = poolOf(3);
    leave(tokens(48));
    const { blocks } = pool.begin(tokens(32), ROOT);
    const taken = pool.take();
    expect(blocks).not.toContain(taken);
    expect(pool.take()).toBeUndefined();
    pool.release([taken!]); // holds nothing: it is free at once
    expect(pool.take()).toBe(taken);
  });

  test("read and write carry it to another pool", async () => {
    const first = poolOf(8);
    const left = first.leave(tokens(48));
    const data = await first.pool.read(tokens(40), ROOT);
    expect(data.byteLength).toBe(2 * 2 * CACHE_BYTES);
    const second = poolOf(8, "texture");
    second.pool.write(tokens(40), ROOT, Uint8Array.from(data));
    expect(second.pool.available).toBe(8);
    const { blocks } = second.pool.begin(tokens(32), ROOT);
    expect(await second.read(blocks[1]!)).toEqual(await first.read(left[1]!));
    second.pool.write(tokens(48, 7), ROOT, Uint8Array.from(data)); // of another length
    expect(second.pool.match(tokens(48, 7), ROOT)).toBe(0);
  });
});
