import type { ServerResponse } from "node:http";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ChatModel } from "../chat/chat-model.ts";
import { generateText, usageOf } from "../chat/generate-text.ts";
import { lorasIn, nameWithLoras } from "../chat/model-name.ts";
import {
  type ChatRequest,
  type CompletionRequest,
  readChatRequest,
  readCompletionRequest,
  readEmbeddingRequest,
} from "../chat/request.ts";
import type { LanguageModel } from "../language-model.ts";
import { encodeWithin } from "../tokenizer/encode-within.ts";
import { type FillInMiddle, fillInMiddle } from "../tokenizer/fill-in-middle.ts";
import type { EncodeOptions } from "../tokenizer/tokenizer.ts";
import { sendEvents, sendJson } from "./http.ts";
import type { Metrics } from "./metrics.ts";

/** Answers a request's body; the signal tells that nobody listens any more. */
type Answer = (body: unknown, response: ServerResponse, signal: AbortSignal) => Promise<void>;

interface Opened {
  readonly model: LanguageModel;
  readonly chat: ChatModel;
}

/** What is answered with the model, by path. */
export function createAnswers(opened: Promise<Opened>, metrics: Metrics): ReadonlyMap<string, Answer> {
  const answers: Record<string, Answer> = {
    "/v1/chat/completions": async (body, response, signal) => {
      const request = readChatRequest(body);
      const { chat } = await opened;
      if (request.stream) {
        return sendEvents(response, metrics.counted(streamed(chat.chat(request, signal), request)));
      }
      sendJson(response, 200, await collect(metrics.counted(chat.chat(request, signal))));
    },
    "/v1/completions": async (body, response, signal) => {
      const request = readCompletionRequest(body);
      const { model, chat } = await opened;
      const { tokens, stopTokens } = await completionPrompt(model, request, signal);
      const loras = lorasIn(request.model, chat.name, model.info.loras);
      const answer = generateText(model, tokens, request, { signal, stopTokens, loras });
      const events = completionEvents(nameWithLoras(chat.name, loras), answer);
      if (request.stream) return sendEvents(response, metrics.counted(events));
      sendJson(response, 200, await collectCompletion(metrics.counted(events)));
    },
    "/v1/embeddings": async (body, response, signal) => {
      const { input, encoding_format: format, model: asked } = readEmbeddingRequest(body);
      const { model, chat } = await opened;
      const texts =
        typeof input === "string" ? [input] : typeof input[0] === "number" ? [input as number[]] : (input as string[]);
      const loras = lorasIn(asked, chat.name, model.info.loras);
      const data = [];
      let promptTokens = 0;
      for (const [index, text] of texts.entries()) {
        const tokens = typeof text === "string" ? await encode(model, text, signal) : text;
        promptTokens += tokens.length;
        const values = await model.embed(tokens, { signal, loras });
        const embedding = format === "base64" ? Buffer.from(values.buffer).toString("base64") : [...values];
        data.push({ object: "embedding", index, embedding });
      }
      const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
      sendJson(response, 200, { object: "list", model: nameWithLoras(chat.name, loras), data, usage });
    },
  };
  return new Map(Object.entries(answers));
}

/** A text to be continued, in which special tokens count; or to be filled in, where it is followed by a suffix. */
async function completionPrompt(
  model: LanguageModel,
  { prompt, suffix }: CompletionRequest,
  signal: AbortSignal,
): Promise<Partial<FillInMiddle> & Pick<FillInMiddle, "tokens">> {
  const { contextLength } = model.info;
  if (suffix) return fillInMiddle(model.tokenizer, prompt, suffix, { contextLength, signal });
  return { tokens: typeof prompt === "string" ? await encode(model, prompt, signal, { special: true }) : prompt };
}

function encode(model: LanguageModel, text: string, signal: AbortSignal, options?: EncodeOptions): Promise<number[]> {
  return encodeWithin(model.tokenizer, text, { ...options, contextLength: model.info.contextLength, signal });
}

/** The usage chunk is sent only to those who asked for it. */
async function* streamed(chunks: AsyncIterable<ChatCompletionChunk>, { stream_options: wanted }: ChatRequest) {
  for await (const chunk of chunks) {
    if (chunk.choices.length > 0 || wanted?.include_usage) yield chunk;
  }
}

/** A whole answer from its chunks. */
async function collect(chunks: AsyncIterable<ChatCompletionChunk>): Promise<object> {
  let content = "";
  let reasoning = "";
  const calls: object[] = [];
  const logprobs: unknown[] = [];
  let last: ChatCompletionChunk | undefined;
  let finishReason: string | null = null;
  for await (const chunk of chunks) {
    last = chunk;
    const [choice] = chunk.choices;
    content += choice?.delta.content ?? "";
    reasoning += (choice?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? "";
    for (const { index: _, ...call } of choice?.delta.tool_calls ?? []) calls.push(call);
    logprobs.push(...(choice?.logprobs?.content ?? []));
    finishReason = choice?.finish_reason ?? finishReason;
  }
  const message = {
    role: "assistant",
    content: content || (calls.length > 0 ? null : ""),
    refusal: null,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const choice = {
    index: 0,
    message,
    finish_reason: finishReason,
    logprobs: logprobs.length > 0 ? { content: logprobs, refusal: null } : null,
  };
  return { ...last, object: "chat.completion", choices: [choice] };
}

async function* completionEvents(model: string, answer: ReturnType<typeof generateText>) {
  const base = { id: `cmpl-${Date.now()}`, object: "text_completion", created: Math.floor(Date.now() / 1000), model };
  let next = await answer.next();
  for (; !next.done; next = await answer.next()) {
    yield {
      ...base,
      choices: [{ index: 0, text: next.value.text, finish_reason: null as string | null, logprobs: null }],
    };
  }
  const { finishReason } = next.value;
  yield {
    ...base,
    choices: [{ index: 0, text: "", finish_reason: finishReason as string | null, logprobs: null }],
    usage: usageOf(next.value),
  };
}

async function collectCompletion(events: ReturnType<typeof completionEvents>): Promise<object> {
  let text = "";
  let last: object = {};
  let finishReason: string | null = null;
  for await (const event of events) {
    last = event;
    text += event.choices[0]!.text;
    finishReason = event.choices[0]!.finish_reason;
  }
  return { ...last, choices: [{ index: 0, text, finish_reason: finishReason, logprobs: null }] };
}
