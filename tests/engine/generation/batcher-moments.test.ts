// Requests that change their mind while a step has not been read yet: at whatever moment, nobody's text or cache suffers by it.
import { setImmediate } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { completeSampling } from "../../../engine/generation/sampler.ts";
import { isProcessors, KINDS_OF_TARGETS } from "../targets.ts";
import { openTinyBatcher, prompt, type TinyBatcher } from "./tiny-batcher.ts";

const MOMENTS = Array.from({ length: 8 }, (_, i) => i); // turns of the event loop

const PENALIZED = completeSampling({ temperature: 0, frequencyPenalty: 2, repetitionPenalty: 2 });

let tiny: TinyBatcher;

/** From now on steps run, and are read when it is called. */
function holdSteps(): () => void {
  const run = tiny.runner.run.bind(tiny.runner);
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  vi.spyOn(tiny.runner, "run").mockImplementation(async (...step) => {
    const outcomes = await run(...step);
    await opened;
    return outcomes;
  });
  return open;
}

async function turnsOfTheLoop(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}

/** The cache does not lie: with it the text's logits are those without it, bit for bit. */
async function expectTrueCache(text: readonly number[]): Promise<void> {
  const [found, computed] = [await logitsAfter(text, true), await logitsAfter(text, false)];
  expect(found).toEqual(computed);
}

async function logitsAfter(text: readonly number[], reuses: boolean): Promise<Float32Array> {
  const turn = await tiny.batcher.begin({ reuses });
  const logits = await turn.logitsAfter(text);
  turn.end();
  return logits;
}

describe.each(KINDS_OF_TARGETS)("on the target %s", (kind) => {
  beforeAll(async () => {
    tiny = await openTinyBatcher(kind);
  });
  afterAll(() => tiny.destroy());
  afterEach(() => void vi.restoreAllMocks());

  /** Where tokens that are taken back leave the adapter with nothing to do, with a count of its own, and with blocks that are gone. */
  const TAKEN_BACK = [
    { length: 20, sampling: undefined },
    { length: 20, sampling: PENALIZED },
    { length: 40, sampling: undefined },
  ];

  test.each(TAKEN_BACK)("what is asked for and taken back at whatever moment leaves no trace: %j", async (request) => {
    const { length, sampling } = request;
    const tokens = prompt(length, 1);
    const kept = 20;
    const expected = await tiny.oneByOne(tokens.slice(0, kept), 8, sampling);
    const { available } = tiny.pool;
    for (const before of MOMENTS) {
      for (const between of MOMENTS) {
        const turn = await tiny.batcher.begin({ sampling, promptTokens: kept });
        await turn.choiceAfter(tokens.slice(0, kept - 1));
        await turn.choiceAfter(tokens.slice(kept - 1));
        const open = holdSteps();
        const dropped = [turn.choiceNext(), turn.choiceNext(), turn.choiceNext(), turn.choiceNext()];
        await turnsOfTheLoop(before);
        turn.truncate(kept - 1);
        dropped.push(turn.choiceAfter([7, 8, 9]), turn.choiceNext());
        await turnsOfTheLoop(between);
        turn.truncate(kept - 1);
        open();
        const again = [await turn.choiceAfter(tokens.slice(kept - 1, kept))];
        while (again.length < 8) again.push(await turn.choiceAfter([again.at(-1)!]));
        expect(again, `${before}, ${between}`).toEqual(expected);
        await Promise.allSettled(dropped);
        turn.end();
        vi.restoreAllMocks();
        expect(tiny.pool.available, `${before}, ${between}`).toBe(available);
      }
    }
  });

  test.each(TAKEN_BACK)("a request that is given up at whatever moment leaves no block in use: %j", async (request) => {
    const { length, sampling } = request;
    const expected = await tiny.oneByOne(prompt(40, 2), 4);
    const { available } = tiny.pool;
    for (const before of MOMENTS) {
      for (const between of MOMENTS) {
        const controller = new AbortController();
        const turn = await tiny.batcher.begin({ sampling, signal: controller.signal });
        await turn.choiceAfter(prompt(length, 3));
        const open = holdSteps();
        const dropped = [turn.choiceNext(), turn.choiceNext(), turn.choiceNext(), turn.choiceNext(), turn.choiceNext()];
        await turnsOfTheLoop(before);
        turn.truncate(10);
        dropped.push(turn.choiceAfter([7]), turn.choiceNext());
        await turnsOfTheLoop(between);
        const other = await tiny.batcher.begin({});
        const first = other.choiceAfter(prompt(40, 2));
        await turnsOfTheLoop(before);
        controller.abort();
        turn.end();
        dropped.push(turn.choiceAfter([1]));
        open();
        const chosen = [await first];
        while (chosen.length < 4) chosen.push(await other.choiceAfter([chosen.at(-1)!]));
        other.end();
        expect(chosen, `${before}, ${between}`).toEqual(expected);
        expect((await Promise.allSettled(dropped)).at(-1)).toMatchObject({ reason: expect.any(EngineError) });
        vi.restoreAllMocks();
        expect(tiny.pool.available, `${before}, ${between}`).toBe(available);
      }
    }
  });

  if (!isProcessors(kind))
    test("a choice that was taken back unread does not become the token of another", async () => {
      const tokens = prompt(20, 4);
      const turn = await tiny.batcher.begin({});
      const text = [...tokens, await turn.choiceAfter(tokens)];
      const open = holdSteps();
      const dropped = [turn.choiceNext(), turn.choiceNext(), turn.choiceNext()];
      await turnsOfTheLoop(10);
      turn.truncate(tokens.length);
      text.splice(tokens.length, 1, 7);
      const asked = [turn.choiceAfter([7]), turn.choiceNext(), turn.choiceNext()];
      await turnsOfTheLoop(10);
      open();
      text.push(...(await Promise.all(asked)));
      while (text.length < 50) text.push(await turn.choiceAfter([text.at(-1)!])); // fills blocks
      await Promise.allSettled(dropped);
      turn.end();
      await expectTrueCache(text);
      const wrong = [...tokens, 7, ...(await tiny.oneByOne(tokens, 3)).slice(1), ...text.slice(23)];
      await expectTrueCache(wrong);
    });

  test("of a step that fails nothing is found, also when its request has ended before", async () => {
    const text = prompt(150, 5);
    const run = tiny.runner.run.bind(tiny.runner);
    const turn = await tiny.batcher.begin({});
    const steps = vi.spyOn(tiny.runner, "run").mockImplementation(async (...step) => {
      if (steps.mock.calls.length === 1) return run(...step);
      turn.end();
      await setImmediate();
      throw new Error("gone");
    });
    await expect(turn.choiceAfter(text)).rejects.toThrow("aborted");
    await turnsOfTheLoop(10);
    vi.restoreAllMocks();
    await expectTrueCache(text);
  });

  test("after a step that failed a turn does not begin anew with the tokens that come next", async () => {
    const turn = await tiny.batcher.begin({});
    await turn.choiceAfter(prompt(9, 6));
    vi.spyOn(tiny.runner, "run").mockRejectedValueOnce(new Error("gone"));
    const asked = [turn.choiceAfter([1]), turn.choiceAfter([2])];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ reason: { message: "gone" } });
    }
    await expect(turn.choiceAfter([3])).rejects.toThrow("gone");
    turn.end();
  });

  test.each([0, 64])("who is told of %i tokens and throws is the only one who hears of it", async (at) => {
    const expected = await tiny.oneByOne(prompt(10, 7), 6);
    const [turn, other] = [await tiny.batcher.begin({ reuses: false }), await tiny.batcher.begin({ reuses: false })];
    const asked = turn.choiceAfter(prompt(200, 8), (processed) => {
      if (processed >= at) throw new Error("no more");
    });
    asked.catch(() => {});
    const chosen = [await other.choiceAfter(prompt(10, 7))];
    while (chosen.length < 6) chosen.push(await other.choiceAfter([chosen.at(-1)!]));
    expect(chosen).toEqual(expected);
    await expect(asked).rejects.toThrow("no more");
    turn.end();
    other.end();
  });

  test("to close is to wait for the step of a request that was given up", async () => {
    const own = await openTinyBatcher(kind);
    const run = own.runner.run.bind(own.runner);
    const events: string[] = [];
    const turn = await own.batcher.begin({});
    vi.spyOn(own.runner, "run").mockImplementation(async (...step) => {
      const outcomes = await run(...step);
      turn.end();
      await turnsOfTheLoop(5);
      events.push("read");
      return outcomes;
    });
    turn.choiceAfter(prompt(5, 9)).catch(() => {});
    await own.batcher.close();
    events.push("closed");
    own.destroy();
    expect(events).toEqual(["read", "closed"]);
  });
});
