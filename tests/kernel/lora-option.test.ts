import { expect, test } from "vitest";
import { readLora } from "../../kernel/model/lora-option.ts";

test.each([
  ["a.gguf", { path: "/notes/a.gguf" }],
  ["a.gguf=0.5", { path: "/notes/a.gguf", scale: 0.5 }],
  ["/other/folder=-1", { path: "/other/folder", scale: -1 }],
  ["../rank=8/a.gguf", { path: "/rank=8/a.gguf" }],
])("%s", (text, expected) => {
  expect(readLora(text, "/notes")).toEqual(expected);
});
