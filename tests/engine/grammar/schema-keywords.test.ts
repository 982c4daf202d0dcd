// Each word of JSON schema: what the grammar lets through by chance fits the schema, or is told to be unfit.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HERMES } from "../../../engine/chat/dialects/hermes.ts";
import { XML } from "../../../engine/chat/dialects/xml.ts";
import { Grammars } from "../../../engine/grammar/grammars.ts";
import { misfitOf } from "../../../engine/grammar/json-check.ts";
import type { Tokenizer } from "../../../engine/index.ts";
import { byChance } from "../../nightly.ts";
import { randomNumbers } from "../random.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";
import { type ServedModel, serveModel } from "../server/serve-model.ts";
import { byteTokenizer } from "./greedy-model.ts";

type Schema = Readonly<Record<string, unknown>>;

const WALKS = byChance(10, 25);
const MAX_TOKENS = 80;
const object = (properties: object, more: object = {}): Schema => {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false, ...more };
};
const [A, B] = [{ type: "null" }, { type: "boolean" }];
const LOOSE = { additionalProperties: true };
const OPTIONAL = { type: "object", properties: { a: A, b: B }, additionalProperties: false };
const EITHER = [{ required: ["a"] }, { required: ["b"] }];
const numbers = { type: "number" };
const integers = { type: "integer" };

/** What the grammar holds, whatever the model would say. */
const HELD: readonly Schema[] = [
  integers,
  numbers,
  { ...numbers, minimum: 0, maximum: 5 },
  { ...numbers, minimum: -1, maximum: 1 },
  { ...numbers, minimum: 0.25, maximum: 0.75 },
  { ...numbers, minimum: -2.5, exclusiveMaximum: -0.125 },
  { ...numbers, exclusiveMinimum: 0, exclusiveMaximum: 1 },
  { ...numbers, exclusiveMinimum: 0 },
  { ...numbers, maximum: -3 },
  { ...numbers, minimum: 1e-7, maximum: 2e-7 },
  { ...numbers, minimum: 99.5 },
  { ...integers, minimum: 3 },
  { ...integers, minimum: 3, maximum: 117 },
  { ...integers, minimum: -13, maximum: 4 },
  { ...integers, minimum: 0.5, maximum: 3.5 },
  { ...integers, exclusiveMinimum: 0, exclusiveMaximum: 5 },
  { ...integers, multipleOf: 5 },
  { ...integers, multipleOf: 7 },
  { ...integers, multipleOf: 25, minimum: 30, maximum: 120 },
  { type: ["number", "null"], minimum: 5, maximum: 6 },
  object({ p: { ...numbers, minimum: 0, maximum: 5 }, q: { anyOf: [{ ...integers, minimum: 7 }, A] } }),
  { type: "array", items: { ...numbers, minimum: 0, maximum: 1 }, minItems: 1, maxItems: 2 },
  { $defs: { p: { ...integers, minimum: 3, maximum: 4 } }, ...object({ a: { $ref: "#/$defs/p" } }) },
  { allOf: [{ ...integers, minimum: 3 }, { maximum: 9 }] },
  { allOf: [object({ a: integers }, LOOSE), object({ b: B }, LOOSE)] },
  { $defs: { a: object({ a: A }, LOOSE) }, allOf: [{ $ref: "#/$defs/a" }, object({ b: B }, LOOSE)] },
  { allOf: [{ enum: [1, 2, 3] }, { enum: [2, 3, 4] }] },
  { ...OPTIONAL, anyOf: EITHER },
  { ...OPTIONAL, properties: { a: A }, required: ["a"], oneOf: [{ required: ["a"] }] },
  { type: "object", required: ["z"], additionalProperties: integers },
  { type: "string", pattern: "^[ab]{2,3}$" },
  { type: "object", maxProperties: 1, additionalProperties: integers },
  { type: "array", prefixItems: [integers, B], items: false, minItems: 2 },
];

/** What it does not hold, each with an answer that it lets through. */
const CHECKED: readonly [word: string, schema: Schema, misfit: string][] = [
  ["multipleOf", { ...numbers, multipleOf: 0.5 }, "0.3"],
  ["multipleOf", { ...integers, multipleOf: 1000 }, "7"],
  ["not", { ...integers, not: { const: 3 } }, "3"],
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema
  ["required", { ...OPTIONAL, if: { required: ["a"] }, then: { required: ["b"] } }, '{"a": null}'],
  ["dependentRequired", { ...OPTIONAL, dependentRequired: { a: ["b"] } }, '{"a": null}'],
  ["required", { ...OPTIONAL, dependentSchemas: { a: { required: ["b"] } } }, '{"a": null}'],
  ["contains", { type: "array", items: integers, contains: { const: 3 } }, "[1]"],
  ["uniqueItems", { type: "array", items: integers, uniqueItems: true }, "[1, 1]"],
  ["oneOf", { oneOf: [integers, numbers] }, "1"],
  ["minLength", { type: "string", pattern: "^a*$", minLength: 2 }, '"a"'],
  ["format", { type: "string", format: "date" }, '"2023-02-31"'],
  ["maxLength", { type: "string", maxLength: 60 }, JSON.stringify("x".repeat(61))],
];

let tokenizer: Tokenizer;
let grammars: Grammars;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
  grammars = new Grammars(tokenizer);
  const all = Array.from({ length: tokenizer.vocabSize }, (_, token) => [token, tokenizer.decode([token])] as const);
  printable = all.filter(([, text]) => /^[\x20-\x7e]$/.test(text));
});

/** What an answer by chance is made of: a token that is one printable character. */
let printable: readonly (readonly [token: number, text: string])[];

const isIn = (mask: Int32Array, token: number) => ((mask[token >> 5]! >>> (token & 31)) & 1) === 1;

/** An answer by chance; undefined where it did not come to its end. */
async function walk(schema: Schema, random: () => number): Promise<string | undefined> {
  const constraint = await grammars.json(schema);
  try {
    let text = "";
    for (let i = 0; i < MAX_TOKENS; i++) {
      const mask = await constraint.mask();
      const mayEnd = tokenizer.stopTokens.some((token) => isIn(mask, token));
      const next = printable.filter(([token]) => isIn(mask, token));
      if (mayEnd && (next.length === 0 || random() < 0.3)) return text;
      const ends = next.filter(([, character]) => '"}],'.includes(character));
      const from = ends.length > 0 && random() < 0.4 ? ends : next;
      const [token, character] = from[Math.floor(random() * from.length)]!;
      text += character;
      constraint.accept(token);
    }
    return undefined;
  } finally {
    constraint.dispose();
  }
}

describe("the grammar holds", () => {
  test.each(HELD.map((schema) => [JSON.stringify(schema), schema] as const))("%s", async (text, schema) => {
    const random = randomNumbers(text.length);
    const answers = new Set<string>();
    for (let i = 0; i < WALKS; i++) {
      const answer = await walk(schema, random);
      if (answer !== undefined) answers.add(answer);
    }
    expect(answers.size).toBeGreaterThan(0);
    for (const answer of answers) expect([answer, misfitOf(text, answer)]).toEqual([answer, undefined]);
  });
});

describe("a call's numbers are held to their limits", () => {
  const parameters = object({ p: { ...numbers, minimum: 0, maximum: 5 } });
  test.each([
    [HERMES, '<tool_call>\n{"name": "set", "arguments": {"p": 5', ".7", "}}\n</tool_call>"],
    [XML, "<tool_call>\n<function=set>\n<parameter=p>\n5", ".7", "\n</parameter>\n</function>\n</tool_call>"],
  ])("%o", async (dialect, start, past, end) => {
    const accepted = async (text: string) => {
      const constraint = await grammars.calls([{ name: "set", parameters }], dialect.format, "");
      let count = 0;
      for (const token of tokenizer.encode(text)) {
        if (!isIn(await constraint.mask(), token)) break;
        constraint.accept(token);
        count++;
      }
      constraint.dispose();
      return text.slice(0, count);
    };
    expect(await accepted(start + end)).toBe(start + end);
    expect(await accepted(start + past + end)).toBe(`${start}.`);
  });
});

describe("what the grammar does not hold is looked at when the answer is there", () => {
  let says = "";
  const model = scriptedLanguageModel(() => says);
  let served: ServedModel; // one for all, and so one compiler of grammars
  beforeAll(async () => {
    served = await serveModel(model);
  });
  afterAll(() => served[Symbol.asyncDispose]());

  const ask = (answer: string, response_format: unknown, more: object = {}) => {
    says = answer;
    return served.post("/chat/completions", {
      messages: [{ role: "user", content: "?" }],
      response_format,
      ...more,
    });
  };
  const asked = (schema: Schema) => ({ type: "json_schema", json_schema: { name: "x", schema } });

  test.each(CHECKED)("%s of %j", async (word, schema, answer) => {
    const { status, body } = await ask(answer, asked(schema));
    expect([status, body.error?.param]).toEqual([400, "response_format"]);
    expect(body.error.message).toMatch(new RegExp(`the answer does not fit the schema: .*\\(${word}\\)`));
  });

  test("an answer that fits is given; so is one that the request's own limit has cut", async () => {
    const format = asked({ ...integers, multipleOf: 1000 });
    expect((await ask("2000", format)).body.choices[0].message.content).toBe("2000");
    const cut = await ask('{"a": 1}', asked(object({ a: integers }, { minProperties: 1 })), { max_tokens: 4 });
    expect(cut.body.choices[0]).toMatchObject({ finish_reason: "length", message: { content: '{"a"' } });
  });

  test("json_object with a schema is held to it, and without one to an object", async () => {
    const schema = object({ shoe: { ...integers, multipleOf: 1000 } });
    expect((await ask('{"shoe": 1}', { type: "json_object", schema })).status).toBe(400);
    expect((await ask('{"shoe": 1}', { type: "json_object" })).status).toBe(200);
  });

  test("a stream ends with the error, not as if complete", async () => {
    says = "7";
    const messages = [{ role: "user" as const, content: "?" }];
    const json_schema = { name: "x", schema: { ...integers, multipleOf: 1000 } };
    const response_format = { type: "json_schema" as const, json_schema };
    const stream = await served.client.chat.completions.create({ model: "x", messages, response_format, stream: true });
    const read = async () => {
      for await (const { choices } of stream) expect(choices[0]?.finish_reason).toBeNull();
    };
    await expect(read()).rejects.toThrow("must be multiple of 1000");
  });

  test("a strict tool's call is looked at, another's is for its receiver to check", async () => {
    const parameters = object({ n: { ...integers, multipleOf: 1000 } });
    const call = (strict: boolean) => {
      const tools = [{ type: "function", function: { name: "set", parameters, strict } }];
      return ask('<tool_call>\n{"name": "set", "arguments": {"n": 7}}\n</tool_call>', undefined, { tools });
    };
    expect((await call(true)).body.error.message).toMatch(/tools: the answer does not fit.*multipleOf/);
    expect((await call(false)).status).toBe(200);
  });

  test.each<[Schema, RegExp]>([
    [{ type: "string", pattern: "(" }, /parenthesis is not closed/],
    [{ $ref: "#/$defs/none" }, /none/],
    [{ type: "nonsense" }, /nonsense/],
    [{ ...integers, minimum: 5, maximum: 3 }, /nothing fits/],
  ])("the schema %j is refused before anything is written", async (schema, message) => {
    const read = model.prompts.length;
    const { status, body } = await ask("1", asked(schema));
    expect([status, body.error.param, model.prompts.length]).toEqual([400, "response_format", read]);
    expect(body.error.message).toMatch(message);
  });
});
