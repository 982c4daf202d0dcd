import { expect, test } from "vitest";
import { modelTraits } from "../../../interpreter/index.ts";

test.each([
  ["qwen2.5-coder-0.5b", { speaksInBlocks: true, makesMistakes: true, seesOtherTables: false, picksTables: false }],
  [
    "Qwen/Qwen2.5-Coder-1.5B-Instruct",
    { speaksInBlocks: true, makesMistakes: false, seesOtherTables: true, picksTables: true },
  ],
  ["qwen2.5-coder-7b", { speaksInBlocks: false, makesMistakes: false, seesOtherTables: true, picksTables: true }],
  ["qwen3-0.5b", { speaksInBlocks: false, makesMistakes: true, seesOtherTables: false, picksTables: false }],
  ["some-10.5b", { speaksInBlocks: false, makesMistakes: false, seesOtherTables: true, picksTables: true }],
])("%s", (name, { speaksInBlocks, ...traits }) => {
  const { dialect, ...known } = modelTraits(name);
  expect(known).toEqual(traits);
  expect(dialect.offer([]).length === 0 && dialect.system.includes("```sql")).toBe(speaksInBlocks);
});
