import { describe, expect, test } from "vitest";
import { BLOCK_TOKENS, PrefixStore } from "../../../engine/generation/prefix-store.ts";
import { createKeyValues } from "../../../engine/kernels/key-values.ts";
import type { PlaneKind } from "../../../engine/kernels/plane.ts";
import { openTestDevice, readKeyValues, upload } from "../gpu.ts";

const device = await openTestDevice();

const ROW_BYTES = 256; // of a token in one of the decoder's two caches
const BLOCK_BYTES = 2 * BLOCK_TOKENS * ROW_BYTES;
const CONTEXT = 96; // tokens

/** A decoder's cache of which every byte tells what it is, and a store beside it. */
function decoderWithStore(maxBlocks: number, kind: PlaneKind = "buffer") {
  const gpu = device!.device;
  const keyValues = ["keys", "values"].map((label) => createKeyValues(gpu, kind, label, CONTEXT, ROW_BYTES));
  const fill = (seed: number) => {
    const encoder = gpu.createCommandEncoder();
    for (const [i, cache] of keyValues.entries()) {
      const data = Uint32Array.from(
        { length: (CONTEXT * ROW_BYTES) / 4 },
        (_, j) => (seed + i * 101 + j * 7) % 2 ** 23,
      );
      cache.restore(encoder, 0, CONTEXT, upload(gpu, data), 0);
    }
    gpu.queue.submit([encoder.finish()]);
  };
  const read = async () => {
    const both: Uint8Array[] = [];
    for (const cache of keyValues) both.push(new Uint8Array((await readKeyValues(gpu, cache, CONTEXT)).buffer));
    return both;
  };
  return { store: new PrefixStore(device!, keyValues, maxBlocks * BLOCK_BYTES), fill, read };
}

const tokens = (length: number, seed = 0) => Array.from({ length }, (_, i) => i * 3 + seed);

describe.skipIf(!device)("PrefixStore", () => {
  test.each(["buffer", "texture"] as const)(
    "gives back bit for bit what it was given, in whole blocks, a %s",
    async (kind) => {
      const { store, fill, read } = decoderWithStore(8, kind);
      fill(1);
      const saved = await read();
      store.save(tokens(40));
      expect(store.match(tokens(50))).toBe(32);
      fill(2);
      const others = await read();
      store.restore(tokens(40), 16, 32);
      const restored = await read();
      const row = (buffer: Uint8Array | undefined, from: number, to: number) =>
        buffer?.subarray(from * ROW_BYTES, to * ROW_BYTES);
      for (const i of [0, 1]) {
        expect(row(restored[i], 16, 32)).toEqual(row(saved[i], 16, 32));
        expect(row(restored[i], 0, 16)).toEqual(row(others[i], 0, 16)); // was not asked for
        expect(row(restored[i], 32, CONTEXT)).toEqual(row(others[i], 32, CONTEXT));
      }
    },
  );

  test("the same tokens after others are others", () => {
    const { store } = decoderWithStore(8);
    store.save([...tokens(16), ...tokens(16, 500)]);
    expect(store.match([...tokens(16, 1), ...tokens(16, 500)])).toBe(0);
    expect(store.match(tokens(16, 500))).toBe(0);
    expect(store.match([...tokens(16), ...tokens(16, 500)])).toBe(32);
  });

  test("what was used longest ago goes first, and never a beginning before what follows it", () => {
    const { store } = decoderWithStore(4);
    store.save(tokens(32));
    store.save([...tokens(16), ...tokens(16, 500)]); // shares the first block
    store.restore(tokens(32), 0, 32);
    store.save(tokens(32, 900)); // needs two: one is free, one is 500's
    expect(store.match([...tokens(16), ...tokens(16, 500)])).toBe(16);
    expect(store.match(tokens(32))).toBe(32);
    expect(store.match(tokens(32, 900))).toBe(32);
    expect(store.size).toBe(64);
  });

  test("of more than it holds it keeps the beginning", () => {
    const { store } = decoderWithStore(3);
    store.save(tokens(90));
    expect(store.match(tokens(90))).toBe(48);
  });

  test("read and write carry it to another store", async () => {
    const first = decoderWithStore(8);
    first.fill(1);
    first.store.save(tokens(48));
    const data = await first.store.read(tokens(32));
    expect(data.byteLength).toBe(2 * BLOCK_BYTES);
    const second = decoderWithStore(8);
    second.store.write(tokens(32), Uint8Array.from(data));
    second.fill(2);
    second.store.restore(tokens(32), 0, 32);
    const [restored, original] = await Promise.all([second.read(), first.read()]);
    expect(restored[1]?.subarray(0, 32 * ROW_BYTES)).toEqual(original[1]?.subarray(0, 32 * ROW_BYTES));
    second.store.write(tokens(48, 7), Uint8Array.from(data)); // of another length
    expect(second.store.match(tokens(48, 7))).toBe(0);
  });
});
