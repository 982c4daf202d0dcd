import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelConfig } from "../../../engine/models/config.ts";
import { tinyTokenizer } from "../tiny-model.ts";
import type { WrittenTensor } from "./gguf-writer.ts";

/** The names that transformers gives what is called so in a GGUF, within a layer of Qwen2, Qwen3 and their mixtures. */
const NAMES: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_output: "self_attn.o_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
  ffn_gate_inp: "mlp.gate",
  ffn_gate_inp_shexp: "mlp.shared_expert_gate",
  ffn_gate_shexp: "mlp.shared_expert.gate_proj",
  ffn_up_shexp: "mlp.shared_expert.up_proj",
  ffn_down_shexp: "mlp.shared_expert.down_proj",
  ffn_gate_exps: "mlp.experts.#.gate_proj",
  ffn_up_exps: "mlp.experts.#.up_proj",
  ffn_down_exps: "mlp.experts.#.down_proj",
};
/** The same of the first generation. */
const FIRST: Readonly<Record<string, string>> = {
  attn_norm: "ln_1",
  attn_qkv: "attn.c_attn",
  attn_output: "attn.c_proj",
  ffn_norm: "ln_2",
  ffn_gate: "mlp.w2",
  ffn_up: "mlp.w1",
  ffn_down: "mlp.c_proj",
};
const MODEL_TYPES = { qwen: "qwen", qwen2: "qwen2", qwen2moe: "qwen2_moe", qwen3: "qwen3", qwen3moe: "qwen3_moe" };

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** One file: the length of the header, the header, the tensors. */
export function writeSafetensors(entries: readonly SafetensorsEntry[]): Uint8Array {
  let at = 0;
  const described = entries.map(({ name, dtype, shape, data }) => {
    const offsets = [at, at + data.byteLength];
    at += data.byteLength;
    return [name, { dtype, shape, data_offsets: offsets }];
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(described) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...entries.map(({ data }) => data)]);
}

/** A GGUF's tensors as transformers has them; those of experts come apart. */
export function checkpointEntries(tensors: readonly WrittenTensor[], isFirst: boolean): SafetensorsEntry[] {
  return tensors.flatMap(({ name, type, shape, data }) => {
    const [, layer, of = "", kind] = /^(?:blk\.(\d+)\.)?(.*)\.(weight|bias)$/.exec(name)!;
    const whole = isFirst
      ? { token_embd: "transformer.wte", output_norm: "transformer.ln_f", output: "lm_head" }[of]
      : { token_embd: "model.embed_tokens", output_norm: "model.norm", output: "lm_head" }[of];
    const own =
      layer === undefined
        ? whole
        : isFirst
          ? `transformer.h.${layer}.${FIRST[of]}`
          : `model.layers.${layer}.${NAMES[of]}`;
    const sizes = of === "ffn_gate_inp_shexp" ? [1, shape[0]!] : shape.toReversed();
    const entry = { name: `${own}.${kind}`, dtype: type, shape: sizes, data: data! };
    if (!own?.includes("#")) return [entry];
    const [experts, ...rest] = sizes as [number, ...number[]];
    const bytes = data!.byteLength / experts;
    return Array.from({ length: experts }, (_, expert) => ({
      ...{ name: entry.name.replace("#", String(expert)), dtype: type, shape: rest },
      data: data!.subarray(expert * bytes, (expert + 1) * bytes),
    }));
  });
}

/** As transformers writes it. */
export function configJson(config: ModelConfig): Record<string, unknown> {
  const { modelType, experts } = config;
  const common = {
    model_type: MODEL_TYPES[modelType],
    hidden_size: config.hiddenSize,
    num_hidden_layers: config.numHiddenLayers,
    num_attention_heads: config.numAttentionHeads,
    intermediate_size: config.intermediateSize,
    vocab_size: config.vocabSize,
    tie_word_embeddings: config.tieWordEmbeddings,
    torch_dtype: "bfloat16",
  };
  if (modelType === "qwen") {
    const own = { layer_norm_epsilon: config.rmsNormEps, rotary_emb_base: config.ropeTheta };
    const { seqLength, useDynamicNtk, useLognAttn } = config.longContext!;
    return {
      ...{ ...common, ...own, kv_channels: config.headDim, max_position_embeddings: config.maxPositionEmbeddings },
      ...{ seq_length: seqLength, use_dynamic_ntk: useDynamicNtk, use_logn_attn: useLognAttn },
    };
  }
  return {
    ...common,
    num_key_value_heads: config.numKeyValueHeads,
    head_dim: config.headDim,
    rms_norm_eps: config.rmsNormEps,
    rope_theta: config.ropeTheta,
    rope_scaling: null,
    hidden_act: "silu",
    use_sliding_window: false,
    sliding_window: 4096,
    max_position_embeddings: config.maxPositionEmbeddings,
    ...(experts && {
      num_experts: experts.numExperts,
      num_experts_per_tok: experts.numExpertsPerTok,
      moe_intermediate_size: experts.moeIntermediateSize,
      shared_expert_intermediate_size: experts.sharedExpertIntermediateSize,
      norm_topk_prob: modelType === "qwen3moe",
      decoder_sparse_step: 1,
      mlp_only_layers: [],
    }),
  };
}

/** The tiny model's vocabulary, whose tokens are bytes, as a tokenizer.json. */
export function tokenizerJson(pattern: string): Record<string, unknown> {
  const values = (key: string) =>
    (tinyTokenizer.find(([name]) => name === key)![1] as { values: readonly unknown[] }).values;
  const texts = values("tokenizer.ggml.tokens") as readonly string[];
  const types = values("tokenizer.ggml.token_type") as readonly number[];
  const ids = (type: number) => [...texts.keys()].filter((id) => types[id] === type);
  return {
    version: "1.0",
    added_tokens: ids(3).map((id) => ({ id, content: texts[id], special: true, lstrip: false })),
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false },
      ],
    },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(ids(1).map((id) => [texts[id], id])),
      merges: [],
      ignore_merges: false,
    },
  };
}

/** @param shards into how many files the tensors go */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, unknown>>,
  entries: readonly SafetensorsEntry[],
  shards = 1,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  const nameOf = (shard: number) =>
    shards === 1 ? "model.safetensors" : `model-0000${shard + 1}-of-0000${shards}.safetensors`;
  const map: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const own = entries.filter((_, i) => i % shards === shard);
    for (const { name } of own) map[name] = nameOf(shard);
    await writeFile(join(folder, nameOf(shard)), writeSafetensors(own));
  }
  if (shards > 1)
    await writeFile(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: {}, weight_map: map }));
  return folder;
}
