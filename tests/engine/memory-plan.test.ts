import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openLanguageModel, type Precision } from "../../engine/index.ts";
import { planMemory } from "../../engine/memory-plan.ts";
import { MODEL_TYPES, type ModelType } from "../../engine/models/config.ts";
import { openGguf } from "../../engine/weights/gguf.ts";
import type { ModelFile } from "../../engine/weights/model-file.ts";
import { isNightly } from "../nightly.ts";
import { tinyModelOf } from "./graph/tiny-models.ts";
import { openTestTarget, optionsOf, type TestedTarget } from "./targets.ts";
import { TINY, writeTinyModel } from "./tiny-model.ts";
import { tinyQwen2, writeGguf } from "./weights/gguf-writer.ts";

const planned = vi.hoisted(() => ({ models: 0 }));
vi.mock("../../engine/graph/plan.ts", async (importOriginal) => {
  const real = await importOriginal<typeof import("../../engine/graph/plan.ts")>();
  const planOf: typeof real.planOf = (...args) => {
    planned.models++;
    return real.planOf(...args);
  };
  return { ...real, planOf };
});

let folder: string;
let gguf: ModelFile;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-plan-"));
  gguf = await openGguf(await writeTinyModel(join(folder, "model.gguf")));
});
afterAll(async () => {
  await gguf.close();
  await rm(folder, { recursive: true });
});

const RUNS: readonly (readonly [Precision, TestedTarget])[] = [
  ["exact", "cpu"],
  ["fast", "cpu"],
  ["exact", "software"],
  ["fast", "software"],
  ["exact", "gpu"],
  ["fast", "gpu"],
  ["fast", "cpu, several memories"],
];

/** By day one architecture has all of them; of the others each precision and each target comes once or twice. */
const runsOf = (type: ModelType) =>
  type === "qwen2" || isNightly ? RUNS : RUNS.filter((_, i) => [0, 3, 4, 6].includes(i));

describe.each(MODEL_TYPES)("a small %s", (type) => {
  test.each(runsOf(type))("%s, on the target %s, takes what was planned to the byte", async (precision, kind) => {
    const path = await writeTinyModel(join(folder, `${type}.gguf`), tinyModelOf(type).parts);
    const target = await openTestTarget(kind, precision);
    await using file = await openGguf(path);
    const { totalBytes } = await planMemory(file, { contextLength: 200, precision, target });
    target.dispose();
    await using model = await openLanguageModel({ path, precision, ...optionsOf(kind), contextLength: 200 });
    expect(totalBytes).toBe(model.info.deviceBytes);
  });
});

test("a model is planned once when it is opened", async () => {
  planned.models = 0;
  await using _ = await openLanguageModel({ path: gguf.path, adapter: "cpu", contextLength: 200 });
  expect(planned.models).toBe(1);
});

test("the KV cache holds keys and values of every layer, head and token", async () => {
  const { kvCacheBytes } = await planMemory(gguf, { contextLength: 96, precision: "exact" });
  const { numHiddenLayers, numKeyValueHeads, headDim } = TINY;
  expect(kvCacheBytes).toBe(numHiddenLayers * 2 * 96 * numKeyValueHeads * headDim * 4); // keys and values, f32
});

test.each([
  ["exact", 4],
  ["fast", 2],
] as const)("on the processors, %s: numbers of keys and values take %i bytes", async (precision, bytes) => {
  const { kvCacheBytes } = await planMemory(gguf, { contextLength: 96, precision, adapter: "cpu" });
  const { numHiddenLayers, numKeyValueHeads, headDim } = TINY;
  expect(kvCacheBytes).toBe(numHiddenLayers * 2 * 96 * numKeyValueHeads * headDim * bytes);
});

test("int8 activations take less than f32 ones", async () => {
  const exact = await planMemory(gguf, { contextLength: 16, precision: "exact" });
  const fast = await planMemory(gguf, { contextLength: 16, precision: "fast" });
  expect(fast.activationBytes).toBeLessThan(exact.activationBytes);
});

test("the total is the sum", async () => {
  const plan = await planMemory(gguf, { contextLength: 16, precision: "fast" });
  expect(plan.totalBytes).toBe(plan.weightsBytes + plan.kvCacheBytes + plan.prefixBytes + plan.activationBytes);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 60])("a context of %d tokens is refused", async (contextLength) => {
  await expect(planMemory(gguf, { contextLength, precision: "exact" })).rejects.toThrow(RangeError);
});

test("a model whose heads no kernel takes is refused before anything is allocated", async () => {
  const path = join(folder, "heads.gguf");
  await writeFile(path, writeGguf(tinyQwen2()).bytes); // heads of 16 values
  await using file = await openGguf(path);
  await expect(planMemory(file, { contextLength: 16, precision: "fast" })).rejects.toThrow(/heads of 16 values/);
});
