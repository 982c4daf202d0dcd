import { expect, test } from "vitest";
import { toCodePoint, toUtf16 } from "../../../kernel/protocol/text-position.ts";

// [text, position in code points, offset in UTF-16 units]
test.each([
  ["", 0, 0],
  ["abc", 2, 2],
  ["é漢", 2, 2],
  ["😀b", 1, 2],
  ["a😀😀b", 3, 5],
  ["a😀😀b", 4, 6],
  ["👩‍💻.x", 4, 6], // woman, joiner, laptop: three code points
])("in %j position %i is offset %i", (text, codePoint, utf16) => {
  expect(toUtf16(text, codePoint)).toBe(utf16);
  expect(toCodePoint(text, utf16)).toBe(codePoint);
});

test("positions outside the text are its ends", () => {
  expect(toUtf16("a😀", 99)).toBe(3);
  expect(toUtf16("a😀", -1)).toBe(0);
  expect(toCodePoint("a😀", 99)).toBe(2);
});

test("an offset within a surrogate pair counts as behind it", () => {
  expect(toCodePoint("😀b", 1)).toBe(1);
});
