import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCpuTarget } from "../../../engine/cpu/target.ts";
import { planOf } from "../../../engine/graph/plan.ts";
import { describeModel } from "../../../engine/models/architectures.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { tinyModelOf } from "../graph/tiny-models.ts";
import { writeTinyModel } from "../tiny-model.ts";

const folder = mkdtempSync(join(tmpdir(), "qwenlab-load-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the threads are told what to read before the vocabulary is, so that they work meanwhile", async () => {
  await using file = await openGguf(await writeTinyModel(join(folder, "tiny.gguf"), tinyModelOf("qwen2").parts));
  const config = modelConfig(file);
  const plan = planOf(describeModel(file, config));
  const asked: string[] = [];
  const watched = {
    ...file,
    extentsOf(tensor: Parameters<typeof file.extentsOf>[0]) {
      asked.push("weights");
      return file.extentsOf(tensor);
    },
  };
  const loaded = await openCpuTarget("fast").load(plan, watched, config, {
    ...{ contextLength: 64, numTables: 1 },
    allowed() {
      asked.push("vocabulary");
      return new Uint32Array(Math.ceil(config.vocabSize / 32)).fill(0xffff_ffff);
    },
  });
  loaded.destroy();
  expect(new Set(asked)).toEqual(new Set(["weights", "vocabulary"]));
  expect(asked.at(-1)).toBe("vocabulary");
});

/** A model whose matrices the threads find in an empty file until `heals` and its bytes are asked for by themselves. */
async function loadFromEmpty(heals: boolean): Promise<void> {
  const path = await writeTinyModel(join(folder, `${heals}.gguf`), tinyModelOf("qwen2").parts);
  const empty = join(folder, `${heals}.empty`);
  writeFileSync(empty, "");
  await using file = await openGguf(path);
  const fd = openSync(empty, "r");
  const config = modelConfig(file);
  const plan = planOf(describeModel(file, config));
  const ofThreads = new Set<string>();
  const broken = {
    ...file,
    extentsOf(tensor: Parameters<typeof file.extentsOf>[0]) {
      ofThreads.add(tensor.name);
      return file.extentsOf(tensor)?.map((extent) => ({ ...extent, fd }));
    },
    read(...args: Parameters<typeof file.read>) {
      if (heals && ofThreads.has(args[0].name)) copyFileSync(path, empty);
      return file.read(...args);
    },
  };
  try {
    const given = { contextLength: 64, numTables: 1, allowed: () => new Uint32Array(config.vocabSize / 32 + 1) };
    (await openCpuTarget("fast").load(plan, broken, config, given)).destroy();
  } finally {
    closeSync(fd);
  }
}

test("what threads could not read for a moment is read again; what they never can is an error that names the tensor", async () => {
  await loadFromEmpty(true);
  await expect(loadFromEmpty(false)).rejects.toThrow(/tensor ".+".*cannot be read by all threads; open the model anew/);
});
