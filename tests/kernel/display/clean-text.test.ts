import { expect, test } from "vitest";
import { cleanText, lineOf, openText, terminalText } from "../../../kernel/display/clean-text.ts";
import { withPictures } from "../../../kernel/display/pictures.ts";

test("text that is read loses what is no text, and keeps what scripts and emoji are made of", () => {
  const text = "a\u001b[31mred\u001b[0m\u0007\u202e\u2066\u00ad\u200b\ufeff\u{e0041}\u3164\ud800b";
  expect(cleanText(text)).toBe("aredb");
  const words = "👨‍👩‍👧 ❤️ नमस्ते می‌خواهم שלום é\t\n";
  expect(cleanText(words)).toBe(words);
  expect(cleanText("a\r\nb\rc\u2028d\u0085e\vf")).toBe("a\nb\nc\nd\ne\nf");
});

test("removing never brings forth what was to be removed", () => {
  expect(cleanText("\u001b\u001b[m[31m\u009b\u001b[0m31m")).not.toMatch(/[^\n\P{C}]/u);
});

test("a title is one line, and code that is left hides nothing", () => {
  expect(lineOf("a\u2028evil()\r\nb  c")).toBe("a evil() b c");
  expect(openText("1 // a\u2028evil()\n\u202e '👨‍👩'")).toBe("1 // a\\u{2028}evil()\n\\u{202e} '👨‍👩'");
});

test("a terminal gets colours and nothing else that it obeys", () => {
  expect(terminalText("\u001b[1;31mred\u001b[0m 50%\r100%\n")).toBe("\u001b[1;31mred\u001b[0m 50%\r100%\n");
  expect(terminalText("\u001b[2J\u001b]52;c;eA==\u0007\u001b[1A\u009b2K\u001b[?4m\u001b[>4;2m\u0008\u202ex")).toBe(
    "]52;c;eA==x",
  );
  expect(["\u001b", "[2J"].map(terminalText).join("")).toBe("[2J"); // in two pieces, as an answer comes
});

test("a picture is base64 of its own kind, or no picture", () => {
  const png = "iVBORw0KGgoAAAANSUhEUg==";
  const whole = { "image/png": png, "text/plain": "(a picture)" };
  expect(withPictures(whole)).toBe(whole);
  for (const data of [`${png}" onerror="alert(1)`, "PHN2Zz4=", 7, `${png}\n<script>`]) {
    expect(withPictures({ "image/png": data, "text/plain": "x" })).toEqual({ "text/plain": "x" });
  }
  expect(Object.keys(withPictures({ "image/webp": png }))).toEqual(["text/plain"]);
});
