import { describe, expect, test } from "vitest";
import { asksModel, CODE_MAGICS, parseCell } from "../../../kernel/cells/parse-cell.ts";
import { isWork } from "../../../kernel/magics/is-work.ts";

describe("a cell", () => {
  test("without magics is TypeScript as it stands", () => {
    const code = "const a = 5\n  % 2\n%b";
    expect(parseCell(code)).toEqual({ kind: "code", magics: [], code });
  });

  test("whose first line begins with %% belongs to that magic", () => {
    expect(parseCell("\n%%chat --model x \nHello?\n%model\n")).toEqual({
      kind: "magic",
      magic: { kind: "cell", name: "chat", args: "--model x", text: "Hello?\n%model\n" },
    });
  });

  test("has lines that end in CRLF", () => {
    expect(parseCell("%%sql --out rows\r\nSELECT 1\r\nLIMIT 2\r\n")).toEqual({
      kind: "magic",
      magic: { kind: "cell", name: "sql", args: "--out rows", text: "SELECT 1\nLIMIT 2\n" },
    });
    const source = "%help\r\n%model x\r\n1 + 1\r\n";
    expect(parseCell(source)).toMatchObject({
      magics: [
        { name: "help", args: "" },
        { name: "model", args: "x" },
      ],
      code: `${" ".repeat(6)}\n${" ".repeat(9)}\n1 + 1\r\n`,
    });
    expect(parseCell("%%ts\r\n2 + 2\r\n")).toMatchObject({ code: `${" ".repeat(5)}\n2 + 2\r\n` });
  });

  test("of one %% line has no text", () => {
    expect(parseCell("%%sql")).toMatchObject({ magic: { name: "sql", args: "", text: "" } });
  });

  test("keeps its line numbers and offsets below line magics", () => {
    const source = "%model x\n\n  %approve ask\nconst a = 1\n%usage";
    const cell = parseCell(source);
    expect(cell).toMatchObject({
      magics: [
        { kind: "line", name: "model", args: "x" },
        { kind: "line", name: "approve", args: "ask" },
      ],
      code: `${" ".repeat(8)}\n\n${" ".repeat(14)}\nconst a = 1\n%usage`,
    });
  });

  test.each(CODE_MAGICS)("of %%%%%s is code, with its line numbers", (as) => {
    const code = `${" ".repeat(as.length + 2)}\nconst a = 1`;
    expect(parseCell(`%%${as}\nconst a = 1`)).toEqual({ kind: "code", magics: [], code, as });
  });

  test("with a %% line below other lines calls it as a magic there, which is then unknown", () => {
    expect(parseCell("%usage\n%%chat\nHi")).toMatchObject({
      magics: [{ name: "usage" }, { kind: "cell", name: "chat" }],
    });
  });
});

describe("a question", () => {
  test.each([
    ["data?", "data"],
    ["data.length??", "data.length"],
    ["?data", "data"],
    ["%help?", "%help"],
    ["%%chat?\n", "%%chat"],
    ["? Math.cos ;", "Math.cos"],
  ])("%j asks about %s", (source, about) => {
    expect(parseCell(source)).toEqual({ kind: "question", about });
  });

  test.each(["a ? b : c", "a?.b", "data?\nmore", "f()?", "?"])("%j is none", (source) => {
    expect(parseCell(source).kind).toBe("code");
  });
});

test("the model is told of code and queries, not of talk and set-up", () => {
  const talk = { kind: "cell", name: "chat", usage: "", help: "", isTalk: true, async run() {} } as const;
  const told = ["const a = 1", "%model x\na", "%%sql\nSELECT 1"];
  const untold = ["%%chat\nHi", "%model", "%model\n%usage\n", "a?", "%%chat?"];
  for (const source of told) expect(isWork(source, [talk])).toBe(true);
  for (const source of untold) expect(isWork(source, [talk])).toBe(false);
});

test.each([
  ["%%agent\nHow many rows has it?", true],
  ["%%chat Why?", true],
  ["%%agent --temperature 0.5 --cell 2\nWhy?", true],
  ["%%agent --model other\nWhy?", false],
  ["%%chat --model=other Why?", false],
  ["%%agent\n", false],
  ["%%sql\nSELECT 1", false],
  ["%%python\nagent", false],
])("a cell asks the model of the settings: %j", (source, asks) => {
  const cell = parseCell(source);
  expect(cell.kind === "magic" && asksModel(cell.magic)).toBe(asks);
});
