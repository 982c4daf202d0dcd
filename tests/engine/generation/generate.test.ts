// One small model with random weights: what matters is which steps are taken, not what they say.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { WorkQueue } from "../../../engine/cpu/work-queue.ts";
import { Payoff } from "../../../engine/generation/drafts.ts";
import { Sequence } from "../../../engine/generation/sequence.ts";
import {
  type GenerateOptions,
  type GenerateSummary,
  type LanguageModel,
  openLanguageModel,
  type PromptProgress,
  type SamplingOptions,
} from "../../../engine/index.ts";
import { isNightly } from "../../nightly.ts";
import { isProcessors, KINDS_OF_TARGETS, optionsOf, TARGETS } from "../targets.ts";
import { writeTinyModel } from "../tiny-model.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-generate-"));
  await writeTinyModel(join(folder, "tiny.gguf"));
});
afterAll(() => rm(folder, { recursive: true }));

const GREEDY = { temperature: 0 };
const prompt = (length: number, seed = 0) => Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 5) % 256);

/** By day not by kernels for GPUs, whose first steps take a processor's driver minutes: models/architectures.test.ts has their numbers. */
const KINDS = isNightly ? TARGETS : KINDS_OF_TARGETS;

describe.each(KINDS)("on the target %s", (kind) => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await openLanguageModel({ path: join(folder, "tiny.gguf"), precision: "exact", ...optionsOf(kind) });
  });
  afterAll(() => model[Symbol.asyncDispose]());

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
    expect(first.summary.cachedTokens).toBe(0);
    await run(prompt(20, 3)); // something else
    const again = await run(prompt(40));
    expect(again.generated).toEqual(first.generated);
    expect(again.summary.cachedTokens).toBe(39); // the last one is computed: its logits are wanted
  });

  test("the same tokens with and without drafts, and drafts there are", async () => {
    const repeated = Array.from({ length: 60 }, (_, i) => (i % 6) * 31); // what comes next stands there ten times
    const options = { maxTokens: 120 };
    const plain = await run(repeated, { ...options, topLogprobs: 1 }); // chosen here, one by one
    const checks = vi.spyOn(Sequence.prototype, "append");
    const pays = vi.spyOn(Payoff.prototype, "pays", "get").mockReturnValue(true); // whatever the clock says
    onTestFinished(() => {
      checks.mockRestore();
      pays.mockRestore();
    });
    const several = () => checks.mock.calls.filter(([, isTentative]) => isTentative).length;
    expect((await run(repeated, { ...options, drafts: false })).generated).toEqual(plain.generated);
    expect(several()).toBe(0);
    expect((await run(repeated, options)).generated).toEqual(plain.generated);
    expect(several()).toBeGreaterThan(2);
  });

  test("tells how far it has read, chunk by chunk", async () => {
    const told: PromptProgress[] = [];
    await run(prompt(200, 9), { onPrompt: (progress) => told.push(progress) });
    expect(told.map(({ processed }) => processed)).toEqual(kind === "gpu" ? [0] : [0, 128]);
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

  describe("sampled on the adapter", () => {
    const PENALTIES = { repetitionPenalty: 1.2, presencePenalty: 0.3, frequencyPenalty: 0.4 };
    const HOT: SamplingOptions[] = [
      { temperature: 1.5 },
      { temperature: 3, topK: 20 },
      { temperature: 3, topP: 0.8 },
      { temperature: 2, topK: 100, topP: 0.95, minP: 0.01 },
      { temperature: 0, ...PENALTIES },
      { temperature: 2, topP: 0.9, ...PENALTIES },
    ];

    // By day with two of them on an adapter: kernels/sample.test.ts has all.
    const options = kind === "cpu" || isNightly ? HOT : [HOT[3]!, HOT[5]!];
    test.each(options)("the tokens are those that are drawn here: %j", async (options) => {
      for (const seed of [1, 2, 3]) {
        const asked = { sampling: { ...options, seed }, maxTokens: 30 };
        const { generated } = await run(prompt(20, seed), asked);
        expect((await run(prompt(20, seed), { ...asked, topLogprobs: 1 })).generated).toEqual(generated);
      }
    });

    if (!isProcessors(kind))
      test("logits do not leave it", async () => {
        const copies = vi.spyOn(GPUCommandEncoder.prototype, "copyBufferToBuffer");
        onTestFinished(() => copies.mockRestore());
        await run(prompt(20), { sampling: { temperature: 1, seed: 1 } });
        const labels = new Set(copies.mock.calls.map(([, , target]) => target.label));
        expect([...labels].sort()).toEqual(["head rows", "read back choices"]);
      });

    test("tokens of a prompt that is in the cache get their penalties too", async () => {
      const sampling = { temperature: 0, repetitionPenalty: 3 };
      const first = await run(prompt(60, 5), { sampling, maxTokens: 20 });
      const again = await run(prompt(60, 5), { sampling, maxTokens: 20 });
      expect(again.summary.cachedTokens).toBe(59);
      expect(again.generated).toEqual(first.generated);
      expect((await run(prompt(60, 5), { maxTokens: 20 })).generated).not.toEqual(first.generated);
    });

    test("a request's penalties are not the next one's", async () => {
      const sampling = { temperature: 0, frequencyPenalty: 2 };
      const { generated } = await run(prompt(9, 6), { sampling, maxTokens: 20 });
      await run(prompt(30, 7), { sampling, maxTokens: 20 });
      expect((await run(prompt(9, 6), { sampling, maxTokens: 20 })).generated).toEqual(generated);
    });

    test("with a bias it is drawn here, from the same numbers by chance", async () => {
      const sampling = { temperature: 1.5, seed: 4 };
      const { generated } = await run(prompt(20), { sampling, maxTokens: 20 });
      const nothing = { ...sampling, logitBias: new Map([[generated[0]!, 0]]) };
      expect((await run(prompt(20), { sampling: nothing, maxTokens: 20 })).generated).toEqual(generated);
    });
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

  describe("several requests at once", () => {
    const LENGTHS = [5, 40, 17, 130, 1, 60, 33, 9, 28, 77]; // two more than run side by side

    test("each gets the tokens that it gets alone, whatever is asked beside it", async () => {
      const requests = LENGTHS.map((length, i) => {
        const penalties = i % 2 === 0 ? {} : { repetitionPenalty: 1.1, frequencyPenalty: 0.2 };
        const sampling =
          i % 3 === 2 ? { temperature: 1, topP: 0.95, seed: i, ...penalties } : { ...GREEDY, ...penalties };
        return { tokens: prompt(length, i + 20), options: { maxTokens: 8 + i, sampling } };
      });
      const together = await Promise.all(requests.map(({ tokens, options }) => run(tokens, options)));
      for (const [i, { tokens, options }] of requests.entries()) {
        expect((await run(tokens, options)).generated).toEqual(together[i]?.generated);
      }
    });

    test("they share steps", async () => {
      const steps = isProcessors(kind)
        ? vi.spyOn(WorkQueue.prototype, "result")
        : vi.spyOn(GPUQueue.prototype, "submit");
      onTestFinished(() => steps.mockRestore());
      const options = { maxTokens: 30, drafts: false };
      await run(prompt(20, 40), options);
      const alone = steps.mock.calls.length;
      steps.mockClear();
      await Promise.all([41, 42, 43, 44].map((seed) => run(prompt(20, seed), options)));
      expect(steps.mock.calls.length).toBeLessThan(1.5 * alone);
    });

    test("text goes on while another's prompt is read", async () => {
      const ended: string[] = [];
      const long = run(prompt(240, 50), { maxTokens: 2 }).finally(() => ended.push("long prompt"));
      const short = run(prompt(3, 51), { maxTokens: 6 }).finally(() => ended.push("short prompt"));
      await Promise.all([long, short]);
      expect(ended).toEqual(["short prompt", "long prompt"]);
    });

    test("more than the cache holds: some lose their place, none its text", async () => {
      const requests = LENGTHS.map((_, i) => prompt(100 + i, i + 60)); // 8 of them need twice the cache
      const options = (i: number) => {
        const sampled = { temperature: 1, frequencyPenalty: 0.3, repetitionPenalty: 1.1, seed: i };
        return { maxTokens: 30, sampling: i % 2 === 0 ? GREEDY : sampled };
      };
      const together = await Promise.all(requests.map((tokens, i) => run(tokens, options(i))));
      for (const [i, tokens] of requests.entries()) {
        expect((await run(tokens, options(i))).generated).toEqual(together[i]?.generated);
      }
    });

    test("readers that have stopped do not keep others from going on", async () => {
      const { generated } = await run(prompt(200, 80));
      const stopped = [81, 82, 83].map((seed) => model.generate(prompt(200, seed), { maxTokens: 50, stopTokens: [] }));
      for (const reader of stopped) await reader.next();
      expect((await run(prompt(200, 80))).generated).toEqual(generated);
      for (const reader of stopped) await reader.return(undefined as never);
    });

    test("one that is aborted, waiting or under way, leaves the others be", async () => {
      const { generated } = await run(prompt(20, 90), { maxTokens: 30 });
      const controller = new AbortController();
      const { signal } = controller;
      const going = run(prompt(20, 90), { maxTokens: 30 });
      const first = model.generate(prompt(9, 92), { maxTokens: 60, stopTokens: [], sampling: GREEDY, signal });
      const isUnderWay = first.next(); // asked for before the others, of which not all can be when it comes
      const others = LENGTHS.map((length) => run(prompt(length, 91), { maxTokens: 60, signal }));
      await isUnderWay;
      controller.abort();
      await expect(first.next()).rejects.toMatchObject({ code: "aborted" });
      for (const result of await Promise.allSettled(others)) {
        expect(result).toMatchObject({ status: "rejected", reason: { code: "aborted" } });
      }
      expect((await going).generated).toEqual(generated);
    });
  });

  test("a reader that leaves early frees the model", async () => {
    for await (const _ of model.generate(prompt(8), { maxTokens: 50, stopTokens: [], sampling: GREEDY })) break;
    expect((await run(prompt(8))).generated).toHaveLength(6);
  });
});
