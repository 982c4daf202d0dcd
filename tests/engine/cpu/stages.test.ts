// Models that lie in several memories: the same bits as in one, whatever they are asked for.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { divisionOf } from "../../../engine/cpu/load.ts";
import { openCpuTarget } from "../../../engine/cpu/target.ts";
import { MAX_SEQUENCES } from "../../../engine/generation/batcher.ts";
import { type Plan, planOf } from "../../../engine/graph/plan.ts";
import { type LanguageModel, openLanguageModel, type Precision } from "../../../engine/index.ts";
import { planMemory } from "../../../engine/memory-plan.ts";
import { describeModel } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES, type ModelType } from "../../../engine/models/config.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { isNightly } from "../../nightly.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { TINY, writeTinyModel } from "../tiny-model.ts";

const CONTEXT = 200; // tokens
const TOKENS = Array.from({ length: 150 }, (_, i) => (i * 37 + 11) % 256); // more than a step's

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-stages-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Written once: kept prefixes are told apart by the time of the model's file, too. */
const fileOf = once((type: ModelType) => writeTinyModel(join(folder, `${type}.gguf`), tinyModelOf(type).parts));

function once<Of, Made>(make: (of: Of) => Made): (of: Of) => Made {
  const made = new Map<Of, Made>();
  return (of) => {
    if (!made.has(of)) made.set(of, make(of));
    return made.get(of)!;
  };
}

/** How a small model is divided among memories of so many bytes. */
async function divided(type: ModelType, precision: Precision) {
  const file = await openGguf(await fileOf(type));
  const config = modelConfig(file);
  const plan = planOf(describeModel(file, config));
  const sizes = { contextLength: CONTEXT, numTables: MAX_SEQUENCES, allowed: () => new Uint32Array() };
  await file.close();
  return { plan, by: (bytes: number) => divisionOf(openCpuTarget(precision, bytes), plan, file, config, sizes) };
}

/** The most bytes of a memory with which there are so many. */
async function memoryBytesFor(count: number, type: ModelType, precision: Precision): Promise<number> {
  const { by } = await divided(type, precision);
  let bytes = 10_000_000;
  while (by(bytes).length < count) bytes = Math.floor(bytes * 0.97);
  expect(by(bytes)).toHaveLength(count);
  return bytes;
}

async function open(
  type: ModelType,
  precision: Precision,
  memories: number,
  more: object = {},
): Promise<LanguageModel> {
  const memoryBytes = await memoryBytesFor(memories, type, precision);
  const options = { adapter: "cpu", precision, memoryBytes, contextLength: CONTEXT, ...more };
  return await openLanguageModel({ path: await fileOf(type), ...options });
}

/** The distribution at each position, in which a single bit would show. */
async function scored(model: LanguageModel, tokens = TOKENS) {
  const positions: unknown[] = [];
  for await (const position of model.score(tokens, { top: TINY.vocabSize })) positions.push(position);
  return positions;
}

async function answer(model: LanguageModel, prompt: readonly number[], more: object = {}) {
  const options = { maxTokens: 6, stopTokens: [], topLogprobs: 5, ...more };
  const answer: unknown[] = [];
  const generation = model.generate(prompt, options);
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return { answer, cached: (value as { cachedTokens: number }).cachedTokens };
    answer.push(value);
  }
}

/** Which of the results: to show how thousands of numbers differ takes minutes. */
function differing(actual: readonly unknown[], expected: readonly unknown[]): number[] {
  return [...expected.keys()].filter((i) => JSON.stringify(actual[i]) !== JSON.stringify(expected[i]));
}

/** What crosses is the same of all architectures in `exact`: by day it is tried with one of them. */
const precisionsOf = (type: ModelType): readonly Precision[] =>
  type === "qwen2moe" || isNightly ? ["fast", "exact"] : ["fast"];

describe.each(MODEL_TYPES)("a small %s", (type) => {
  test.each(precisionsOf(type))(
    "%s, in two and in three memories has the bits that it has in one",
    async (precision) => {
      const sampling = { temperature: 1, seed: 3 };
      async function everything(memories: number) {
        await using model = await open(type, precision, memories);
        const together = [
          scored(model),
          answer(model, TOKENS.slice(3, 40)),
          answer(model, TOKENS.slice(90), { sampling }),
        ];
        return [await model.embed(TOKENS), await scored(model, TOKENS.slice(0, 20)), ...(await Promise.all(together))];
      }
      const whole = await everything(1);
      expect(differing(await everything(2), whole)).toEqual([]);
      expect(differing(await everything(3), whole)).toEqual([]);
    },
  );

  test.each([1, 2, 3])("in %i memories has each step in one of them, in their order", async (count) => {
    const { plan, by } = await divided(type, "fast");
    const items = by(await memoryBytesFor(count, type, "fast")).flat();
    expect(items.filter((item) => item !== "output head")).toEqual(plan.steps);
    expect(items.indexOf("output head")).toBe(placeOfHead(plan));
  });

  test("takes what was planned to the byte, its weights once", async () => {
    const path = await fileOf(type);
    await using file = await openGguf(path);
    const planned = async (memories: number) => {
      const target = openCpuTarget("fast", await memoryBytesFor(memories, type, "fast"));
      return await planMemory(file, { contextLength: CONTEXT, precision: "fast", target });
    };
    const [one, two] = [await planned(1), await planned(2)];
    await using model = await open(type, "fast", 2);
    expect(model.info.deviceBytes).toBe(two.totalBytes);
    expect(two.totalBytes).toBeGreaterThan(one.totalBytes);
    expect(two.kvCacheBytes).toBe(one.kvCacheBytes);
    expect(two.weightsBytes - one.weightsBytes).toBeLessThanOrEqual(2 * TINY.hiddenSize * 4); // norms that both read
  });
});

/** Of tied weights beside the embedding, which is the first step; else behind all steps. */
function placeOfHead({ steps, lmHead }: Plan): number {
  return lmHead.name === "token_embd.weight" ? 1 : steps.length;
}

test("small models have heads of both kinds: tied to the embedding, and with weights of their own", () => {
  expect(new Set(MODEL_TYPES.map((type) => tinyConfig(type).tieWordEmbeddings)).size).toBe(2);
});

test("kept prefixes are read whatever the number of memories they were written from", async () => {
  const prefixes = join(folder, "prefixes");
  async function start(memories: number, prefixFolder: string) {
    await using model = await open("qwen3", "fast", memories, { prefixFolder });
    return await answer(model, TOKENS, { stableTokens: 100 });
  }
  const first = await start(1, prefixes);
  expect(first.cached).toBe(0);
  await cp(prefixes, join(folder, "copy"), { recursive: true });
  expect(await start(3, join(folder, "copy"))).toEqual({ ...first, cached: 96 });
  const other = await start(3, join(folder, "other"));
  expect(other).toEqual(first);
  expect(await start(1, join(folder, "other"))).toEqual({ ...first, cached: 96 });
});

test("a prompt that is cancelled between memories leaves nothing in what follows", async () => {
  await using model = await open("qwen2moe", "fast", 3);
  const alone = await answer(model, TOKENS);
  const controller = new AbortController();
  const cancelled = answer(model, [...TOKENS].reverse(), { signal: controller.signal });
  const beside = answer(model, TOKENS.slice(40));
  controller.abort();
  await expect(cancelled).rejects.toThrow();
  const { answer: expected } = await answer(model, TOKENS.slice(40));
  expect((await beside).answer).toEqual(expected);
  expect((await answer(model, TOKENS)).answer).toEqual(alone.answer);
});

test("a profile has all operations of a step, in whatever memory they are", async () => {
  await using one = await open("qwen3", "fast", 1);
  await using three = await open("qwen3", "fast", 3);
  const sizes = { numTokens: 1, position: 20 };
  const counts = async (model: LanguageModel) =>
    (await model.profile(sizes)).kernels.map(({ label, dispatches }) => `${label}: ${dispatches}`).sort();
  expect(await counts(three)).toEqual(await counts(one));
});

test("a memory that is too small for one step is told with its matrices, and the way out", async () => {
  const { by } = await divided("qwen2", "fast");
  expect(() => by(300_000)).toThrow(
    /: its [a-z ]+ .*alone needs .* and the processors can use 0\.0 GB.*a shorter context/,
  );
});
