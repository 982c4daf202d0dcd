// A small real model whose file wants a token before raw texts and one behind those that are embedded.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLanguageModel } from "../../../engine/index.ts";
import { tinyModel, writeTinyModel } from "../tiny-model.ts";
import type { WrittenValue } from "../weights/gguf-writer.ts";
import { serveModel } from "./serve-model.ts";

const START = 256;
const END = 258;
const TRUE: WrittenValue = { type: "bool", value: true };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-raw-texts-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("texts to continue, to score and to embed have the ids that the file asks for; ids are taken as they are", async () => {
  const { metadata, tensors } = tinyModel().parts;
  const path = await writeTinyModel(join(folder, "bounds.gguf"), {
    tensors,
    metadata: [
      ...metadata,
      ["tokenizer.ggml.add_bos_token", TRUE],
      ["tokenizer.ggml.bos_token_id", { type: "u32", value: START }],
      ["tokenizer.ggml.add_eos_token", TRUE],
    ],
  });
  await using model = await openLanguageModel({ path, adapter: "cpu" });
  await using served = await serveModel(model);
  const ids = model.tokenizer.encode("ab");

  const completed = async (prompt: unknown) =>
    (await served.post("/completions", { prompt, max_tokens: 3, echo: true, logprobs: 0 })).body;
  const [ofText, ofIds] = [await completed("ab"), await completed([START, ...ids])];
  expect(ofText.choices[0].logprobs).toEqual(ofIds.choices[0].logprobs);
  expect(ofText.usage.prompt_tokens).toBe(3);
  expect((await completed(ids)).usage.prompt_tokens).toBe(2);

  const embedded = async (input: unknown) => (await served.post("/embeddings", { input })).body;
  expect((await embedded("ab")).data).toEqual((await embedded([START, ...ids, END])).data);
  expect((await embedded("ab")).usage.prompt_tokens).toBe(4);
  expect((await embedded("")).error.message).toMatch(/text 0 is empty/);
});
