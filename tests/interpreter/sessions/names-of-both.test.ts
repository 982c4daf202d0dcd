// What a name means over several cells where one cell declares a type by it and another a value; and types that only a
// strict reading tells apart.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const RESULT = "type Result = { ok: true; value: number } | { ok: false; why: string };";

let notebook: NotebookSession;

beforeAll(async () => {
  const answer = `${RESULT}\nconst result = { ok: false, why: "late" } as Result;\n`;
  notebook = await openNotebook({
    files: {
      "answer.ts": `${answer}export const why = () => (!result.ok ? result.why : "");`,
      "typo.ts": `${answer}export const why = () => (!result.ok ? result.whi : "");`,
      "planet.ts": "export interface Planet { name: string }",
    },
  });
});
afterAll(() => notebook[Symbol.asyncDispose]());

async function shown(...cells: readonly string[]): Promise<unknown> {
  let last: unknown;
  for (const cell of cells) last = plain(await notebook.result(cell));
  return last;
}

describe("a type and a value of one name stand side by side, whichever cell is run again", () => {
  const make = "const user = (name: string) => ({ name });";
  const type = "type user = ReturnType<typeof user>;";
  const use = "const one: user = user('Ann'); one.name";
  test.each([
    ["the type of a constant", [make, type, use], "'Ann'"],
    ["where the value is declared anew", [make, type, use, make, use], "'Ann'"],
    ["where the type is declared anew", [make, type, use, type, use], "'Ann'"],
    [
      "the value of a type",
      [
        "interface Box { a: number }",
        "const Box = { make: (): Box => ({ a: 1 }) };",
        "const box: Box = Box.make(); box.a",
      ],
      "1",
    ],
    [
      "a variable, which may be assigned",
      [
        "let size = 1",
        "type size<T = number> = { of: T }; size = 2;",
        "size += 1; const s: size = { of: size }; [size, s.of]",
      ],
      "[ 3, 3 ]",
    ],
    [
      "a function and a namespace of types",
      [
        "function area(r: number) { return r }",
        "namespace area { export type Unit = 'm' }",
        "const m: area.Unit = 'm'; [area(2), m]",
      ],
      "[ 2, 'm' ]",
    ],
    [
      "a class, whose type an interface takes",
      [
        "class Shape { area() { return 4 } }",
        "interface Shape { label?: string }",
        "const s2: Shape = { label: 'x' }; [new Shape().area(), s2.label]",
      ],
      "[ 4, 'x' ]",
    ],
    [
      "an import",
      ["import { sep } from 'node:path'", "type sep = '/' | '\\\\';", "const s3: sep = '/'; [typeof sep, s3]"],
      "[ 'string', '/' ]",
    ],
    [
      "a constant that was narrowed",
      [
        "const found = ['s'].find(Boolean); if (!found) throw new Error('no');",
        "type found = number;",
        "const f: found = 2; found.length + f",
      ],
      "3",
    ],
  ])("%s", async (_, cells, value) => {
    expect(await shown(...cells)).toBe(value);
  });

  test("both are completed and inspected", async () => {
    await shown("interface Coin { worth: number }", "const Coin = { of: (worth: number): Coin => ({ worth }) };");
    const { session } = notebook;
    for (const [code, match] of [
      ["Coin.", "of"],
      ["const coin: Coi", "Coin"],
      ["const coin: Coin = { ", "worth"],
    ] as const)
      expect((await session.complete(code, code.length)).matches, code).toContain(match);
    expect((await session.inspect("Coin.of", 2))?.plain).toMatch(/^const Coin: \{/);
    expect((await session.inspect("let coin: Coin", 12))?.plain).toBe("interface Coin");
    const coin = { name: "Coin", type: "{ of: (worth: number) => Coin; }" };
    expect(await session.variables()).toContainEqual(expect.objectContaining(coin));
  });

  test("a class or an enum takes the place of both", async () => {
    await shown("const Level = 1;", "type Level = number;", "enum Level { Low = 5 }");
    expect(await shown("const level: Level = Level.Low; level")).toBe("5");
    await shown("class Level { high = 6 }", "const Level = 7;");
    expect((await notebook.failure("const level: Level = 1;")).evalue).toContain("'Level' refers to a value");
  });

  test("a cell that fails leaves both what they were", async () => {
    await shown("const kept = { a: 1 };", "type kept = typeof kept;");
    await notebook.failure("throw new Error('before'); const kept = 'new';");
    expect(await shown("const copy: kept = kept; copy.a")).toBe("1");
  });
});

describe("a folder without strict types", () => {
  const failed = "const answer = { ok: false, why: 'late' } as Result;";
  test.each([
    [
      "`!` tells the members of a union apart",
      [RESULT, failed, "(() => !answer.ok ? answer.why : answer.value)()"],
      "'late'",
    ],
    [
      "so does an `if` before an argument",
      [
        RESULT,
        failed,
        "const why = (r: { ok: false; why: string }) => r.why;\n(() => { if (!answer.ok) return why(answer) })()",
      ],
      "'late'",
    ],
    ["and a file that a cell imports", ["import { why } from './answer'; why()"], "'late'"],
  ])("%s", async (_, cells, value) => {
    expect(await shown(...cells)).toBe(value);
  });

  test.each([
    ["a member that was not told apart", "answer.why", "'why' does not exist"],
    ["a member that none has", "if (!answer.ok) answer.whi", "'whi' does not exist"],
    ["an argument that does not fit", "((r: { ok: true; value: number }) => r.value)(answer)", "not assignable"],
    ["a member that none has, in a file", "import { why } from './typo'; why()", "typo.ts:3"],
  ])("%s is an error all the same", async (_, code, message) => {
    await shown(RESULT, failed);
    expect((await notebook.failure(code)).evalue).toContain(message);
  });
});

test.each(["./planet", "node:fs"])(
  "what a cell declares in %s, later cells know, though it imports nothing",
  async (module) => {
    await shown(`declare module "${module}" { interface Planet { moons: number } }`);
    expect(await shown(`import type { Planet } from "${module}"; (({ moons: 2 }) as Planet).moons`)).toBe("2");
  },
);
