// Servers, of models and of MCP, that send without end: what reads them keeps a body or an event in memory until it is
// whole, and this is the kernel's memory.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { boundedFetch, connectMcpServer, createChatModel } from "../../interpreter/index.ts";
import { serverModels } from "../../kernel/model/server-models.ts";

const FLOOD = 64 * 2 ** 20; // bytes: more than is read, so little that old code comes to an end with it
const MAX_BYTES = 1_000_000;
const ONE_PIECE = /more than \d+ bytes in one piece/;

interface Body {
  readonly type: string;
  readonly begin?: string;
  readonly again: string;
}
const JSON_BODY: Body = { type: "application/json", begin: '{"data":[', again: "[]," };
const LONG_LINE: Body = { type: "text/event-stream", begin: "data: ", again: "a" };
const LONG_EVENT: Body = { type: "text/event-stream", again: "data: a\r\n" };
const BODIES: [string, number, Body][] = [
  ["a text that tells of an error", 500, { type: "text/plain", again: "a" }],
  ["JSON where events were asked for", 200, JSON_BODY],
  ["a line of an event", 200, LONG_LINE],
  ["an event of many lines", 200, LONG_EVENT],
];

const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    answer(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function flood(response: ServerResponse, status: number, { type, begin = "", again }: Body): Promise<void> {
  response.writeHead(status, { "content-type": type }).write(begin);
  const chunk = again.repeat(2 ** 20 / again.length);
  const closed = once(response, "close");
  for (let sent = 0; sent < FLOOD && !response.destroyed; sent += chunk.length) {
    if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
  }
  response.end();
}

async function firstFailure(events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) void event;
}

test.each(BODIES)("a model's server: %s", async (_, status, body) => {
  const baseURL = await serve((_request, response) => void flood(response, status, body));
  const answer = createChatModel({ baseURL, apiKey: "", model: "qwen" }).chat({
    messages: [{ role: "user", content: "Hi" }],
  });
  await expect(firstFailure(answer)).rejects.toThrow(ONE_PIECE);
});

test("the list of a server's models", async () => {
  const baseURL = await serve((_request, response) => void flood(response, 200, JSON_BODY));
  await expect(serverModels(baseURL).list()).rejects.toThrow(ONE_PIECE);
});

test("an MCP server over HTTP", async () => {
  const url = await serve((request, response, sent) => {
    if (request.method !== "POST") return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(sent);
    if (id === undefined) return void response.writeHead(202).end();
    if (method !== "initialize") return void flood(response, 200, JSON_BODY);
    const about = { capabilities: { tools: {} }, serverInfo: { name: "x", version: "1" } };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ jsonrpc: "2.0", id, result: { ...about, protocolVersion: params.protocolVersion } }));
  });
  const config = { name: "every", entry: { url, headers: {} }, file: ".mcp.json" };
  await expect(connectMcpServer(config, { cwd: "." })).rejects.toThrow(ONE_PIECE);
});

test.each(BODIES)("%s, read as it comes", async (_, status, body) => {
  const url = await serve((_request, response) => void flood(response, status, body));
  const response = await boundedFetch(MAX_BYTES)(url);
  await expect(response.text()).rejects.toThrow(ONE_PIECE);
});

test("a stream of many small events goes on for as long as it likes", async () => {
  const body = { type: "text/event-stream", again: "data: a\n\ndata: b\r\n\r\n" };
  const url = await serve((_request, response) => void flood(response, 200, body));
  let read = 0;
  for await (const chunk of (await boundedFetch(MAX_BYTES)(url)).body ?? []) read += chunk.length;
  expect(read).toBeGreaterThan(FLOOD / 2);
});
