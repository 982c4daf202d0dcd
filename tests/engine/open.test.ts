import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { openLanguageModel } from "../../engine/index.ts";
import { tinyModel, writeTinyModel } from "./tiny-model.ts";
import type { GgufParts, WrittenValue } from "./weights/gguf-writer.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(os.tmpdir(), "qwenlab-open-"));
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
afterAll(() => rm(folder, { recursive: true }));

const { metadata, tensors } = tinyModel().parts;

const ONE: WrittenValue = { type: "u32", value: 1 };
const write = (parts: GgufParts) => writeTinyModel(join(folder, "model.gguf"), parts);

test("a file that is not there", async () => {
  const path = join(folder, "none.gguf");
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "model-not-found",
    message: expect.stringContaining(path),
  });
});

test("a file that is no GGUF", async () => {
  const path = join(folder, "text.gguf");
  await writeFile(path, "once upon a time there was a text file, longer than a header");
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "bad-model-file",
    message: expect.stringContaining(path),
  });
});

test("a file that is cut off in its weights", async () => {
  const path = await write({ metadata, tensors });
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length - 1000));
  await expect(openLanguageModel({ path })).rejects.toMatchObject({ code: "bad-model-file" });
});

test("another architecture is named", async () => {
  const path = await write({
    metadata: metadata.map(([key, value]) =>
      key === "general.architecture" ? [key, { type: "string", value: "llama" }] : [key, value],
    ),
    tensors,
  });
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "unsupported-model",
    message: expect.stringMatching(/general\.architecture.*llama.*qwen2/),
  });
});

test("a missing tensor is named", async () => {
  const path = await write({ metadata, tensors: tensors.filter(({ name }) => name !== "blk.1.ffn_up.weight") });
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "bad-model-file",
    message: expect.stringContaining("blk.1.ffn_up.weight"),
  });
});

test.each<[string, GgufParts, string]>([
  [
    "a bias that the architecture has not",
    { metadata, tensors: [...tensors, { name: "blk.0.attn_output.bias", type: "F32", shape: [96] }] },
    "blk.0.attn_output.bias",
  ],
  [
    "a layer more than the metadata tell",
    { metadata: metadata.map(([key, value]) => [key, key === "qwen2.block_count" ? ONE : value] as const), tensors },
    "blk.1.attn_norm.weight",
  ],
])("a tensor that would not be read is refused: %s", async (_, parts, name) => {
  await expect(openLanguageModel({ path: await write(parts) })).rejects.toMatchObject({
    code: "unsupported-model",
    message: expect.stringMatching(`tensor "${name}": is not read by qwen2 with [12] layers`),
  });
});

test("a tensor of another shape is named", async () => {
  const path = await write({
    metadata,
    tensors: tensors.map((tensor) => (tensor.name === "blk.0.attn_k.weight" ? { ...tensor, shape: [64, 96] } : tensor)),
  });
  await expect(openLanguageModel({ path })).rejects.toMatchObject({
    code: "bad-model-file",
    message: expect.stringContaining("blk.0.attn_k.weight"),
  });
});

test("weights that are no numbers end in an error, not in text", async () => {
  const path = await write({
    metadata,
    tensors: tensors.map((tensor) =>
      tensor.name === "output_norm.weight"
        ? { ...tensor, data: new Uint8Array(tensor.data!.length).fill(0xff) }
        : tensor,
    ),
  });
  for (const precision of ["fast", "exact"] as const) {
    await using model = await openLanguageModel({ path, precision });
    for (const topLogprobs of [undefined, 1]) {
      const options = { maxTokens: 1, sampling: { temperature: 0 }, ...(topLogprobs && { topLogprobs }) };
      const generation = model.generate([1, 2, 3], options);
      await expect(generation.next()).rejects.toThrow(/logit|number/i);
      await generation.return(undefined as never);
    }
  }
});

test("too little memory: what is needed and what is free, before anything is loaded", async () => {
  vi.spyOn(os, "freemem").mockReturnValue(12_345);
  syncBuiltinESMExports();
  const path = await write({ metadata, tensors });
  const stages: string[] = [];
  const opened = openLanguageModel({ path, onProgress: ({ stage }) => stages.push(stage) });
  await expect(opened).rejects.toMatchObject({
    code: "out-of-memory",
    message: expect.stringMatching(/needs \d+\.\d GB and \d+\.\d GB are free/),
  });
  expect(stages).not.toContain("loading");
});

test("a memory of the processors that is too small for one step is told before anything is loaded", async () => {
  const path = await write({ metadata, tensors });
  const stages: string[] = [];
  const onProgress = ({ stage }: { stage: string }) => stages.push(stage);
  await expect(openLanguageModel({ path, adapter: "cpu", memoryBytes: 500_000, onProgress })).rejects.toMatchObject({
    code: "out-of-memory",
    message: expect.stringMatching(/its attention alone needs \d\.\d GB .* can use \d\.\d GB for one step: .* a GPU/),
  });
  expect(stages).not.toContain("loading");
});

test("an adapter that is not there: the message lists those that are", async () => {
  const path = await write({ metadata, tensors });
  await expect(openLanguageModel({ path, adapter: "no such adapter" })).rejects.toMatchObject({
    code: "no-adapter",
    message: expect.stringMatching(/no such adapter.*llvmpipe/s),
  });
});

test.each([0, 257, 1.5])("a context of %d tokens is refused", async (contextLength) => {
  const path = await write({ metadata, tensors });
  await expect(openLanguageModel({ path, contextLength })).rejects.toMatchObject({
    code: "bad-request",
    message: expect.stringContaining("1 to 256"),
  });
});

test("loading can be aborted", async () => {
  const path = await write({ metadata, tensors });
  await expect(openLanguageModel({ path, signal: AbortSignal.abort() })).rejects.toThrow();
});

test("a file's own name for itself is a line of text", async () => {
  const name = `\u001b]0;title\u0007\u001b[2JMy\u202e\nmodel${"!".repeat(1_000)}`;
  const path = await write({
    metadata: metadata.map(([key, value]) =>
      key === "general.name" ? [key, { type: "string", value: name }] : [key, value],
    ),
    tensors,
  });
  await using model = await openLanguageModel({ path });
  expect(model.info.name).toMatch(/^\]0;title \[2JMy model!{50,200}$/);
});
