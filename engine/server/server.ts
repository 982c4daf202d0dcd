import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openChatModel } from "../chat/chat-model.ts";
import { nameWithLoras } from "../chat/model-name.ts";
import { EngineError } from "../errors.ts";
import type { LanguageModel, LoadProgress } from "../language-model.ts";
import { once } from "../once.ts";
import { percentDecoded } from "../percent-decoded.ts";
import { type AccessOptions, answerOrigin, checkHead, hasToken, isLoopback } from "./access.ts";
import { HttpError, readJsonBody, sendError, sendJson } from "./http.ts";
import type { Activity } from "./idle.ts";
import { Metrics } from "./metrics.ts";

const KEEP_ALIVE_MS = 60_000; // Node's 5 s are over between two rounds of an agent
const MAX_UNDER_WAY = 128; // requests that run or wait; 8 run at a time
const RETRY_SECONDS = "5";
const MAX_URL = 1_024; // characters; ours have 20
const MODELS = "/v1/models";
const LIMITS = {
  headersTimeout: 15_000, // ms; a connection that says nothing has a place of MAX_CONNECTIONS
  requestTimeout: 120_000, // ms for head and body
  maxConnections: 1_024,
};

export interface ServerOptions {
  /** A promise while the model loads: requests wait for it. The caller owns the model. */
  readonly model: LanguageModel | Promise<LanguageModel>;
  readonly name?: string; // what clients ask for; default: the model's own name
  readonly host?: string; // default: loopback
  readonly port?: number; // 0, the default: any free one
  /** What clients must send as bearer token; needed for a host that others can reach. */
  readonly token?: string | undefined;
  /** Of web pages that may ask: `https://example.org`; `*`: all, which needs a token. Default: none. */
  readonly origins?: readonly string[];
  readonly hosts?: readonly string[]; // names of this machine that clients ask by, beside `host` and the loopback's
  readonly progress?: () => LoadProgress | undefined;
  readonly limits?: Partial<typeof LIMITS>;
}

export interface Server {
  readonly url: string; // with /v1
  /** Requests under way, and how many there were; for whoever stops an idle server. */
  readonly activity: Activity;
  close(): Promise<void>;
}

/**
 * The OpenAI protocol over one model: /v1/models, /v1/chat/completions, /v1/responses, /v1/completions,
 * /v1/embeddings, /health, and /metrics. A client that goes away stops its answer.
 *
 * @throws EngineError `bad-request` for a host or all pages let in without a token, or a port in use
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { host = "127.0.0.1", port = 0, token, origins = [], hosts = [] } = options;
  if (!isLoopback(host) && !token)
    throw new EngineError("bad-request", `${host} can be reached by others: a token is needed`);
  if (origins.includes("*") && !token) throw new EngineError("bad-request", "all web pages let in: a token is needed");
  const metrics = new Metrics();
  const handle = createHandler(options, { host, token, origins, hosts }, metrics);
  const { maxConnections, ...timeouts } = { ...LIMITS, ...options.limits };
  const checks = { connectionsCheckingInterval: Math.min(5_000, timeouts.headersTimeout) };
  const server = createServer({ ...timeouts, ...checks }, (request, response) => {
    void handle(request, response).catch((error: unknown) => {
      metrics.failed();
      sendError(response, error);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.maxConnections = maxConnections;
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

/**
 * The schemas of requests take a tenth of a second to load, which no start waits for: whoever loads a model calls this when its own
 * thread has nothing else to do.
 */
export function loadAnswers(): Promise<typeof import("./answers.ts")> {
  return import("./answers.ts");
}

function createHandler(options: ServerOptions, access: AccessOptions, metrics: Metrics) {
  const loading = Promise.resolve(options.model);
  let model: LanguageModel | undefined;
  let failure: unknown;
  const opened = loading.then((loaded) => {
    model = loaded;
    const chat = openChatModel(loaded, options.name);
    chat.prepare();
    return { model: loaded, chat };
  });
  opened.catch((error: unknown) => {
    failure = error;
  });
  const answers = once(async () => (await loadAnswers()).createAnswers(opened, metrics));
  opened.then(answers).catch(() => {}); // told where somebody asks

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = pathOf(request);
    checkHead(request, access);
    if (answerOrigin(request, response)) return;
    const isKnown = hasToken(request, access);
    if (path === "/health") {
      checkMethod(request, "GET");
      return sendHealth(response, model, failure, isKnown ? options.progress?.() : undefined, isKnown);
    }
    if (!isKnown) throw new HttpError(401, "invalid_api_key", "wrong or missing bearer token");
    if (path === "/metrics") {
      checkMethod(request, "GET");
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(metrics.text());
      return;
    }
    if (path === MODELS || path.startsWith(`${MODELS}/`)) {
      checkMethod(request, "GET");
      const { model, chat } = await opened;
      const names = [[], ...model.info.loras.map((lora) => [lora])].map((loras) => nameWithLoras(chat.name, loras));
      return sendJson(response, 200, modelsOf(names, path.slice(MODELS.length + 1)));
    }
    const answer = (await answers()).get(path);
    if (!answer) throw new HttpError(404, "not-found", `no ${request.method} ${path} here`);
    checkMethod(request, "POST");
    if (metrics.running >= MAX_UNDER_WAY) {
      const message = `${MAX_UNDER_WAY} requests run or wait already; ask again later`;
      throw new HttpError(503, "overloaded", message, { "retry-after": RETRY_SECONDS });
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

/** @throws HttpError for what is no path: `*`, a proxy's whole address */
function pathOf({ url = "" }: IncomingMessage): string {
  if (url.length > MAX_URL) throw new HttpError(414, "url-too-long", `the address has more than ${MAX_URL} characters`);
  if (!url.startsWith("/")) throw new HttpError(400, "bad-request", "the address is no path");
  return url.split("?", 1)[0]!;
}

function checkMethod({ method }: IncomingMessage, allowed: "GET" | "POST"): void {
  const isAllowed = method === allowed || (method === "HEAD" && allowed === "GET");
  if (!isAllowed)
    throw new HttpError(405, "method-not-allowed", `${method} is not for here; ${allowed} is`, { allow: allowed });
}

/** The model of a name, which clients encode or leave as it is; all of them without a name. */
function modelsOf(names: readonly string[], encoded: string): object {
  const models = names.map((id) => ({ id, object: "model", created: 0, owned_by: "qwenlab" }));
  if (encoded === "") return { object: "list", data: models };
  const model = models.find(({ id }) => id === encoded || id === percentDecoded(encoded));
  if (model) return model;
  const problem = `there is no model ${JSON.stringify(percentDecoded(encoded))} here`;
  throw new HttpError(404, "model_not_found", `${problem}; there is ${names.join(", ")}`);
}

/** Whether it can answer, for everybody; why not, which may name files, for who has the token. */
function sendHealth(
  response: ServerResponse,
  model: LanguageModel | undefined,
  failure: unknown,
  progress: LoadProgress | undefined,
  isKnown: boolean,
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
  sendJson(response, 500, { status: "failed", ...(isKnown && { error: { code, message } }) });
}
