import { randomUUID } from "node:crypto";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { Grammars } from "../grammar/grammars.ts";
import type {
  GeneratedToken,
  GenerateOptions,
  GenerateSummary,
  LanguageModel,
  PromptProgress,
  SamplingOptions,
  TokenConstraint,
} from "../language-model.ts";
import { AnswerParser, type AnswerPart } from "./answer-parser.ts";
import { Mailbox } from "./mailbox.ts";
import { createChatPrompt, tokensOfFirst } from "./prompt.ts";
import type { ChatRequest, CompletionRequest } from "./request.ts";
import { StopStrings } from "./stop-strings.ts";

/** A language model behind the chat-completions protocol. */
export interface ChatModel {
  readonly name: string;
  /**
   * Chunks as the protocol has them; the last one carries the usage. With `return_progress`, the first ones carry
   * llama-server's `prompt_progress`. @throws EngineError
   */
  chat(request: ChatRequest, signal?: AbortSignal): AsyncGenerator<ChatCompletionChunk>;
}

export interface TextEvent {
  readonly text: string;
  readonly token: GeneratedToken | undefined;
}

/** `name` is what clients ask for, and what answers say. */
export function openChatModel(model: LanguageModel, name = model.info.name): ChatModel {
  const prompt = createChatPrompt(model.tokenizer, model.chatTemplate, model.info.contextLength);
  const grammars = new Grammars(model.tokenizer);
  return {
    name,
    async *chat(request, signal) {
      const id = `chatcmpl-${randomUUID()}`;
      const created = Math.floor(Date.now() / 1000);
      const chunk = (delta: ChatCompletionChunk.Choice.Delta, rest: Partial<ChatCompletionChunk.Choice> = {}) => ({
        id,
        created,
        model: name,
        object: "chat.completion.chunk" as const,
        choices: [{ index: 0, delta, finish_reason: null, ...rest }],
      });

      const tools = request.tool_choice === "none" ? [] : (request.tools ?? []);
      const answerStart = callStart(request.tool_choice);
      const parser = new AnswerParser(tools.map((tool) => tool.function.name));
      let calls = 0;
      const deltas = (parts: readonly AnswerPart[]): ChatCompletionChunk.Choice.Delta[] =>
        parts.map((part) =>
          part.type === "text"
            ? { content: part.text }
            : { tool_calls: [{ index: calls++, id: `call_${randomUUID()}`, type: "function", function: part.call }] },
        );

      const topLogprobs = request.logprobs ? (request.top_logprobs ?? 0) : undefined;
      const progress = new Mailbox<PromptProgress>();
      const onPrompt = request.return_progress ? (state: PromptProgress) => progress.push(state) : undefined;
      // First: a schema that is too large to compile is too large to be put into the prompt.
      const constraint = await constraintOf(request, tools, answerStart, grammars);
      try {
        const conversation = { messages: request.messages, tools, answerStart };
        const tokens = await prompt(conversation, signal);
        const stableTokens = await tokensOfFirst(request.keep_messages ?? 0, conversation, tokens, prompt);
        const answer = generateText(model, tokens, request, {
          topLogprobs,
          signal,
          onPrompt,
          stableTokens,
          constraint,
        });
        yield chunk({ role: "assistant", content: "" });
        parser.push(answerStart);
        const first = answer.next();
        for await (const { processed, cached, total } of progress.until(first)) {
          yield { ...chunk({}), prompt_progress: { total, cache: cached, processed } };
        }
        let next = await first;
        for (; !next.done; next = await answer.next()) {
          const { text, token } = next.value;
          const logprobs =
            token?.logprob === undefined ? undefined : { content: [logprobOf(model, token)], refusal: null };
          const pieces = deltas(parser.push(text));
          if (pieces.length === 0 && logprobs) pieces.push({ content: "" });
          for (const delta of pieces) yield chunk(delta, logprobs && delta === pieces[0] ? { logprobs } : {});
        }
        for (const delta of deltas(parser.end())) yield chunk(delta);
        const summary = next.value;
        yield chunk({}, { finish_reason: calls > 0 ? "tool_calls" : summary.finishReason });
        yield { ...chunk({}), choices: [], usage: usageOf(summary) };
      } finally {
        constraint?.dispose(); // also where the answer never began
      }
    },
  };
}

/** JSON as it was asked for; else calls that parse, where there are tools. */
function constraintOf(
  { response_format: format }: ChatRequest,
  tools: NonNullable<ChatRequest["tools"]>,
  answerStart: string,
  grammars: Grammars,
): Promise<TokenConstraint | undefined> {
  if (format?.type === "json_schema") return grammars.json(format.json_schema.schema);
  if (format?.type === "json_object") return grammars.json();
  if (tools.length === 0) return Promise.resolve(undefined);
  return grammars.calls(
    tools.map((tool) => tool.function),
    answerStart,
  );
}

type TextOptions = {
  [Name in "constraint" | "topLogprobs" | "signal" | "onPrompt" | "stableTokens"]?: GenerateOptions[Name] | undefined;
};

/** Text of an answer, up to a stop string; yields also tokens whose text is not complete yet. */
export async function* generateText(
  model: LanguageModel,
  tokens: readonly number[],
  request: ChatRequest | CompletionRequest,
  { topLogprobs, signal, onPrompt, stableTokens = 0, constraint }: TextOptions,
): AsyncGenerator<TextEvent, GenerateSummary> {
  const stops = new StopStrings([request.stop ?? []].flat());
  const decoder = model.tokenizer.decodeStream({ skipSpecial: true });
  const most = request.max_completion_tokens ?? request.max_tokens;
  const options: GenerateOptions = {
    maxTokens: typeof most === "number" ? most : model.info.contextLength,
    sampling: samplingOf(request),
    stableTokens,
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(onPrompt && { onPrompt }),
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
    if (stops.isStopped) {
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

/** Forces a call by beginning it; a named one, up to its arguments. */
function callStart(choice: ChatRequest["tool_choice"]): string {
  if (choice === "required") return "<tool_call>\n";
  if (typeof choice !== "object" || choice === null) return "";
  return `<tool_call>\n{"name": ${JSON.stringify(choice.function.name)}, "arguments": `;
}

function samplingOf(request: ChatRequest | CompletionRequest): SamplingOptions {
  const given = {
    temperature: request.temperature,
    topK: request.top_k,
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

function logprobOf({ tokenizer }: LanguageModel, { token, logprob, topLogprobs }: GeneratedToken) {
  const describe = (id: number, value: number) => ({
    token: tokenizer.decode([id]),
    logprob: value,
    bytes: [...tokenizer.bytes(id)],
  });
  return {
    ...describe(token, logprob!),
    top_logprobs: (topLogprobs ?? []).map(([id, value]) => describe(id, value)),
  };
}

export function usageOf({ promptTokens, cachedTokens, generatedTokens }: GenerateSummary) {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: generatedTokens,
    total_tokens: promptTokens + generatedTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens },
  };
}
