// Every size of workgroup that an adapter may be given, on logits like a model's: many low ones, a few high ones.
import { describe, expect, test } from "vitest";
import { NO_TOKEN } from "../../../engine/kernels/argmax.ts";
import { sampleReference } from "../../../engine/kernels/sample.reference.ts";
import { compileSample, packRows, type SampleRow, seenTokens } from "../../../engine/kernels/sample.ts";
import { isNightly } from "../../nightly.ts";
import { openTestDevice, runAndRead, upload } from "../gpu.ts";
import { DRAWN_WITH, expectDrawnFrom, probabilities } from "../probabilities.ts";
import { randomF32 } from "../random.ts";

const device = (await openTestDevice())?.device;
const WORKGROUP_SIZES = [32, 256, 1024].filter(
  (size) => size <= (device?.limits.maxComputeInvocationsPerWorkgroup ?? size),
);
const VOCABULARY = 151_936;

const PLAIN: SampleRow = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  seed: 1,
  position: 0,
  sequence: undefined,
};
const PENALTIES = { sequence: 0, repetitionPenalty: 1.3, presencePenalty: 0.5, frequencyPenalty: 0.2 };

/** A bell of width 3, and 40 tokens above it. */
function logitsLike(vocabSize: number, seed: number): Float32Array<ArrayBuffer> {
  const parts = [0, 1, 2, 3].map((i) => randomF32(vocabSize, seed * 10 + i, 2.6));
  const logits = parts[0]!.map((_, token) => parts.reduce((sum, part) => sum + part[token]!, 0));
  for (const [i, more] of randomF32(Math.min(40, vocabSize), seed, 6).entries())
    logits[(i * 997) % vocabSize] = 12 + more;
  return logits;
}

interface Sampled {
  readonly rows: readonly (SampleRow | undefined)[];
  readonly logits: Float32Array<ArrayBuffer>; // [rows.length, vocabSize]
  readonly isAllowed?: (token: number) => boolean;
  readonly seen?: Uint32Array<ArrayBuffer>; // of each sequence, before
  readonly workgroupSize?: number;
}

/** What the kernel chooses, and what it has seen then. */
async function run({ rows, logits, isAllowed = () => true, seen, workgroupSize = 32 }: Sampled) {
  const vocabSize = logits.length / rows.length;
  const allowed = new Uint32Array(Math.ceil(vocabSize / 32));
  for (let token = 0; token < vocabSize; token++) {
    if (isAllowed(token)) allowed[token >> 5]! |= 1 << (token & 31);
  }
  const counts = new Uint32Array(logits.length);
  for (const i of rows.keys()) if (seen) counts.set(seen, i * vocabSize);
  const buffers = {
    logits: upload(device!, logits),
    allowed: upload(device!, allowed),
    tokenIds: upload(device!, new Uint32Array(rows.length).fill(7)),
    rows: upload(device!, packRows(rows, vocabSize)),
    seen: upload(device!, counts),
  };
  const sample = (await compileSample(device!, workgroupSize))(buffers)(rows.length);
  const tokens = [...new Uint32Array(await runAndRead(device!, sample, buffers.tokenIds))];
  const after = new Uint32Array(await runAndRead(device!, [], buffers.seen));
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return { tokens, seen: after };
}

function reference({ rows, logits, isAllowed = () => true, seen }: Sampled): number[] {
  const vocabSize = logits.length / rows.length;
  const ofRow = (i: number) => logits.subarray(i * vocabSize, (i + 1) * vocabSize);
  return rows.map((row, i) =>
    row ? sampleReference(ofRow(i), isAllowed, row, seen ?? new Uint32Array(vocabSize)) : 7,
  );
}

async function expectAsReference(sampled: Sampled): Promise<void> {
  expect((await run(sampled)).tokens).toEqual(reference(sampled));
}

/** Two rows for each, of different sequences and at different positions: all are chosen for at once. */
function rowsOf(all: readonly Partial<SampleRow>[], seed: number): SampleRow[] {
  return [...all, ...all].map((options, i) => {
    const sequence = options.sequence === undefined ? undefined : i;
    return { ...PLAIN, ...options, sequence, position: i, seed: seed + i };
  });
}

/** All options at once, each with logits of its own. */
function sampledOf(vocabSize: number, seed: number): Sampled {
  const rows = rowsOf(OPTIONS, seed);
  return { rows, logits: logitsLike(rows.length * vocabSize, seed) };
}

const OPTIONS: Partial<SampleRow>[] = [
  { temperature: 0 },
  { temperature: 0.5 },
  { temperature: 1 },
  { temperature: 30 },
  { temperature: 1e-9 },
  { topK: 1 },
  { topK: 20 },
  { topK: 1500 }, // more than the kernel lists
  { topK: 1_000_000 },
  { topP: 0 },
  { topP: 0.3 },
  { topP: 0.95 },
  { topP: 0.999, temperature: 3 }, // more than the kernel lists
  { minP: 0.05 },
  { minP: 1 },
  { temperature: 0.7, topK: 20, topP: 0.8 },
  { temperature: 1.5, topK: 50, topP: 0.9, minP: 0.02 },
  { temperature: 0, ...PENALTIES },
  { temperature: 0.7, topK: 20, topP: 0.8, ...PENALTIES },
  { temperature: 2, ...PENALTIES, repetitionPenalty: 1 },
  { temperature: 1, ...PENALTIES, presencePenalty: -0.5, frequencyPenalty: 0 },
];

describe.skipIf(!device)("sample.wgsl chooses as the reference does", () => {
  describe("among a model's tokens", () => {
    const logits = logitsLike(2 * VOCABULARY, 3);
    const inPrompt = Array.from({ length: Math.ceil(VOCABULARY / 5) }, (_, i) => 5 * i);
    const seen = seenTokens(VOCABULARY, inPrompt, [0, 997, 997, 1994, 1995]);
    const isAllowed = (token: number) => token % 7 !== 6;

    // By day every third of them; all are tried among fewer tokens below.
    test.each(OPTIONS.filter((_, i) => isNightly || i % 3 === 0))("with %j", async (options) =>
      expectAsReference({ rows: rowsOf([options], 3), logits, seen, isAllowed }),
    );
  });

  describe.each(WORKGROUP_SIZES)("with %d invocations", (workgroupSize) => {
    test.each([1, 3, 31, 1000, 1025, 4099])("among %d tokens", async (vocabSize) => {
      const seen = seenTokens(vocabSize, [0, vocabSize - 1], [vocabSize >> 1, vocabSize >> 1]);
      await expectAsReference({ ...sampledOf(vocabSize, 4), seen, workgroupSize });
    });
  });

  test("where many logits are equal", async () => {
    const sampled = sampledOf(3000, 5);
    await expectAsReference({ ...sampled, logits: sampled.logits.map((logit) => Math.round(logit / 3)) });
    await expectAsReference({ ...sampled, logits: sampled.logits.map((logit) => (logit > 5 ? 0 : -0)) });
  });

  test("each row by its own options, and those that choose nothing are left", async () => {
    const rows = OPTIONS.slice(0, 8).map((options, seed) =>
      seed % 3 === 1 ? undefined : { ...PLAIN, ...options, seed },
    );
    await expectAsReference({ rows, logits: logitsLike(8 * 1000, 6) });
  });
});

describe.skipIf(!device)("sample.wgsl", () => {
  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d is no choice", async (broken) => {
    const { rows, logits } = sampledOf(5000, 7);
    for (const i of rows.keys()) logits[i * 5000 + 4999] = broken;
    expect((await run({ rows, logits })).tokens).toEqual(rows.map(() => NO_TOKEN));
  });

  test("nothing allowed is no choice", async () => {
    const sampled = sampledOf(100, 8);
    expect((await run({ ...sampled, isAllowed: () => false })).tokens).toEqual(sampled.rows.map(() => NO_TOKEN));
  });

  test.each(DRAWN_WITH)("draws from the distribution of %j", async (options) => {
    const [vocabSize, draws] = [50, 4000];
    const logits = randomF32(vocabSize, 3, 4);
    const many = new Float32Array(draws * vocabSize);
    for (let i = 0; i < draws; i++) many.set(logits, i * vocabSize);
    const isAllowed = (token: number) => token !== 17;
    const expected = probabilities(logits, isAllowed, { ...PLAIN, ...options });
    const differing: ((i: number) => Partial<SampleRow>)[] = [(position) => ({ position }), (seed) => ({ seed })];
    for (const rowOf of differing) {
      const rows = Array.from({ length: draws }, (_, i) => ({ ...PLAIN, ...options, ...rowOf(i) }));
      expectDrawnFrom(expected, (await run({ rows, logits: many, isAllowed })).tokens);
    }
  });

  test("counts what it chooses, where there are penalties", async () => {
    const [logits, seen] = [logitsLike(500, 9), seenTokens(500, [1, 2, 3], [2])];
    const penalized = await run({ rows: [{ ...PLAIN, ...PENALTIES }], logits, seen });
    const expected = seen.slice();
    expected[penalized.tokens[0]!]!++;
    expect(penalized.seen).toEqual(expected);
    expect((await run({ rows: [PLAIN], logits, seen })).seen).toEqual(seen);
  });
});
