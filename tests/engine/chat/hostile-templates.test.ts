// The chat template of a model file is a program by whoever made the file. The engine's process goes on whatever it does.
import { describe, expect, test } from "vitest";
import { HERMES } from "../../../engine/chat/dialects/hermes.ts";
import { createChatPrompt } from "../../../engine/chat/prompt.ts";
import { TemplateProcess } from "../../../engine/chat/template-process.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";

const LIMITS = { maxLength: 1_000, timeLimitMs: 20_000 };
const SHORT_MS = 1_000; // for what meets a limit anyhow
const TOO_MUCH = /too much time or memory|longer than/; // whichever limit is met first
const MESSAGES = { messages: [{ role: "user", content: "Hi" }] };

const grown = (grow: string, times: number) =>
  `{% set ns = namespace(x='x,') %}{% for i in range(${times}) %}{% set ns.x = ${grow} %}{% endfor %}`;

test.each<[string, string, string | RegExp, number?]>([
  [
    "a loop",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
    /longer than 1 s/,
    SHORT_MS,
  ],
  ["a range", "{{ range(4000000000) | length }}", TOO_MUCH, SHORT_MS],
  ["a text that doubles", grown("ns.x ~ ns.x", 40), "Invalid string length"],
  ["a text of many parts", `${grown("ns.x ~ ns.x", 25)}{{ ns.x.split(',') | length }}`, TOO_MUCH, SHORT_MS],
  ["brackets", `{{ ${"(".repeat(100_000)}1${")".repeat(100_000)} }}`, /Maximum call stack|longer than/],
  ["what is no template", "{% for %}", "Unexpected token"],
  ["JavaScript", "{{ messages.constructor.constructor('return process')() }}", "Undefined"],
])("%s fails, and says why", async (_, template, why, timeLimitMs = LIMITS.timeLimitMs) => {
  const child = new TemplateProcess({ ...LIMITS, timeLimitMs, template });
  await expect(child.render(MESSAGES)).rejects.toThrow(why);
  await expect(child.render(MESSAGES)).rejects.toThrow(why); // also in the process that took its place
});

test("of a long text comes as much as tells that it is too long", async () => {
  const template = `${grown("ns.x ~ ns.x", 22)}{{ ns.x }}`;
  expect(await new TemplateProcess({ ...LIMITS, template }).render({})).toHaveLength(LIMITS.maxLength + 1);
  const { tokenizer } = scriptedLanguageModel("");
  const prompt = createChatPrompt(tokenizer, template, HERMES, 4_096);
  await expect(prompt({ messages: [{ role: "user", content: "Hi" }] })).rejects.toThrow(/do not fit in a context/);
});

describe("a template that fails for some messages", () => {
  const template =
    "{% if messages[0].content == 'bad' %}{{ range(4000000000) | length }}{% endif %}{{ messages[0].content }}";
  const withContent = (content: string) => ({ messages: [{ role: "user", content }] });

  test("renders the others, before and after", async () => {
    const child = new TemplateProcess({ ...LIMITS, timeLimitMs: 240_000, template });
    expect(await child.render(withContent("before"))).toBe("before");
    await expect(child.render(withContent("bad"))).rejects.toThrow("it takes too much time or memory");
    expect(await Promise.all(["a", "b"].map((text) => child.render(withContent(text))))).toEqual(["a", "b"]);
  });
});

test("what is written comes as it is: half characters, and a text that looks like a message between processes", async () => {
  const child = new TemplateProcess({ ...LIMITS, template: "{{ cmd }}{{ messages[0].content }}" });
  const text = '\ud800\u2028"\\\n{"cmd":"NODE_HANDLE"}\u0000';
  expect(await child.render({ cmd: "NODE_HANDLE", messages: [{ content: text }] })).toBe(`NODE_HANDLE${text}`);
});
