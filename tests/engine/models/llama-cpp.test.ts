// Small models of each architecture, in formats that files have, against llama.cpp: fixtures/make-tiny-logits.py makes its figures.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLanguageModel, type Precision } from "../../../engine/index.ts";
import { isNightly } from "../../nightly.ts";
import { BOUNDS, compare, EXACT_DIFFERENCE, type ReferenceText } from "../against-llama.ts";
import { optionsOf, TARGETS, type TestedTarget } from "../targets.ts";
import { writeTinyModel } from "../tiny-model.ts";
import { LLAMA_MODELS, llamaModel } from "./llama-models.ts";

const fixture = join(import.meta.dirname, "../../fixtures/tiny-logits.json");
const references: Readonly<Record<string, ReferenceText>> = JSON.parse(await readFile(fixture, "utf8"));

/** Shaders of each format take long to compile: by day two models show that an adapter computes what the processors do. */
const modelsOn = (target: TestedTarget) =>
  target === "cpu" || isNightly ? LLAMA_MODELS : LLAMA_MODELS.filter(({ name }) => /q4_k_m|q5_k/.test(name));

let folder: string;
const kept = process.env.TEST_KEEP_MODELS; // where make-tiny-logits.py finds them
beforeAll(async () => {
  folder = kept ?? (await mkdtemp(join(tmpdir(), "qwenlab-llama-")));
  for (const model of LLAMA_MODELS) {
    const { stored, asF32 } = llamaModel(model);
    await writeTinyModel(join(folder, `${model.name}.gguf`), stored);
    if (kept) await writeTinyModel(join(folder, `${model.name}.f32.gguf`), asF32);
  }
});
afterAll(() => kept ?? rm(folder, { recursive: true }));

test("the fixture holds each model, and no other", () => {
  expect(Object.keys(references)).toEqual(LLAMA_MODELS.map(({ name }) => name).toSorted());
});

// Steps of these models take more than the small memories of the other tests.
describe.each(TARGETS.filter((target) => target !== "cpu, several memories"))("on the target %s", (target) => {
  describe.each<Precision>(["exact", "fast"])("%s", (precision) => {
    test.each(modelsOn(target))("$name", async ({ name }) => {
      const reference = references[name]!;
      const path = join(folder, `${name}.gguf`);
      await using model = await openLanguageModel({ path, precision, ...optionsOf(target) });
      const { difference, agreement, divergence } = await compare(model, reference);
      expect(difference).toBeLessThan(precision === "exact" ? EXACT_DIFFERENCE : reference.roundedDifference);
      expect(agreement).toBeGreaterThan(BOUNDS[precision].agreement);
      expect(divergence).toBeLessThan(BOUNDS[precision].divergence);
    });
  });
});
