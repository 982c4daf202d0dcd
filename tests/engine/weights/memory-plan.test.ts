import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type GgufFile, openGguf } from "../../../engine/weights/gguf.ts";
import { planMemory } from "../../../engine/weights/memory-plan.ts";
import { tinyQwen2, writeGguf } from "./gguf-writer.ts";

let folder: string;
let gguf: GgufFile;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-plan-"));
  const path = join(folder, "model.gguf");
  await writeFile(path, writeGguf(tinyQwen2()).bytes);
  gguf = await openGguf(path);
});
afterAll(async () => {
  await gguf.close();
  await rm(folder, { recursive: true });
});

test("the KV cache holds keys and values of every layer, head and token", () => {
  const { kvCacheBytes } = planMemory(gguf, { contextLength: 96, precision: "exact" });
  expect(kvCacheBytes).toBe(2 * 2 * 96 * 2 * 16 * 4); // layers, keys and values, tokens, heads, headDim, f32
});

test("int8 activations take less than f32 ones", () => {
  const exact = planMemory(gguf, { contextLength: 16, precision: "exact" });
  const fast = planMemory(gguf, { contextLength: 16, precision: "fast" });
  expect(fast.activationBytes).toBeLessThan(exact.activationBytes);
});

test("activations grow with the prompt's chunk, not with the context", () => {
  const short = planMemory(gguf, { contextLength: 16, precision: "exact", maxTokens: 64 });
  const long = planMemory(gguf, { contextLength: 256, precision: "exact", maxTokens: 64 });
  const wide = planMemory(gguf, { contextLength: 16, precision: "exact", maxTokens: 128 });
  expect(long.activationBytes).toBe(short.activationBytes);
  expect(wide.activationBytes).toBeGreaterThan(short.activationBytes);
});

test("the total is the sum", () => {
  const plan = planMemory(gguf, { contextLength: 16, precision: "fast" });
  expect(plan.totalBytes).toBe(plan.weightsBytes + plan.kvCacheBytes + plan.prefixBytes + plan.activationBytes);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 60])("a context of %d tokens is refused", (contextLength) => {
  expect(() => planMemory(gguf, { contextLength, precision: "exact" })).toThrow(RangeError);
});
