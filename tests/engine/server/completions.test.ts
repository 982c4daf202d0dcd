import { expect, test } from "vitest";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { serveModel } from "./serve-model.ts";

const codes = (text: string) => Array.from(text, (character) => character.codePointAt(0)!); // its ids

test("each prompt of a list, of texts or of ids, has an answer of its own", async () => {
  const model = scriptedLanguageModel("def");
  await using served = await serveModel(model);
  const { body } = await served.post("/completions", { prompt: ["ab", "c"], n: 2, max_tokens: 2 });
  expect(body.choices.map(({ index, text }: { index: number; text: string }) => [index, text])).toEqual(
    [0, 1, 2, 3].map((index) => [index, "de"]),
  );
  expect(model.prompts.toSorted()).toEqual(["ab", "ab", "c", "c"]);
  expect(body.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 });
  await served.post("/completions", { prompt: [codes("xy"), codes("z")] });
  await served.post("/completions", { prompt: codes("one") });
  expect(model.prompts.slice(4).toSorted()).toEqual(["one", "xy", "z"]);
});

test.each<[unknown, string, RegExp]>([
  [[], "prompt", /a text, token ids, or a list of either/],
  [{ text: "a" }, "prompt", /a text, token ids, or a list of either/],
  [["a", 1], "prompt.0", /a text, token ids, or a list of either/],
  ["", "prompt", /it is empty/],
  [[[]], "prompt", /it is empty/],
])("the prompt %j is refused", async (prompt, param, message) => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  const { status, body } = await served.post("/completions", { prompt });
  expect([status, body.error.param]).toEqual([400, param]);
  expect(body.error.message).toMatch(message);
});

test("lm-eval asks how likely a text is: its tokens with echo, each by what stands before it", async () => {
  await using served = await serveModel(scriptedLanguageModel("!"));
  const shape = { model: "tiny", temperature: 0, max_tokens: 1, logprobs: 1, seed: 1234, echo: true };
  const { body } = await served.post("/completions", { ...shape, prompt: [codes("abc"), codes("xy")] });
  expect(body.choices.map(({ text }: { text: string }) => text)).toEqual(["abc!", "xy!"]);
  expect(body.choices[0].logprobs).toEqual({
    tokens: ["a", "b", "c", "!"],
    token_logprobs: [null, -0.25, -0.25, -0.5],
    top_logprobs: [null, { b: -0.25 }, { c: -0.25 }, { "!": -0.5 }],
    text_offset: [0, 1, 2, 3],
  });
  const only = (await served.post("/completions", { ...shape, prompt: "abc", max_tokens: 0 })).body;
  expect(only.choices[0]).toMatchObject({ text: "abc", finish_reason: "length" });
  expect(only.choices[0].logprobs.tokens).toEqual(["a", "b", "c"]);
  expect(only.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 0 });
});

test("offsets count characters, and what a stop string cuts off is not told", async () => {
  await using served = await serveModel(scriptedLanguageModel("👍b##c"));
  const { body } = await served.post("/completions", { prompt: "🙂a", echo: true, logprobs: 0, stop: ["##"] });
  expect(body.choices[0].text).toBe("🙂a👍b");
  expect(body.choices[0].logprobs).toMatchObject({ tokens: ["🙂", "a", "👍", "b"], text_offset: [0, 1, 2, 3] });
});

test("a stream has the same pieces", async () => {
  await using served = await serveModel(scriptedLanguageModel("def"));
  const asked = { model: "tiny", prompt: ["ab", "c"], echo: true, logprobs: 2, stream: true as const };
  const texts = ["", ""];
  const tokens: string[][] = [[], []];
  const usages = [];
  const stream = await served.client.completions.create({ ...asked, stream_options: { include_usage: true } });
  for await (const { choices, usage } of stream) {
    for (const { index, text, logprobs } of choices) {
      texts[index] += text;
      tokens[index]!.push(...(logprobs?.tokens ?? []));
    }
    if (usage) usages.push(usage);
  }
  expect(texts).toEqual(["abdef", "cdef"]);
  expect(tokens).toEqual([[..."abdef"], [..."cdef"]]);
  expect(usages).toMatchObject([{ prompt_tokens: 3, completion_tokens: 6 }]);
});

test("best_of gives the likeliest of what was written", async () => {
  const model = scriptedLanguageModel("");
  let asked = 0;
  model.generate = async function* (tokens) {
    const likely = [0.5, 0.1, 0.9][asked++]!;
    for (const token of codes(`p${likely}`)) yield { token, logprob: Math.log(likely), topLogprobs: [] };
    const times = { prefillSeconds: 0, decodeSeconds: 0 };
    const counts = { promptTokens: tokens.length, cachedTokens: 0, generatedTokens: 4 };
    return { finishReason: "stop", stopToken: undefined, ...counts, ...times };
  };
  await using served = await serveModel(model);
  const { body } = await served.post("/completions", { prompt: "a", best_of: 3, n: 2 });
  expect(body.choices.map(({ text }: { text: string }) => text)).toEqual(["p0.9", "p0.5"]);
  expect(body.choices[0].logprobs).toBeNull();
  expect(body.usage.completion_tokens).toBe(12);
});

test.each([
  ["best_of", { best_of: 1, n: 2 }],
  ["best_of", { best_of: 3, stream: true }],
  ["echo", { echo: true, suffix: "b" }],
  ["prompt", { prompt: Array.from({ length: 2000 }, () => "a"), n: 2 }],
])("%s that cannot be is refused by name", async (param, request) => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  const { status, body } = await served.post("/completions", { prompt: "a", ...request });
  expect([status, body.error.param]).toEqual([400, param]);
});

test("embeddings of texts and of ids, as numbers and as bytes", async () => {
  await using served = await serveModel(scriptedLanguageModel("x"));
  for (const input of ["ab", ["ab", "c"], codes("ab"), [codes("ab"), codes("c")]]) {
    const { body } = await served.post("/embeddings", { model: "tiny", input });
    const vectors = body.data.map(({ index, embedding }: { index: number; embedding: number[] }) => [
      index,
      embedding.length,
    ]);
    const isList = Array.isArray(input[0]) || input[0] === "ab";
    expect(vectors).toEqual(
      isList
        ? [
            [0, 2],
            [1, 2],
          ]
        : [[0, 2]],
    );
  }
  const { body } = await served.post("/embeddings", { input: "a", encoding_format: "base64" });
  const bytes = Buffer.from(body.data[0].embedding, "base64");
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  const refused = await served.post("/embeddings", { input: "a", dimensions: 8 });
  expect([refused.status, refused.body.error.param]).toEqual([400, "dimensions"]);
  const own = (await served.post("/embeddings", { input: "a" })).body.data[0].embedding.length;
  expect((await served.post("/embeddings", { input: "a", dimensions: own })).status).toBe(200);
  expect((await served.post("/embeddings", { input: ["a", ""] })).body.error.message).toBe(
    "input: text 1 is empty, and has no vector",
  );
});
