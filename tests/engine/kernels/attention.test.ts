import { describe, expect, test } from "vitest";
import { attentionReference } from "../../../engine/kernels/attention.reference.ts";
import { type AttentionVariant, attentionVariant, createAttention } from "../../../engine/kernels/attention.ts";
import { expectAllClose } from "../all-close.ts";
import {
  blockTable,
  f32Activations,
  openTestDevice,
  placesFrom,
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

function variants(sizes: typeof ODD): AttentionVariant[] {
  return device && attentionVariant(device, true, sizes, 8192) === "rows" ? ["rows", "groups"] : ["groups"];
}

async function expectAttention(sizes: typeof ODD, position: number, numTokens: number, scale = 2) {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const qkv = randomF32(numTokens * (numHeads + 2 * numKeyValueHeads) * headDim, 8, scale);
  const cacheSize = (position + numTokens) * numKeyValueHeads * headDim;
  const keys = randomF32(cacheSize, 9, 2);
  const values = randomF32(cacheSize, 10, scale);
  const expected = attentionReference(qkv, keys, values, position, sizes);
  for (const variant of variants(sizes)) {
    const kind = variant === "rows" ? "texture" : "buffer";
    const attended = f32Activations(device!, numHeads * headDim, numTokens);
    const buffers = {
      places: upload(device!, placesFrom(position, numTokens)),
      blockTables: upload(device!, blockTable(position + numTokens)),
      qkv: upload(device!, qkv),
      keys: uploadKeyValues(device!, kind, keys, numKeyValueHeads * headDim * 4),
      values: uploadKeyValues(device!, kind, values, numKeyValueHeads * headDim * 4),
      attended,
    };
    const attention = createAttention(device!, sizes, variant);
    const operation = await attention.compile(buffers);
    const actual = await runAndReadF32(device!, operation(numTokens), attended.f32!.values);
    // f32 scores near 50 are exact to 3e-6, and so are the weights relative to each other.
    expectAllClose(actual, expected, { rtol: 1e-4, atol: 2e-5 * scale });
    if (variant === "rows") continue;
    // Slices are for speed: without them it is the same bits.
    const whole = await runAndReadF32(device!, operation(numTokens, 1), attended.f32!.values);
    expect(whole).toEqual(actual);
    attention.destroy();
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
