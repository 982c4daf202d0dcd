import { mkdtempSync, rmSync } from "node:fs";
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
