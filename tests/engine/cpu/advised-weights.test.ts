// In a process of its own, which has asked for nothing before.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLanguageModel } from "../../../engine/index.ts";
import { tinyModelOf } from "../graph/tiny-models.ts";
import { writeTinyModel } from "../tiny-model.ts";
import { advisedBytes } from "./advised-bytes.ts";

const folder = mkdtempSync(join(tmpdir(), "qwenlab-advised-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.runIf(process.platform === "linux")("huge pages are asked for where weights are going to lie", async () => {
  const path = await writeTinyModel(join(folder, "tiny.gguf"), tinyModelOf("qwen2").parts);
  expect(advisedBytes()).toBe(0);
  await using model = await openLanguageModel({ path, adapter: "cpu", precision: "fast", contextLength: 64 });
  expect(advisedBytes()).toBeGreaterThan(0);
  expect(model.info.adapter).toContain("CPU");
});
