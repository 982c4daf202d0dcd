import { expect, test } from "vitest";
import { Metrics } from "../../../engine/server/metrics.ts";

type Event = Parameters<Metrics["count"]>[0] & object;

async function* eventsOf(events: readonly Event[]): AsyncGenerator<Event> {
  yield* events;
}

const begun = (metrics: Metrics) => Number(/^qwenlab_first_words_total (\d+)$/m.exec(metrics.text())?.[1]);
const chatDelta = (delta: object): Event => ({ choices: [{ delta }] });

test.each([
  ["text of a chat", chatDelta({ content: "Hi" })],
  ["a thought", chatDelta({ reasoning_content: "Hm" })],
  ["a call", chatDelta({ tool_calls: [{ index: 0 }] })],
  ["text of a completion", { choices: [{ text: "Hi" }] }],
])("an answer has begun with its first word: %s", async (_, word) => {
  const metrics = new Metrics();
  const silent = [chatDelta({ role: "assistant", content: "" }), chatDelta({}), { choices: [{ text: "" }] }];
  const counts: number[] = [];
  for await (const _ of metrics.counted(() => eventsOf([...silent, word, word]))) counts.push(begun(metrics));
  expect(counts).toEqual([0, 0, 0, 1, 1]);
});

test("a prompt is counted once, also where its answer is left before its usage", async () => {
  const metrics = new Metrics();
  const read = () => Number(/^qwenlab_prompt_tokens_total (\d+)$/m.exec(metrics.text())?.[1]);
  const word = chatDelta({ content: "Hi" });
  async function* answer(onPrompt: (tokens: number) => void) {
    onPrompt(7);
    yield* eventsOf([word, { usage: { prompt_tokens: 7, completion_tokens: 1 } }]);
  }
  for await (const _ of metrics.counted(answer)) break;
  expect(read()).toBe(7);
  for await (const _ of metrics.counted(answer));
  expect(read()).toBe(14);
});
