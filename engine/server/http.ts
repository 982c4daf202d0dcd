import type { IncomingMessage, ServerResponse } from "node:http";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { measure } from "../measure.ts";

const MAX_BODY_BYTES = 8 * 2 ** 20; // a prompt of 128K tokens is about half a megabyte
const MAX_BODY_DEPTH = 256; // of objects and arrays, for which what walks through it has the stack
const MAX_BODY_VALUES = 200_000; // a bias for each token of a vocabulary; more keep the others waiting for a second
const KEEPALIVE_MS = 15_000; // clients give up on a body that is silent for minutes, as during a long prompt

const STATUS: Partial<Record<EngineErrorCode, number>> = {
  "bad-request": 400,
  "context-exceeded": 400,
  "model-not-found": 404,
  "out-of-memory": 507,
  aborted: 499,
};

/** What clients of OpenAI look for. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  "context-exceeded": "context_length_exceeded",
  "model-not-found": "model_not_found",
};

/** A request that is refused for what its head says, or for its size. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The JSON of a request. @throws HttpError, or EngineError `bad-request` */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  // Anything else a web page may send to other hosts without being asked first whether it may.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    throw new HttpError(415, "unsupported-media-type", "the body's content-type must be application/json");
  }
  const tooLarge = new HttpError(413, "body-too-large", `body: longer than ${MAX_BODY_BYTES} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  const body = parsed(decoded(Buffer.concat(chunks)));
  const { depth, values } = measure(body, MAX_BODY_DEPTH);
  if (depth > MAX_BODY_DEPTH) throw new EngineError("bad-request", `body: nested more than ${MAX_BODY_DEPTH} deep`);
  if (values > MAX_BODY_VALUES) {
    throw new HttpError(413, "body-too-large", `body: ${values} values, and ${MAX_BODY_VALUES} are the most`);
  }
  return body;
}

/** A byte that is no UTF-8 would be another character of the prompt. */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new EngineError("bad-request", "body: not UTF-8, as JSON is", { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError("bad-request", `body: not JSON (${(cause as Error).message})`, { cause });
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** An error in the form that OpenAI's clients read; inside a stream, as its last event. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.destroyed) return;
  const body = { error: describeError(error) };
  if (response.headersSent) {
    response.end(`data: ${JSON.stringify(body)}\n\n`);
    return;
  }
  if (error instanceof HttpError) {
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
  }
  if (!response.req.complete) response.setHeader("connection", "close"); // what is left of its body is not read
  sendJson(response, statusOf(error), body);
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  return error instanceof EngineError ? (STATUS[error.code] ?? 503) : 500;
}

function describeError(error: unknown) {
  const code = error instanceof EngineError || error instanceof HttpError ? error.code : "internal-error";
  const message = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  return {
    message,
    type: status < 500 && status !== 499 ? "invalid_request_error" : "server_error",
    param: error instanceof EngineError ? (error.param ?? null) : null,
    code: OPENAI_CODES[code] ?? code,
  };
}

/** Server-sent events: one `data:` an item, comments while nothing comes, `[DONE]` at the end. */
export async function sendEvents(response: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
  await send(response, events, () => "");
  response.end("data: [DONE]\n\n");
}

/** Each with its own name, and the last one known by it. */
export async function sendTypedEvents(
  response: ServerResponse,
  events: AsyncIterable<{ readonly type: string }>,
): Promise<void> {
  await send(response, events, ({ type }) => `event: ${type}\n`);
  response.end();
}

async function send<T>(response: ServerResponse, events: AsyncIterable<T>, head: (event: T) => string): Promise<void> {
  const start = () => {
    if (response.headersSent) return;
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  };
  const keepalive = setInterval(() => {
    start();
    response.write(": working\n\n");
  }, KEEPALIVE_MS);
  try {
    for await (const event of events) {
      start();
      response.write(`${head(event)}data: ${JSON.stringify(event)}\n\n`);
    }
  } finally {
    clearInterval(keepalive);
  }
}
