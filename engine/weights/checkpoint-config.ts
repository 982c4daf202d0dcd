// What config.json and generation_config.json of a checkpoint say, as a GGUF's metadata.
import { EngineError } from "../errors.ts";
import { inWords, quote } from "./bad-model-file.ts";
import { ARCHITECTURE_OF, CONFIG_KEYS, FLAG_KEYS, SAMPLING_KEYS } from "./checkpoint-names.ts";
import type { GgufValue } from "./metadata.ts";

/** Of the Qwen family too, and not run yet. */
const NOT_YET: readonly string[] = [
  ...["qwen3_next", "qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"],
  ...["qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe", "qwen2_audio", "qwen2_5_omni", "qwen3_omni_moe"],
];

/** What config.json says, checked only where it is used. */
export type Json = Readonly<Record<string, unknown>>;

export function architectureOf(path: string, { model_type: type }: Json): string {
  const known = Object.keys(ARCHITECTURE_OF);
  const architecture =
    typeof type === "string" && Object.hasOwn(ARCHITECTURE_OF, type) ? ARCHITECTURE_OF[type] : undefined;
  if (architecture !== undefined) return architecture;
  const isNotYet = typeof type === "string" && NOT_YET.includes(type);
  const state = isNotYet ? "known, and not supported yet" : "not supported";
  const problem = `model_type: ${inWords(type)} is ${state}; supported: ${known.join(", ")}`;
  throw new EngineError("unsupported-model", `${path}: ${problem}`);
}

/** What the architecture could ask for, and no published model of it does. */
export function rejectOthers(path: string, config: Json, architecture: string): void {
  const reject = (problem: string): never => {
    throw new EngineError("unsupported-model", `${path}: ${problem}`);
  };
  for (const field of ["rope_scaling", "rope_parameters"]) rejectScaling(field, config[field], reject);
  if ((config.partial_rotary_factor ?? 1) !== 1) reject("partial_rotary_factor: only 1 is supported");
  if (config.use_sliding_window === true) reject("use_sliding_window: is not supported");
  if (!["silu", undefined].includes(config.hidden_act as string)) {
    reject(`hidden_act: ${inWords(config.hidden_act)} is not supported; supported: silu`);
  }
  if ((config.decoder_sparse_step ?? 1) !== 1) reject("decoder_sparse_step: only 1 is supported");
  if (Array.isArray(config.mlp_only_layers) && config.mlp_only_layers.length > 0) {
    reject("mlp_only_layers: layers without experts are not supported");
  }
  const { layer_types: layers = [], norm_topk_prob: norm = false } = config; // both as transformers takes them to be
  if (!Array.isArray(layers) || layers.some((type) => type !== "full_attention")) {
    reject("layer_types: only full_attention is supported");
  }
  if (config.is_causal === false) reject("is_causal: false is not supported: each token would see those after it");
  const renormalizes = { qwen2moe: false, qwen3moe: true }[architecture];
  if (renormalizes !== undefined && norm !== renormalizes) {
    reject(`norm_topk_prob: ${inWords(norm)} is not supported for this architecture`);
  }
}

/** What there is beside a type and a base stretches positions. transformers 5 has it under `rope_parameters`, with the base. */
function rejectScaling(field: string, given: unknown, reject: (problem: string) => never): void {
  if (given === undefined || given === null) return;
  if (typeof given !== "object") reject(`${field}: ${inWords(given)} is not supported; supported: none`);
  const { rope_type: type = (given as Json).type ?? "default", ...others } = given as Json; // as: just checked
  if (type !== "default") reject(`${field}: ${inWords(type)} is not supported; supported: none`);
  const other = Object.keys(others).find((key) => !["type", "rope_theta"].includes(key));
  if (other !== undefined) reject(`${field}: ${quote(other)} is not supported; supported: rope_theta`);
}

export function numbersOf(config: Json, architecture: string): [string, GgufValue][] {
  const nested = config.rope_parameters as Json | undefined; // where transformers 5 has the base
  const all: Json = { ...config, ...(nested?.rope_theta !== undefined && { rope_theta: nested.rope_theta }) };
  return Object.entries(CONFIG_KEYS).flatMap(([key, names]): [string, GgufValue][] => {
    const name = names.find((each) => all[each] !== undefined && all[each] !== null);
    const value = name === undefined ? undefined : all[name];
    // What is no number is told by who reads it.
    return value === undefined
      ? []
      : [[`${architecture}.${key}`, typeof value === "number" || typeof value === "string" ? value : inWords(value)]];
  });
}

export function flagsOf(config: Json, architecture: string): [string, GgufValue][] {
  return Object.entries(FLAG_KEYS).flatMap(([key, name]): [string, GgufValue][] => {
    const value = config[name];
    return value === undefined
      ? []
      : [[`${architecture}.${key}`, typeof value === "boolean" || typeof value === "string" ? value : inWords(value)]];
  });
}

export function samplingOf(generation: Json): [string, GgufValue][] {
  if (generation.do_sample === false) return [];
  return Object.entries(SAMPLING_KEYS).flatMap(([key, name]): [string, GgufValue][] => {
    const value = generation[name];
    return typeof value === "number" ? [[key, value]] : [];
  });
}

export function firstId({ eos_token_id: id }: Json): number | undefined {
  const first: unknown = Array.isArray(id) ? id[0] : id;
  return typeof first === "number" ? first : undefined;
}
