import { expect, test } from "vitest";
import { afterThinking } from "../../../engine/chat/after-thinking.ts";
import type { ThinkingStart } from "../../../engine/chat/thinking.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";

const { tokenizer } = scriptedLanguageModel("");
const one = (text: string) => tokenizer.encode(text, { special: true })[0]!;
const [OPEN, CLOSE, A, B] = [one("<think>"), one("</think>"), one("a"), one("b")] as const;

/** Holds an answer to "a"; tells which of the four tokens may come, and which were held. */
function held(start: ThinkingStart) {
  const accepted: number[] = [];
  const mask = new Int32Array(Math.ceil(tokenizer.vocabSize / 32));
  mask[A >> 5]! |= 1 << (A & 31);
  const onlyA = { mask: async () => mask, accept: (token: number) => void accepted.push(token), dispose: () => {} };
  const constraint = afterThinking(onlyA, tokenizer, start);
  const may = async () => {
    const words = await constraint.mask();
    return [OPEN, CLOSE, A, B].map((token) => ((words[token >> 5]! >>> (token & 31)) & 1) === 1);
  };
  return { constraint, may, accepted };
}

test("anything goes until the thinking ends, then the constraint holds", async () => {
  const { constraint, may, accepted } = held("open");
  expect(await may()).toEqual([true, true, true, true]);
  for (const token of [B, A, CLOSE]) constraint.accept(token);
  expect(await may()).toEqual([false, false, true, false]);
  constraint.accept(A);
  expect(accepted).toEqual([A]);
});

test("a thinking that may come begins the answer, or does not come at all", async () => {
  const thinks = held("possible");
  expect(await thinks.may()).toEqual([true, false, true, false]);
  thinks.constraint.accept(OPEN);
  expect(await thinks.may()).toEqual([true, true, true, true]);
  const answers = held("possible");
  answers.constraint.accept(A);
  expect(await answers.may()).toEqual([false, false, true, false]);
  expect(answers.accepted).toEqual([A]);
});
