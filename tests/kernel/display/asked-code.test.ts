import { describe, expect, test } from "vitest";
import { askedCode } from "../../../kernel/display/asked-code.ts";

const shown = (code: string) => askedCode(code, "typescript")["text/plain"];

test("plain code is shown as it is, with nothing said about it", () => {
  const code = "const café = 'héllo 日本語 👍';\n\n  // 1 \\ $x$ <b>\nrun(`a`)";
  expect(askedCode(code, "typescript")).toEqual({
    "text/markdown": `\`\`\`typescript\n${code}\n\`\`\``,
    "text/plain": code,
  });
});

describe("nothing in the code ends its fence or is read as anything", () => {
  test.each(["/*\n``\u0001`\n<img>\n*/", "/*\n```\n<img>\n*/", "`````", "~~~", "// `\r``\n<img>"])("%j", (code) => {
    const markdown = askedCode(code, "typescript")["text/markdown"];
    const [, fence = "", inside = ""] = /^(`{3,})typescript\n([\s\S]*?)\n\1(?:\n\n\*[^\n]*\*)*$/.exec(markdown) ?? [];
    expect(fence).not.toBe("");
    expect(inside).not.toContain(fence);
    expect(inside).not.toMatch(/[^\n\P{C}]/u);
  });

  test("of a language that nobody knows", () => {
    expect(askedCode("x", "mermaid\n<img>")["text/markdown"]).toBe("```\nx\n```");
  });
});

describe("a line ends where any reader ends it", () => {
  test.each(["2028", "2029", "85", "b", "c", "d"])("U+%s", (code) => {
    const character = String.fromCodePoint(Number.parseInt(code, 16));
    expect(shown(`1 // all is well${character}evil()`)).toMatch(
      new RegExp(`^1 // all is well\\\\u\\{${code}\\}\nevil\\(\\)\n.*cannot be seen`),
    );
  });
});

describe("what cannot be seen is written", () => {
  test.each(
    "0 7 8 1b 7f 9b a0 ad 34f 61c 115f 1160 17b4 180e 200b 200c 200d 200e 200f 202a 202e 2060 2066 2069 2800 3000 3164 fe0f feff ffa0 fff9 16fe4 e0041 e0100 d800 e000 ffff".split(
      " ",
    ),
  )("U+%s", (code) => {
    const character = String.fromCodePoint(Number.parseInt(code, 16));
    expect(shown(`a = "x${character}y"`)).toContain(`a = "x\\u{${code}}y"\n`);
  });

  test("marks that are piled up, or on nothing", () => {
    expect(shown(`a${"\u0301".repeat(8)} \u0336x`)).toContain(`a\u0301\u0301${"\\u{301}".repeat(6)} \\u{336}x`);
  });
});

describe("nothing is out of sight", () => {
  test("at the end of a long line", () => {
    const lines = shown(`x;${"y".repeat(5_000)};evil()`).split("\n");
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(102);
    expect(lines.join("").replaceAll("↪ ", "")).toContain(`x;${"y".repeat(5_000)};evil()`);
    expect(lines.at(-1)).toBe("A line that begins with ↪ goes on from the one above.");
  });

  test("behind blanks and tabs", () => {
    expect(shown(`x;${" ".repeat(3_000)}evil()`)).toBe("x; ⋯ 3000 spaces ⋯ evil()");
    expect(shown(`x;${"\t".repeat(30)}evil()`)).toBe("x; ⋯ 120 spaces ⋯ evil()");
  });

  test("below empty lines", () => {
    expect(shown(`x${"\n \t".repeat(500)}\nevil()`)).toBe("x\n⋮ 500 empty lines\nevil()");
  });

  test("in many lines, which are counted", () => {
    expect(shown(`${"x\n".repeat(1_000)}x`)).toMatch(/\n1001 lines: they begin above\.$/);
  });
});

describe("letters that look like others are pointed at", () => {
  test.each([
    ["Cyrillic among Latin", "const p\u{430}ypal = 1", "p\\u{430}ypal"],
    ["nothing but Cyrillic", "\u{435}\u{445}\u{435}\u{441}(1)", "\\u{435}\\u{445}\\u{435}\\u{441}"],
    ["Latin that is twice as wide", "\uff45\uff56\uff41\uff4c(1)", "\\u{ff45}\\u{ff56}\\u{ff41}\\u{ff4c}"],
    ["Latin of mathematics", "\u{1d41e}val(1)", "\\u{1d41e}val"],
    ["a letter that is read as !", "const is\u{1c3} = 1", "is\\u{1c3}"],
    ["a letter that is read as ||", "a \u{1c1} b", "\\u{1c1}"],
    ["a letter that is read as an apostrophe", "const it\u{2bc}s = 1", "it\\u{2bc}s"],
    ["Lisu among Latin", "\u{a4f3}onst", "\\u{a4f3}onst"],
  ])("%s", (_, code, spelled) => {
    expect(shown(code)).toBe(`${code}\nNames of letters that look like others: ${spelled}.`);
  });

  test("letters that look like no others are not", () => {
    for (const code of ["const größe = 1", "const 価格 = 1", "const ราคา = 1"]) expect(shown(code)).toBe(code);
  });
});

describe("letters that run the other way are pointed at", () => {
  test.each([
    ["Hebrew", "\u05e9\u05dc\u05d5\u05dd"],
    ["Arabic", "\u0633\u0644\u0627\u0645"],
    ["Phoenician", "\u{10900}\u{10901}"],
    ["Mende Kikakui", "\u{1e800}\u{1e801}"],
  ])("%s", (_, text) => {
    expect(shown(`a\nconst x = '${text}'`)).toContain("Line 2 has letters that are written from right to left");
  });
});
