// What a terminal's control sequences become for an output area, which knows "\r" and "\n" alone.
import { describe, expect, test } from "vitest";
import { createTerminalLine } from "../../../interpreter/sessions/typescript/terminal-line.ts";

/** What an output area shows: "\r" goes back, and what comes then stands over what was there. */
function screen(text: string): string {
  const lines = [""];
  let column = 0;
  for (const sign of text) {
    if (sign === "\n") lines.push("");
    if (sign === "\n" || sign === "\r") {
      column = 0;
      continue;
    }
    const line = lines.pop() ?? "";
    lines.push(line.slice(0, column).padEnd(column) + sign + line.slice(column + 1));
    column++;
  }
  return lines.map((line) => line.trimEnd()).join("\n");
}

describe("the screen is a terminal's after", () => {
  test.each([
    ["a progress line", ["\r1/3", "\r2/3", "\r3/3"], "3/3"],
    ["a line that is cleared and written anew", ["long text", "\u001b[2K\u001b[1G", "short"], "short"],
    ["a line that is cleared, the cursor where it was", ["abc", "\u001b[2K", "d"], "   d"],
    ["what is cleared to the right", ["abcdef", "\u001b[3G", "\u001b[0K", "X"], "abX"],
    ["what is cleared to the right by no parameter", ["abcdef\u001b[4G\u001b[K"], "abc"],
    ["what is cleared to the left", ["abcdef", "\u001b[4G", "\u001b[1K", "X"], "   Xef"],
    ["moves to the left and to the right", ["abc", "\u001b[2D", "X", "\u001b[3C", "Y"], "aXc  Y"],
    ["a move before the first column", ["ab", "\u001b[9D", "X"], "Xb"],
    ["earlier lines", ["first\nsecond", "\u001b[2K\u001b[1G", "2"], "first\n2"],
    ["a sequence without a line", ["\u001b[2K\u001b[1Gx"], "x"],
  ])("%s", (_, texts, expected) => {
    const rewritten = createTerminalLine();
    expect(screen(texts.map(rewritten).join(""))).toBe(expected);
  });
});

test("colours stay, and take no place in the line", () => {
  const rewritten = createTerminalLine();
  expect(rewritten("\u001b[31mred\u001b[0m")).toBe("\u001b[31mred\u001b[0m");
  expect(rewritten("\u001b[2D")).toBe("\rr");
});

test("of a line without end the beginning can be cleared", () => {
  const rewritten = createTerminalLine();
  for (let i = 0; i < 100; i++) expect(rewritten("x".repeat(100))).toBe("x".repeat(100));
  expect(rewritten("\u001b[2K").length).toBeLessThan(5_000);
  expect(rewritten("\u001b[2Gy\u001b[K")).toContain("\r y");
});
