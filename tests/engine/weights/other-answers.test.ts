// Files that are well formed and ask for what we do not compute: opened all the same, their models would answer otherwise than
// their makers' programs, and nobody would know. Each is refused by file and field.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { describeModel } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES, type ModelType } from "../../../engine/models/config.ts";
import { openTokenizer } from "../../../engine/tokenizer/open-tokenizer.ts";
import { PRE_TOKENIZERS } from "../../../engine/tokenizer/pre-tokenizers.ts";
import { modelConfig } from "../../../engine/weights/model-config.ts";
import { openModelFile } from "../../../engine/weights/model-file.ts";
import { tinyConfig, tinyModelOf } from "../graph/tiny-models.ts";
import { writeTinyModel } from "../tiny-model.ts";
import { expectRefused } from "./expect-refused.ts";
import type { GgufParts, WrittenTensor, WrittenValue } from "./gguf-writer.ts";
import {
  checkpointEntries,
  configJson,
  type SafetensorsEntry,
  tokenizerJson,
  writeFolder,
} from "./safetensors-folder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-other-answers-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** All that is looked at before weights are read. */
async function open(path: string): Promise<void> {
  await using model = await openModelFile(path);
  describeModel(model, modelConfig(model));
  openTokenizer(model);
}

const number = (value: number): WrittenValue => ({ type: "u32", value });
const real = (value: number): WrittenValue => ({ type: "f32", value });
const yes = (value: boolean): WrittenValue => ({ type: "bool", value });

describe("a GGUF with", () => {
  const write = (
    type: ModelType,
    set: Record<string, WrittenValue>,
    tensors?: (all: WrittenTensor[]) => WrittenTensor[],
  ) => {
    const { parts } = tinyModelOf(type);
    const metadata = new Map([...parts.metadata, ...Object.entries(set)]);
    const changed: GgufParts = { metadata: [...metadata], tensors: tensors?.([...parts.tensors]) ?? parts.tensors };
    return writeTinyModel(join(folder, "model.gguf"), changed);
  };

  test.each<[string, ModelType, Record<string, WrittenValue>, RegExp]>([
    [
      "tokens that see later ones",
      "qwen2",
      { "qwen2.attention.causal": yes(false) },
      /attention\.causal: false is not/,
    ],
    [
      "a causal word",
      "qwen2",
      { "qwen2.attention.causal": number(0) },
      /attention\.causal: 0 is not .*supported: true/,
    ],
    [
      "louder positions",
      "qwen3",
      { "qwen3.rope.scaling.attn_factor": real(1.5) },
      /attn_factor: 1\.5 is not supported/,
    ],
    ["dense layers first", "qwen3moe", { "qwen3moe.leading_dense_block_count": number(1) }, /dense_block_count: 1 is/],
    ["experts by sigmoid", "qwen3moe", { "qwen3moe.expert_gating_func": number(2) }, /expert_gating_func: 2 is not/],
    ["louder experts", "qwen2moe", { "qwen2moe.expert_weights_scale": real(2.5) }, /expert_weights_scale: 2\.5 is/],
    [
      "experts that add up to 1",
      "qwen2moe",
      { "qwen2moe.expert_weights_norm": yes(true) },
      /weights_norm: true is not/,
    ],
    ["experts that do not", "qwen3moe", { "qwen3moe.expert_weights_norm": yes(false) }, /weights_norm: false is not/],
    ["one expert", "qwen3moe", { "qwen3moe.expert_count": number(1) }, /expert_count: 1 expert is no mixture/],
    [
      "sizes by layer",
      "qwen3",
      { "qwen3.feed_forward_length": { type: "u32", values: [160, 96] } },
      /a list of 2 is not/,
    ],
    ["heads by layer", "qwen3", { "qwen3.attention.head_count_kv": { type: "u32", values: [2, 1] } }, /a list of 2 is/],
    ["a layer too few", "qwen2", { "qwen2.block_count": number(1) }, /"blk\.1\.\w+\.\w+": is not read by qwen2 with 1/],
    ["a layer too many", "qwen2", { "qwen2.block_count": number(3) }, /tensor "blk\.2\.attn_norm\.weight": is missing/],
  ])("%s", async (_, type, set, message) => {
    await expectRefused(open(await write(type, set)), folder, message);
  });

  test("a vocabulary of another model", async () => {
    const rows = 6000;
    const tensors = (all: WrittenTensor[]) =>
      all.map((tensor) =>
        tensor.name === "token_embd.weight" ? { name: tensor.name, type: tensor.type, shape: [96, rows] } : tensor,
      );
    const message = /tokens: 288 tokens, but the embedding has 6000 rows: the vocabulary is another model's/;
    await expectRefused(open(await write("qwen2", {}, tensors)), folder, message);
  });

  const reshaped = (changed: string, shape: readonly number[]) => (all: WrittenTensor[]) =>
    all.map(({ name, type, ...rest }) => (name === changed ? { name, type, shape } : { name, type, ...rest }));
  const beside = (name: string) => (all: WrittenTensor[]) => [...all, { name, type: "F32", shape: [96] } as const];

  test.each<[string, ModelType, (all: WrittenTensor[]) => WrittenTensor[], RegExp]>([
    [
      "an expert less in one matrix",
      "qwen3moe",
      reshaped("blk.1.ffn_up_exps.weight", [96, 64, 8]),
      /has shape \[96,64,8\]/,
    ],
    ["a router to fewer experts", "qwen3moe", reshaped("blk.0.ffn_gate_inp.weight", [96, 8]), /"blk\.0\.ffn_gate_inp/],
    [
      "a matrix turned around",
      "qwen2",
      reshaped("blk.0.ffn_down.weight", [96, 160]),
      /\[96,160\].* ask for \[160,96\]/,
    ],
    ["an output of fewer rows", "qwen", reshaped("output.weight", [96, 96]), /"output\.weight": has shape \[96,96\]/],
    [
      "a matrix in three dimensions",
      "qwen3",
      reshaped("blk.0.attn_q.weight", [96, 384, 1]),
      /"blk\.0\.attn_q\.weight"/,
    ],
    [
      "angles of its own",
      "qwen2",
      beside("rope_freqs.weight"),
      /"rope_freqs\.weight": is not read by qwen2 with 2 layers/,
    ],
    ["sinks of attention", "qwen3", beside("blk.0.attn_sinks.weight"), /"blk\.0\.attn_sinks\.weight": is not read by/],
    ["a bias of q", "qwen3", beside("blk.1.attn_q.bias"), /"blk\.1\.attn_q\.bias": is not read by qwen3/],
    ["a bias of experts", "qwen3moe", beside("blk.1.exp_probs_b.bias"), /"blk\.1\.exp_probs_b\.bias": is not read by/],
  ])("%s", async (_, type, tensors, message) => {
    await expectRefused(open(await write(type, {}, tensors)), folder, message);
  });
});

interface Changes {
  readonly type?: ModelType;
  readonly config?: Record<string, unknown>;
  readonly entries?: (entries: SafetensorsEntry[]) => readonly SafetensorsEntry[];
}

function writeModel({ type = "qwen2", config, entries = (all) => all }: Changes): Promise<string> {
  const { parts, weights } = tinyModelOf(type);
  const tensors = parts.tensors.map(({ name, shape }): WrittenTensor & { data: Uint8Array } => {
    return { name, type: "F32", shape, data: new Uint8Array(Float32Array.from(weights.get(name)!).buffer) };
  });
  const files = {
    "config.json": { ...configJson(tinyConfig(type)), ...config },
    "tokenizer.json": tokenizerJson(PRE_TOKENIZERS.get("qwen2")!.oniguruma),
  };
  return writeFolder(folder, files, entries(checkpointEntries(tensors, type === "qwen")));
}

const vector = (name: string): SafetensorsEntry => ({ name, dtype: "F32", shape: [1], data: new Uint8Array(4) });
const withVector = (name: string) => (all: SafetensorsEntry[]) => [...all, vector(name)];
const without = (name: string) => (all: SafetensorsEntry[]) => all.filter((entry) => entry.name !== name);
const renamed = (name: string, to: string) => (all: SafetensorsEntry[]) =>
  all.map((entry) => (entry.name === name ? { ...entry, name: to } : entry));

describe("a folder with", () => {
  test.each(MODEL_TYPES)("%s as it should be opens", async (type) => {
    await open(await writeModel({ type }));
  });

  test("buffers that are computed anyway, and other parts of a model beside it, opens", async () => {
    const names = ["model.layers.0.self_attn.rotary_emb.inv_freq", "visual.merger.weight", "constructor.weight"];
    await open(await writeModel({ entries: (all) => [...all, ...names.map(vector)] }));
  });

  const LAYERS = ["full_attention", "sliding_attention"];
  const UP = "model.layers.1.mlp.experts.8.up_proj.weight";
  test.each<[string, Changes, RegExp]>([
    ["windows in some layers", { config: { layer_types: LAYERS } }, /layer_types: only full_attention is supported/],
    ["layers of no list", { config: { layer_types: "full" } }, /layer_types: only full_attention/],
    ["tokens that see later ones", { config: { is_causal: false } }, /is_causal: false is not supported/],
    [
      "experts that need not add up to 1",
      { type: "qwen3moe", config: { norm_topk_prob: undefined } },
      /topk_prob: false/,
    ],
    ["experts that must", { type: "qwen2moe", config: { norm_topk_prob: true } }, /norm_topk_prob: true is not/],
    ["every second layer of experts", { type: "qwen2moe", config: { decoder_sparse_step: 2 } }, /decoder_sparse_step/],
    [
      "one expert",
      { type: "qwen3moe", config: { num_experts: 1 } },
      /config\.json: num_experts: 1 expert is no mixture/,
    ],
    ["no output, and no tie", { config: { tie_word_embeddings: false } }, /"lm_head\.weight": is missing, and config/],
    ["no output, and no word of it", { config: { tie_word_embeddings: undefined } }, /"lm_head\.weight": is missing/],
    ["an output tied in words", { config: { tie_word_embeddings: "true" } }, /"lm_head\.weight": is missing/],
    ["a larger vocabulary", { config: { vocab_size: 320 } }, /vocab_size: 320, but the embedding has 288 rows/],
    [
      "heads that do not divide",
      { config: { num_key_value_heads: 4 } },
      /num_key_value_heads: 4 does not divide the 6/,
    ],
    [
      "layers of another count",
      { config: { num_hidden_layers: 1 } },
      /"model\.layers\.1\.\w+[.\w]*": is not read by qwen2 with 1/,
    ],
    [
      "sinks",
      { entries: withVector("model.layers.0.self_attn.sinks") },
      /"model\.layers\.0\.self_attn\.sinks": is not/,
    ],
    [
      "scales of its own",
      { entries: withVector("model.layers.0.mlp.up_proj.weight_scale") },
      /up_proj\.weight_scale": is/,
    ],
    [
      "an adapter left in it",
      { entries: withVector("model.layers.0.mlp.up_proj.lora_A.weight") },
      /lora_A\.weight": is/,
    ],
    [
      "a layer's unknown part",
      { entries: withVector("model.layers.0.constructor.weight") },
      /constructor\.weight": is not/,
    ],
    [
      "a norm by another name",
      { entries: renamed("model.layers.1.input_layernorm.weight", "model.layers.1.ln.weight") },
      /"model\.layers\.1\.ln\.weight": is not read by qwen2/,
    ],
    [
      "an expert less",
      { type: "qwen3moe", entries: without(UP) },
      /"model\.layers\.1\.mlp\.experts\.\*\.up_proj\.weight": has shape \[8,64,96\], but config\.json asks for \[9,/,
    ],
    [
      "an expert too far",
      { type: "qwen3moe", entries: renamed(UP, UP.replace(".8.", ".900.")) },
      /"model\.layers\.1\.mlp\.experts\.8\.up_proj\.weight": is missing/,
    ],
    [
      "an expert of four digits",
      { type: "qwen3moe", entries: renamed(UP, UP.replace(".8.", ".9000.")) },
      /experts\.9000\.up_proj\.weight": is not read by/,
    ],
    [
      "numbers of a type that is every object's",
      { entries: (all) => all.map((entry) => ({ ...entry, dtype: "constructor" })) },
      /is "constructor"; supported are F32/,
    ],
  ])("%s is refused", async (_, changes, message) => {
    await expectRefused(open(await writeModel(changes)), folder, message);
  });
});
