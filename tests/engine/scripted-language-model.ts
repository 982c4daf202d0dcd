import type { GenerateOptions, LanguageModel } from "../../engine/index.ts";

// The template of Qwen2.5, shortened to what the tests use.
const TEMPLATE = `{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.content %}{{- message.content }}{%- endif %}
{%- for call in message.tool_calls or [] %}{{- '<tool_call>' + (call.function.arguments | tojson) + '</tool_call>' }}{%- endfor %}
{{- '<|im_end|>\\n' }}{%- endfor %}{%- if tools %}{{- tools | tojson }}{%- endif %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}`;

const SPECIAL = ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "<think>", "</think>"];
export const FIM_TOKENS = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", "<|file_sep|>"];
const FIRST_SPECIAL = 0x300; // below it an id is a code point; past the special ones, others as they are met
const VOCABULARY = 0x800; // small, since a grammar looks at each token

export interface ScriptedLanguageModel extends LanguageModel {
  readonly prompts: string[]; // as they were rendered; special tokens in ⟦ ⟧
  readonly requests: GenerateOptions[];
}

/**
 * Answers with the given text, a code point a token. `beforeToken` may wait, or throw what a lost device throws.
 */
export function scriptedLanguageModel(
  answer: string | (() => string),
  {
    beforeToken,
    chatTemplate = TEMPLATE,
    moreTokens = [],
  }: {
    beforeToken?: (index: number) => void | Promise<void>;
    chatTemplate?: string | undefined;
    moreTokens?: readonly string[]; // special ones
  } = {},
): ScriptedLanguageModel {
  const prompts: string[] = [];
  const requests: GenerateOptions[] = [];
  const specials = [...SPECIAL, ...moreTokens];
  const texts = specials.slice(); // of the ids from FIRST_SPECIAL on
  const isSpecial = (id: number) => id >= FIRST_SPECIAL && id < FIRST_SPECIAL + specials.length;
  const anySpecial = new RegExp(`(${specials.map((token) => token.replaceAll("|", "\\|")).join("|")})`);
  const text = (id: number) => texts[id - FIRST_SPECIAL] ?? (id < FIRST_SPECIAL ? String.fromCodePoint(id) : "");
  const idOf = (character: string) => {
    const point = character.codePointAt(0)!;
    if (point < FIRST_SPECIAL) return point;
    const known = texts.indexOf(character);
    return FIRST_SPECIAL + (known < 0 ? texts.push(character) - 1 : known);
  };
  const encode = (plain: string) => Array.from(plain, idOf);
  const encodeText: LanguageModel["tokenizer"]["encode"] = (input, { special = false, guard = "" } = {}) =>
    (special ? input.split(anySpecial) : [input]).flatMap((part) =>
      specials.includes(part) && special
        ? [FIRST_SPECIAL + specials.indexOf(part)]
        : encode(guard ? part.replaceAll(guard, "") : part),
    );
  const decodeStream = () => ({ push: text, end: () => "" });
  return {
    prompts,
    requests,
    info: {
      path: "scripted.gguf",
      name: "scripted",
      fileBytes: 0,
      adapter: "none",
      precision: "exact",
      kernels: "rows",
      contextLength: 4096,
      loras: [],
      loadSeconds: 0,
      deviceBytes: 0,
      dispatchesPerToken: 0,
    },
    config: undefined as never, // nobody asks in these tests
    chatTemplate,
    tokenizer: {
      vocabSize: VOCABULARY,
      stopTokens: [],
      textStart: [],
      textEnd: [],
      longestToken: 12, // <|im_start|>
      encode: encodeText,
      *encodeSlices(input, options) {
        yield { tokens: encodeText(input, options), end: input.length };
      },
      decode: (tokens) => tokens.map(text).join(""),
      decodeStream,
      bytes: (token) => new TextEncoder().encode(text(token)),
      encodedText: (token) => (isSpecial(token) ? "" : text(token)),
      isToken: (token) => token < VOCABULARY,
    },
    async *generate(tokens, options) {
      prompts.push(tokens.map((id) => (isSpecial(id) ? `⟦${text(id)}⟧` : text(id))).join(""));
      requests.push(options);
      options.onPrompt?.({ processed: 3, cached: 3, total: tokens.length });
      const all = encode(typeof answer === "string" ? answer : answer());
      const ids = all.slice(0, options.maxTokens);
      for (const [index, token] of ids.entries()) {
        await beforeToken?.(index);
        options.signal?.throwIfAborted();
        yield options.topLogprobs === undefined ? { token } : { token, logprob: -0.5, topLogprobs: [[token, -0.5]] };
      }
      return {
        finishReason: ids.length < all.length ? "length" : "stop",
        stopToken: undefined,
        promptTokens: tokens.length,
        cachedTokens: 3,
        generatedTokens: ids.length,
        prefillSeconds: 0,
        decodeSeconds: 0,
      };
    },
    async *score(tokens) {
      for (const next of tokens.slice(1)) yield { logsumexp: 0, top: [[next, -0.25]], next: -0.25 };
      yield { logsumexp: 0, top: [] };
    },
    embed: async () => Float32Array.of(0.6, 0.8),
    measureCopyBandwidth: async () => 0,
    measureInt8Peak: async () => 0,
    profile: async () => ({ milliseconds: 0, dispatches: 0, kernels: [] }),
    [Symbol.asyncDispose]: async () => {},
  };
}
