// Fields that clients of other servers send: each is done, or changes nothing, or is refused by name.
import { describe, expect, test } from "vitest";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { serveModel } from "./serve-model.ts";

const ASKED: Readonly<Record<string, object>> = {
  "/chat/completions": { messages: [{ role: "user", content: "Hi" }] },
  "/completions": { prompt: "a" },
  "/embeddings": { input: "a" },
  "/responses": { input: "Hi" },
};
const END = "b".codePointAt(0)!; // its id

const OWN_END = "z".codePointAt(0)!; // of the model

async function ask(path: string, fields: object) {
  const scripted = scriptedLanguageModel("abc");
  const model = { ...scripted, tokenizer: { ...scripted.tokenizer, stopTokens: [OWN_END] } };
  await using served = await serveModel({ ...model, embed: async () => Float32Array.of(1) });
  const answered = await served.post(path, { ...ASKED[path], ...fields });
  return { ...answered, model };
}

describe.each(Object.keys(ASKED))("%s", (path) => {
  test("takes what changes nothing: who asks, what is kept, where it runs, samplers that are off", async () => {
    const harmless = { user: "me", metadata: { a: "b" }, store: true, service_tier: "auto", priority: 1 };
    const off = { mirostat: 0, mirostat_tau: 5, typical_p: 1, dry_multiplier: 0, dry_base: 1.75, grammar: "" };
    const nothing = { guided_regex: null, use_beam_search: false, length_penalty: 1, skip_special_tokens: true };
    expect(await ask(path, { ...harmless, ...off, ...nothing })).toMatchObject({ status: 200 });
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ guided_regex: "a+" }, /^guided_regex: is no field that is known here; leave it out, or say response_format: /],
    [{ guided_choice: ["a", "b"] }, /^guided_choice: .*with an enum$/],
    [{ guided_json: { type: "object" } }, /^guided_json: .*response_format/],
    [{ structured_outputs: { regex: "a" } }, /^structured_outputs: .*response_format/],
    [{ grammar: 'root ::= "a"' }, /^grammar: "root.*is not supported; leave it out, or say response_format/],
    [{ mirostat: 2 }, /^mirostat: 2 is not supported; leave it out$/],
    [{ use_beam_search: true }, /^use_beam_search: true is not supported/],
    [{ cache_salt: "x" }, /^cache_salt: is no field that is known here; leave it out$/],
    [{ constructor: 1 }, /^constructor: is no field/],
    [{ ["x".repeat(5_000)]: "y" }, /^x{60}…: is no field that is known here; leave it out$/],
    [{ skip_special_tokens: "\u001b".repeat(5_000) }, /^skip_special_tokens: .{1,80} is not supported/],
  ])("refuses %j", async (fields, message) => {
    const { status, body } = await ask(path, fields);
    expect(status).toBe(400);
    expect(body.error.message).toMatch(message);
    expect(body.error.param).toBe(body.error.message.split(": ")[0]);
  });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ["/chat/completions", { max_token: 3 }, /^max_token: .*, or say max_tokens$/],
  ["/chat/completions", { functions: [{ name: "f" }] }, /^functions: .* or say tools$/],
  ["/chat/completions", { stream_options: { continuous_usage_stats: true } }, /^stream_options\.continuous_usage/],
  ["/chat/completions", { verbosity: "low" }, /^verbosity: "low" is not supported/],
  ["/chat/completions", { modalities: ["text", "audio"] }, /^modalities: /],
  ["/chat/completions", { reasoning_effort: "extreme" }, /^reasoning_effort: /],
  [
    "/chat/completions",
    { messages: [{ role: "assistant", content: "", function_call: { name: "f", arguments: "" } }] },
    /^messages\.0\.function_call: calls are said as tool_calls here/,
  ],
  ["/chat/completions", { top_logprobs: 3 }, /^top_logprobs: they are told with "logprobs": true$/],
  ["/chat/completions", { logit_bias: { "999999": 5 } }, /^logit_bias\.999999: this model has the tokens 0 to \d+$/],
  ["/completions", { logit_bias: { "999999": 5 } }, /^logit_bias\.999999: /],
  [
    "/chat/completions",
    { messages: [{ role: "assistant", content: "He", prefix: true }] },
    /^messages\.0\.prefix: an answer does not go on from words that are given; leave it out$/,
  ],
  ["/chat/completions", { messages: [{ role: "assistant", content: "He", partial: true }] }, /^messages\.0\.partial: /],
  ["/completions", { response_format: { type: "json_object" } }, /^response_format: is no field/],
  ["/completions", { allowed_token_ids: [1] }, /^allowed_token_ids: /],
  ["/responses", { text: { verbosity: "high" } }, /^text\.verbosity: "high" is not supported/],
  ["/responses", { truncation: "auto" }, /^truncation: "auto" is not supported/],
  ["/responses", { reasoning: { budget: 3 } }, /^reasoning\.budget: /],
])("%s with %j is refused", async (path, fields, message) => {
  const { status, body } = await ask(path, fields);
  expect([status, body.error?.message]).toEqual([400, expect.stringMatching(message)]);
});

test("what asks for nothing is taken: no likely tokens, a bias for none, a prefix that is none", async () => {
  const messages = [{ role: "assistant", content: "He", prefix: false }];
  for (const fields of [{ top_logprobs: 0 }, { logit_bias: {} }, { logit_bias: { "97": 1 } }, { messages }])
    expect(await ask("/chat/completions", fields)).toMatchObject({ status: 200 });
});

test("stop_token_ids end an answer, beside the model's own", async () => {
  for (const path of ["/chat/completions", "/completions"]) {
    const { model } = await ask(path, { stop_token_ids: [END] });
    expect(model.requests[0]?.stopTokens).toEqual([OWN_END, END]);
  }
});

test("ignore_eos lets an answer go on to its last token, where no form ends it", async () => {
  for (const path of ["/chat/completions", "/completions"]) {
    expect((await ask(path, { ignore_eos: true })).model.requests[0]?.stopTokens).toEqual([]);
    expect((await ask(path, { ignore_eos: true, stop_token_ids: [END] })).model.requests[0]?.stopTokens).toEqual([END]);
  }
  const json = { response_format: { type: "json_object" }, ignore_eos: true };
  expect((await ask("/chat/completions", json)).body.error.param).toBe("ignore_eos");
});

test("reasoning_effort turns thinking on, and off where there is to be none; enable_thinking goes before it", async () => {
  const TEMPLATE = `{{- messages[0].content }}{%- if enable_thinking is defined %}{{- ' ' + enable_thinking | string }}{%- endif %}</think>`;
  const model = scriptedLanguageModel("ok", { chatTemplate: TEMPLATE });
  await using served = await serveModel(model);
  const asked = async (path: string, fields: object) => {
    await served.post(path, { ...ASKED[path], ...fields });
    return model.prompts.at(-1)!.toLowerCase();
  };
  const chat = "/chat/completions";
  expect(await asked(chat, { reasoning_effort: "none" })).toContain("hi false");
  expect(await asked(chat, { reasoning_effort: "minimal" })).toContain("hi false");
  expect(await asked("/responses", { reasoning: { effort: "none", summary: "auto" } })).toContain("hi false");
  expect(await asked(chat, { reasoning_effort: "none", enable_thinking: true })).toContain("hi true");
  expect(await asked(chat, { reasoning_effort: "high" })).toContain("hi true");
});
