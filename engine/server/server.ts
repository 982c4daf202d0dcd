import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import { generateText, openChatModel, usageOf } from "../chat/chat-model.ts";
import { type ChatRequest, readChatRequest, readCompletionRequest, readEmbeddingRequest } from "../chat/request.ts";
import { EngineError } from "../errors.ts";
import type { LanguageModel, LoadProgress } from "../language-model.ts";
import { hasToken, readJsonBody, sendError, sendEvents, sendJson } from "./http.ts";
import type { Activity } from "./idle.ts";
import { Metrics } from "./metrics.ts";

const KEEP_ALIVE_MS = 60_000; // Node's 5 s are over between two rounds of an agent
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

export interface ServerOptions {
  /** A promise while the model loads: requests wait for it. The caller owns the model. */
  readonly model: LanguageModel | Promise<LanguageModel>;
  readonly name?: string; // what clients ask for; default: the model's own name
  readonly host?: string; // default: loopback
  readonly port?: number; // 0, the default: any free one
  /** What clients must send as bearer token; needed for a host that others can reach. */
  readonly token?: string | undefined;
  readonly progress?: () => LoadProgress | undefined;
}

export interface Server {
  readonly url: string; // with /v1
  /** Requests under way, and how many there were; for whoever stops an idle server. */
  readonly activity: Activity;
  close(): Promise<void>;
}

/**
 * The OpenAI protocol over one model: /v1/models, /v1/chat/completions, /v1/completions, /v1/embeddings, /health, and
 * /metrics. A client that goes away stops its answer.
 *
 * @throws EngineError `bad-request` for a host open to others without a token, or a port in use
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = "127.0.0.1", port = 0, token } = options;
  if (!LOOPBACK.test(host) && !token)
    throw new EngineError("bad-request", `${host} can be reached by others: a token is needed`);
  const metrics = new Metrics();
  const handle = createHandler(options, metrics);
  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      metrics.failed();
      sendError(response, error);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = cause.code === "EADDRINUSE" ? `port ${port} is in use; choose another` : cause.message;
      reject(new EngineError("bad-request", message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}/v1`,
    activity: metrics,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createHandler(options: ServerOptions, metrics: Metrics) {
  const loading = Promise.resolve(options.model);
  let model: LanguageModel | undefined;
  let failure: unknown;
  const opened = loading.then((loaded) => {
    model = loaded;
    return { model: loaded, chat: openChatModel(loaded, options.name) };
  });
  opened.catch((error: unknown) => {
    failure = error;
  });

  const answers: Record<string, (body: unknown, response: ServerResponse, signal: AbortSignal) => Promise<void>> = {
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
      const tokens =
        typeof request.prompt === "string" ? model.tokenizer.encode(request.prompt, { special: true }) : request.prompt;
      const events = completionEvents(chat.name, generateText(model, tokens, request, { signal }));
      if (request.stream) return sendEvents(response, metrics.counted(events));
      sendJson(response, 200, await collectCompletion(metrics.counted(events)));
    },
    "/v1/embeddings": async (body, response, signal) => {
      const { input, encoding_format: format } = readEmbeddingRequest(body);
      const { model, chat } = await opened;
      const texts =
        typeof input === "string" ? [input] : typeof input[0] === "number" ? [input as number[]] : (input as string[]);
      const data = [];
      let promptTokens = 0;
      for (const [index, text] of texts.entries()) {
        const tokens = typeof text === "string" ? model.tokenizer.encode(text) : text;
        promptTokens += tokens.length;
        const values = await model.embed(tokens, { signal });
        const embedding = format === "base64" ? Buffer.from(values.buffer).toString("base64") : [...values];
        data.push({ object: "embedding", index, embedding });
      }
      const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
      sendJson(response, 200, { object: "list", model: chat.name, data, usage });
    },
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/health") return sendHealth(response, model, failure, options.progress?.());
    if (options.token && !hasToken(request, options.token)) {
      return sendJson(response, 401, {
        error: {
          message: "wrong or missing bearer token",
          type: "invalid_request_error",
          param: null,
          code: "invalid_api_key",
        },
      });
    }
    if (request.method === "GET" && path === "/metrics") {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics.text());
      return;
    }
    if (request.method === "GET" && path === "/v1/models") {
      const { chat } = await opened;
      return sendJson(response, 200, {
        object: "list",
        data: [{ id: chat.name, object: "model", created: 0, owned_by: "qwenlab" }],
      });
    }
    const answer = answers[path];
    if (!answer || request.method !== "POST") {
      const status = answer ? 405 : 404;
      return sendJson(response, status, {
        error: {
          message: `no ${request.method} ${path} here`,
          type: "invalid_request_error",
          param: null,
          code: "not-found",
        },
      });
    }
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    metrics.started();
    try {
      await answer(await readJsonBody(request), response, gone.signal);
    } finally {
      metrics.ended();
    }
  };
}

function sendHealth(
  response: ServerResponse,
  model: LanguageModel | undefined,
  failure: unknown,
  progress: LoadProgress | undefined,
): void {
  if (model) {
    sendJson(response, 200, { status: "ok" });
    return;
  }
  if (!failure) {
    sendJson(response, 503, { status: "loading", progress });
    return;
  }
  const { code, message } =
    failure instanceof EngineError ? failure : { code: "internal-error", message: String(failure) };
  sendJson(response, 500, { status: "failed", error: { code, message } });
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
  const calls: object[] = [];
  const logprobs: unknown[] = [];
  let last: ChatCompletionChunk | undefined;
  let finishReason: string | null = null;
  for await (const chunk of chunks) {
    last = chunk;
    const [choice] = chunk.choices;
    content += choice?.delta.content ?? "";
    for (const { index: _, ...call } of choice?.delta.tool_calls ?? []) calls.push(call);
    logprobs.push(...(choice?.logprobs?.content ?? []));
    finishReason = choice?.finish_reason ?? finishReason;
  }
  const message = {
    role: "assistant",
    content: content || (calls.length > 0 ? null : ""),
    refusal: null,
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
