// The engine's middle: token ids in, token ids out. Above it chat/ and server/, below it models/ and kernels/.
import type { ModelConfig } from "./models/config.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";
import type { LoraSpec } from "./weights/lora-file.ts";

/** `exact`: f32 activations. `fast`: int8 activations in blocks of 32, f32 accumulation. */
export type Precision = "fast" | "exact";

export interface OpenLanguageModelOptions {
  /** Path of a `.gguf` file. */
  readonly path: string;
  readonly precision?: Precision; // default: what is faster on the adapter
  /** LoRA adapters beside the model, which requests choose by their files' names. */
  readonly loras?: readonly LoraSpec[];
  readonly contextLength?: number; // tokens; default: min(the model's, 8192)
  /** `cpu`: the processors, without any adapter; `gpu`, `software`, or part of an adapter's name; default: a GPU, or the processors. */
  readonly adapter?: string;
  /** Kernels for GPUs, or for software adapters; default: for what the adapter is. */
  readonly kernels?: "gpu" | "software";
  /** What a model can have of one memory of the processors before it lies in several; default: what addresses of 32 bits reach. */
  readonly memoryBytes?: number;
  /** Where keys and values of `stableTokens` are kept from start to start; default: nowhere. */
  readonly prefixFolder?: string;
  /** Where the choice of kernels for this adapter is kept; default: nowhere, and what is likely fastest is taken. */
  readonly tuningFolder?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

export interface LoadProgress {
  readonly stage: "reading" | "compiling" | "loading" | "ready";
  readonly done: number; // bytes while loading, pipelines while compiling
  readonly total: number;
}

/** Defaults are those of the checkpoint where it names them, else greedy. */
export interface SamplingOptions {
  readonly temperature?: number; // 0: greedy
  readonly topK?: number; // 0: off
  readonly topP?: number; // 1: off
  readonly minP?: number; // 0: off
  readonly repetitionPenalty?: number; // 1: off; over prompt and answer, as transformers does
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: ReadonlyMap<number, number>;
  readonly seed?: number; // u32; the same seed gives the same tokens on the same adapter
}

/** What the next token may be: a grammar's view of the answer so far. */
export interface TokenConstraint {
  /** A bit a token, 32 a word; more than the vocabulary's are ignored. */
  mask(): Promise<Int32Array>;
  accept(token: number): void;
  dispose(): void;
}

export interface GenerateOptions {
  readonly constraint?: TokenConstraint; // of this one answer; disposed of at its end
  readonly maxTokens: number;
  readonly sampling?: SamplingOptions;
  /** How many of the prompt's first tokens are the same at every start, such as system prompt and tools. */
  readonly stableTokens?: number;
  readonly loras?: readonly string[]; // names of adapters, all of which count; default: none
  readonly stopTokens?: readonly number[]; // default: the model's end tokens
  readonly drafts?: boolean; // default: where they pay; `false` takes a step a token, which gives the same text
  readonly topLogprobs?: number; // how many alternatives to report a token, at most 20
  readonly onPrompt?: (progress: PromptProgress) => void; // at its beginning, and after each chunk of it but the last
  readonly signal?: AbortSignal; // stops within one token; the model stays usable
}

/** How far a prompt has been read, in tokens. */
export interface PromptProgress {
  readonly processed: number; // with the cached ones
  readonly cached: number;
  readonly total: number;
}

export interface GeneratedToken {
  readonly token: number;
  /** Present when `topLogprobs` was given: natural logarithms under the unscaled distribution, best first. */
  readonly logprob?: number;
  readonly topLogprobs?: readonly (readonly [token: number, logprob: number])[];
}

export interface GenerateSummary {
  readonly finishReason: "stop" | "length";
  readonly stopToken: number | undefined; // the end token that stopped it; it is not yielded
  readonly promptTokens: number;
  readonly cachedTokens: number; // prompt tokens whose KV entries were reused
  readonly generatedTokens: number;
  readonly prefillSeconds: number;
  readonly decodeSeconds: number;
}

export interface EmbedOptions {
  readonly loras?: readonly string[]; // as of GenerateOptions
  readonly signal?: AbortSignal;
}

export interface ScoreOptions extends EmbedOptions {
  readonly top?: number; // how many of the likeliest tokens to tell
}

export interface PositionScore {
  readonly logsumexp: number; // of the raw logits, natural logarithm
  readonly top: readonly (readonly [token: number, logprob: number])[]; // best first
  readonly next?: number; // logprob of the token that follows in the input; absent at the last position
}

/** Where the time of one step goes. */
export interface StepProfile {
  readonly milliseconds: number; // of the whole step, in one pass
  readonly dispatches: number;
  readonly kernels: readonly KernelTime[]; // what takes longest comes first
}

export interface KernelTime {
  readonly label: string;
  readonly dispatches: number;
  readonly milliseconds: number; // of all of them, each in a pass of its own
  readonly weightBytes: number; // read by them; 0 for what is no matrix product
  readonly products: number; // multiplied and added
}

export interface LanguageModelInfo {
  readonly path: string;
  readonly name: string; // general.name, else the file's name
  readonly fileBytes: number;
  readonly adapter: string; // what the driver calls itself
  readonly precision: Precision;
  readonly kernels: string; // variant of the matrix products: kernels/linear.ts
  readonly contextLength: number; // tokens
  readonly loras: readonly string[]; // names of the adapters that requests may choose
  readonly loadSeconds: number;
  readonly deviceBytes: number; // all buffers of the plan: weights, KV cache, activations
  readonly dispatchesPerToken: number;
}

/** One model on one device. Up to 8 requests run side by side; each gets the same numbers alone and among others. */
export interface LanguageModel extends AsyncDisposable {
  readonly info: LanguageModelInfo;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** The model file's own Jinja template, if it has one. */
  readonly chatTemplate: string | undefined;
  /** @throws EngineError `context-exceeded`, `bad-request`, `aborted`, `device-lost` */
  generate(promptTokens: readonly number[], options: GenerateOptions): AsyncGenerator<GeneratedToken, GenerateSummary>;
  /** The distribution of the next token at each position; entry i is after tokens[0..i]. */
  score(tokens: readonly number[], options?: ScoreOptions): AsyncGenerator<PositionScore>;
  /** The last position's hidden state after the final norm, L2-normalised. f32 [hiddenSize] */
  embed(tokens: readonly number[], options?: EmbedOptions): Promise<Float32Array>;
  /** Bytes per second that a copy reads and writes on this adapter. */
  measureCopyBandwidth(): Promise<number>;
  /** Products of int8 per second, from registers, on this adapter. */
  measureInt8Peak(): Promise<number>;
  /**
   * Times the kernels of a step: one token of text, or a chunk of a prompt.
   * @throws EngineError `bad-request` for an adapter without timestamp queries, or more tokens than there is room for
   */
  profile(options: { readonly numTokens: number; readonly position: number }): Promise<StepProfile>;
  [Symbol.asyncDispose](): Promise<void>;
}
