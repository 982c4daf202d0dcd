import { expect, test } from "vitest";
import { lorasIn, nameWithLoras } from "../../../engine/chat/model-name.ts";

const KNOWN = ["legal", "a+b", "v1.2"];

test.each([
  [undefined, []],
  ["qwen", []],
  ["gpt-4", []], // clients may call the model as they like
  ["hf:Qwen/Qwen3", []],
  ["legal", ["legal"]],
  ["v1.2", ["v1.2"]],
  ["qwen:legal", ["legal"]],
  ["qwen:legal+v1.2", ["legal", "v1.2"]],
  ["qwen:a+b", ["a+b"]],
  ["gpt-4:legal", ["legal"]],
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
