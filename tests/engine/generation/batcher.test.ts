// Steps queued ahead are for GPUs; a software adapter runs them as well, one after another. The processors have none.
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Batcher } from "../../../engine/generation/batcher.ts";
import type { Runner } from "../../../engine/generation/runner.ts";
import { completeSampling } from "../../../engine/generation/sampler.ts";
import type { Turn } from "../../../engine/generation/turn.ts";
import { isProcessors, KINDS_OF_TARGETS } from "../targets.ts";
import { openTinyBatcher, prompt, STEPS_IN_FLIGHT, type TinyBatcher } from "./tiny-batcher.ts";

let tiny: TinyBatcher;
let runner: Runner;
let batcher: Batcher;
const oneByOne: TinyBatcher["oneByOne"] = (...request) => tiny.oneByOne(...request);

const SAMPLED = completeSampling({
  temperature: 2,
  topP: 0.95,
  repetitionPenalty: 1.3,
  frequencyPenalty: 0.5,
  seed: 1,
});

/** Asks for choices before those before them are read. */
async function ahead(turn: Turn, tokens: readonly number[], count: number): Promise<number[]> {
  const asked = [turn.choiceAfter(tokens)];
  const chosen: number[] = [];
  while (chosen.length < count) {
    while (asked.length < STEPS_IN_FLIGHT) asked.push(turn.choiceNext());
    chosen.push(await asked.shift()!);
  }
  for (const step of asked) step.catch(() => {});
  turn.end();
  return chosen;
}

describe.each(KINDS_OF_TARGETS)("on the target %s", (kind) => {
  const runsAhead = !isProcessors(kind); // whose steps are read before the next one begins
  beforeAll(async () => {
    tiny = await openTinyBatcher(kind);
    ({ runner, batcher } = tiny);
  });
  afterAll(() => tiny.destroy());

  describe("steps in flight", () => {
    if (runsAhead)
      test.each([undefined, SAMPLED])("give the same choices, and tokens stay on the adapter: %j", async (sampling) => {
        const expected = await oneByOne(prompt(20, 1), 40, sampling);
        const real = runner.run.bind(runner);
        const run = vi.spyOn(runner, "run").mockImplementation(async (...step) => {
          const outcomes = await real(...step);
          for (let i = 0; i < 2 * STEPS_IN_FLIGHT; i++) await setImmediate(); // meanwhile others are queued
          return outcomes;
        });
        expect(await ahead(await batcher.begin({ sampling }), prompt(20, 1), 40)).toEqual(expected);
        const onAdapter = run.mock.calls.filter(([rows]) => rows[0]?.token === undefined);
        run.mockRestore();
        expect(onAdapter.length).toBeGreaterThan(30);
      });

    test("a prompt's progress is what has been computed, not what is queued", async () => {
      const told: number[] = [];
      const turn = await batcher.begin({ reuses: false });
      await turn.choiceAfter(prompt(200, 11), (processed) => told.push(processed));
      turn.end();
      expect(told).toEqual([0, 64, 128, 192]);
    });

    test("give way to requests that come and go", async () => {
      const seeds = [2, 3, 4];
      const expected = await Promise.all(seeds.map((seed) => oneByOne(prompt(30, seed), 10 * seed)));
      const later = async (seed: number) => {
        await new Promise((resolve) => setTimeout(resolve, 15 * seed));
        return ahead(await batcher.begin({}), prompt(30, seed), 10 * seed);
      };
      expect(await Promise.all(seeds.map(later))).toEqual(expected);
    });

    test("what was computed ahead and not read is not taken for known", async () => {
      const tokens = prompt(30, 5);
      const chosen = await ahead(await batcher.begin({}), tokens, 3);
      const next = [...tokens, ...chosen, 9, 9, 9];
      const expected = await oneByOne(next, 5);
      expect(await ahead(await batcher.begin({}), next, 5)).toEqual(expected);
    });

    test("with too few blocks for all, each still gets its own text", async () => {
      const seeds = [6, 7, 8, 9];
      const expected: number[][] = [];
      const samplingOf = (seed: number) => (seed % 2 === 0 ? undefined : { ...SAMPLED, seed });
      for (const seed of seeds) expected.push(await oneByOne(prompt(90, seed), 30, samplingOf(seed))); // 4 x 8 blocks of 20
      const together = seeds.map(async (seed) =>
        ahead(await batcher.begin({ sampling: samplingOf(seed) }), prompt(90, seed), 30),
      );
      expect(await Promise.all(together)).toEqual(expected);
    });

    test("a step that fails is heard of by who asked, and the next one runs", async () => {
      const run = vi.spyOn(runner, "run").mockRejectedValueOnce(new Error("gone"));
      const turn = await batcher.begin({});
      const asked = [turn.choiceAfter(prompt(5, 1)), turn.choiceNext(), turn.choiceNext()];
      for (const result of await Promise.allSettled(asked)) {
        expect(result).toMatchObject({ status: "rejected", reason: { message: "gone" } });
      }
      turn.end();
      run.mockRestore();
      expect(await oneByOne(prompt(20, 1), 2)).toHaveLength(2);
    });
  });

  describe("tokens that are taken back", () => {
    test.each([30, 90])("are not written over where others can find them, after %i tokens", async (length) => {
      const tokens = prompt(length, 12);
      const drafted = [1, 2, 3, 4, 5, 6, 7, 8];
      const turn = await batcher.begin({});
      await turn.choiceAfter(tokens);
      for (let i = 0; i < 3; i++) await turn.choicesAfterEach(drafted); // fills blocks
      await turn.choiceAfter([9]);
      turn.truncate(length + 3);
      let newest = await turn.choiceAfter([7, 7]);
      for (let i = 0; i < 20; i++) newest = await turn.choiceAfter([newest]); // over the same slots
      turn.end();
      const like = [...tokens, ...drafted, ...drafted, ...drafted, 9];
      const own = await batcher.begin({});
      const choice = await own.choiceAfter(like);
      own.end();
      expect(choice).toBe((await oneByOne(like, 1))[0]);
      const logits = async (reuses: boolean) => {
        const turn = await batcher.begin({ reuses });
        const values = await turn.logitsAfter(like);
        turn.end();
        return values;
      };
      expect(await logits(true)).toEqual(await logits(false)); // bit for bit
    });
  });

  describe("a turn whose tokens have penalties", () => {
    const sampling = { ...SAMPLED, temperature: 0, frequencyPenalty: 2, repetitionPenalty: 2 };

    test("forgets what is taken back", async () => {
      const tokens = prompt(20, 3);
      const expected = await oneByOne(tokens, 12, sampling);
      const turn = await batcher.begin({ sampling });
      const chosen = [await turn.choiceAfter(tokens)];
      while (chosen.length < 8) chosen.push(await turn.choiceAfter([chosen.at(-1)!]));
      expect(chosen).toEqual(expected.slice(0, 8));
      turn.truncate(tokens.length + 3);
      const again = expected.slice(0, 4);
      while (again.length < 12) again.push(await turn.choiceAfter([again.at(-1)!]));
      expect(again).toEqual(expected);
      turn.end();
    });

    if (runsAhead)
      test("forgets what was chosen ahead and taken back unread, at whatever moment", async () => {
        const tokens = prompt(20, 4);
        const expected = await oneByOne(tokens, 12, sampling);
        for (let turnsOfTheLoop = 0; turnsOfTheLoop < 12; turnsOfTheLoop++) {
          const turn = await batcher.begin({ sampling });
          const again = [await turn.choiceAfter(tokens)];
          const unread = [turn.choiceNext(), turn.choiceNext(), turn.choiceNext()];
          for (let i = 0; i < turnsOfTheLoop; i++) await setImmediate();
          turn.truncate(tokens.length);
          while (again.length < 12) again.push(await turn.choiceAfter([again.at(-1)!]));
          expect(again, `${turnsOfTheLoop}`).toEqual(expected);
          await Promise.allSettled(unread);
          turn.end();
        }
      });
  });
});
