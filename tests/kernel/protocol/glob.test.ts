import { expect, test } from "vitest";
import { matchesGlob } from "../../../kernel/protocol/glob.ts";

test.each([
  ["1 + 2", "1 ? 2"],
  ["1 + 2", "*"],
  ["1 + 2", "1*"],
  ["1 + 2", "*2"],
  ["const a = 1\na", "*a = *a"],
  ["", "*"],
  ["a*b", "a*b"],
])("%j fits %j", (text, pattern) => {
  expect(matchesGlob(text, pattern)).toBe(true);
});

test.each([
  ["1 + 2", "1"],
  ["1 + 2", "2*"],
  ["1 + 2", "1?2"],
  ["", "?"],
  ["abc", "a*d"],
])("%j does not fit %j", (text, pattern) => {
  expect(matchesGlob(text, pattern)).toBe(false);
});

test("a hostile pattern ends soon", () => {
  expect(matchesGlob("a".repeat(5_000), `${"*a".repeat(200)}b`)).toBe(false);
});
