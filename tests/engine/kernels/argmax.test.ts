import { describe, expect, test } from "vitest";
import { argmaxReference } from "../../../engine/kernels/argmax.reference.ts";
import { compileArgmax, NO_TOKEN } from "../../../engine/kernels/argmax.ts";
import { openTestDevice, runAndRead, upload } from "../gpu.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;

async function choose(logits: Float32Array<ArrayBuffer>, isAllowed: (token: number) => boolean) {
  const allowed = new Uint32Array(Math.ceil(logits.length / 32));
  for (let token = 0; token < logits.length; token++) {
    if (isAllowed(token)) allowed[token >> 5]! |= 1 << (token & 31);
  }
  const buffers = {
    logits: upload(device!, logits),
    allowed: upload(device!, allowed),
    tokenIds: upload(device!, new Uint32Array(4)),
  };
  const argmax = await compileArgmax(device!, logits.length);
  const [token] = new Uint32Array(await runAndRead(device!, argmax(buffers)(1), buffers.tokenIds));
  return token;
}

describe.skipIf(!device)("argmax.wgsl", () => {
  test.each([151_936, 1000, 3])("chooses as the reference does among %d tokens", async (vocabSize) => {
    const logits = randomF32(vocabSize, 5, 1e5);
    for (const isAllowed of [() => true, (token: number) => token % 3 === 1]) {
      expect(await choose(logits, isAllowed)).toBe(argmaxReference(logits, isAllowed));
    }
  });

  test("the lowest id wins among equals", async () => {
    const logits = new Float32Array(5000).fill(-7);
    logits[300] = logits[4001] = 2;
    expect(await choose(logits, () => true)).toBe(300);
    expect(await choose(new Float32Array(5000).fill(-7), (token) => token > 70)).toBe(71);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d is no choice", async (broken) => {
    const logits = randomF32(5000, 6);
    logits[4999] = broken;
    expect(await choose(logits, () => true)).toBe(NO_TOKEN);
  });

  test("nothing allowed is no choice", async () => {
    expect(await choose(randomF32(100, 7), () => false)).toBe(NO_TOKEN);
  });
});
