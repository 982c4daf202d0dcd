// How the names in a folder of Hugging Face's transformers are GGUF's: those of config.json, and of the tensors.
// Tensors: transformers, models/{qwen2,qwen2_moe,qwen3,qwen3_moe}/modeling_*.py; of the first generation modeling_qwen.py.
// GGUF: gguf-py/gguf/constants.py and tensor_mapping.py of llama.cpp.

/** general.architecture, by model_type. */
export const ARCHITECTURE_OF: Readonly<Record<string, string>> = {
  qwen: "qwen",
  qwen2: "qwen2",
  qwen2_moe: "qwen2moe",
  qwen3: "qwen3",
  qwen3_moe: "qwen3moe",
};

/** Keys of numbers, behind the architecture's name; in config.json the first that is there. */
export const CONFIG_KEYS: Readonly<Record<string, readonly string[]>> = {
  embedding_length: ["hidden_size"],
  block_count: ["num_hidden_layers"],
  feed_forward_length: ["intermediate_size"],
  context_length: ["max_position_embeddings", "seq_length"],
  vocab_size: ["vocab_size"],
  "attention.head_count": ["num_attention_heads"],
  "attention.head_count_kv": ["num_key_value_heads"],
  "attention.key_length": ["head_dim", "kv_channels"],
  "attention.value_length": ["head_dim", "kv_channels"],
  "attention.layer_norm_rms_epsilon": ["rms_norm_eps", "layer_norm_epsilon"],
  "rope.freq_base": ["rope_theta", "rotary_emb_base"],
  "rope.scaling.original_context_length": ["seq_length"],
  expert_count: ["num_experts"],
  expert_used_count: ["num_experts_per_tok"],
  expert_feed_forward_length: ["moe_intermediate_size"],
  expert_shared_feed_forward_length: ["shared_expert_intermediate_size"],
};

/** Likewise keys of yes or no; a GGUF has no name for them. */
export const FLAG_KEYS: Readonly<Record<string, string>> = {
  "rope.dynamic_ntk": "use_dynamic_ntk",
  "attention.logn": "use_logn_attn",
};

/** Of generation_config.json. */
export const SAMPLING_KEYS: Readonly<Record<string, string>> = {
  "general.sampling.temp": "temperature",
  "general.sampling.top_k": "top_k",
  "general.sampling.top_p": "top_p",
  "general.sampling.min_p": "min_p",
  "general.sampling.penalty_repeat": "repetition_penalty",
};

/** By names that a file chose: an object would have some of its own, such as "constructor". */
function namesOf(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(names));
}

const WHOLE = namesOf({
  "model.embed_tokens": "token_embd",
  "model.norm": "output_norm",
  lm_head: "output",
  "transformer.wte": "token_embd",
  "transformer.ln_f": "output_norm",
});

/** Within a layer. */
const OF_LAYER = namesOf({
  input_layernorm: "attn_norm",
  post_attention_layernorm: "ffn_norm",
  "self_attn.q_proj": "attn_q",
  "self_attn.k_proj": "attn_k",
  "self_attn.v_proj": "attn_v",
  "self_attn.o_proj": "attn_output",
  "self_attn.q_norm": "attn_q_norm",
  "self_attn.k_norm": "attn_k_norm",
  "mlp.gate_proj": "ffn_gate",
  "mlp.up_proj": "ffn_up",
  "mlp.down_proj": "ffn_down",
  "mlp.gate": "ffn_gate_inp",
  "mlp.shared_expert_gate": "ffn_gate_inp_shexp",
  "mlp.shared_expert.gate_proj": "ffn_gate_shexp",
  "mlp.shared_expert.up_proj": "ffn_up_shexp",
  "mlp.shared_expert.down_proj": "ffn_down_shexp",
  ln_1: "attn_norm",
  ln_2: "ffn_norm",
  "attn.c_attn": "attn_qkv",
  "attn.c_proj": "attn_output",
  "mlp.w1": "ffn_up",
  "mlp.w2": "ffn_gate", // it is this one that SiLU is taken of
  "mlp.c_proj": "ffn_down",
});

const OF_EXPERT = namesOf({
  gate_proj: "ffn_gate_exps",
  up_proj: "ffn_up_exps",
  down_proj: "ffn_down_exps",
});

/** GGUF's name of a tensor, and which of the experts' in it. */
export interface TensorName {
  readonly name: string;
  readonly expert: number | undefined;
}

/** Buffers that older releases of transformers saved with a layer; they are computed, and nothing is lost without them. */
const COMPUTED = /\.(rotary_emb\.inv_freq|attn\.(bias|masked_bias))$/;

/** Whether a tensor of that name is a layer's, and one that counts. */
export function isOfLayer(name: string): boolean {
  return /^(?:model\.layers|transformer\.h)\.\d+\./.test(name) && !COMPUTED.test(name);
}

/** Undefined for what no architecture reads: rotary tables, other parts' tensors. */
export function tensorName(name: string): TensorName | undefined {
  const [, of, kind] = /^(.*)\.(weight|bias)$/.exec(name) ?? [];
  if (of === undefined) return undefined;
  const whole = WHOLE.get(of);
  if (whole !== undefined) return { name: `${whole}.${kind}`, expert: undefined };
  const [, layer, rest = ""] = /^(?:model\.layers|transformer\.h)\.(\d+)\.(.*)$/.exec(of) ?? [];
  const [, expert, part = ""] = /^mlp\.experts\.(\d{1,3})\.(.*)$/.exec(rest) ?? [];
  const own = expert === undefined ? OF_LAYER.get(rest) : OF_EXPERT.get(part);
  if (layer === undefined || own === undefined) return undefined;
  return { name: `blk.${Number(layer)}.${own}.${kind}`, expert: expert === undefined ? undefined : Number(expert) };
}

/** The other way: the checkpoint's name of a tensor of GGUF's name, as the architecture's own code has it; the name itself if there is none. */
export function ownTensorName(name: string, architecture: string): string {
  const isFirst = architecture === "qwen"; // whose names come last
  const named = (names: ReadonlyMap<string, string>, gguf: string) => {
    const all = [...names].flatMap(([own, other]) => (other === gguf ? [own] : []));
    return isFirst ? all.at(-1) : all[0];
  };
  const [, layer, of = "", kind] = /^(?:blk\.(\d+)\.)?([^.]+)\.(weight|bias)$/.exec(name) ?? [];
  const expert = named(OF_EXPERT, of);
  const own = layer === undefined ? named(WHOLE, of) : expert ? `mlp.experts.*.${expert}` : named(OF_LAYER, of);
  if (own === undefined) return name;
  const layers = isFirst ? "transformer.h" : "model.layers";
  return layer === undefined ? `${own}.${kind}` : `${layers}.${layer}.${own}.${kind}`;
}

/** Metadata that no config says: the file and field that they are made from. */
const OTHER_FIELDS: Readonly<Record<string, readonly [file: string, field: string]>> = {
  "general.architecture": ["config.json", "model_type"],
  "tokenizer.ggml.tokens": ["tokenizer.json", "model.vocab"],
  "tokenizer.ggml.token_type": ["tokenizer.json", "added_tokens"],
  "tokenizer.ggml.merges": ["tokenizer.json", "model.merges"],
  "tokenizer.ggml.pre": ["tokenizer.json", "pre_tokenizer"],
  "tokenizer.ggml.eos_token_id": ["config.json", "eos_token_id"],
  "tokenizer.chat_template": ["tokenizer_config.json", "chat_template"],
};

/** Likewise of a key of the metadata: the file and the field in it. */
export function ownField(
  key: string,
  config: Readonly<Record<string, unknown>>,
  architecture: string,
): readonly [file: string, field: string] {
  const own = key.startsWith(`${architecture}.`) ? key.slice(architecture.length + 1) : "";
  const names = CONFIG_KEYS[own] ?? [FLAG_KEYS[own] ?? key];
  const there = names.find((name) => config[name] !== undefined && config[name] !== null);
  const name = there ?? (architecture === "qwen" ? names.at(-1) : names[0]) ?? key;
  return OTHER_FIELDS[key] ?? ["config.json", name];
}
