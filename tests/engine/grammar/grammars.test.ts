// With the real vocabulary and the real model: what the grammar holds an answer to, and answers that parse.
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HERMES } from "../../../engine/chat/dialects/hermes.ts";
import { REACT } from "../../../engine/chat/dialects/react.ts";
import { XML } from "../../../engine/chat/dialects/xml.ts";
import { Grammars } from "../../../engine/grammar/grammars.ts";
import {
  type LanguageModel,
  openGguf,
  openLanguageModel,
  openTokenizer,
  type Server,
  startServer,
  type TokenConstraint,
  type Tokenizer,
} from "../../../engine/index.ts";

const MODEL = join(process.env.QWENLAB_CACHE_DIR ?? "", "models", "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf");
const CHART = {
  type: "object",
  properties: { mark: { enum: ["bar", "line"] }, x: { enum: ["Beak Length (mm)", "origin"] } },
  required: ["mark", "x"],
  additionalProperties: false,
};
const SQL = {
  name: "run_sql",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

let tokenizer: Tokenizer;
let grammars: Grammars;
beforeAll(async () => {
  await using file = await openGguf(MODEL);
  tokenizer = openTokenizer(file);
  grammars = new Grammars(tokenizer);
});

const isIn = (mask: Int32Array, token: number) => ((mask[token >> 5]! >>> (token & 31)) & 1) === 1;

/** The text that was accepted, and what may follow. */
async function walk(constraint: TokenConstraint, text: string) {
  let accepted = "";
  for (const token of tokenizer.encode(text, { special: true })) {
    if (!isIn(await constraint.mask(), token)) break;
    constraint.accept(token);
    accepted += tokenizer.decode([token]);
  }
  const mask = await constraint.mask();
  const next = Array.from({ length: tokenizer.vocabSize }, (_, token) => token).filter((token) => isIn(mask, token));
  constraint.dispose();
  return { accepted, next };
}

describe("JSON of a schema", () => {
  test("is accepted, and then the answer ends", async () => {
    const text = '{"mark": "bar", "x": "Beak Length (mm)"}';
    const { accepted, next } = await walk(await grammars.json(CHART), text);
    expect(accepted).toBe(text);
    expect(next.sort()).toEqual([...tokenizer.stopTokens].sort());
  });

  test.each(['{"mark": "pie"', '{"x": "origin", "z": 1}', "Sure!", '{"mark": "bar", "x": "origine"}'])(
    "%s is stopped where it goes wrong",
    async (text) => expect((await walk(await grammars.json(CHART), text)).accepted).not.toBe(text),
  );

  test("a string takes every language, and no token that would end a turn or a call", async () => {
    const { next } = await walk(
      await grammars.json({ type: "object", properties: { a: { type: "string" } }, required: ["a"] }),
      '{"a": "é日本',
    );
    expect(next.length).toBeGreaterThan(100_000);
    for (const special of ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]) {
      expect(next).not.toContain(tokenizer.encode(special, { special: true })[0]);
    }
  });

  test("of a broken schema is an error, and the next one works", async () => {
    await expect(grammars.json({ type: "nonsense" })).rejects.toThrow(
      "response_format: this JSON schema cannot be made a grammar",
    );
    expect((await walk(await grammars.json(), '{"a": [1, null]}')).accepted).toBe('{"a": [1, null]}');
  });
});

describe("calls", () => {
  test.each([
    "It is 3.",
    'Let me see.\n<tool_call>\n{"name": "run_sql", "arguments": {"query": "SELECT 1 -- é"}}\n</tool_call>',
  ])("%j is accepted", async (text) =>
    expect((await walk(await grammars.calls([SQL], HERMES.format, ""), text)).accepted).toBe(text),
  );

  test.each(['<tool_call>\n{"name": "rm"', '<tool_call>\n{"name": "run_sql", "arguments": {"code"'])(
    "%j is stopped",
    async (text) => {
      expect((await walk(await grammars.calls([SQL], HERMES.format, ""), text)).accepted).not.toBe(text);
    },
  );

  test("a call that is begun for the model goes on", async () => {
    const begun = '<tool_call>\n{"name": "run_sql", "arguments": ';
    expect(
      (await walk(await grammars.calls([SQL], HERMES.format, begun), '{"query": "x"}}\n</tool_call>')).accepted,
    ).toMatch(/<\/tool_call>$/);
  });
});

const OPTIONS = {
  name: "write",
  parameters: {
    type: "object",
    properties: {
      code: { type: "string" },
      mode: { enum: ["new", "append"] },
      lines: { type: "array", items: { $ref: "#/$defs/line" } },
    },
    required: ["code"],
    $defs: { line: { type: "integer" } },
  },
};

describe("calls in other dialects", () => {
  test.each([
    [XML, "It is 3 < 4."],
    [
      XML,
      "I write.\n<tool_call>\n<function=write>\n<parameter=code>\nif a < b & c: print('</b>')\n</parameter>\n<parameter=mode>\nnew\n</parameter>\n<parameter=lines>\n[1, 2]\n</parameter>\n</function>\n</tool_call>",
    ],
    [REACT, 'Thought: I write.\nAction: write\nAction Input: {"code": "x", "mode": "new"}\nObservation:'],
    [REACT, "Thought: I now know the final answer\nFinal Answer: 3"],
  ])("%o accepts %j", async ({ format }, text) => {
    expect((await walk(await grammars.calls([OPTIONS], format, ""), text)).accepted).toBe(text);
  });

  test.each([
    [XML, "<tool_call>\n<function=rm>"],
    [XML, "<tool_call>\n<function=write>\n<parameter=lines>"],
    [XML, "<tool_call>\n<function=write>\n<parameter=code>\nx\n</parameter>\n<parameter=mode>\nold"],
    [XML, "<tool_call>\n<function=write>\n<parameter=code>\nx\n</parameter>\n<parameter=lines>\n[one"],
    [REACT, "Thought: x\nAction: rm"],
    [REACT, 'Thought: x\nAction: write\nAction Input: {"mode"'],
  ])("%o stops %j", async ({ format }, text) => {
    expect((await walk(await grammars.calls([OPTIONS], format, ""), text)).accepted).not.toBe(text);
  });

  test.each([XML, REACT])("%o goes on with a call that is begun", async ({ format, callStart }) => {
    const rest = format === XML.format ? "<parameter=code>\nx\n</parameter>\n</function>" : ' {"code": "x"}';
    const walked = await walk(await grammars.calls([OPTIONS], format, callStart("write")), rest);
    expect(walked.accepted).toBe(rest);
  });
});

describe("the server, asked by the openai client", () => {
  let model: LanguageModel;
  let server: Server;
  let client: OpenAI;
  beforeAll(async () => {
    model = await openLanguageModel({ path: MODEL, contextLength: 1024 });
    server = await startServer({ model, name: "small" });
    client = new OpenAI({ baseURL: server.url, apiKey: "none" });
  });
  afterAll(async () => {
    await server?.close();
    await model?.[Symbol.asyncDispose]();
  });

  test("response_format json_schema gives JSON of the schema, whatever is asked", async () => {
    const answer = await client.chat.completions.create({
      model: "small",
      messages: [{ role: "user", content: "Tell me a long story about penguins." }],
      max_tokens: 40,
      temperature: 0,
      response_format: { type: "json_schema", json_schema: { name: "chart", schema: CHART } },
    });
    const value = JSON.parse(answer.choices[0]?.message.content ?? "");
    expect(CHART.properties.mark.enum).toContain(value.mark);
    expect(CHART.properties.x.enum).toContain(value.x);
  });

  test("a forced call has arguments that parse, also when it is hot", async () => {
    const answer = await client.chat.completions.create({
      model: "small",
      messages: [{ role: "user", content: "How many cars are there?" }],
      max_tokens: 45,
      temperature: 1.5,
      seed: 3,
      tools: [
        {
          type: "function",
          function: {
            ...SQL,
            parameters: { ...SQL.parameters, properties: { query: { type: "string", maxLength: 20 } } },
          },
        },
      ],
      tool_choice: "required",
    });
    const [call] = answer.choices[0]?.message.tool_calls ?? [];
    expect(call).toMatchObject({ type: "function", function: { name: "run_sql" } });
    expect(JSON.parse(call?.type === "function" ? call.function.arguments : "")).toEqual({ query: expect.any(String) });
  });

  test("a schema that cannot be used is a 400 that says so", async () => {
    const asked = client.chat.completions.create({
      model: "small",
      messages: [{ role: "user", content: "Hi" }],
      response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "nonsense" } } },
    });
    await expect(asked).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("cannot be made a grammar"),
    });
  });
});
