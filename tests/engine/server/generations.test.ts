// What clients get of models of each generation: thoughts, calls in the model's own dialect, and no chat with base models.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { afterEach, describe, expect, test } from "vitest";
import { chatTemplateOf } from "../../../engine/chat/first-generation.ts";
import { type LanguageModel, type Server, startServer } from "../../../engine/index.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";

const TOOLS: ChatCompletionCreateParamsNonStreaming["tools"] = [
  {
    type: "function",
    function: { name: "add", parameters: { type: "object", properties: { a: { type: "integer" } } } },
  },
];
const FIRST_GENERATION = chatTemplateOf(new Map([["general.architecture", "qwen"]]));

let server: Server | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const templateOf = (name: string) =>
  readFileSync(join(import.meta.dirname, "../../fixtures/templates", `${name}.jinja`), "utf8");

async function serve(model: LanguageModel): Promise<OpenAI> {
  server = await startServer({ model, name: "tiny" });
  return new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
}

/** Asks a model with that template, which says `answer`. */
async function ask(chatTemplate: string | undefined, answer: string, more: object = {}) {
  const model = scriptedLanguageModel(answer, { chatTemplate });
  const client = await serve(model);
  const asked = { model: "tiny", messages: [{ role: "user" as const, content: "Hi" }], ...more };
  const { choices } = await client.chat.completions.create(asked);
  const { message, finish_reason: finishReason } = choices[0]!;
  return { prompt: model.prompts[0]!, ...message, finishReason } as Answer;
}

interface Answer extends OpenAI.ChatCompletionMessage {
  readonly prompt: string;
  readonly finishReason: string;
  readonly reasoning_content?: string;
}

describe("thoughts", () => {
  test("come apart from the answer", async () => {
    const { content, reasoning_content } = await ask(templateOf("qwen3"), "<think>\nA greeting.\n</think>\n\nHello.");
    expect({ content, reasoning_content }).toEqual({ content: "Hello.", reasoning_content: "A greeting." });
  });

  test("stream apart from the answer, before it", async () => {
    const client = await serve(
      scriptedLanguageModel("A greeting.\n</think>\n\nHello.", { chatTemplate: templateOf("qwen3.5") }),
    );
    const stream = await client.chat.completions.create({
      model: "tiny",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
    });
    const heard = [];
    for await (const { choices } of stream) {
      const { content, reasoning_content } = (choices[0]?.delta ?? {}) as {
        content?: string;
        reasoning_content?: string;
      };
      if (content) heard.push(content);
      if (reasoning_content) heard.push(reasoning_content.toUpperCase());
    }
    expect(heard.join("")).toBe("A GREETING.Hello.");
  });

  test.each([{ enable_thinking: false }, { chat_template_kwargs: { enable_thinking: false } }])(
    "are left out with %j",
    async (more) => {
      const { prompt, content, reasoning_content } = await ask(templateOf("qwen3.5"), "Hello.", more);
      expect(prompt).toMatch(/assistant\n⟦<think>⟧\n\n⟦<\/think>⟧\n\n$/);
      expect({ content, reasoning_content }).toEqual({ content: "Hello.", reasoning_content: undefined });
    },
  );

  test("of earlier turns are sent again only where the template has a place for them", async () => {
    const turns = (last: object) => [
      { role: "user", content: "1?" },
      { role: "assistant", content: "One.", reasoning_content: "Easy." },
      { role: "user", content: "2?" },
      last,
    ];
    const call = { id: "a", type: "function", function: { name: "add", arguments: "{}" } };
    const assistant = { role: "assistant", content: "", reasoning_content: "Hard.", tool_calls: [call] };
    const messages = [...turns(assistant), { role: "tool", tool_call_id: "a", content: "2" }];
    const { prompt } = await ask(templateOf("qwen3"), "Two.", { messages, tools: TOOLS });
    expect(prompt).not.toContain("Easy.");
    expect(prompt).toContain("⟦<think>⟧\nHard.\n⟦</think>⟧");
  });

  test("a wrong word for the switch is named", async () => {
    const more = { chat_template_kwargs: { enable_thinking: "no" } };
    await expect(ask(templateOf("qwen3"), "x", more)).rejects.toThrow("chat_template_kwargs.enable_thinking");
  });
});

describe("calls", () => {
  const arguments_ = '{"a":1}';
  test.each([
    ["qwen3", templateOf("qwen3"), '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'],
    [
      "qwen3-coder",
      templateOf("qwen3-coder"),
      "<tool_call>\n<function=add>\n<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>",
    ],
    [
      "qwen1.5",
      templateOf("qwen1.5"),
      'Thought: I add.\nAction: add\nAction Input: {"a": 1}\nObservation: 7\nThought:',
    ],
    ["the first generation", FIRST_GENERATION, 'Action: add\nAction Input: {"a": 1}\nObservation: 7\nThought:'],
  ])("of %s are read as it writes them", async (_, template, text) => {
    const { prompt, content, tool_calls, finishReason } = await ask(template, text, { tools: TOOLS });
    expect({ content, finishReason }).toEqual({ content: null, finishReason: "tool_calls" });
    expect(tool_calls).toMatchObject([{ type: "function", function: { name: "add", arguments: arguments_ } }]);
    expect(prompt).toContain("add");
  });

  test.each([
    ["qwen3.5", templateOf("qwen3.5"), "<parameter=a>\n1\n</parameter>\n</function>\n</tool_call>"],
    ["the first generation", FIRST_GENERATION, ' {"a": 1}'],
  ])("of %s are forced by beginning them", async (_, template, text) => {
    const tool_choice = { type: "function", function: { name: "add" } };
    const { tool_calls } = await ask(template, text, { tools: TOOLS, tool_choice });
    expect(tool_calls).toMatchObject([{ function: { name: "add", arguments: arguments_ } }]);
  });

  test("nothing is generated after what the first generation calls", async () => {
    const model = scriptedLanguageModel(`Action: add\nAction Input: {}\nObservation:${" x".repeat(500)}`, {
      chatTemplate: FIRST_GENERATION,
    });
    const client = await serve(model);
    const messages = [{ role: "user" as const, content: "Hi" }];
    const { usage } = await client.chat.completions.create({ model: "tiny", messages, tools: TOOLS });
    expect(usage?.completion_tokens).toBeLessThan(60);
  });
});

test("a base model does not chat, and says what to do; it completes text", async () => {
  const client = await serve({ ...scriptedLanguageModel("def"), chatTemplate: undefined });
  const messages = [{ role: "user" as const, content: "Hi" }];
  await expect(client.chat.completions.create({ model: "tiny", messages })).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("/v1/completions"),
  });
  const { choices } = await client.completions.create({ model: "tiny", prompt: "abc" });
  expect(choices[0]?.text).toBe("def");
});
