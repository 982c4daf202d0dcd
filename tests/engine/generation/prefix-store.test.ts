import { describe, expect, test } from "vitest";
import { BLOCK_TOKENS, PrefixStore } from "../../../engine/generation/prefix-store.ts";
import { openTestDevice, runAndRead } from "../gpu.ts";

const device = await openTestDevice();

const ROW_BYTES = 8; // of a token in one of the decoder's two buffers
const BLOCK_BYTES = 2 * BLOCK_TOKENS * ROW_BYTES;
const CONTEXT = 96; // tokens

/** A decoder's cache of which every byte tells what it is, and a store beside it. */
function decoderWithStore(maxBlocks: number) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const create = () => device!.device.createBuffer({ size: CONTEXT * ROW_BYTES, usage });
  const keyValues = [create(), create()];
  const fill = (seed: number) => {
    for (const [i, buffer] of keyValues.entries()) {
      const bytes = Uint8Array.from({ length: CONTEXT * ROW_BYTES }, (_, j) => seed + i * 101 + j * 7);
      device!.device.queue.writeBuffer(buffer, 0, bytes);
    }
  };
  const store = new PrefixStore(device!, { keyValues, keyValueBytes: ROW_BYTES }, maxBlocks * BLOCK_BYTES);
  return { store, fill, read: () => Promise.all(keyValues.map((buffer) => readBytes(buffer))) };
}

const readBytes = async (buffer: GPUBuffer) => new Uint8Array(await runAndRead(device!.device, [], buffer));

const tokens = (length: number, seed = 0) => Array.from({ length }, (_, i) => i * 3 + seed);

describe.skipIf(!device)("PrefixStore", () => {
  test("gives back bit for bit what it was given, in whole blocks", async () => {
    const { store, fill, read } = decoderWithStore(8);
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
  });

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
