import { describe, expect, test } from "vitest";
import { chooseWithDrafts, Payoff } from "../../../engine/generation/drafts.ts";
import { PromptLookup } from "../../../engine/generation/prompt-lookup.ts";

describe("PromptLookup", () => {
  test("drafts what followed the last three tokens when they occurred before, the last time", () => {
    const lookup = new PromptLookup([1, 2, 3, 4, 5, 6, 1, 2, 3, 7, 8, 9, 1, 2, 3]);
    expect(lookup.draft(7)).toEqual([7, 8, 9, 1, 2, 3, 7]); // and from its end on as it began
    expect(lookup.draft(4)).toEqual([7, 8, 9, 1]);
    lookup.append(4);
    expect(lookup.draft(7)).toEqual([5, 6, 1, 2, 3, 7, 8]);
  });

  test("drafts nothing after tokens that are new or too few", () => {
    expect(new PromptLookup([1, 2, 3, 4, 5, 6]).draft(7)).toEqual([]);
    expect(new PromptLookup([1, 2]).draft(7)).toEqual([]);
  });
});

/** A model that says `text`, whatever it is asked; and what it was asked. */
function modelThatSays(text: readonly number[], promptLength: number) {
  const asked: number[][] = [];
  let length = 0;
  const ask = async (tokens: readonly number[]) => {
    asked.push([...tokens]);
    const choices = tokens.map((_, i) => text[length + i + 1 - promptLength] ?? 0);
    length += tokens.length;
    return choices;
  };
  return {
    asked,
    isAlone: true,
    choiceAfter: async (tokens: readonly number[]) => (await ask(tokens)).at(-1)!,
    choiceNext: async () => (await ask([text[length - promptLength] ?? 0])).at(-1)!,
    choicesAfterEach: ask,
    truncate(to: number) {
      length = to;
    },
  };
}

async function choicesOf(prompt: readonly number[], text: readonly number[], limit: number, stepsInFlight: number) {
  const model = modelThatSays(text, prompt.length);
  const chosen: number[] = [];
  const still = () => 0; // no clock: a check costs what is guessed at first
  const choices = chooseWithDrafts(model, prompt, limit, stepsInFlight, () => {}, still);
  for await (const token of choices) chosen.push(token);
  return { chosen, asked: model.asked };
}

const SENTENCE = Array.from({ length: 20 }, (_, i) => 100 + i);

describe.each([1, 4])("chooseWithDrafts, with %d steps in flight", (stepsInFlight) => {
  test("gives the model's own text, in fewer steps where it repeats what stands there", async () => {
    const text = [...SENTENCE, 7, 8, ...SENTENCE, 9, ...SENTENCE];
    const { chosen, asked } = await choicesOf([1, 2, 3, ...SENTENCE], text, text.length, stepsInFlight);
    expect(chosen).toEqual(text);
    expect(asked.length).toBeLessThan(text.length / 2);
  });

  test.each([1, 2, 5, 9, 23])("stops after %d tokens", async (limit) => {
    const text = [...SENTENCE, ...SENTENCE];
    const { chosen } = await choicesOf([1, 2, 3, ...SENTENCE], text, limit, stepsInFlight);
    expect(chosen).toEqual(text.slice(0, limit));
  });

  test("drafts that are wrong change nothing, and are soon given up", async () => {
    // Triples occur again and again, and are followed by something else each time.
    const text = Array.from({ length: 60 }, (_, i) => [1, 2, 3, 1000 + i]).flat();
    const { chosen, asked } = await choicesOf([5, 1, 2, 3, 4, 6], text, text.length, stepsInFlight);
    expect(chosen).toEqual(text);
    expect(asked.filter((tokens) => tokens.length > 2).length).toBeLessThan(10);
  });
});

describe("Payoff", () => {
  test("drafts that come true without being checked bring checks back", () => {
    const payoff = new Payoff();
    for (let i = 0; i < 20; i++) {
      payoff.drafted([1, 2, 3]);
      payoff.saw(9);
    }
    expect(payoff.pays).toBe(false);
    for (let i = 0; i < 20; i++) {
      payoff.drafted([1, 2, 3, 4]);
      for (const token of [1, 2, 3, 4]) payoff.saw(token);
    }
    expect(payoff.pays).toBe(true);
  });

  test("a check must give more tokens than the steps it takes the time of", () => {
    const payoff = new Payoff();
    payoff.stepTook(100);
    payoff.checkTook(350);
    expect(payoff.pays).toBe(true); // four are expected at first
    payoff.checkTook(1000);
    expect(payoff.pays).toBe(false);
  });
});
