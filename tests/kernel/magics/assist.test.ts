import { describe, expect, test } from "vitest";
import { createAssist } from "../../../kernel/handlers/assist.ts";
import type { Magic } from "../../../kernel/magics/magic.ts";
import { fakeSession, noPython } from "../../interpreter/fake-session.ts";

const magic = (kind: Magic["kind"], name: string, usage: string): Magic => ({
  kind,
  name,
  usage,
  help: `What ${name} does.`,
  async run() {},
});
const MAGICS = [
  magic("cell", "chat", "%%chat [--model NAME] [--temperature T]"),
  magic("line", "model", "%model [NAME]"),
  magic("line", "models", "%models"),
  magic("line", "approve", "%approve [ask|auto|always|never]"),
  magic("line", "system", "%system [TEXT|default]"),
];

const asked: string[] = [];
const assist = createAssist(
  {
    ...fakeSession(),
    async complete(code, offset) {
      asked.push(code);
      return { matches: ["typescript"], types: ["function"], start: offset - 1, end: offset };
    },
    inspect: async (code) => ({ plain: code.includes("unknown") ? "any" : "const x: number", markdown: "" }),
    isComplete: async (code) => ({ status: code.endsWith("{") ? "incomplete" : "complete", indent: "  " }),
  },
  async () => ({ all: MAGICS, python: noPython() }),
  { current: "code" },
);
/** Completes at the mark `|`. */
const complete = (marked: string) => assist.complete(marked.replace("|", ""), marked.indexOf("|"));

describe("completion in %%sql", () => {
  test.each([
    ["%%sql\nSELECT * FROM |", ["'cars.csv'"]],
    ["%%sql\nSELECT * FROM 'ca|", ["'cars.csv'"]],
    ["%%sql\nSELECT hor| FROM 'cars.csv'", ["horsepower"]],
    ["%%sql --out x\nSELECT | FROM cars", ["name", "horsepower", "origin", "'cars.csv'"]],
    ["%%sql\nSELECT zzz|", []],
  ])("%j", async (marked, matches) => {
    const found = await complete(marked);
    expect(found.matches).toEqual(matches);
    expect(found.end).toBe(marked.indexOf("|"));
  });
});

describe("completion", () => {
  test.each([
    ["%mo|", ["%model", "%models"], 0, 3],
    ["%|", ["%%chat", "%model", "%models", "%approve", "%system"], 0, 1],
    ["%%|", ["%%chat"], 0, 2],
    ["%model x\n%appr|\n1 + 1", ["%approve"], 9, 14],
    ["%%chat --m|\nHi", ["--model"], 7, 10],
    ["%approve a|", ["ask", "auto", "always"], 9, 10],
    ["%approve |", ["ask", "auto", "always", "never"], 9, 9],
    ["%system d|", ["default"], 8, 9],
    ["%nothing x|", [], 9, 10],
  ])("of %j gives magics and their options", async (marked, matches, start, end) => {
    expect(await complete(marked)).toMatchObject({ matches, start, end });
  });

  test("within the text of a %%cell gives nothing", async () => {
    expect(await complete("%%chat\nMath.co|")).toMatchObject({ matches: [] });
  });

  test("of TypeScript is the compiler's, which does not see the magics above", async () => {
    expect(await complete("%model x\nMath.co|")).toMatchObject({ matches: ["typescript"] });
    expect(asked.at(-1)).toBe("        \nMath.co");
    expect(await complete("const a = 7\n%b|")).toMatchObject({ matches: ["typescript"] });
  });
});

describe("inspection", () => {
  test.each(["%approve ask", "%%chat\nHi", "%chat", "%%chat?"])("of %j is the magic's help", async (code) => {
    expect((await assist.inspect(code, 2))?.plain).toMatch(/^%.*\nWhat/);
  });

  test("of a name is its type, and nothing for a name that there is not", async () => {
    expect((await assist.inspect("x", 1))?.plain).toBe("const x: number");
    expect(await assist.inspect("unknown", 1)).toBeUndefined();
    expect(await assist.inspect("%nothing", 2)).toBeUndefined();
  });
});

describe("completeness", () => {
  test.each([
    ["%model", "complete"],
    ["x?", "complete"],
    ["%model\nif (a) {", "incomplete"],
    ["%%chat", "incomplete"],
    ["%%chat\nHi", "incomplete"],
    ["%%chat\nHi\n", "complete"],
  ])("of %j is %s", async (code, status) => {
    expect((await assist.isComplete(code)).status).toBe(status);
  });
});
