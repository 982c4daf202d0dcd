// The boundary to every model, ours or anybody's: the OpenAI chat-completions protocol.
import type OpenAI from "openai";
import type {
  ChatCompletionChunk,
  ChatCompletionMessageParam,
  ChatCompletionTool,
} from "openai/resources/chat/completions";
import type { CompletionUsage } from "openai/resources/completions";
import { boundedFetch } from "./bounded-fetch.ts";
import { ChatModelError } from "./errors.ts";

/** UTF-16 units of one answer, text and calls together: more is a server that does not stop. */
const MAX_ANSWER_LENGTH = 1_000_000;
const MAX_PIECE_BYTES = 2 * 2 ** 20; // of an event, or an error's text: the client takes long for a longer line
const RESPONSE_TIMEOUT_MS = 600_000; // to the response's head: a software adapter may read a long prompt first

export type ChatMessage = ChatCompletionMessageParam;

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string; // JSON as the model wrote it: not yet parsed, not yet trusted
}

export interface ChatUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** The model reads the prompt; in tokens. Only from servers that tell. */
export interface PromptProgress {
  readonly type: "prompt-progress";
  readonly processed: number;
  readonly total: number;
}

/** One answer of the model, as it comes. The last event is `answer-end`. */
export type ChatEvent =
  | PromptProgress
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string } // what the model thinks before it answers
  | {
      readonly type: "answer-end";
      readonly text: string;
      readonly reasoning?: string;
      readonly toolCalls: readonly ToolCall[];
      readonly finishReason: "stop" | "length" | "tool_calls" | "content_filter";
      readonly usage: ChatUsage | undefined;
    };

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatCompletionTool[];
  /** "none": answer in text now; the tools stay in the prompt, so that its prefix stays the same. */
  readonly toolChoice?: "auto" | "none";
  /** The answer is JSON of this schema; a server that has no such thing is asked again without. */
  readonly responseSchema?: Readonly<Record<string, unknown>>;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly seed?: number;
  /** Whether a model that can think does; undefined: as the server has it, and not on our engine, where it takes long. */
  readonly thinking?: boolean;
  /** How many of the first messages are the same in every notebook: our engine keeps on disk what it computed of them. */
  readonly keepMessages?: number;
  readonly signal?: AbortSignal;
}

export interface ChatModel {
  readonly name: string; // as the server lists it
  readonly sha256?: string; // of its file, where that is known
  /** @throws ChatModelError, one clear line; an AbortError when `signal` fired */
  chat(request: ChatRequest): AsyncGenerator<ChatEvent>;
}

export interface ChatServer {
  readonly baseURL: string;
  readonly apiKey: string;
  readonly model: string;
  readonly sha256?: string; // of the model's file
  /** Our engine, which knows `return_progress` and `keep_messages`; others may refuse fields of which they never heard. */
  readonly isOurs?: boolean;
  /** Starts it anew where it has left: an agent's question may wait for its answer for longer than an idle engine does. */
  readonly reconnect?: () => Promise<ChatServer>;
}

/** A model behind any OpenAI-compatible server. Connects with the first chat(). */
export function createChatModel(first: ChatServer): ChatModel {
  let server = first;
  let client: Promise<OpenAI> | undefined;

  return {
    name: first.model,
    ...(first.sha256 !== undefined && { sha256: first.sha256 }),
    async *chat(request) {
      client ??= openClient(server);
      try {
        yield* chatOnce(await client, server, request);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (server.reconnect && hasLeft(error)) {
          server = { ...(await server.reconnect()), reconnect: server.reconnect };
          client = openClient(server);
          yield* chatOnce(await client, server, request);
          return;
        }
        const { responseSchema, ...plain } = request;
        if (responseSchema && (failureOf(error).status ?? 0) >= 400) {
          yield* this.chat(plain);
          return;
        }
        throw error instanceof ChatModelError ? error : explain(error, server);
      }
    },
  };
}

/** For who is about to ask a model: the client's own module is large, and loads while a server is connected to. */
export function loadClient(): void {
  import("openai").catch(() => {}); // told by the first question
}

async function openClient({ baseURL, apiKey }: ChatServer): Promise<OpenAI> {
  const { default: Client } = await import("openai");
  return new Client({
    baseURL,
    apiKey: apiKey || "none", // the client insists on one; local servers take any
    organization: null, // null: not read from the environment, so nothing of it reaches another server
    project: null,
    maxRetries: 0, // a failure is shown at once; the user runs the cell again
    timeout: RESPONSE_TIMEOUT_MS,
    fetch: boundedFetch(MAX_PIECE_BYTES),
    fetchOptions: { redirect: "error" }, // it was asked whether the notebook may go to this server, not to another
    logLevel: "off",
  });
}

async function* chatOnce(
  client: OpenAI,
  { model, isOurs }: ChatServer,
  request: ChatRequest,
): AsyncGenerator<ChatEvent> {
  const {
    tools,
    toolChoice,
    responseSchema,
    temperature,
    maxTokens,
    seed,
    thinking,
    keepMessages = 0,
    signal,
  } = request;
  const ask = () =>
    client.chat.completions.create(
      {
        model,
        messages: request.messages.map((message) => (isOurs ? message : withoutReasoning(message))),
        stream: true,
        stream_options: { include_usage: true },
        ...(tools?.length && { tools: [...tools] }),
        ...(tools?.length && toolChoice && { tool_choice: toolChoice }),
        ...(responseSchema && {
          response_format: {
            type: "json_schema",
            json_schema: { name: "answer", strict: true, schema: { ...responseSchema } },
          },
        }),
        ...(temperature !== undefined && { temperature }),
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
        ...(seed !== undefined && { seed }),
        ...(isOurs && { return_progress: true, keep_messages: keepMessages, enable_thinking: thinking ?? false }),
        ...(!isOurs && thinking !== undefined && { chat_template_kwargs: { enable_thinking: thinking } }), // vLLM, SGLang, llama-server
      },
      signal && { signal },
    );
  const stream = await ask().catch((error: unknown) => {
    if (signal?.aborted || !isClosedConnection(error)) throw error;
    return ask();
  });

  const answer = new AnswerParts();
  for await (const chunk of stream) {
    const { text, reasoning } = answer.add(chunk);
    const progress = promptProgress(chunk);
    if (progress) yield progress;
    if (reasoning) yield { type: "reasoning-delta", text: reasoning };
    if (text) yield { type: "text-delta", text };
  }
  signal?.throwIfAborted(); // the client ends an aborted stream as if it were complete
  yield answer.end();
}

/** Other servers may refuse a message with a field that they do not know. */
export function withoutReasoning(message: ChatMessage): ChatMessage {
  const { reasoning_content: _, ...rest } = message as ChatMessage & { reasoning_content?: unknown };
  return rest as ChatMessage; // as: the same message
}

/** What a model thought, under either of the names that servers have for it. */
function reasoningOf(delta: object | undefined): string {
  const { reasoning_content, reasoning } = (delta ?? {}) as { reasoning_content?: unknown; reasoning?: unknown };
  const text = reasoning_content ?? reasoning;
  return typeof text === "string" ? text : "";
}

/** Nobody listens there: nothing was asked yet. */
function hasLeft(error: unknown): boolean {
  const { status, message } = failureOf(error);
  return status === undefined && /ECONNREFUSED/.test(message);
}

/** A connection of an earlier request that the server closes just as this one takes it: nothing was answered yet. */
function isClosedConnection(error: unknown): boolean {
  const { status, message } = failureOf(error);
  return status === undefined && /other side closed|ECONNRESET|EPIPE/i.test(message);
}

function promptProgress(chunk: ChatCompletionChunk): PromptProgress | undefined {
  const { prompt_progress: progress } = chunk as { prompt_progress?: { processed?: unknown; total?: unknown } };
  const { processed, total } = progress ?? {};
  if (typeof processed !== "number" || typeof total !== "number") return undefined;
  return { type: "prompt-progress", processed, total };
}

/** One answer, put together from its chunks. */
class AnswerParts {
  #text = "";
  #reasoning = "";
  #length = 0;
  #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #finishReason: string | undefined;
  #usage: CompletionUsage | undefined;

  /** Returns what the chunk adds. */
  add(chunk: ChatCompletionChunk): { readonly text: string; readonly reasoning: string } {
    if (typeof chunk !== "object" || chunk === null || !("choices" in chunk || "usage" in chunk)) {
      throw new ChatModelError("the server's answer is not a chat completion");
    }
    this.#usage = chunk.usage ?? this.#usage;
    const choice = chunk.choices?.[0];
    this.#finishReason = choice?.finish_reason ?? this.#finishReason;
    for (const delta of choice?.delta?.tool_calls ?? []) this.#addCall(delta);
    const text = choice?.delta?.content ?? "";
    const reasoning = reasoningOf(choice?.delta);
    this.#text += text;
    this.#reasoning += reasoning;
    this.#grow(text.length + reasoning.length);
    return { text, reasoning };
  }

  end(): ChatEvent {
    if (this.#finishReason === undefined) {
      throw new ChatModelError("the engine stopped in mid-answer; run the cell again");
    }
    const toolCalls = [...this.#calls.values()];
    return {
      type: "answer-end",
      text: this.#text,
      ...(this.#reasoning !== "" && { reasoning: this.#reasoning }),
      toolCalls,
      finishReason: toolCalls.length > 0 ? "tool_calls" : finishReason(this.#finishReason),
      usage: this.#usage && {
        promptTokens: this.#usage.prompt_tokens,
        cachedTokens: this.#usage.prompt_tokens_details?.cached_tokens ?? 0,
        completionTokens: this.#usage.completion_tokens,
      },
    };
  }

  #addCall(delta: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const index = delta.index ?? this.#calls.size; // some servers send whole calls, without an index
    const call = this.#calls.get(index) ?? { id: `call_${index}`, name: "", arguments: "" };
    if (delta.id) call.id = delta.id;
    call.name += delta.function?.name ?? "";
    call.arguments += delta.function?.arguments ?? "";
    this.#calls.set(index, call);
    this.#grow((delta.function?.arguments ?? "").length);
  }

  #grow(by: number): void {
    this.#length += by;
    if (this.#length > MAX_ANSWER_LENGTH) throw new ChatModelError("the model's answer is too long; it was cut off");
  }
}

function finishReason(reason: string): "stop" | "length" | "content_filter" {
  return reason === "length" || reason === "content_filter" ? reason : "stop";
}

/** One line for the cell; the cause is kept for the log. */
function explain(cause: unknown, { baseURL, model }: ChatServer): ChatModelError {
  const { status, code, message } = failureOf(cause);
  const fail = (line: string) => new ChatModelError(line, { cause });
  if (status === 401 || status === 403) {
    return fail(`the model server at ${baseURL} refused the key (${status}): check QWENLAB_API_KEY`);
  }
  if (status === 404) return fail(`the model server at ${baseURL} has no model ${model} (404)`);
  if (code === "context_length_exceeded" || /context (length|window|size)|maximum context/i.test(message)) {
    return fail(`the conversation is longer than the model can read: ${message}; %forget starts anew`);
  }
  if (status !== undefined) return fail(`the model server answered ${status}: ${message}`);
  if (cause instanceof SyntaxError)
    return fail(`the server at ${baseURL} sent something that is not a chat completion`);
  if (/terminated|other side closed|ECONNRESET|premature/i.test(message)) {
    return fail("the engine stopped in mid-answer; run the cell again");
  }
  return fail(`no answer from the model server at ${baseURL}: ${message}`);
}

/** What can be read off an error of the client or of fetch, whose useful part is in the innermost cause. */
function failureOf(cause: unknown): { status: number | undefined; code: string | undefined; message: string } {
  let innermost: unknown = cause;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const { status, code } = cause as { status?: unknown; code?: unknown }; // OpenAI.APIError has them
  const inner = innermost as { code?: unknown; message?: unknown };
  const message = String(inner?.message || inner?.code || cause)
    .split("\n")[0]!
    .slice(0, 300);
  return {
    status: typeof status === "number" ? status : undefined,
    code: typeof code === "string" ? code : undefined,
    message: message.replace(/^\d{3} /, ""),
  };
}
