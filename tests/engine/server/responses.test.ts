// The official client of /v1/responses, with a model whose words are given.
import { expect, test } from "vitest";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { serveModel } from "./serve-model.ts";

const WEATHER = {
  type: "function" as const,
  name: "weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
};
const CALL = '<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>';

test("a text answers a text, with usage and what was asked", async () => {
  const model = scriptedLanguageModel("Hello");
  await using served = await serveModel(model);
  const instructions = "Be short.";
  const answer = await served.client.responses.create({
    model: "tiny",
    input: "Hi",
    instructions,
    max_output_tokens: 9,
  });
  expect(answer.output_text).toBe("Hello");
  expect(answer).toMatchObject({ object: "response", status: "completed", model: "tiny", instructions, store: false });
  expect(answer.output).toMatchObject([
    { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "Hello" }] },
  ]);
  expect(answer.usage).toMatchObject({ output_tokens: 5, input_tokens_details: { cached_tokens: 3 } });
  expect(model.prompts[0]).toBe(
    "⟦<|im_start|>⟧system\nBe short.⟦<|im_end|>⟧\n⟦<|im_start|>⟧user\nHi⟦<|im_end|>⟧\n⟦<|im_start|>⟧assistant\n",
  );
});

test("an answer that its limit has cut is incomplete, and says why", async () => {
  await using served = await serveModel(scriptedLanguageModel("Hello"));
  const answer = await served.client.responses.create({ model: "tiny", input: "Hi", max_output_tokens: 2 });
  expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
  expect(answer.output).toMatchObject([{ status: "incomplete", content: [{ text: "He" }] }]);
});

test("a stream has OpenAI's events in their order, numbered, and ends with the whole", async () => {
  await using served = await serveModel(scriptedLanguageModel(`ab${CALL}`));
  const stream = await served.client.responses.create({ model: "tiny", input: "Hi", tools: [WEATHER], stream: true });
  const events = [];
  for await (const event of stream) events.push(event);
  expect(events.map(({ type }) => type.replace(/^response\./, ""))).toEqual([
    "created",
    "in_progress",
    "output_item.added",
    "content_part.added",
    "output_text.delta",
    "output_text.delta",
    "output_text.done",
    "content_part.done",
    "output_item.done",
    "output_item.added",
    "function_call_arguments.delta",
    "function_call_arguments.done",
    "output_item.done",
    "completed",
  ]);
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i));
  const last = events.at(-1);
  expect(last?.type === "response.completed" && last.response.output).toMatchObject([
    { type: "message", content: [{ text: "ab" }] },
    { type: "function_call", name: "weather", arguments: '{"city":"Oslo"}', call_id: expect.stringMatching(/^call_/) },
  ]);
});

test("the client's own reader of streams puts the same together", async () => {
  await using served = await serveModel(
    scriptedLanguageModel("<think>\nHm.\n</think>\n\nabc", { chatTemplate: `{{ messages[0].content }}<think>` }),
  );
  const stream = served.client.responses.stream({ model: "tiny", input: "Hi" });
  const deltas: string[] = [];
  stream.on("response.output_text.delta", ({ delta }) => deltas.push(delta));
  const { output, output_text } = await stream.finalResponse();
  expect([deltas.join(""), output_text]).toEqual(["abc", "abc"]);
  expect(output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
});

test("what was said, called and found before is sent as items", async () => {
  const model = scriptedLanguageModel("3 degrees.");
  await using served = await serveModel(model);
  const first = scriptedLanguageModel(CALL);
  await using asked = await serveModel(first);
  const question = { role: "user" as const, content: [{ type: "input_text" as const, text: "Oslo?" }] };
  const { output } = await asked.client.responses.create({ model: "tiny", input: [question], tools: [WEATHER] });
  const [call] = output;
  if (call?.type !== "function_call") throw new Error(`no call, but ${JSON.stringify(output)}`);
  const result = { type: "function_call_output" as const, call_id: call.call_id, output: "3" };
  const input = [question, call, result];
  await served.client.responses.create({ model: "tiny", input, tools: [WEATHER] });
  expect(model.prompts[0]).toContain(
    'user\nOslo?⟦<|im_end|>⟧\n⟦<|im_start|>⟧assistant\n⟦<tool_call>⟧{"city": "Oslo"}⟦</tool_call>⟧⟦<|im_end|>⟧\n⟦<|im_start|>⟧tool\n3⟦<|im_end|>⟧',
  );
});

test("text of a schema, and a tool that is named", async () => {
  await using served = await serveModel(scriptedLanguageModel('{"n": 7}'));
  const schema = { type: "object", properties: { n: { type: "integer", multipleOf: 1000 } }, required: ["n"] };
  const ask = (format: object) => served.post("/responses", { input: "?", text: { format } });
  const { status, body } = await ask({ type: "json_schema", name: "x", schema, strict: true });
  expect([status, body.error.message]).toEqual([400, expect.stringContaining("must be multiple of 1000")]);
  expect((await ask({ type: "json_object" })).body.output[0].content[0].text).toBe('{"n": 7}');
  const model = scriptedLanguageModel('{"city": "Oslo"}}\n</tool_call>');
  await using other = await serveModel(model);
  const choice = { type: "function", name: "weather" };
  const called = await other.post("/responses", { input: "?", tools: [WEATHER], tool_choice: choice });
  expect(called.body.output).toMatchObject([{ type: "function_call", arguments: '{"city":"Oslo"}' }]);
});

test.each<[object, string, RegExp]>([
  [
    { previous_response_id: "resp_1" },
    "previous_response_id",
    /no answers are kept here; send the conversation's items/,
  ],
  [{ conversation: "c" }, "conversation", /no answers are kept here/],
  [{ background: true }, "background", /no answers are kept here/],
  [{ tools: [{ type: "web_search" }] }, "tools.0.type", /only functions are tools here/],
  [{ input: [{ type: "item_reference", id: "x" }] }, "input.0.type", /other items cannot be read here/],
  [
    { input: [{ role: "user", content: [{ type: "input_image", image_url: "" }] }] },
    "input.0.content.0.type",
    /only text/,
  ],
  [{ text: { format: { type: "grammar" } } }, "text.format.type", /text, json_object and json_schema/],
  [{ tool_choice: { type: "function", name: "none" } }, "tool_choice", /no tool "none"/],
])("%j is refused, and why", async (more, param, message) => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  const { status, body } = await served.post("/responses", { model: "tiny", input: "Hi", store: true, ...more });
  expect([status, body.error.param]).toEqual([400, param]);
  expect(body.error.message).toMatch(message);
});
