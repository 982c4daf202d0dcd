import OpenAI from "openai";
import { type LanguageModel, type Server, startServer } from "../../../engine/index.ts";

const TOKEN = "a-token";

/** A model behind our server, for OpenAI's client, and for bodies as other clients send them. */
export interface ServedModel extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  readonly client: OpenAI;
  post(path: string, body: unknown): Promise<Answered>;
  get(path: string): Promise<Answered>;
}

interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever was asked for, looked at by tests
  readonly body: any;
}

export async function serveModel(model: LanguageModel, name = "tiny"): Promise<ServedModel> {
  const server: Server = await startServer({ model, name, token: TOKEN });
  const ask = async (path: string, request: RequestInit): Promise<Answered> => {
    const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
    const response = await fetch(`${server.url}${path}`, { ...request, headers });
    return { status: response.status, body: await response.json() };
  };
  return {
    url: server.url,
    token: TOKEN,
    client: new OpenAI({ baseURL: server.url, apiKey: TOKEN, maxRetries: 0 }),
    post: (path, body) => ask(path, { method: "POST", body: JSON.stringify(body) }),
    get: (path) => ask(path, { method: "GET" }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
