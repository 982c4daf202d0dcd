// Folders as transformers writes them, against the same model as a GGUF; and broken ones.
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EngineError } from "../../../engine/errors.ts";
import { MODEL_TYPES } from "../../../engine/models/config.ts";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { modelFile } from "../../../engine/weights/installed-models.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { openModelFile } from "../../../engine/weights/model-file.ts";
import { isNightly } from "../../nightly.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { randomNumbers } from "../kernels/linear-sources.ts";
import { writeTinyModel } from "../tiny-model.ts";
import type { WrittenTensor } from "./gguf-writer.ts";
import {
  checkpointEntries,
  configJson,
  type SafetensorsEntry,
  tokenizerJson,
  writeFolder,
  writeSafetensors,
} from "./safetensors-folder.ts";

const PATTERN = PRE_TOKENIZERS.get("qwen2")!.oniguruma;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-safetensors-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The tiny model's tensors, all as F32 or as BF16. */
function tensorsOf(type: (typeof MODEL_TYPES)[number], dtype: "F32" | "BF16"): WrittenTensor[] {
  const { parts, weights } = tinyModelOf(type);
  return parts.tensors.map(({ name, shape }) => {
    const f32 = new Uint8Array(Float32Array.from(weights.get(name)!).buffer);
    const data = dtype === "F32" ? f32 : f32.filter((_, i) => i % 4 >= 2);
    return { name, type: dtype, shape, data };
  });
}

describe.each(MODEL_TYPES)("%s", (type) => {
  // In one file, and unrounded: no matter of the architecture.
  const IN_ONE = type === "qwen2" || isNightly ? [["F32", 1] as const] : [];

  test.each([...IN_ONE, ["BF16", 3] as const])("%s in %i files is the same model as a GGUF", async (dtype, shards) => {
    const tensors = tensorsOf(type, dtype);
    const config = tinyConfig(type);
    const files = {
      "config.json": configJson(config),
      "tokenizer.json": tokenizerJson(PATTERN),
      "generation_config.json": { eos_token_id: [258, 256], temperature: 0.7, top_k: 20, do_sample: true },
      "tokenizer_config.json": { chat_template: "{{ messages }}" },
    };
    const path = await writeFolder(join(folder, "model"), files, checkpointEntries(tensors, type === "qwen"), shards);
    const { metadata } = tinyModelOf(type).parts;
    await using gguf = await openModelFile(await writeTinyModel(join(folder, "m.gguf"), { metadata, tensors }));
    await using model = await openModelFile(path);

    expect(modelConfig(model)).toEqual({ ...modelConfig(gguf), rmsNormEps: config.rmsNormEps });
    expect([...model.tensors.keys()].sort()).toEqual([...gguf.tensors.keys()].sort());
    for (const [name, { type, shape, byteLength }] of gguf.tensors) {
      const own = model.tensors.get(name)!;
      expect(own).toMatchObject({ name, type, shape, byteLength });
      const [actual, expected] = [new Uint8Array(byteLength), new Uint8Array(byteLength)];
      await gguf.read(gguf.tensors.get(name)!, expected, 0);
      await model.read(own, actual.subarray(0, 100), 0); // in parts, as weights are uploaded
      await model.read(own, actual.subarray(100), 100);
      expect(Buffer.compare(actual, expected), name).toBe(0);
    }
    const text = "Grüße, 世界! <|im_start|>user\n";
    expect(openTokenizer(model).encode(text, { special: true })).toEqual(
      openTokenizer(gguf).encode(text, { special: true }),
    );
    expect(openTokenizer(model).stopTokens).toEqual(openTokenizer(gguf).stopTokens);
    expect(model.metadata.get("tokenizer.chat_template")).toBe("{{ messages }}");
    expect(model.metadata.get("general.sampling.temp")).toBe(0.7);
    expect(await modelFile(path, { cacheDir: folder })).toBe(path);
  });
});

interface Folder {
  readonly config?: Record<string, unknown>; // changes; undefined values are left out
  readonly tokenizer?: Record<string, unknown>;
  readonly entries?: (entries: SafetensorsEntry[]) => readonly SafetensorsEntry[];
  readonly type?: "qwen2" | "qwen3moe";
}

async function write({ config, tokenizer, entries = (all) => all, type = "qwen2" }: Folder): Promise<string> {
  const files = {
    "config.json": { ...configJson(tinyConfig(type)), ...config },
    "tokenizer.json": { ...tokenizerJson(PATTERN), ...tokenizer },
  };
  return writeFolder(folder, files, entries(checkpointEntries(tensorsOf(type, "F32"), false)));
}

/** What opening it, and reading its config, says. */
async function problemOf(path: string): Promise<EngineError> {
  try {
    await using model = await openModelFile(path);
    modelConfig(model);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
  throw new Error("it was opened");
}

describe("what is not supported is named", () => {
  test.each<[string, Folder, RegExp]>([
    [
      "another architecture",
      { config: { model_type: "llama" } },
      /config\.json: model_type: "llama" is not supported; supported: qwen,/,
    ],
    [
      "one that is to come",
      { config: { model_type: "qwen3_5" } },
      /config\.json: model_type: "qwen3_5" is known, and not supported yet; supported: qwen,/,
    ],
    ["none at all", { config: { model_type: "constructor" } }, /"constructor" is not supported/],
    [
      "weights packed in another way",
      { config: { quantization_config: { quant_method: "fp8" } } },
      /quant_method: "fp8"; supported: gptq, awq/,
    ],
    ["stretched positions", { config: { rope_scaling: { type: "yarn", factor: 4 } } }, /rope_scaling: "yarn"/],
    [
      "the same, as transformers 5 writes it",
      { config: { rope_parameters: { rope_type: "yarn", rope_theta: 1e6, factor: 4 } } },
      /rope_parameters: "yarn"/,
    ],
    ["a factor without a type", { config: { rope_scaling: { factor: 4 } } }, /rope_scaling: "factor"/],
    ["a scaling that is a word", { config: { rope_scaling: "yarn" } }, /rope_scaling: "yarn"/],
    ["heads that are turned in part", { config: { partial_rotary_factor: 0.5 } }, /partial_rotary_factor: only 1/],
    ["windows", { config: { use_sliding_window: true } }, /use_sliding_window/],
    ["another activation", { config: { hidden_act: "gelu" } }, /hidden_act: "gelu" is not supported/],
    ["dense layers among experts", { type: "qwen3moe", config: { mlp_only_layers: [0] } }, /mlp_only_layers/],
    ["other weights of experts", { type: "qwen3moe", config: { norm_topk_prob: false } }, /norm_topk_prob: false/],
  ])("%s", async (_, wrong, message) => {
    const error = await problemOf(await write(wrong));
    expect(error).toMatchObject({ code: "unsupported-model", message: expect.stringMatching(message) });
  });
});

describe("what is broken is named, with its file", () => {
  const without = (name: string) => (entries: SafetensorsEntry[]) => entries.filter((entry) => entry.name !== name);
  const changed = (name: string, change: Partial<SafetensorsEntry>) => (entries: SafetensorsEntry[]) =>
    entries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry));

  test.each<[string, Folder, RegExp]>([
    ["a width in words", { config: { hidden_size: "wide" } }, /config\.json: hidden_size: "wide" is not a number/],
    ["no layers told", { config: { num_hidden_layers: undefined } }, /config\.json: num_hidden_layers: is missing/],
    [
      "another type of numbers",
      { entries: changed("model.norm.weight", { dtype: "F8_E4M3" }) },
      /"model\.norm\.weight": is "F8_E4M3"; supported are F32, F16, BF16/,
    ],
    ["a shape that is none", { entries: changed("model.norm.weight", { shape: [-1] }) }, /has the shape "\[-1\]"/],
    [
      "a shape of another size",
      { entries: changed("model.norm.weight", { shape: [95] }) },
      /takes 380 bytes by its shape, and 384/,
    ],
    [
      "no embedding",
      { entries: without("model.embed_tokens.weight") },
      /tensor "model\.embed_tokens\.weight": is missing/,
    ],
    [
      "an expert that is missing",
      { type: "qwen3moe", entries: without("model.layers.0.mlp.experts.4.up_proj.weight") },
      /"model\.layers\.0\.mlp\.experts\.4\.up_proj\.weight": is missing/,
    ],
    [
      "an expert of another shape",
      { type: "qwen3moe", entries: changed("model.layers.0.mlp.experts.4.up_proj.weight", { shape: [96, 64] }) },
      /experts differ/,
    ],
    [
      "another way to cut text",
      { tokenizer: { pre_tokenizer: { type: "Whitespace" } } },
      /tokenizer\.json: pre_tokenizer: cuts text by none/,
    ],
    [
      "a vocabulary with a hole",
      { tokenizer: { model: { type: "BPE", vocab: { a: 0 }, merges: [] } } },
      /tokenizer\.json: model\.vocab: byte \d+ is no token/,
    ],
    ["a vocabulary of another kind", { tokenizer: { model: { type: "Unigram" } } }, /model\.type: is "Unigram"/],
    [
      "an id past all vocabularies",
      { tokenizer: { added_tokens: [{ id: 2 ** 31, content: "x" }] } },
      /added_tokens: 2147483648 is no id/,
    ],
  ])("%s", async (_, wrong, message) => {
    const path = await write(wrong);
    const error = await problemOf(path).catch(async () => {
      await using model = await openModelFile(path);
      return (() => {
        try {
          openTokenizer(model);
        } catch (reason) {
          return reason as EngineError;
        }
        throw new Error("it was opened");
      })();
    });
    expect(error).toMatchObject({ code: "bad-model-file", message: expect.stringMatching(message) });
    expect(error.message).toContain(folder);
  });

  test("a folder without a model, without weights, without a vocabulary", async () => {
    expect((await problemOf(folder)).message).toMatch(/no config\.json in this folder; a model is a \.gguf file, or/);
    await write({});
    await rm(join(folder, "tokenizer.json"));
    expect((await problemOf(folder)).message).toMatch(/no tokenizer\.json/);
    await rm(join(folder, "model.safetensors"));
    expect((await problemOf(folder)).message).toMatch(/no \.safetensors file/);
  });

  test.each<[string, unknown, RegExp]>([
    [
      "names a file elsewhere",
      { "model.norm.weight": "../../etc/passwd" },
      /weight_map: "\.\.\/\.\.\/etc\/passwd" is no file of this folder/,
    ],
    [
      "names a file that is not there",
      { "model.norm.weight": "absent.safetensors" },
      /absent\.safetensors: no such file, but the model's index names it/,
    ],
    ["is none", [], /weight_map: 0 files|no file/],
    ["is a word", "x", /weight_map: is not an object/],
  ])("an index that %s", async (_, map, message) => {
    await write({});
    await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    expect((await problemOf(folder)).message).toMatch(message);
  });

  test("a file that was cut short, at any byte", async () => {
    const path = join(await write({}), "model.safetensors");
    for (const bytes of [0, 4, 8, 100, 5000, 100_000]) {
      await write({});
      await truncate(path, bytes);
      const { code, message } = await problemOf(folder);
      expect(code).toBe("bad-model-file");
      expect(message).toMatch(/cut short|is missing/);
    }
  });

  test("200 files with a few bytes of the header changed end in a word, or are read", async () => {
    const path = join(await write({}), "model.safetensors");
    const whole = writeSafetensors(checkpointEntries(tensorsOf("qwen2", "F32"), false));
    const random = randomNumbers(17);
    const headerBytes = Number(Buffer.from(whole).readBigUInt64LE());
    for (let i = 0; i < 200; i++) {
      const broken = Buffer.from(whole);
      for (let j = 0; j <= i % 4; j++) broken[Math.floor(random() * (8 + headerBytes))] = Math.floor(random() * 256);
      await writeFile(path, broken);
      await problemOf(folder).catch((error: Error) => expect(error.message).toBe("it was opened"));
    }
  });
});
