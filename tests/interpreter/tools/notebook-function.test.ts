import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebookFunction, type Tool, type ToolContext } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

const CODE = `
/**
 * Rolls dice.
 * @param count how many
 * @param sides - of each
 */
function roll(count: number, sides: 6 | 20 = 6): number[] { return Array.from({ length: count }, () => sides) }
interface Query { city: string; limit?: number; tags: string[] }
const search = async ({ city, limit }: Query) => city + (limit ?? 1);
const level = (kind: "low" | "high", on: boolean, extra?: { a: number } | null) => kind + on + (extra?.a ?? "");
const bad = (when: Date) => 1;
const worse = (f: () => void) => 1;
const many = (...all: number[]) => 1;
const generic = <T>(x: T) => x;
const notFunction = 3;
const counts = (by: Record<string, number>) => Object.keys(by).length;
`;

let notebook: NotebookSession;
let context: ToolContext;
beforeAll(async () => {
  notebook = await openNotebook({ files: {} });
  expect(await notebook.session.execute(CODE, { cellId: "1" })).toMatchObject({ status: "ok" });
  context = { session: notebook.session, cellId: "t", signal: undefined, display() {}, onSessionEvent: () => () => {} };
});
afterAll(() => notebook[Symbol.asyncDispose]());

const tool = async (name: string): Promise<Tool> => notebookFunction(await notebook.session.functionSchema(name));
const parameters = async (name: string) => (await notebook.session.functionSchema(name)).schema;

describe("the schema", () => {
  test("has the types, the choices and the words of the JSDoc", async () => {
    expect(await notebook.session.functionSchema("roll")).toEqual({
      name: "roll",
      description: "Rolls dice.",
      parameters: ["count", "sides"],
      schema: {
        type: "object",
        properties: {
          count: { type: "number", description: "how many" },
          sides: { enum: [6, 20], description: "of each" },
        },
        required: ["count"],
      },
    });
  });

  test("follows interfaces, lists, unions and records", async () => {
    expect(await parameters("search")).toMatchObject({
      properties: {
        argument1: {
          properties: {
            city: { type: "string" },
            limit: { type: "number" },
            tags: { type: "array", items: { type: "string" } },
          },
          required: ["city", "tags"],
        },
      },
    });
    expect(await parameters("level")).toMatchObject({
      properties: { kind: { enum: ["low", "high"] }, on: { type: "boolean" }, extra: { anyOf: expect.any(Array) } },
      required: ["kind", "on"],
    });
    expect(await parameters("counts")).toMatchObject({
      properties: { by: { additionalProperties: { type: "number" } } },
    });
  });

  test.each([
    ["bad", /bad: when is a Date/],
    ["worse", /a model cannot write/],
    ["many", /any number of arguments/],
    ["generic", /generic/],
    ["notFunction", /not a function/],
    ["nowhere", /not a function of this notebook/],
  ])("%s is refused with the reason", async (name, reason) => {
    await expect(notebook.session.functionSchema(name)).rejects.toThrow(reason);
  });
});

describe("a call", () => {
  test("runs in the session, and is the cell", async () => {
    expect(await (await tool("roll")).call('{"count":2}', context)).toMatchObject({
      content: "[ 6, 6 ]",
      cell: "await roll(2)",
    });
    const { content } = await (await tool("search")).call('{"argument1":{"city":"Oslo","tags":[]}}', context);
    expect(content).toBe("'Oslo1'");
  });

  test("needs a question", async () => expect((await tool("roll")).effect).toBe("acts"));

  test("with wrong arguments says what they are", async () => {
    const roll = await tool("roll");
    await expect(roll.call('{"count":"two"}', context)).rejects.toThrow(
      /count: [\s\S]*roll takes \{ count: number, sides\?: 6 \| 20 \}/,
    );
    await expect(roll.call('{"sides":7,"count":1}', context)).rejects.toThrow("sides");
  });

  test("cannot smuggle code in a text", async () => {
    const level = await tool("level");
    const hostile = JSON.stringify({ kind: 'low"); process.exit(); ("', on: true });
    await expect(level.call(hostile, context)).rejects.toThrow("kind");
    const search = await tool("search");
    const text = JSON.stringify({ argument1: { city: '`process.exit()` " \\ \u2028', tags: [] } });
    expect((await search.call(text, context)).content).toContain("process.exit");
  });
});
