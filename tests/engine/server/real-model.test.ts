// The server with the real model: what only a model that understands the request can show. Requests are those of public
// reports about other servers; what needs no model's words stands in the tests beside this one.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LanguageModel, modelFile, openLanguageModel } from "../../../engine/index.ts";
import { readSettings } from "../../../kernel/settings/settings.ts";
import { type ServedModel, serveModel } from "./serve-model.ts";

const NAME = "qwen2.5-coder-0.5b";
const GREEDY = { temperature: 0, max_tokens: 40 };

let model: LanguageModel;
let served: ServedModel;
beforeAll(async () => {
  const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
  model = await openLanguageModel({ path: await modelFile(NAME, { cacheDir }), contextLength: 2048 });
  served = await serveModel(model, NAME);
});
afterAll(async () => {
  await served?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

async function chat(question: string, more: object) {
  const { status, body } = await served.post("/chat/completions", {
    messages: [{ role: "user", content: question }],
    ...GREEDY,
    ...more,
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.choices[0].message;
}

const heldTo = (schema: object) => ({
  response_format: { type: "json_schema", json_schema: { name: "x", strict: true, schema } },
});
const only = (properties: object) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

describe("what is asked for against the question is kept all the same", () => {
  test("a number between bounds", async () => {
    const { content } = await chat(
      "Give JSON with p = 5.7",
      heldTo(only({ p: { type: "number", minimum: 0, maximum: 5 } })),
    );
    const { p } = JSON.parse(content);
    expect(p).toBeGreaterThanOrEqual(0);
    expect(p).toBeLessThanOrEqual(5);
  });

  test("a multiple", async () => {
    const { content } = await chat("Give JSON with n = 7", heldTo(only({ n: { type: "integer", multipleOf: 5 } })));
    expect(JSON.parse(content).n % 5).toBe(0);
  });

  test("all of two schemas", async () => {
    const both = { allOf: [only({ a: { type: "integer" } }), only({ b: { type: "boolean" } })] };
    const loose = JSON.parse(JSON.stringify(both).replaceAll(',"additionalProperties":false', ""));
    const { content } = await chat("Give JSON of a person with name and age", heldTo(loose));
    expect(JSON.parse(content)).toMatchObject({ a: expect.any(Number), b: expect.any(Boolean) });
  });

  test("a schema beside json_object", async () => {
    const format = { type: "json_object", schema: only({ shoe: { type: "integer" } }) };
    const { content } = await chat("Describe a person.", { response_format: format });
    expect(JSON.parse(content)).toEqual({ shoe: expect.any(Number) });
  });
});

describe("tools", () => {
  const weather = {
    type: "function",
    function: {
      name: "get_weather",
      description: "The weather of a city.",
      parameters: only({ city: { type: "string" }, days: { type: "integer", minimum: 1, maximum: 7 } }),
    },
  };

  test("one without parameters is called with {}", async () => {
    const tools = [{ type: "function", function: { name: "now" } }];
    const { tool_calls } = await chat("What time is it? Use the tool.", { tools, tool_choice: "required" });
    expect(tool_calls).toMatchObject([{ function: { name: "now", arguments: "{}" } }]);
  });

  test("one that is named is called, with arguments of its schema", async () => {
    const choice = { type: "function", function: { name: "get_weather" } };
    const { tool_calls } = await chat("How will the weather be in Oslo in the next 3 days?", {
      tools: [weather],
      tool_choice: choice,
    });
    expect(JSON.parse(tool_calls[0].function.arguments)).toEqual({ city: expect.stringMatching(/Oslo/), days: 3 });
  });

  test("a result is read", async () => {
    const call = {
      id: "c1",
      type: "function",
      function: { name: "get_weather", arguments: '{"city":"Oslo","days":1}' },
    };
    const { body } = await served.post("/chat/completions", {
      messages: [
        { role: "user", content: "How warm is it in Oslo?" },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "17 degrees" }] },
      ],
      ...{ tools: [weather], tool_choice: "none" },
      ...GREEDY,
    });
    expect(body.choices[0].message.content).toContain("17");
  });
});

describe("completions", () => {
  test("each prompt of a list is continued as it is alone", async () => {
    const prompts = ["One, two, three,", "Monday, Tuesday, Wednesday,"];
    const options = { max_tokens: 4, temperature: 0 };
    const { body } = await served.post("/completions", { prompt: prompts, ...options });
    const texts = body.choices.map(({ text }: { text: string }) => text);
    expect(texts).toEqual([expect.stringContaining("four"), expect.stringContaining("Thursday")]);
    for (const [i, prompt] of prompts.entries()) {
      expect((await served.post("/completions", { prompt, ...options })).body.choices[0].text).toBe(texts[i]);
    }
  });

  test("what stands between a prefix and a suffix is filled in", async () => {
    const prompt = "function add(a: number, b: number): number {\n  return ";
    const { body } = await served.post("/completions", { prompt, suffix: ";\n}\n", max_tokens: 8, temperature: 0 });
    expect(body.choices[0].text).toMatch(/^a \+ b\b/);
  });

  test("echo with log-probabilities scores the prompt", async () => {
    const options = { max_tokens: 0, echo: true, logprobs: 1 };
    const scores: number[] = [];
    for (const prompt of ["The capital of France is Paris", "The capital of France is Tuesday"]) {
      const { body } = await served.post("/completions", { prompt, ...options });
      expect(body.choices[0].text).toBe(prompt);
      scores.push(body.choices[0].logprobs.token_logprobs.at(-1));
    }
    expect(scores[0]).toBeGreaterThan(scores[1]! + 5);
  });
});

test("answers by n differ, and each is what its seed gives", async () => {
  const request = {
    messages: [{ role: "user", content: "Name a colour." }],
    ...{ temperature: 2, max_tokens: 6, n: 3, seed: 11 },
  };
  const texts = async () => {
    const { body } = await served.post("/chat/completions", request);
    return body.choices.map(({ message }: { message: { content: string } }) => message.content);
  };
  const first = await texts();
  expect(new Set(first).size).toBeGreaterThan(1);
  expect(await texts()).toEqual(first);
});

test("/v1/responses answers a question", async () => {
  const { body } = await served.post("/responses", {
    input: "What is 2 + 2? Answer with the number only.",
    ...{ max_output_tokens: 8, temperature: 0 },
  });
  expect(body.output[0].content[0].text).toContain("4");
});

describe("embeddings", () => {
  test("are unit vectors of the model's width, and nearer for what means the same", async () => {
    const input = [
      "The cat sleeps on the sofa.",
      "A kitten is napping on the couch.",
      "Interest rates were raised by the central bank.",
    ];
    const { status, body } = await served.post("/embeddings", { input });
    expect(status).toBe(200);
    const vectors = body.data.map(({ embedding }: { embedding: number[] }) => embedding) as number[][];
    for (const vector of vectors) {
      expect(vector).toHaveLength(896);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
    const [cat, kitten, rates] = vectors as [number[], number[], number[]];
    expect(dot(cat, kitten)).toBeGreaterThan(dot(cat, rates));
    const alone = await served.post("/embeddings", { input: input[1] });
    expect(dot(alone.body.data[0].embedding, kitten)).toBeCloseTo(1, 5);
  });

  test("as base64 they are the same numbers", async () => {
    const numbers = await served.post("/embeddings", { input: "Hi" });
    const encoded = await served.post("/embeddings", { input: "Hi", encoding_format: "base64" });
    const bytes = Buffer.from(encoded.body.data[0].embedding, "base64");
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    expect([...values]).toEqual(numbers.body.data[0].embedding.map(Math.fround));
  });
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
