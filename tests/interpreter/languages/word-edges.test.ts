// \b knows the letters of English only: beside é, ü or 注 it is an edge within a word, or none where one ends.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LANGUAGES } from "../../../interpreter/languages/index.ts";
import { asksForDifference } from "../../../interpreter/languages/measures.ts";
import { quarterIn } from "../../../interpreter/languages/times.ts";
import { tableShape } from "../../../interpreter/tables/shape.ts";

const french = LANGUAGES.find(({ code }) => code === "fr")!;
const german = LANGUAGES.find(({ code }) => code === "de")!;

test.each([
  ["supérieur à", french.moreThan, "Lyon est supérieur à Paris"],
  ["inférieure à", french.lessThan, "la part de Lyon est inférieure à Paris"],
  ["à la première place", french.ranks[0], "Paris arrive à la première place"],
  ["la moitié de", french.times.find(([, factor]) => factor === 1 / 2)?.[0], "Lyon vend la moitié de Paris"],
  ["das älteste", german.words["first-in-time"], "Welches ist das älteste Auto?"],
  ["üblicherweise", german.words["of-the-year"], "Wie viel regnet es üblicherweise im Mai?"],
])("%s is found", (_words, pattern, text) => {
  expect(pattern?.test(text)).toBe(true);
});

test("and so are a difference in years, the last quarter and a note below a table", () => {
  expect(asksForDifference("Wie viel älter ist Ann?")).toBe(true);
  expect(quarterIn("las ventas del último trimestre")).toBe(4);
  expect(tableShape("名,数\n甲,1\n乙,2\n来源 统计局\n", undefined).leftOut).toEqual([["来源 统计局"]]);
});

test("no expression has \\b beside another letter than those of English", () => {
  const folder = join(import.meta.dirname, "../../../interpreter");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const lines = files.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .map((line, i) => `${name}:${i + 1}: ${line.trim()}`),
  );
  expect(lines.filter((line) => /\\b(?:\((?:\?[:=!])?)?[^\0-\x7f]|[^\0-\x7f]\)?[?*+]?\\b/u.test(line))).toEqual([]);
});
