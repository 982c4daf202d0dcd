import { performance } from "node:perf_hooks";
import { contextExceeded, EngineError } from "../errors.ts";
import { NO_TOKEN } from "../kernels/argmax.ts";
import type { GeneratedToken, GenerateOptions, GenerateSummary, SamplingOptions } from "../language-model.ts";
import { isInMask } from "../token-mask.ts";
import type { Batcher } from "./batcher.ts";
import { brokenLogits, logSumExp, topLogprobs } from "./distribution.ts";
import { chooseWithDrafts } from "./drafts.ts";
import { InFlight } from "./in-flight.ts";
import { completeSampling, createSampler, isPlainGreedy } from "./sampler.ts";
import type { ChosenLora } from "./sequence.ts";
import type { StablePrefixes } from "./stable-prefixes.ts";
import { throwIfAborted } from "./tables.ts";
import type { Progress, Turn } from "./turn.ts";

/** What a request needs of the model that it runs on. */
export interface GenerationContext {
  readonly batcher: Batcher;
  readonly prefixes: StablePrefixes;
  readonly stepsInFlight: number; // that pay
  readonly contextLength: number; // tokens
  readonly stopTokens: readonly number[];
  readonly sampling: SamplingOptions; // where the request names none
  readonly isAllowed: (token: number) => boolean; // ids that name a token
  readonly loras: readonly ChosenLora[]; // adapters that there are
}

/** @throws EngineError `bad-request` for a name that none of the adapters has */
export function lorasOf({ loras }: Pick<GenerationContext, "loras">, names: readonly string[] = []): ChosenLora[] {
  return names.map((name) => {
    const found = loras.find((lora) => lora.name === name);
    if (found) return found;
    const known =
      loras.length > 0 ? `there are ${loras.map((lora) => lora.name).join(", ")}` : "none was given at start";
    throw new EngineError("bad-request", `no adapter ${JSON.stringify(name)}; ${known} (--lora FILE adds one)`);
  });
}

/** Continues `prompt` until a stop token, `maxTokens`, or the end of the context. */
export async function* generate(
  context: GenerationContext,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, GenerateSummary> {
  const { batcher, prefixes, contextLength } = context;
  const { signal, stableTokens = 0, stopTokens = context.stopTokens } = options;
  const limit = Math.min(options.maxTokens, contextLength - prompt.length);
  if (limit < 1) throw contextExceeded(prompt.length, contextLength, "leave no room for an answer");

  const sampling = { ...context.sampling, ...options.sampling };
  const isSampledThere = !isChosenHere(sampling, options) && !isPlainGreedy(sampling);
  const chosen = isSampledThere ? completeSampling(sampling) : undefined;
  const loras = lorasOf(context, options.loras);
  const turn = await batcher.begin({ signal, loras, sampling: chosen, stableTokens });
  try {
    const started = performance.now();
    const root = batcher.rootOf(prompt.length, loras);
    await prefixes.load(prompt, stableTokens, root);
    let cachedTokens: number | undefined;
    const progress = (processed: number) => {
      cachedTokens ??= processed;
      options.onPrompt?.({ processed, cached: cachedTokens, total: prompt.length });
    };
    let generatedTokens = 0;
    let prefilled = started;
    let stopToken: number | undefined;
    for await (const choice of chooseTokens(context, turn, sampling, prompt, limit, options, progress)) {
      if (generatedTokens === 0) {
        prefilled = performance.now();
        await prefixes.keep(prompt, stableTokens, root);
      }
      throwIfAborted(signal);
      if (stopTokens.includes(choice.token)) {
        stopToken = choice.token;
        break;
      }
      generatedTokens++;
      yield choice;
      throwIfAborted(signal);
      if (generatedTokens === limit) break;
    }
    return {
      finishReason: stopToken === undefined ? "length" : "stop",
      stopToken,
      promptTokens: prompt.length,
      cachedTokens: cachedTokens ?? 0,
      generatedTokens,
      prefillSeconds: (prefilled - started) / 1000,
      decodeSeconds: (performance.now() - prefilled) / 1000,
    };
  } finally {
    turn.end();
    options.constraint?.dispose();
  }
}

/** Whether the logits must come here: to be told of, or changed in ways that the adapter does not know. */
function isChosenHere({ logitBias }: SamplingOptions, { topLogprobs, constraint }: GenerateOptions): boolean {
  return topLogprobs !== undefined || constraint !== undefined || (logitBias?.size ?? 0) > 0;
}

function chooseTokens(
  context: GenerationContext,
  turn: Turn,
  sampling: SamplingOptions,
  prompt: readonly number[],
  limit: number,
  options: GenerateOptions,
  progress: Progress,
): AsyncGenerator<GeneratedToken> {
  const { stepsInFlight } = context;
  if (isChosenHere(sampling, options)) return chooseHere(context, turn, sampling, prompt, options, progress);
  const hasDrafts = isPlainGreedy(sampling) && options.drafts !== false;
  return hasDrafts
    ? checked(chooseWithDrafts(turn, prompt, limit, stepsInFlight, progress))
    : checked(chooseAhead(turn, stepsInFlight, prompt, limit, progress));
}

/** The token never leaves the adapter on its way to the next step, so that steps can be queued ahead. */
async function* chooseAhead(
  turn: Turn,
  stepsInFlight: number,
  prompt: readonly number[],
  limit: number,
  progress: Progress,
): AsyncGenerator<number> {
  const inFlight = new InFlight();
  inFlight.start(turn.choiceAfter(prompt, progress));
  for (let started = 1; ; ) {
    while (inFlight.count < stepsInFlight && started < limit) {
      inFlight.start(turn.choiceNext());
      started++;
    }
    const token = await inFlight.next();
    if (token === undefined) return;
    yield token;
  }
}

async function* checked(choices: AsyncGenerator<number>): AsyncGenerator<GeneratedToken> {
  for await (const token of choices) {
    if (token === NO_TOKEN) throw brokenLogits();
    yield { token };
  }
}

async function* chooseHere(
  { isAllowed }: GenerationContext,
  turn: Turn,
  sampling: SamplingOptions,
  prompt: readonly number[],
  { topLogprobs: logprobs, constraint }: GenerateOptions,
  progress: Progress,
): AsyncGenerator<GeneratedToken> {
  let mask: Int32Array | undefined;
  const fits = (token: number) => mask === undefined || isInMask(mask, token);
  const sampler = createSampler(sampling, prompt, (token) => isAllowed(token) && fits(token));
  for (let tokens = prompt; ; ) {
    const logits = await turn.logitsAfter(tokens, tokens === prompt ? progress : undefined);
    mask = await constraint?.mask();
    const choice = chooseWithLogprobs(logits, logprobs, () => sampler.choose(logits));
    constraint?.accept(choice.token);
    yield choice;
    tokens = [choice.token];
  }
}

function chooseWithLogprobs(logits: Float32Array, count: number | undefined, choose: () => number): GeneratedToken {
  if (count === undefined) return { token: choose() };
  const raw = logits.slice(); // the sampler changes them
  const logsumexp = logSumExp(raw);
  const top = topLogprobs(raw, count, logsumexp);
  const token = choose();
  return { token, logprob: raw[token]! - logsumexp, topLogprobs: top };
}
