import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { EngineError, type EngineErrorCode } from "../errors.ts";

const MAX_BODY_BYTES = 32 * 2 ** 20; // a prompt of 128K tokens is about half a megabyte
const KEEPALIVE_MS = 15_000; // clients give up on a body that is silent for minutes, as during a long prompt

const STATUS: Partial<Record<EngineErrorCode, number>> = {
  "bad-request": 400,
  "context-exceeded": 400,
  "model-not-found": 404,
  "out-of-memory": 507,
  aborted: 499,
};

/** The JSON of a request. @throws EngineError `bad-request` */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new EngineError("bad-request", `body: longer than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
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
  if (response.headersSent) response.end(`data: ${JSON.stringify(body)}\n\n`);
  else sendJson(response, error instanceof EngineError ? (STATUS[error.code] ?? 503) : 500, body);
}

function describeError(error: unknown) {
  const code = error instanceof EngineError ? error.code : "internal-error";
  const message = error instanceof Error ? error.message : String(error);
  return {
    message,
    type: code === "bad-request" || code === "context-exceeded" ? "invalid_request_error" : "server_error",
    param: null,
    code: code === "context-exceeded" ? "context_length_exceeded" : code,
  };
}

/** Server-sent events: one `data:` an item, comments while nothing comes, `[DONE]` at the end. */
export async function sendEvents(response: ServerResponse, events: AsyncIterable<unknown>): Promise<void> {
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
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    response.end("data: [DONE]\n\n");
  } finally {
    clearInterval(keepalive);
  }
}

/** In constant time: how long a refusal takes tells nothing about the token. */
export function hasToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
