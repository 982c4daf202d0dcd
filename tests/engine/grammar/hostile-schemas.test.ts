// Schemas made to stop whoever compiles them. After each one an ordinary schema still compiles, and the server answers.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Grammars } from "../../../engine/grammar/grammars.ts";
import { patternSize } from "../../../engine/grammar/pattern-length.ts";
import { boundedSchema } from "../../../engine/grammar/schema-limits.ts";
import { type Server, startServer, type Tokenizer } from "../../../engine/index.ts";
import { byChance } from "../../nightly.ts";
import { byteTokenizer, greedyModel } from "./greedy-model.ts";
import { HOSTILE, nested, type Schema, schemasByChance } from "./hostile-schemas.ts";

const ORDINARY = { type: "object", properties: { a: { type: "integer" } }, required: ["a"] };
const LIMITS = { compileMs: 60_000, tokenMs: 60_000, answerMs: 60_000 };

const ofProperties = (length: number): Schema => {
  return { type: "object", properties: Object.fromEntries(Array.from({ length }, (_, i) => [`p${i}`, {}])) };
};

let tokenizer: Tokenizer;
let server: Server;
beforeAll(async () => {
  tokenizer = await byteTokenizer();
  server = await startServer({ model: greedyModel(tokenizer), name: "greedy" });
});
afterAll(() => server.close());

interface Answer {
  readonly status: number;
  readonly text: string; // of the answer, or of the error
}

async function ask(more: object): Promise<Answer> {
  const response = await fetch(`${server.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ messages: [{ role: "user", content: "Hi" }], max_tokens: 30, ...more }),
  });
  const body = await response.text();
  const { error, choices } = JSON.parse(body);
  const message = choices?.[0].message;
  return { status: response.status, text: error?.message ?? message.content ?? body };
}

const asFormat = (schema: Schema) => ask({ response_format: { type: "json_schema", json_schema: { schema } } });
const asTool = (parameters: Schema) =>
  ask({ tools: [{ type: "function", function: { name: "f", parameters } }], tool_choice: "required" });
const health = () => fetch(new URL("/health", server.url));

async function expectOrdinary(): Promise<void> {
  const { status, text } = await asFormat(ORDINARY);
  expect(status, text).toBe(200);
  expect(text).toMatch(/^\{"a": -?\d/);
}

test.each(HOSTILE)("%s", async (_, schema) => {
  for (const ask of [asFormat, asTool]) {
    const [{ status, text }, { status: alive }] = await Promise.all([ask(schema), health()]);
    expect([200, 400, 413], text).toContain(status);
    expect(text).not.toMatch(/logits|driver/);
    expect(alive).toBe(200);
  }
  await expectOrdinary();
});

test("schemas by chance", { timeout: 300_000 }, async () => {
  for (const schema of schemasByChance(byChance(20, 150), 16)) {
    const { status, text } = await asFormat(schema);
    expect([200, 400], `${JSON.stringify(schema)}: ${text}`).toContain(status);
    expect(text).not.toMatch(/logits|driver/);
    if (status === 400) await expectOrdinary();
  }
  await expectOrdinary();
});

describe("a schema that nothing fits is told so", () => {
  const NOTHING: [string, Schema, RegExp][] = [
    ["a cycle", { $ref: "#" }, /response_format: nothing fits this JSON schema/],
    ["no choice", { enum: [] }, /response_format: nothing fits this JSON schema/],
    ["contradictory bounds", { type: "integer", minimum: 5, maximum: 1 }, /nothing fits/],
    ["a cycle within", { ...ORDINARY, properties: { a: { $defs: {}, $ref: "#/properties/a" } } }, /nothing fits/],
  ];
  test.each(NOTHING)("%s", async (_, schema, message) => {
    const { status, text } = await asFormat(schema);
    expect({ status, text }).toEqual({ status: 400, text: expect.stringMatching(message) });
  });
});

describe("limits", () => {
  test.each<[string, Schema, string]>([
    ["depth", nested(40, (a) => ({ type: "object", properties: { a } })), "is nested more than 64 deep"],
    ["values", { enum: Array.from({ length: 30_000 }, (_, i) => i) }, "has more than 20000 values"],
    ["bytes", { const: "x".repeat(300_000) }, "has 300012 bytes, and 262144 are the most"],
    [
      "repetitions",
      { items: [{ pattern: "(a{1,500}){1,500}" }] },
      'has the pattern "(a{1,500}){1,500}", which written out is longer than 2000 characters',
    ],
    [
      "groups",
      { items: [{ pattern: `${"(".repeat(65)}a${")".repeat(65)}` }] },
      `has the pattern "${"(".repeat(60)}...", whose groups are nested more than 64 deep`,
    ],
  ])("of %s are named", (_, schema, problem) => {
    expect(() => boundedSchema(schema, "tools")).toThrow(`tools: the JSON schema ${problem}`);
  });

  test("lengths are held up to 48 characters in all; values and names that look like bounds stay", () => {
    const schema = {
      properties: { maxLength: { maxLength: 40 }, b: { maxLength: 9 }, c: { minLength: 8 } },
      enum: [{ maxLength: 99 }],
    };
    expect(boundedSchema(schema, "x")).toEqual({ ...schema, properties: { ...schema.properties, b: {} } });
  });

  test.each([
    ["abc", 3],
    ["(ab){1,3}c", 7],
    ["((a{1,500}){1,500}){1,100}", 25_000_000],
    ["[a-z]{10}", 50],
    ["\\{5,6}", 6],
    ["a{,5}{", 6],
    ["a{4}{4}", 16],
    [`a{${"9".repeat(400)}}`, Number.POSITIVE_INFINITY],
  ])("%j is %d characters written out", (pattern, length) => expect(patternSize(pattern).length).toBe(length));

  test("of time end the thread; an answer under way goes on in the next one", async () => {
    const limits = { ...LIMITS };
    const grammars = new Grammars(tokenizer, limits);
    const answer = await grammars.json({ const: "abc" });
    const said = async (text: string) => {
      for (const token of tokenizer.encode(text)) {
        const mask = await answer.mask();
        expect((mask[token >> 5]! >>> (token & 31)) & 1).toBe(1);
        answer.accept(token);
      }
    };
    await said('"a');
    limits.compileMs = 1;
    const slow = ofProperties(5_000); // for ten seconds, were it let
    await expect(grammars.json(slow)).rejects.toThrow("cannot be made a grammar: it takes longer than 0.001 s");
    limits.compileMs = LIMITS.compileMs;
    await expect(grammars.json(slow)).rejects.toThrow("it takes longer than 0.001 s"); // without a new try
    await said('bc"');
    answer.dispose();
    (await grammars.json(ORDINARY)).dispose();
  });

  test("of time are the thread's own: that the machine is busy with others refuses nothing", async () => {
    const others = async () => 0; // have the processors, and the thread gets no further
    const grammars = new Grammars(tokenizer, { compileMs: 1, tokenMs: 1, answerMs: 60_000 }, others);
    (await grammars.json(ofProperties(500))).dispose();
  });

  test("a schema that failed by no fault of its own is tried again", async () => {
    const times = [Promise.reject(new Error("not told")), Promise.resolve(0)];
    for (const time of times) time.catch(() => {});
    const limits = { ...LIMITS, compileMs: 1 };
    const grammars = new Grammars(tokenizer, limits, () => times.shift() ?? Promise.resolve(0));
    await expect(grammars.json(ofProperties(500))).rejects.toThrow("cannot be made a grammar: not told");
    (await grammars.json(ofProperties(500))).dispose();
  });
});
