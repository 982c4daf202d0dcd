import { expect, test } from "vitest";
import { lorasIn, nameWithLoras } from "../../../engine/chat/model-name.ts";

const KNOWN = ["legal", "a+b", "v1.2"];

test.each([
  [undefined, []],
  ["qwen", []],
  ["", []],
  ["Qwen.gguf", []],
  ["legal", ["legal"]],
  ["v1.2", ["v1.2"]],
  ["qwen:legal", ["legal"]],
  ["qwen:legal+v1.2", ["legal", "v1.2"]],
  ["qwen:a+b", ["a+b"]],
  ["QWEN:legal", ["legal"]],
  ["qwen:other", ["other"]], // who runs it says that it is not there
])("%s asks for %j", (asked, expected) => {
  expect(lorasIn(asked, "qwen", KNOWN)).toEqual(expected);
});

test("a name with adapters asks for them", () => {
  expect(nameWithLoras("qwen", [])).toBe("qwen");
  const name = nameWithLoras("hf:Qwen/Qwen3", ["legal", "v1.2"]);
  expect(name).toBe("hf:Qwen/Qwen3:legal+v1.2");
  expect(lorasIn(name, "hf:Qwen/Qwen3", KNOWN)).toEqual(["legal", "v1.2"]);
});

test.each(["gpt-4", "hf:Qwen/Qwen3", "gpt-4:legal", "other/qwen", ":legal"])("%s is another model", (asked) => {
  expect(() => lorasIn(asked, "qwen", KNOWN)).toThrow(`there is no "${asked}" here; there is qwen, qwen:legal`);
});

test.each([
  ["Qwen3", []],
  ["qwen/qwen3", undefined],
  ["hf:qwen/qwen3", []],
  ["qwen3-q4.gguf", undefined],
  ["Qwen3:legal", ["legal"]],
])("of hf:Qwen/Qwen3, %s is %j", (asked, expected) => {
  const loras = () => lorasIn(asked, "hf:Qwen/Qwen3", KNOWN);
  if (expected === undefined) expect(loras).toThrow("there is no");
  else expect(loras()).toEqual(expected);
});
