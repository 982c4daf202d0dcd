// Requests on a model with recurrent states, which cannot be cut: side by side, with reuse, drafts and tokens taken back. Logits are
// those of the model's formulas in f64, and every way to them gives the same bits.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Batcher } from "../../../engine/generation/batcher.ts";
import { BlockPool } from "../../../engine/generation/block-pool.ts";
import { chooseWithDrafts } from "../../../engine/generation/drafts.ts";
import type { PrefixFiles } from "../../../engine/generation/prefix-files.ts";
import type { Runner } from "../../../engine/generation/runner.ts";
import { StablePrefixes } from "../../../engine/generation/stable-prefixes.ts";
import type { Progress, Turn } from "../../../engine/generation/turn.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { planOf } from "../../../engine/graph/plan.ts";
import { evaluate } from "../../../engine/graph/reference.ts";
import type { LoadedModel, Target } from "../../../engine/target.ts";
import { openGguf } from "../../../engine/weights/gguf.ts";
import { expectAllClose } from "../all-close.ts";
import { RECURRENT_CONFIG, recurrentToy } from "../graph/recurrent-toy.ts";
import { tensorsFor } from "../graph/tiny-models.ts";
import { KINDS_OF_TARGETS, openTestTarget } from "../targets.ts";
import { writeGguf } from "../weights/gguf-writer.ts";

const { parts, weights } = tensorsFor(recurrentToy, RECURRENT_CONFIG);

let target: Target;
let loaded: LoadedModel;
let runner: Runner;

/** With an empty cache. */
const batcherOf = (numBlocks?: number) => {
  const pool = new BlockPool(loaded.states, numBlocks);
  return { pool, batcher: new Batcher(runner, pool) };
};

const prompt = (length: number, seed: number) => Array.from({ length }, (_, i) => (i * 31 + seed * 7 + 5) % 256);

const best = (logits: ArrayLike<number>) => Array.from(logits).indexOf(Math.max(...Array.from(logits)));

/** The likeliest tokens after a text, one by one, and the logits that they were chosen by, in which a single bit would show. */
interface Answer {
  readonly chosen: readonly number[];
  readonly logits: readonly Float32Array[];
}

/** Goes on behind `tokens`, which the turn has not seen yet. */
async function goOn(turn: Turn, tokens: readonly number[], count: number, progress?: Progress): Promise<Answer> {
  const logits = [await turn.logitsAfter(tokens, progress)];
  while (logits.length < count) logits.push(await turn.logitsAfter([best(logits.at(-1)!)]));
  turn.end();
  return { chosen: logits.map(best), logits };
}

/** Likewise from the beginning, and says how many tokens of the prompt were not computed. */
async function run(batcher: Batcher, tokens: readonly number[], count: number, stableTokens = 0) {
  let cached: number | undefined;
  const turn = await batcher.begin({ stableTokens });
  const answer = await goOn(turn, tokens, count, (processed) => {
    cached ??= processed;
  });
  return { ...answer, cached };
}

/** Logits as the formulas give them. */
function expectRight(tokens: readonly number[], { chosen, logits }: Answer): void {
  const { rmsNormEps, ropeTheta } = RECURRENT_CONFIG;
  const checkpoint = { path: "", tensors: new Map(parts.tensors.map((tensor) => [tensor.name, tensor])) };
  const output = recurrentToy(new Graph(RECURRENT_CONFIG, checkpoint));
  const text = [...tokens, ...chosen.slice(0, -1)];
  const rows = evaluate(output, text, { rmsNormEps, ropeTheta }, ({ name }) => weights.get(name)!);
  for (const [i, row] of rows.slice(tokens.length - 1).entries()) {
    expectAllClose(logits[i]!, Float32Array.from(row), { rtol: 2e-4, atol: 2e-4 });
  }
}

describe.each(KINDS_OF_TARGETS)("on the target %s, on a model with recurrent states", (kind) => {
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "qwenlab-recurrent-"));
    const path = join(folder, "toy.gguf");
    await writeFile(path, writeGguf(parts).bytes);
    await using gguf = await openGguf(path);
    target = await openTestTarget(kind, "exact", { maxTokens: 64, stepsInFlight: 4 });
    const plan = planOf(recurrentToy(new Graph(RECURRENT_CONFIG, gguf)));
    const allowed = () => new Uint32Array(Math.ceil(RECURRENT_CONFIG.vocabSize / 32)).fill(0xffffffff);
    loaded = await target.load(plan, gguf, RECURRENT_CONFIG, { contextLength: 256, numTables: 8, allowed });
    runner = loaded.runner;
    await rm(folder, { recursive: true });
  });
  afterAll(() => {
    loaded.destroy();
    target.dispose();
  });

  test("requests side by side get their own text, also with too few blocks for all", async () => {
    const requests = [3, 20, 45, 90].map((length, seed) => prompt(length, seed));
    const [alone, together, evicting] = [batcherOf(), batcherOf(), batcherOf(13)];
    const expected: Answer[] = [];
    for (const tokens of requests) {
      const { cached, ...answer } = await run(alone.batcher, tokens, 20);
      expectRight(tokens, answer);
      expected.push(answer);
    }
    for (const { batcher } of [together, evicting]) {
      const results = await Promise.all(requests.map((tokens) => run(batcher, tokens, 20)));
      expect(results.map(({ chosen, logits }) => ({ chosen, logits }))).toEqual(expected);
    }
  });

  test("what begins alike is computed once, from where the state was kept", async () => {
    const { batcher } = batcherOf();
    const first = prompt(50, 1);
    const answer = await run(batcher, first, 20);
    expect(answer.cached).toBe(0);
    expect(await run(batcher, first, 20)).toEqual({ ...answer, cached: 48 }); // the prompt's last whole block
    const conversation = [...first, ...answer.chosen, ...prompt(9, 2)];
    const next = await run(batcher, conversation, 20);
    expect(next.cached).toBe(64); // of the answer as well
    expectRight(conversation, next);
    const like = [...first.slice(0, 40), ...prompt(10, 8)];
    const other = await run(batcher, like, 20);
    expect(other.cached).toBe(0); // nothing was kept after fewer than 48
    expectRight(like, other);
    expect(await run(batcher, like, 20)).toEqual({ ...other, cached: 48 });
  });

  test("a prompt's stable part is kept, on disk as well", async () => {
    const { pool, batcher } = batcherOf();
    const stored = new Map<string, Uint8Array<ArrayBuffer>>();
    const files: PrefixFiles = {
      load: async ({ tokens }) => stored.get(tokens.join()),
      has: async ({ tokens }) => stored.has(tokens.join()),
      save: async ({ tokens }, data) => void stored.set(tokens.join(), Uint8Array.from(data)),
    };
    const [tokens, like] = [prompt(60, 3), [...prompt(40, 3), ...prompt(20, 4)]];
    const answer = await run(batcher, tokens, 5, 38);
    await new StablePrefixes(pool, files).keep(tokens, 38, batcher.rootOf(60));
    expect([...stored.keys()]).toEqual([tokens.slice(0, 32).join()]);
    const later = batcherOf();
    await new StablePrefixes(later.pool, files).load(tokens, 38, batcher.rootOf(60));
    expect(await run(later.batcher, tokens, 5, 38)).toEqual({ ...answer, cached: 32 });
    const result = await run(later.batcher, like, 5, 38);
    expect(result.cached).toBe(32);
    expectRight(like, result);
  });

  test.each([6, 12, 15, 16, 40])("wrong drafts after %i tokens change nothing", async (length) => {
    const tokens = prompt(length, 5);
    const { chosen, logits } = await run(batcherOf().batcher, tokens, 12);
    const turn = await batcherOf().batcher.begin({});
    await turn.choiceAfter(tokens);
    const checked = await turn.choicesAfterEach([...chosen.slice(0, 3), 1, 2, 3, 4]);
    expect(checked.slice(0, 3)).toEqual(chosen.slice(1, 4));
    turn.truncate(length + 3);
    expect((await goOn(turn, chosen.slice(3, 4), 8)).logits).toEqual(logits.slice(4));
  });

  test("drafts give the same text in fewer steps, and a step back costs the tokens since the check", async () => {
    const tokens = [...prompt(30, 6), ...prompt(30, 6)];
    const { chosen, logits } = await run(batcherOf().batcher, tokens, 61);
    const turn = await batcherOf().batcher.begin({});
    const steps = vi.spyOn(runner, "run");
    const drafted: number[] = [];
    const still = () => 0; // no clock: a check costs what is guessed at first
    for await (const token of chooseWithDrafts(turn, tokens, 60, 1, () => {}, still)) drafted.push(token);
    const rows = steps.mock.calls.map(([rows]) => rows.length);
    steps.mockRestore();
    expect(drafted).toEqual(chosen.slice(0, 60));
    expect(rows.slice(2).some((count) => count > 1)).toBe(true);
    expect(Math.max(...rows.slice(2))).toBeLessThanOrEqual(16); // a check's, and what is computed again
    turn.truncate(tokens.length + 59);
    expect((await goOn(turn, chosen.slice(59, 60), 1)).logits).toEqual(logits.slice(60));
  });

  test.each([1, 15, 16, 17, 50, 63, 70])(
    "taken back to %i tokens it goes on as if there had been no more",
    async (length) => {
      const tokens = prompt(70, 7);
      const { logits } = await run(batcherOf().batcher, [...tokens.slice(0, length), 9, 8], 10);
      const turn = await batcherOf().batcher.begin({});
      await turn.choiceAfter(tokens);
      await turn.choiceAfter([4, 4, 4]);
      turn.truncate(length);
      expect((await goOn(turn, [9, 8], 10)).logits).toEqual(logits);
    },
  );

  test("copies that had to make room are computed again", async () => {
    const { batcher } = batcherOf();
    const first = await run(batcher, prompt(40, 10), 3);
    for (let seed = 11; seed < 80; seed++) await run(batcher, prompt(17, seed), 1); // more than there is room for
    expect(await run(batcher, prompt(40, 10), 3)).toEqual({ ...first, cached: 0 });
  });
});
