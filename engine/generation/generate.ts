import { performance } from "node:perf_hooks";
import { EngineError } from "../errors.ts";
import { NO_TOKEN } from "../kernels/argmax.ts";
import type { GeneratedToken, GenerateOptions, GenerateSummary, SamplingOptions } from "../language-model.ts";
import type { CachedTokens } from "./cached-tokens.ts";
import { brokenLogits, logSumExp, topLogprobs } from "./distribution.ts";
import { chooseWithDrafts } from "./drafts.ts";
import { throwIfAborted } from "./request-queue.ts";
import type { Runner } from "./runner.ts";
import { createSampler, isPlainGreedy } from "./sampler.ts";

/** What a request needs of the model that it runs on. */
export interface GenerationContext {
  readonly runner: Runner;
  readonly cached: CachedTokens;
  readonly contextLength: number; // tokens
  readonly maxTokens: number; // of a chunk of the prompt
  readonly stopTokens: readonly number[];
  readonly sampling: SamplingOptions; // where the request names none
  readonly isAllowed: (token: number) => boolean; // ids that name a token
}

/** Continues `prompt` until a stop token, `maxTokens`, or the end of the context. */
export async function* generate(
  context: GenerationContext,
  prompt: readonly number[],
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken, GenerateSummary> {
  const { runner, cached, contextLength } = context;
  const { signal, stopTokens = context.stopTokens } = options;
  const limit = Math.min(options.maxTokens, contextLength - prompt.length);
  if (limit < 1) throw contextExceeded(prompt.length, contextLength, "leave no room for an answer");

  const started = performance.now();
  const cachedTokens = await cached.reuse(prompt, options.stableTokens);
  let position = cachedTokens;
  const report = () => options.onPrompt?.({ processed: position, cached: cachedTokens, total: prompt.length });
  report();
  while (prompt.length - position > context.maxTokens) {
    const chunk = prompt.slice(position, position + context.maxTokens);
    await runner.prefill(chunk, position);
    cached.append(...chunk);
    position += chunk.length;
    throwIfAborted(signal);
    report();
  }

  const choices = chooseTokens(context, prompt, position, limit, options);
  let generatedTokens = 0;
  let prefilled = started;
  let stopToken: number | undefined;
  for await (const choice of choices) {
    if (generatedTokens === 0) {
      cached.append(...prompt.slice(position));
      prefilled = performance.now();
      await cached.keep(options.stableTokens ?? 0);
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
    cached.append(choice.token); // by the next step, which is under way or about to be
  }
  return {
    finishReason: stopToken === undefined ? "length" : "stop",
    stopToken,
    promptTokens: prompt.length,
    cachedTokens,
    generatedTokens,
    prefillSeconds: (prefilled - started) / 1000,
    decodeSeconds: (performance.now() - prefilled) / 1000,
  };
}

function chooseTokens(
  context: GenerationContext,
  prompt: readonly number[],
  position: number,
  limit: number,
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken> {
  const sampling = { ...context.sampling, ...options.sampling };
  const lastChunk = prompt.slice(position);
  if (isPlainGreedy(sampling) && options.topLogprobs === undefined) {
    const { runner } = context;
    const choices =
      runner.stepsInFlight > 1 || options.drafts === false
        ? chooseAhead(runner, lastChunk, position, limit)
        : chooseWithDrafts(runner, prompt, lastChunk, position, limit);
    return checked(choices);
  }
  return chooseHere(context, sampling, prompt, lastChunk, position, options.topLogprobs);
}

/** Greedy: the token never leaves the adapter on its way to the next step, so that steps can be queued ahead. */
async function* chooseAhead(
  runner: Runner,
  lastChunk: readonly number[],
  position: number,
  limit: number,
): AsyncGenerator<number> {
  const inFlight: Promise<number>[] = [];
  const start = (step: Promise<number>) => {
    step.catch(() => {}); // it is heard of when its turn comes, if it does
    inFlight.push(step);
  };
  start(runner.greedyAfter(lastChunk, position));
  for (let started = 1; ; ) {
    while (inFlight.length < runner.stepsInFlight && started < limit) {
      start(runner.greedyNext());
      started++;
    }
    const token = await inFlight.shift();
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
  { runner, isAllowed }: GenerationContext,
  sampling: SamplingOptions,
  prompt: readonly number[],
  lastChunk: readonly number[],
  position: number,
  logprobs: number | undefined,
): AsyncGenerator<GeneratedToken> {
  const sampler = createSampler(sampling, prompt, isAllowed);
  let tokens = lastChunk;
  for (let at = position; ; at += tokens.length, tokens = [tokens[0]!]) {
    const logits = await runner.logitsAfter(tokens, at);
    const choice = chooseWithLogprobs(logits, logprobs, () => sampler.choose(logits));
    yield choice;
    at += tokens.length - 1;
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

export function contextExceeded(tokens: number, contextLength: number, problem: string): EngineError {
  const message = `${tokens} tokens ${problem} in a context of ${contextLength}; shorten the prompt or open the model with a longer context.`;
  return new EngineError("context-exceeded", message);
}
