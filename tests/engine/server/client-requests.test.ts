// Requests as the clients send them that people have, with a model whose words are given.
import { expect, test } from "vitest";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { serveModel } from "./serve-model.ts";

const QUESTION = { role: "user", content: "Hi" };
const WEATHER = { type: "function", function: { name: "weather", parameters: { type: "object" } } };

test("null is the same as left out, wherever it stands", async () => {
  await using served = await serveModel(scriptedLanguageModel("ok"));
  const fields = [
    "temperature",
    "top_p",
    "seed",
    "stop",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "tools",
    "stream",
  ];
  const more = ["tool_choice", "logprobs", "logit_bias", "response_format", "user", "functions", "stream_options"];
  const nothing = Object.fromEntries([...fields, ...more].map((name) => [name, null]));
  const call = { id: "a", type: "function", function: { name: "now", arguments: null } };
  const messages = [
    { ...QUESTION, name: null, tool_calls: null, tool_call_id: null },
    { role: "assistant", content: null, tool_calls: [call], reasoning_content: null },
    { role: "tool", tool_call_id: "a", content: "noon", name: null },
  ];
  expect((await served.post("/chat/completions", { messages, ...nothing })).status).toBe(200);
  const tools = [{ type: "function", function: { name: "now", description: null, parameters: null, strict: null } }];
  const streamed = { stream_options: { include_usage: null } };
  expect((await served.post("/chat/completions", { messages: [QUESTION], tools, ...streamed })).status).toBe(200);
  const completion = { prompt: "a", suffix: null, echo: null, logprobs: null, best_of: null, stop: null };
  expect((await served.post("/completions", completion)).status).toBe(200);
  expect((await served.post("/embeddings", { input: "a", dimensions: null, user: null })).status).toBe(200);
});

test("null within a schema or a call's arguments is a value", async () => {
  const model = scriptedLanguageModel("ok");
  await using served = await serveModel(model);
  const call = { id: "a", type: "function", function: { name: "weather", arguments: { city: null } } };
  const parameters = { type: "object", properties: { city: { default: null } } };
  const tools = [{ type: "function", function: { name: "weather", parameters } }];
  const messages = [QUESTION, { role: "assistant", content: null, tool_calls: [call] }, { role: "tool", content: "3" }];
  await served.post("/chat/completions", { messages, tools });
  expect(model.prompts[0]).toContain('{"city": null}');
  expect(model.prompts[0]).toContain('"default": null');
});

test("what the developer says is the system's message, joined with what stands before it", async () => {
  const model = scriptedLanguageModel("ok");
  await using served = await serveModel(model);
  const messages = [{ role: "system", content: "One." }, { role: "developer", content: "Two." }, QUESTION];
  expect((await served.post("/chat/completions", { messages })).status).toBe(200);
  expect(model.prompts[0]).toContain("⟦<|im_start|>⟧system\nOne.\n\nTwo.⟦<|im_end|>⟧\n⟦<|im_start|>⟧user\nHi");
  await served.post("/chat/completions", { messages: [messages[1], QUESTION] });
  expect(model.prompts[1]).toContain("⟦<|im_start|>⟧system\nTwo.⟦<|im_end|>⟧");
});

test("-1 is no limit, 0 is no answer, and a text is no number", async () => {
  await using served = await serveModel(scriptedLanguageModel("abc"));
  const ask = async (max_tokens: unknown) =>
    (await served.post("/chat/completions", { messages: [QUESTION], max_tokens })).body;
  expect((await ask(-1)).choices[0]).toMatchObject({ message: { content: "abc" }, finish_reason: "stop" });
  const none = await ask(0);
  expect(none.choices[0]).toMatchObject({ message: { content: "" }, finish_reason: "length" });
  expect(none.usage).toMatchObject({ completion_tokens: 0, prompt_tokens: expect.any(Number) });
  expect((await ask("5")).error).toMatchObject({ param: "max_tokens", code: "bad-request" });
  expect((await ask(-2)).error.param).toBe("max_tokens");
});

test.each<[string, object, string, RegExp]>([
  [
    "an image",
    { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    "messages.0.content.0.type",
    /only text parts can be read by this model, no image, audio or file$/,
  ],
  ["no messages", {}, "messages", /expected array/],
  [
    "a tool that is not there",
    { messages: [QUESTION], tools: [WEATHER], tool_choice: { type: "function", function: { name: "nope" } } },
    "tool_choice",
    /no tool "nope"/,
  ],
  [
    "a choice that is none",
    { messages: [QUESTION], tools: [WEATHER], tool_choice: "any" },
    "tool_choice",
    /"none"\|"auto"\|"required"/,
  ],
  [
    "a format that is none",
    { messages: [QUESTION], response_format: { type: "structural_tag" } },
    "response_format.type",
    /text, json_object and json_schema/,
  ],
  ["too many answers", { messages: [QUESTION], n: 21 }, "n", /20/],
])("%s: the error names the field", async (_, request, param, message) => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  const { status, body } = await served.post("/chat/completions", request);
  expect([status, body.error.type, body.error.param]).toEqual([400, "invalid_request_error", param]);
  expect(body.error.message).toMatch(message);
});

test("an answer ends with its first call where calls side by side are not wanted", async () => {
  const call = '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>';
  await using served = await serveModel(scriptedLanguageModel(`${call}\n${call}`));
  const ask = async (parallel: boolean) => {
    const request = { messages: [QUESTION], tools: [WEATHER], parallel_tool_calls: parallel };
    return (await served.post("/chat/completions", request)).body.choices[0];
  };
  expect((await ask(true)).message.tool_calls).toHaveLength(2);
  expect(await ask(false)).toMatchObject({ finish_reason: "tool_calls", message: { tool_calls: [{}] } });
  expect((await ask(false)).message.tool_calls).toHaveLength(1);
});

test.each(["tiny", "Qwen/Qwen2.5:0.5b", "/home/a b/x.gguf", "50%"])(
  "the model %s is found by its name",
  async (name) => {
    await using served = await serveModel(scriptedLanguageModel("x"), name);
    expect(await served.client.models.retrieve(name)).toMatchObject({ id: name, object: "model" });
    expect((await served.get(`/models/${encodeURI(name)}`)).body.id).toBe(name);
    const { status, body } = await served.get("/models/another%2Fone");
    expect([status, body.error.code]).toEqual([404, "model_not_found"]);
    expect(body.error.message).toContain('"another/one"');
  },
);

test("several answers to one question: each has a seed of its own, and the prompt counts once", async () => {
  const model = scriptedLanguageModel("abc");
  await using served = await serveModel(model);
  const request = {
    model: "tiny",
    messages: [{ role: "user" as const, content: "Hi" }],
    n: 3,
    seed: 5,
    temperature: 1,
  };
  const answer = await served.client.chat.completions.create(request);
  expect(answer.choices.map(({ index, message }) => [index, message.content])).toEqual([
    [0, "abc"],
    [1, "abc"],
    [2, "abc"],
  ]);
  expect(model.requests.map(({ sampling }) => sampling?.seed).sort()).toEqual([5, 6, 7]);
  const prompt = answer.usage!.prompt_tokens;
  expect(answer.usage).toMatchObject({ completion_tokens: 9, total_tokens: prompt + 9 });
  const texts = ["", "", ""];
  const ids = new Set<string>();
  for await (const { choices, id } of await served.client.chat.completions.create({ ...request, stream: true })) {
    ids.add(id);
    for (const { index, delta } of choices) texts[index] += delta.content ?? "";
  }
  expect([texts, ids.size]).toEqual([["abc", "abc", "abc"], 1]);
});

test("the first of several answers reads the prompt before the others begin", async () => {
  let [under, seen] = [0, 0];
  const model = scriptedLanguageModel("abc", {
    beforeToken: async (index) => {
      if (index === 0) seen = Math.max(seen, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      if (index === 0) under--;
    },
  });
  await using served = await serveModel(model);
  await served.post("/completions", { prompt: "Hi", n: 2 });
  await served.post("/chat/completions", { messages: [QUESTION], n: 2 });
  expect([seen, model.requests.length]).toEqual([1, 4]);
});

test("a failure of one of several answers is the request's, and ends the others", async () => {
  let calls = 0;
  const model = scriptedLanguageModel("x".repeat(4000), {
    beforeToken: async (index) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (index === 0 && ++calls === 3) throw new Error("the third fails");
    },
  });
  await using served = await serveModel(model);
  const { status, body } = await served.post("/chat/completions", { messages: [QUESTION], n: 3 });
  expect([status, body.error.message]).toEqual([500, "the third fails"]);
  expect(model.requests.every(({ signal }) => signal?.aborted)).toBe(true);
});

test("a refusal that the assistant gave is text of the conversation", async () => {
  const model = scriptedLanguageModel("ok");
  await using served = await serveModel(model);
  const refusal = { role: "assistant", content: [{ type: "refusal", refusal: "I cannot." }] };
  const { status } = await served.post("/chat/completions", { messages: [QUESTION, refusal, QUESTION] });
  expect(status).toBe(200);
  expect(model.prompts[0]).toContain("I cannot.");
});

test.each([
  ["/chat/completions", { messages: [{ role: "user", content: "a".repeat(9000) }] }, "messages"],
  ["/completions", { prompt: "a".repeat(9000) }, "prompt"],
  ["/responses", { input: "a".repeat(9000) }, "input"],
  ["/embeddings", { input: "a".repeat(9000) }, "input"],
] as const)("what is wrong with a prompt of %s is told with its field", async (path, body, param) => {
  await using served = await serveModel(scriptedLanguageModel("ok"));
  const { status, body: answer } = await served.post(path, body);
  expect(status).toBe(400);
  expect(answer.error).toMatchObject({ type: "invalid_request_error", param });
});

test.each([
  [
    { response_format: { type: "json_schema", json_schema: { name: "a", schemas: {} } } },
    "response_format.json_schema.schemas",
  ],
  [{ response_format: { type: "json_object", shema: {} } }, "response_format.shema"],
  [{ tools: [WEATHER, WEATHER] }, "tools.1.function.name"],
])("%j would leave the answer free, or its calls unclear", async (more, param) => {
  await using served = await serveModel(scriptedLanguageModel("ok"));
  const { status, body } = await served.post("/chat/completions", { messages: [QUESTION], ...more });
  expect([status, body.error?.param]).toEqual([400, param]);
});

const CALL = '<tool_call>\n{"name": "weather", "arguments": {}}\n</tool_call>';

test.each([
  ["line breaks around a call are no words of the answer", `\n\n${CALL}\n${CALL}\n`, {}, null, 2],
  ["words before a call are", `\nI look.\n${CALL}`, {}, "\nI look.\n", 1],
  ["blanks alone are where no call came", "\n\n", {}, "\n\n", 0],
  ["nothing follows the one call", `${CALL}\nAnd so on.`, { parallel_tool_calls: false }, null, 1],
] as const)("%s", async (_, text, more, content, calls) => {
  await using served = await serveModel(scriptedLanguageModel(text));
  const { body } = await served.post("/chat/completions", { messages: [QUESTION], tools: [WEATHER], ...more });
  const { message } = body.choices[0];
  expect([message.content, message.tool_calls?.length ?? 0]).toEqual([content, calls]);
});

test("a call that is named is the only one, and the whole answer", async () => {
  const model = scriptedLanguageModel(`{}}\n</tool_call>\n${CALL}\nAnd so on.`);
  await using served = await serveModel(model);
  const tool_choice = { type: "function", function: { name: "weather" } };
  const { body } = await served.post("/chat/completions", { messages: [QUESTION], tools: [WEATHER], tool_choice });
  expect(body.choices[0].message).toMatchObject({ content: null, tool_calls: [{ function: { name: "weather" } }] });
  expect(body.choices[0].message.tool_calls).toHaveLength(1);
});

const CALLED = {
  role: "assistant",
  content: null,
  tool_calls: [{ id: "c1", type: "function", function: { name: "f" } }],
};

test.each<[string, string, object, string, RegExp]>([
  [
    "a result of no call",
    "/chat/completions",
    { messages: [QUESTION, CALLED, { role: "tool", tool_call_id: "zz", content: "3" }] },
    "messages.2.tool_call_id",
    /no call has the id "zz": the calls before it are "c1"$/,
  ],
  [
    "a result before its call",
    "/chat/completions",
    { messages: [QUESTION, { role: "tool", tool_call_id: "c1", content: "3" }, CALLED] },
    "messages.1.tool_call_id",
    /send the assistant's message with its calls before it$/,
  ],
  [
    "an output of no call",
    "/responses",
    {
      input: [
        { role: "user", content: "Hi" },
        { type: "function_call_output", call_id: "x", output: "1" },
      ],
    },
    "input.1.call_id",
    /no call has the id "x"/,
  ],
  [
    "a question without a text",
    "/chat/completions",
    { messages: [{ role: "user" }] },
    "messages.0.content",
    /needs its text/,
  ],
  [
    "a system's message that is null",
    "/chat/completions",
    { messages: [{ role: "system", content: null }, QUESTION] },
    "messages.0.content",
    /needs its text, which may be empty$/,
  ],
])("%s is refused", async (_, path, request, param, message) => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  const { status, body } = await served.post(path, request);
  expect([status, body.error?.param]).toEqual([400, param]);
  expect(body.error.message).toMatch(message);
});

test("results are of the calls before them, in any order, or of the last where they have no id", async () => {
  await using served = await serveModel(scriptedLanguageModel("ok"));
  const two = { ...CALLED, tool_calls: [...CALLED.tool_calls, { ...CALLED.tool_calls[0], id: "c2" }] };
  const result = (id?: string) => ({ role: "tool", content: "3", ...(id && { tool_call_id: id }) });
  for (const results of [[result("c2"), result("c1")], [result("c1")], [result()]]) {
    const { status } = await served.post("/chat/completions", { messages: [QUESTION, two, ...results] });
    expect(status).toBe(200);
  }
});
