// One small model with random weights: what matters is which steps are taken, not what they say.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import {
  type GenerateOptions,
  type GenerateSummary,
  type LanguageModel,
  openLanguageModel,
  type PromptProgress,
} from "../../../engine/index.ts";
import { writeTinyModel } from "../tiny-model.ts";

let folder: string;
let model: LanguageModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-generate-"));
  model = await openLanguageModel({ path: await writeTinyModel(join(folder, "tiny.gguf")), precision: "exact" });
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const GREEDY = { temperature: 0 };
const prompt = (length: number, seed = 0) => Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 5) % 256);

async function run(tokens: readonly number[], options: Partial<GenerateOptions> = {}) {
  const generation = model.generate(tokens, { maxTokens: 6, stopTokens: [], sampling: GREEDY, ...options });
  const generated: number[] = [];
  for (;;) {
    const { done, value } = await generation.next();
    if (done) return { generated, summary: value as GenerateSummary };
    generated.push(value.token);
  }
}

test("the same tokens with and without a prefix in the cache", async () => {
  const first = await run(prompt(40));
  await run(prompt(20, 3)); // something else
  expect(await run(prompt(40))).toMatchObject({ generated: first.generated, summary: { cachedTokens: 32 } });
  const again = await run(prompt(40));
  expect(again.generated).toEqual(first.generated);
  expect(again.summary.cachedTokens).toBe(39); // the last one is computed: its logits are wanted
});

test("the same tokens with and without drafts, and drafts there are", async () => {
  const repeated = Array.from({ length: 60 }, (_, i) => (i % 6) * 31); // what comes next stands there ten times
  const options = { maxTokens: 120 };
  const plain = await run(repeated, { ...options, topLogprobs: 1 }); // chosen here, one by one
  const checks = vi.spyOn(GPUCommandEncoder.prototype, "copyBufferToBuffer");
  onTestFinished(() => checks.mockRestore());
  const several = () => checks.mock.calls.filter(([, , target]) => target.label === "head rows").length;
  expect((await run(repeated, { ...options, drafts: false })).generated).toEqual(plain.generated);
  const without = several(); // the prompt's last row
  expect((await run(repeated, options)).generated).toEqual(plain.generated);
  expect(several()).toBeGreaterThan(2 * without);
});

test("tells how far it has read, chunk by chunk", async () => {
  const told: PromptProgress[] = [];
  await run(prompt(200, 9), { onPrompt: (progress) => told.push(progress) });
  expect(told.map(({ processed }) => processed)).toEqual([0, 128]);
  expect(told[0]).toEqual({ processed: 0, cached: 0, total: 200 });
});

test("a conversation goes on from its own answer", async () => {
  const { generated } = await run(prompt(30));
  const next = [...prompt(30), ...generated, 10, 20, 30];
  const { summary, generated: continued } = await run(next);
  expect(summary.cachedTokens).toBeGreaterThanOrEqual(30 + generated.length - 1);
  await run(prompt(9, 2));
  expect((await run(next)).generated).toEqual(continued);
});

test("a sampled answer is the same with the same seed, and another with another", async () => {
  const sampling = { temperature: 1.5, seed: 7 };
  const { generated } = await run(prompt(10), { sampling, maxTokens: 20 });
  expect((await run(prompt(10), { sampling, maxTokens: 20 })).generated).toEqual(generated);
  const other = await run(prompt(10), { sampling: { ...sampling, seed: 8 }, maxTokens: 20 });
  expect(other.generated).not.toEqual(generated);
});

test("the choice on the adapter is the choice made here", async () => {
  const { generated } = await run(prompt(25), { maxTokens: 12 });
  const here = await run(prompt(25), { maxTokens: 12, topLogprobs: 1 });
  expect(here.generated).toEqual(generated);
});

test("only tokens of the vocabulary are chosen, however hot", async () => {
  const { generated } = await run(prompt(5), { sampling: { temperature: 1000, seed: 1 }, maxTokens: 200 });
  expect(Math.max(...generated)).toBeLessThan(259); // the rows behind are padding
});

test("a stop token ends the answer and is not part of it", async () => {
  const { generated } = await run(prompt(12));
  const stopToken = generated[3]!;
  const { generated: stopped, summary } = await run(prompt(12), { stopTokens: [stopToken] });
  expect(stopped).toEqual(generated.slice(0, generated.indexOf(stopToken)));
  expect(summary).toMatchObject({ finishReason: "stop", stopToken });
});

test("the answer ends with the context", async () => {
  const { generated, summary } = await run(prompt(250), { maxTokens: 100 });
  expect(generated).toHaveLength(6);
  expect(summary.finishReason).toBe("length");
});

test("a prompt longer than the context is refused with both numbers", async () => {
  await expect(run(prompt(256))).rejects.toMatchObject({
    code: "context-exceeded",
    message: expect.stringMatching(/^256 tokens .* 256; /),
  });
});

test.each([[[]], [[1, 288]], [[-1]], [[0.5]]])("the prompt %j is refused", async (tokens) => {
  await expect(run(tokens)).rejects.toMatchObject({ code: "bad-request" });
});

test("an abort ends the answer within a token, and the model answers the next request", async () => {
  const { generated } = await run(prompt(15), { maxTokens: 10 });
  const controller = new AbortController();
  const seen: number[] = [];
  const generation = model.generate(prompt(15), {
    maxTokens: 100,
    stopTokens: [],
    sampling: GREEDY,
    signal: controller.signal,
  });
  const aborted = (async () => {
    for await (const { token } of generation) {
      seen.push(token);
      if (seen.length === 3) controller.abort();
    }
  })();
  await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  expect(seen).toEqual(generated.slice(0, 3));
  expect((await run(prompt(15), { maxTokens: 10 })).generated).toEqual(generated);
});

test("requests run in their order, and one that is aborted while it waits leaves the others be", async () => {
  const controller = new AbortController();
  const ended: string[] = [];
  const request = (name: string, options?: Partial<GenerateOptions>) =>
    run(prompt(20, name.length), options).finally(() => ended.push(name));
  const long = request("long", { maxTokens: 30 });
  const waiting = request("aborted", { signal: controller.signal });
  const last = request("last one");
  setTimeout(() => controller.abort(), 5);
  await expect(waiting).rejects.toMatchObject({ code: "aborted" });
  await Promise.all([long, last]);
  expect(ended).toEqual(["aborted", "long", "last one"]);
});

test("a reader that leaves early frees the model", async () => {
  for await (const _ of model.generate(prompt(8), { maxTokens: 50, stopTokens: [], sampling: GREEDY })) break;
  expect((await run(prompt(8))).generated).toHaveLength(6);
});
