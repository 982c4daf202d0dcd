import { expect, test } from "vitest";
import { type AdapterInfo, describeCpu } from "../../../engine/index.ts";
import { defaultModel, needsAdapter, pickAdapter } from "../../../kernel/setup/model.ts";

const adapter = (name: string, isSoftware: boolean, maxBufferBytes = 4e9): AdapterInfo => ({
  name,
  vendor: "",
  driver: "",
  isSoftware,
  features: [],
  maxBufferBytes,
  maxBindingBytes: 128e6,
});
const cpu = adapter("llvmpipe", true);
const gpu = adapter("NVIDIA H200", false);

test("a software adapter gets the smallest model, a GPU the largest that fits", () => {
  expect(defaultModel(cpu)).toBe("qwen2.5-coder-0.5b");
  expect(defaultModel(gpu)).toBe("qwen2.5-coder-1.5b");
  expect(defaultModel(adapter("old", false, 1e9))).toBe("qwen2.5-coder-0.5b");
  expect(defaultModel(adapter("large", false, 9e9))).toBe("qwen2.5-coder-7b");
  expect(defaultModel(adapter("larger", false, 80e9))).toBe("qwen2.5-coder-32b");
  expect(defaultModel(adapter("between", false, 5e9))).toBe("qwen2.5-coder-1.5b"); // the 3B is not for commerce
  expect(defaultModel(undefined)).toBe("qwen2.5-coder-0.5b");
});

test.each([
  [undefined, gpu],
  ["gpu", gpu],
  ["software", cpu],
  ["nvidia", gpu],
  ["radeon", undefined],
])("of a CPU and a GPU, %s is found", (wanted, expected) => {
  expect(pickAdapter([cpu, gpu], wanted)).toBe(expected);
});

test("without a GPU the processors serve, unless something else was asked for", () => {
  expect(pickAdapter([cpu], undefined)).toEqual(describeCpu());
  expect(pickAdapter([], undefined)).toEqual(describeCpu());
  expect(pickAdapter([cpu], "software")).toBe(cpu);
  expect(pickAdapter([cpu], "gpu")).toBeUndefined();
});

test("the processors serve by name, and need no adapter", () => {
  expect(pickAdapter([], "cpu")).toEqual(describeCpu());
  expect(pickAdapter([gpu], "cpu")).toEqual(describeCpu());
  expect(defaultModel(describeCpu())).toBe("qwen2.5-coder-0.5b");
  expect(needsAdapter(undefined)).toBe(false);
  expect(["cpu", "gpu", "software", "nvidia"].filter(needsAdapter)).toEqual(["gpu", "software", "nvidia"]);
});
