import { badField } from "../errors.ts";
import type {
  GeneratedToken,
  GenerateOptions,
  GenerateSummary,
  LanguageModel,
  SamplingOptions,
} from "../language-model.ts";
import type { ChatRequest, CompletionRequest } from "./request.ts";
import { StopStrings } from "./stop-strings.ts";

export const NO_LIMIT = -1; // of tokens: what some clients send for "as long as there is room"

export interface TextEvent {
  readonly text: string;
  readonly token: GeneratedToken | undefined;
}

type TextOptions = {
  [Name in "constraint" | "topLogprobs" | "signal" | "onPrompt" | "stableTokens" | "stopTokens" | "loras"]?:
    | GenerateOptions[Name]
    | undefined;
} & {
  /** Asked after each token whether its text has ended the answer. */
  readonly isOver?: () => boolean;
};

/** Text of an answer, up to a stop string; yields also tokens whose text is not complete yet. */
export async function* generateText(
  model: LanguageModel,
  tokens: readonly number[],
  request: ChatRequest | CompletionRequest,
  { topLogprobs, signal, onPrompt, stableTokens = 0, stopTokens, loras, constraint, isOver = () => false }: TextOptions,
): AsyncGenerator<TextEvent, GenerateSummary> {
  const stops = new StopStrings([request.stop ?? []].flat());
  const decoder = model.tokenizer.decodeStream({ skipSpecial: true });
  const maxTokens = maxTokensOf(request) ?? model.info.contextLength;
  if (maxTokens === 0) return { ...NOTHING_GENERATED, finishReason: "length", promptTokens: tokens.length };
  checkBias(request.logit_bias ?? {}, model.tokenizer.vocabSize);
  const ends = request.ignore_eos ? [] : (stopTokens ?? model.tokenizer.stopTokens);
  const options: GenerateOptions = {
    maxTokens,
    sampling: samplingOf(request),
    stableTokens,
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(onPrompt && { onPrompt }),
    stopTokens: [...ends, ...(request.stop_token_ids ?? [])],
    ...(loras && { loras }),
    ...(constraint && { constraint }),
    ...(signal && { signal }),
  };
  const answer = model.generate(tokens, options);
  let generated = 0;
  for (let next = await answer.next(); ; next = await answer.next()) {
    if (next.done) {
      yield { text: stops.push(decoder.end()) + stops.end(), token: undefined };
      return next.value;
    }
    generated++;
    yield { text: stops.push(decoder.push(next.value.token)), token: next.value };
    if (stops.isStopped || isOver()) {
      await answer.return(undefined as never); // the generator's own summary is lost with it
      return { ...NOTHING_GENERATED, promptTokens: tokens.length, generatedTokens: generated };
    }
  }
}

const NOTHING_GENERATED: GenerateSummary = {
  finishReason: "stop",
  stopToken: undefined,
  promptTokens: 0,
  cachedTokens: 0,
  generatedTokens: 0,
  prefillSeconds: 0,
  decodeSeconds: 0,
};

/** @throws EngineError `bad-request` for a token that the model has not: it would be passed over */
function checkBias(bias: Readonly<Record<string, number>>, vocabSize: number): void {
  const unknown = Object.keys(bias).find((token) => Number(token) >= vocabSize);
  if (unknown !== undefined) throw badField(`logit_bias.${unknown}`, `this model has the tokens 0 to ${vocabSize - 1}`);
}

function samplingOf(request: ChatRequest | CompletionRequest): SamplingOptions {
  const given = {
    temperature: request.temperature,
    topK: request.top_k === undefined ? undefined : Math.max(0, request.top_k),
    topP: request.top_p,
    minP: request.min_p,
    repetitionPenalty: request.repetition_penalty,
    presencePenalty: request.presence_penalty,
    frequencyPenalty: request.frequency_penalty,
    seed: request.seed == null ? undefined : request.seed >>> 0,
    logitBias: request.logit_bias
      ? new Map(Object.entries(request.logit_bias).map(([token, bias]) => [Number(token), bias]))
      : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
}

export function usageOf({ promptTokens, cachedTokens, generatedTokens }: GenerateSummary) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: generatedTokens,
    total_tokens: promptTokens + generatedTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}

/** How many tokens the answer may have; undefined: as many as there is room for. */
function maxTokensOf(request: ChatRequest | CompletionRequest): number | undefined {
  const most = ("messages" in request ? request.max_completion_tokens : undefined) ?? request.max_tokens;
  return most === undefined || Number(most) === NO_LIMIT ? undefined : Number(most);
}
