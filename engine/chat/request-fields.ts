// What becomes of each field of a request: docs/decisions/0035-the-server-any-client-can-use.md. A field with an effect is done or
// refused by name; an answer without that effect would look like the one that was asked for.
import { closest, distance } from "fastest-levenshtein";
import { badField } from "../errors.ts";

const MAX_SLIPS = 2; // letters in which a name may differ from the one that was meant
const MAX_SHOWN = 60; // characters of a name or value in an error

/** Fields that change nothing in an answer by their own definition: taken, and not looked at. */
const HARMLESS = new Set([
  // OpenAI: who asks, what is kept, where and how fast it runs
  ...["user", "safety_identifier", "metadata", "store", "service_tier"],
  ...["prompt_cache_key", "prompt_cache_retention", "prediction", "max_tool_calls"], // that last one: of tools that we do not have
  // vLLM
  ...["priority", "request_id", "guided_decoding_backend"],
  // llama-server; what belongs to a sampler that is off
  ...["cache_prompt", "id_slot", "repeat_last_n", "mirostat_tau", "mirostat_eta", "dynatemp_exponent", "xtc_threshold"],
  ...["dry_base", "dry_allowed_length", "dry_penalty_last_n", "dry_sequence_breakers"],
]);

/** Fields of other servers whose effect we do not have, with the values that ask for none. */
const ASKS_NOTHING: Readonly<Record<string, readonly unknown[]>> = {
  // OpenAI
  functions: [[]],
  function_call: ["none", "auto"],
  modalities: [["text"]],
  verbosity: ["medium"],
  truncation: ["disabled"],
  include_obfuscation: [true, false], // of how events are padded
  // vLLM, SGLang, OpenRouter
  best_of: [1], // of a chat
  use_beam_search: [false],
  length_penalty: [1],
  early_stopping: [false],
  min_tokens: [0],
  bad_words: [[]],
  top_a: [0],
  echo: [false],
  add_generation_prompt: [true],
  continue_final_message: [false],
  add_special_tokens: [false], // of a chat: its template writes them
  include_stop_str_in_output: [false],
  skip_special_tokens: [true],
  spaces_between_special_tokens: [true, false], // where special tokens are shown
  return_token_ids: [false],
  return_tokens_as_token_ids: [false],
  continuous_usage_stats: [false],
  include_reasoning: [true],
  separate_reasoning: [true],
  normalize: [true],
  // llama-server
  mirostat: [0],
  typical_p: [1],
  tfs_z: [1],
  dynatemp_range: [0],
  xtc_probability: [0],
  dry_multiplier: [0],
  repeat_penalty: [1],
  grammar: [""],
  n_predict: [-1],
  n_keep: [0],
  min_keep: [0],
  n_probs: [0],
  t_max_predict_ms: [0],
  timings_per_token: [false],
  post_sampling_probs: [false],
  reasoning_format: ["auto", "deepseek"],
  parse_tool_calls: [true],
};

const SCHEMA = 'response_format: {"type": "json_schema", …}';
/** What is said here instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  functions: "tools",
  function_call: "tool_choice",
  n_predict: "max_tokens",
  repeat_penalty: "repetition_penalty",
  max_new_tokens: "max_tokens",
  think: "enable_thinking",
  format: SCHEMA,
  json_schema: SCHEMA,
  guided_json: SCHEMA,
  guided_choice: `${SCHEMA} with an enum`,
  guided_regex: `${SCHEMA} with a pattern`,
  guided_grammar: SCHEMA,
  structured_outputs: SCHEMA,
  regex: `${SCHEMA} with a pattern`,
  ebnf: SCHEMA,
  grammar: SCHEMA,
};

/**
 * @param known the fields that are done
 * @param within the field that has them, if it is not the request itself
 * @throws EngineError `bad-request` for the first that is neither done nor without an effect
 */
export function checkFields(given: object, known: readonly string[], within = ""): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.includes(name) || HARMLESS.has(name)) continue;
    const values = Object.hasOwn(ASKS_NOTHING, name) ? ASKS_NOTHING[name] : undefined;
    const said = JSON.stringify(value);
    if (values?.some((each) => JSON.stringify(each) === said)) continue;
    const state = values
      ? `${cut(said)} is not supported; leave it out`
      : "is no field that is known here; leave it out";
    throw badField(cut(within + name), state + wayOut(name, known));
  }
}

function wayOut(name: string, known: readonly string[]): string {
  if (Object.hasOwn(INSTEAD, name)) return `, or say ${INSTEAD[name]}`;
  if (name.length > MAX_SHOWN || known.length === 0) return "";
  const near = closest(name, known);
  return distance(name, near) <= MAX_SLIPS ? `, or say ${near}` : "";
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
