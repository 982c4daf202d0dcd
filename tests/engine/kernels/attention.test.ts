import { describe, expect, test } from "vitest";
import { attentionReference } from "../../../engine/kernels/attention.reference.ts";
import { type AttentionVariant, attentionVariant, createAttention } from "../../../engine/kernels/attention.ts";
import type { KeyValues } from "../../../engine/kernels/key-values.ts";
import { ropeReference } from "../../../engine/kernels/rope.reference.ts";
import type { HeadSizes } from "../../../engine/kernels/rope.ts";
import { isNightly } from "../../nightly.ts";
import { expectAllClose } from "../all-close.ts";
import {
  blockTable,
  f32Activations,
  openTestDevice,
  placesFrom,
  readKeyValues,
  rotationsFrom,
  runAndReadF32,
  upload,
  uploadKeyValues,
} from "../gpu.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;
const QWEN_05B = { numHeads: 14, numKeyValueHeads: 2, headDim: 64 };
const QWEN_15B = { numHeads: 12, numKeyValueHeads: 2, headDim: 128 };
const QWEN15_18B = { numHeads: 3, numKeyValueHeads: 3, headDim: 128 }; // a head each; fewer of them
const ODD = { numHeads: 9, numKeyValueHeads: 3, headDim: 96 };
const THETA = 1_000_000;

/** Tokens that follow others: what attention gets of them, and the cache with what came before. */
interface Case {
  readonly sizes: HeadSizes;
  readonly position: number; // of the first token
  readonly qkv: Float32Array<ArrayBuffer>; // [numTokens, numHeads + 2 * numKeyValueHeads, headDim]
  readonly keys: Float32Array<ArrayBuffer>; // [position + numTokens, numKeyValueHeads, headDim]
  readonly values: Float32Array<ArrayBuffer>; // likewise
}

function randomCase(sizes: HeadSizes, position: number, numTokens: number, scale = 2): Case {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const rowSize = (numHeads + 2 * numKeyValueHeads) * headDim;
  const isKey = (i: number) => Math.floor((i % rowSize) / (numKeyValueHeads * headDim)) === numHeads / numKeyValueHeads;
  const cache = (seed: number, scale: number) => {
    const values = randomF32((position + numTokens) * numKeyValueHeads * headDim, seed, scale);
    return values.fill(Number.NaN, position * numKeyValueHeads * headDim); // the tokens' own must be written
  };
  return {
    ...{ sizes, position },
    qkv: randomF32(numTokens * rowSize, 8, scale).map((value, i) => (isKey(i) ? (value / scale) * 2 : value)),
    keys: cache(9, 2),
    values: cache(10, scale),
  };
}

interface Result {
  readonly attended: Float32Array; // [numTokens, numHeads * headDim]
  readonly keys: Float32Array; // [position + numTokens, numKeyValueHeads, headDim]
  readonly values: Float32Array; // likewise
}

/** Computes steps of so many tokens each, one after another. */
async function attend(
  variant: AttentionVariant,
  { sizes, position, ...given }: Case,
  steps: readonly number[],
  contextLength?: number,
): Promise<Result> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const kind = variant === "rows" ? "texture" : "buffer";
  const tokenBytes = numKeyValueHeads * headDim * 4;
  const end = given.keys.byteLength / tokenBytes;
  const attended = f32Activations(device!, numHeads * headDim, Math.max(...steps));
  const buffers = {
    places: upload(device!, placesFrom(position, end - position)),
    blockTables: upload(device!, blockTable(end)),
    rotations: upload(device!, rotationsFrom(position, end - position, { headDim, theta: THETA })),
    qkv: upload(device!, given.qkv),
    keys: uploadKeyValues(device!, kind, given.keys, tokenBytes),
    values: uploadKeyValues(device!, kind, given.values, tokenBytes),
    attended,
  };
  const attention = createAttention(device!, sizes, variant);
  const operation = await attention.compile(buffers);
  const rowSize = (numHeads + 2 * numKeyValueHeads) * headDim;
  const results: number[] = [];
  let done = 0;
  for (const numTokens of steps) {
    device!.queue.writeBuffer(buffers.places, 0, placesFrom(position + done, numTokens));
    device!.queue.writeBuffer(
      buffers.rotations,
      0,
      rotationsFrom(position + done, numTokens, { headDim, theta: THETA }),
    );
    device!.queue.writeBuffer(buffers.qkv, 0, given.qkv.subarray(done * rowSize, (done + numTokens) * rowSize));
    const rows = await runAndReadF32(device!, operation(numTokens, contextLength), attended.f32!.values);
    results.push(...rows.subarray(0, numTokens * numHeads * headDim));
    done += numTokens;
  }
  attention.destroy();
  const read = async (cache: KeyValues) => (await readKeyValues(device!, cache, end)).subarray(0, given.keys.length);
  return { attended: Float32Array.from(results), keys: await read(buffers.keys), values: await read(buffers.values) };
}

function expectSameBits(actual: Result, expected: Result): void {
  for (const name of ["attended", "keys", "values"] as const) {
    const [one, other] = [actual[name], expected[name]].map(
      (a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
    );
    expect(Buffer.compare(one!, other!), name).toBe(0);
  }
}

function expected({ sizes, position, qkv, ...cached }: Case): Float32Array {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const own = ropeReference(qkv, position, THETA, sizes);
  const start = position * numKeyValueHeads * headDim;
  const keys = cached.keys.slice();
  keys.set(own.keys, start);
  const values = cached.values.slice();
  values.set(own.values, start);
  const rowSize = (numHeads + 2 * numKeyValueHeads) * headDim;
  const rotated = qkv.slice();
  for (let t = 0; t < qkv.length / rowSize; t++) {
    rotated.set(own.queries.subarray(t * numHeads * headDim, (t + 1) * numHeads * headDim), t * rowSize);
  }
  return attentionReference(rotated, keys, values, position, sizes);
}

function variants(sizes: HeadSizes): AttentionVariant[] {
  return device && attentionVariant(device, "software", sizes, 8192) === "rows" ? ["rows", "groups"] : ["groups"];
}

async function expectAttention(sizes: HeadSizes, position: number, numTokens: number, scale = 2) {
  const given = randomCase(sizes, position, numTokens, scale);
  for (const variant of variants(sizes)) {
    const actual = await attend(variant, given, [numTokens]);
    // f32 scores near 50 are exact to 3e-6, and so are the weights relative to each other.
    expectAllClose(actual.attended, expected(given), { rtol: 1e-4, atol: 2e-5 * scale });
    if (variant === "rows") continue;
    // Slices are for speed: without them it is the same bits.
    expectSameBits(await attend(variant, given, [numTokens], 1), actual);
  }
}

describe.skipIf(!device)("attention matches the reference", () => {
  test.each([0, 30, 31, 32, 62, 63, 64, 65])("where the tiles of keys end: position %d", async (position) => {
    await expectAttention(QWEN_05B, position, 1);
    await expectAttention(QWEN_15B, position, 1);
  });

  test.each([255, 256, 511, 1023, 1024, 1090])("where slices of the keys end: position %d", async (position) => {
    await expectAttention(QWEN_05B, position, 1);
    await expectAttention(ODD, position - 2, 4);
  });

  test("for a chunk of the prompt, each token seeing those before it", async () => {
    await expectAttention(QWEN_05B, 0, 40);
    await expectAttention(QWEN_05B, 50, 9);
    await expectAttention(QWEN_15B, 3, 5);
  });

  test("where each query head has its own keys", () => expectAttention(QWEN15_18B, 33, 3));

  test("for odd shapes", () => expectAttention(ODD, 70, 3));

  test("over a long context", () => expectAttention(QWEN_05B, 8191, 1));

  test("where one key outweighs all others", async () => {
    await expectAttention(QWEN_05B, 100, 2, 1e3);
  });

  test("for values past what f16 holds", async () => {
    await expectAttention(QWEN_05B, 40, 1, 1e5);
  });
});

/** Each compiles shaders of its own for a quarter of a minute; by day one of each kind. */
const SHAPES = [
  QWEN_05B,
  QWEN15_18B, // a head of keys for each
  { numHeads: 18, numKeyValueHeads: 2, headDim: 32 }, // three workgroups a key head
  { numHeads: 2, numKeyValueHeads: 1, headDim: 256 },
  ...(isNightly
    ? [
        QWEN_15B,
        { numHeads: 4, numKeyValueHeads: 2, headDim: 64 },
        { numHeads: 2, numKeyValueHeads: 2, headDim: 96 },
        { numHeads: 8, numKeyValueHeads: 1, headDim: 128 },
        { numHeads: 16, numKeyValueHeads: 1, headDim: 64 }, // two workgroups a key head
      ]
    : []),
];

// A token alone is rotated within attention on GPUs, several by RoPE's own kernel.
describe.skipIf(!device).each(SHAPES)(
  "attention of $numHeads / $numKeyValueHeads heads of $headDim, token by token",
  (sizes) => {
    test.each([
      { position: 0, numTokens: 18 }, // a block of the cache, and more
      { position: 60, numTokens: 6 }, // a tile of the keys
      { position: 253, numTokens: 5 }, // a slice
      { position: 1022, numTokens: 4 },
      { position: 4094, numTokens: 4 }, // where slices begin to grow
    ])("is the same bits as at once: $numTokens from $position", async ({ position, numTokens }) => {
      const given = randomCase(sizes, position, numTokens);
      const oneByOne = Array.from({ length: numTokens }, () => 1);
      for (const variant of variants(sizes)) {
        const atOnce = await attend(variant, given, [numTokens]);
        expectSameBits(await attend(variant, given, oneByOne), atOnce);
        expectSameBits(await attend(variant, given, oneByOne, 1), atOnce); // without slices
      }
    });
  },
);
