// Sizes that no kernel takes, in files that are well formed: told with the file before anything is loaded.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { planMemory } from "../../../engine/memory-plan.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import type { ModelConfig } from "../../../engine/models/config.ts";
import { reportSteps } from "../../../engine/step-report.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { metadataOf, shapesFor, tinyConfig } from "../graph/tiny-models.ts";
import { writeTinyModel } from "../tiny-model.ts";
import { expectRefused } from "./expect-refused.ts";
import type { WrittenTensor } from "./gguf-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-limits-"));
});
afterAll(() => rm(folder, { recursive: true }));

function write(config: ModelConfig): Promise<string> {
  const shapes = [...shapesFor(ARCHITECTURES[config.modelType], config)];
  const tensors = shapes.map(([name, shape]): WrittenTensor => ({ name, type: "F32", shape }));
  return writeTinyModel(join(folder, "model.gguf"), { metadata: metadataOf(config), tensors });
}

const mixture = tinyConfig("qwen3moe");
const experts = (changes: Partial<NonNullable<ModelConfig["experts"]>>) => ({
  experts: { ...mixture.experts!, ...changes },
});
const BOTH = ["cpu", "software"];

describe.each<[string, ModelConfig, readonly string[], RegExp]>([
  [
    "rows of 100",
    { ...tinyConfig("qwen2"), hiddenSize: 100 },
    BOTH,
    /rmsNorm blk\.0\.attn_norm\.weight: rows of 100 values; kernels take multiples of 32/,
  ],
  ["gates of 52", { ...tinyConfig("qwen3"), intermediateSize: 52 }, BOTH, /rows of 52 values/],
  ["heads of 48", { ...tinyConfig("qwen3"), headDim: 48 }, BOTH, /attention: heads of 48 values/],
  [
    "experts of 40",
    { ...mixture, ...experts({ moeIntermediateSize: 40 }) },
    BOTH,
    /exps\.weight: experts of 40 values; ker/,
  ],
  [
    "heads of 512",
    { ...tinyConfig("qwen3"), headDim: 512 },
    ["cpu"],
    /attention head: 512, but the CPU's kernels take 256/,
  ],
])("%s", (_, config, targets, message) => {
  test.each(targets)("on the target %s", async (adapter) => {
    const path = await write(config);
    await using gguf = await openGguf(path);
    await expectRefused(planMemory(gguf, { contextLength: 16, precision: "fast", adapter }), path, message);
    await expectRefused(reportSteps(gguf, "fast", adapter), path, message);
  });
});
