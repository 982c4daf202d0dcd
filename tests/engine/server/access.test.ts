// Who may ask the server, and what is refused before anything is computed: by bare HTTP, as an attacker would.
import { once } from "node:events";
import { request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type Server, type ServerOptions, startServer } from "../../../engine/index.ts";
import { scriptedLanguageModel } from "../scripted-language-model.ts";

const BODY = JSON.stringify({ messages: [{ role: "user", content: "Hi" }] });
const JSON_TYPE = { "content-type": "application/json" };

let server: Server;
afterEach(() => server.close());

async function start(options: Partial<ServerOptions> = {}): Promise<void> {
  server = await startServer({ model: scriptedLanguageModel("x"), ...options });
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** The status, the headers, and what is wrong. */
async function send({ path = "/v1/chat/completions", method = "POST", headers = JSON_TYPE, body = BODY }: Sent = {}) {
  const { hostname, port } = new URL(server.url);
  const request = httpRequest({ host: hostname, port, path, method, headers });
  request.on("error", () => {}); // once answered, the server hangs up on what is still sent
  request.end(method === "POST" ? body : undefined);
  const [response] = await once(request, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  const code: unknown = text.startsWith("{") ? JSON.parse(text).error?.code : undefined;
  return { status: response.statusCode as number, headers: response.headers as OutgoingHttpHeaders, code, text };
}

describe("the host that is asked for", () => {
  test.each(["localhost:1", "127.0.0.1", "127.0.0.1:9", "[::1]:8080", "LOCALHOST"])("%s is ours", async (host) => {
    await start();
    expect((await send({ headers: { ...JSON_TYPE, host } })).status).toBe(200);
  });

  test.each([
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "192.168.1.7",
    "127.0.0.1.nip.io",
    "[::2]",
  ])("%s is refused on every path", async (host) => {
    await start();
    for (const path of ["/v1/chat/completions", "/health", "/metrics", "/v1/models", "/"]) {
      expect(await send({ path, headers: { ...JSON_TYPE, host } })).toMatchObject({
        status: 403,
        code: "forbidden-host",
      });
    }
  });

  test("further names are those that were listed, and any address where it listens on all", async () => {
    await start({ host: "0.0.0.0", token: "t", hosts: ["box.example"] });
    const statusOf = async (host: string) => (await send({ path: "/health", method: "GET", headers: { host } })).status;
    expect(await Promise.all(["box.example:8080", "10.0.0.5", "evil.example"].map(statusOf))).toEqual([200, 200, 403]);
  });
});

describe("web pages", () => {
  test.each(["https://evil.example", "null", "http://localhost:3000"])("of %s are refused", async (origin) => {
    await start({ origins: ["https://good.example"] });
    expect(await send({ headers: { ...JSON_TYPE, origin } })).toMatchObject({ status: 403, code: "forbidden-origin" });
    expect((await send({ method: "OPTIONS", headers: { origin } })).status).toBe(403);
  });

  test("of a listed origin are told that they may ask, and may read the answer", async () => {
    const origin = "https://good.example";
    await start({ origins: [origin], token: "t" });
    const asked = { origin, "access-control-request-headers": "authorization,x-stainless-os" };
    const { status, headers } = await send({ method: "OPTIONS", headers: asked });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "authorization,x-stainless-os",
    });
    const answer = await send({ headers: { ...JSON_TYPE, origin, authorization: "Bearer t" } });
    expect(answer).toMatchObject({ status: 200, headers: { "access-control-allow-origin": origin, vary: "origin" } });
    expect((await send({ headers: { ...JSON_TYPE, origin } })).status).toBe(401);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])(
    "may send %j to others without a question, so that it is refused",
    async (type) => {
      await start();
      expect((await send({ headers: type ? { "content-type": type } : {} })).status).toBe(415);
    },
  );

  test("all of them need a token", async () => {
    await start();
    const model = scriptedLanguageModel("x");
    await expect(startServer({ model, origins: ["*"] })).rejects.toThrow("a token is needed");
  });
});

test("health tells everybody whether it can answer, and why not only who has the token", async () => {
  const model = Promise.reject(new Error("/home/ann/secret.gguf is broken"));
  await start({ model, token: "t" });
  const ask = (headers: OutgoingHttpHeaders) => send({ path: "/health", method: "GET", headers });
  expect(await ask({})).toMatchObject({ status: 500, text: JSON.stringify({ status: "failed" }) });
  expect((await ask({ authorization: "Bearer t" })).text).toContain("secret.gguf");
});

describe("what is refused by its form", () => {
  const deep = `{"messages": ${"[".repeat(1000)}${"]".repeat(1000)}}`;
  const many = (field: string, count: number, entry: string) =>
    `{"messages": [{"role": "user", "content": "x"}], "${field}": [${Array.from({ length: count }, () => entry)}]}`;
  const tool = '{"type": "function", "function": {"name": "f"}}';
  test.each<[string, number, Sent]>([
    ["an address of slashes", 404, { path: "//" }],
    ["an address abroad", 404, { path: "//evil.example/v1/models" }],
    ["a proxy's address", 400, { path: "http://evil.example/health" }],
    ["an address of stars", 400, { path: "*", method: "OPTIONS" }],
    ["a long address", 414, { path: `/${"x".repeat(2_000)}` }],
    ["a long head", 431, { headers: { ...JSON_TYPE, x: "x".repeat(20_000) } }],
    ["a wrong method", 405, { method: "GET" }],
    ["a wrong method for health", 405, { path: "/health" }],
    ["a large body", 413, { body: `"${"x".repeat(9_000_000)}"` }],
    ["a body of many values", 413, { body: `[${"1,".repeat(200_001)}1]` }],
    ["a deep body", 400, { body: deep }],
    ["a body that is none", 400, { body: "{" }],
    ["many messages", 400, { body: many("messages", 3_000, '{"role": "user", "content": "x"}') }],
    ["many tools", 400, { body: many("tools", 600, tool) }],
    ["a long stop string", 400, { body: many("stop", 1, `"${"x".repeat(2_000)}"`) }],
    ["many stop strings", 400, { body: many("stop", 17, '"x"') }],
    [
      "a text past the context",
      400,
      { body: JSON.stringify({ messages: [{ role: "user", content: "x".repeat(99_999) }] }) },
    ],
    ["many texts", 400, { path: "/v1/embeddings", body: `{"input": [${Array(3_000).fill('"x"')}]}` }],
    ["a completion past the context", 400, { path: "/v1/completions", body: `{"prompt": "${"x".repeat(99_999)}"}` }],
  ])("%s: %d", async (_, status, sent) => {
    await start();
    expect((await send(sent)).status).toBe(status);
    expect((await send()).status).toBe(200);
  });

  test("a body that would not end is not read on", async () => {
    await start();
    const { hostname, port } = new URL(server.url);
    const request = httpRequest({ host: hostname, port, path: "/v1/completions", method: "POST", headers: JSON_TYPE });
    request.on("error", () => {}); // the server hangs up on what is still sent
    let isClosed = false;
    request.on("close", () => {
      isClosed = true;
    });
    while (!isClosed) {
      request.write("x".repeat(1_000_000));
      await sleep(1);
    }
    expect((await send()).status).toBe(200);
  });
});

test("more requests than there are places are told to come again", async () => {
  let go: () => void = () => {};
  const isGoing = new Promise<void>((resolve) => {
    go = resolve;
  });
  await start({ model: scriptedLanguageModel("x", { beforeToken: () => isGoing }) });
  const answered: Awaited<ReturnType<typeof send>>[] = [];
  const answers = Array.from({ length: 140 }, () => send().then((answer) => answered.push(answer)));
  await expect.poll(() => answered.length).toBe(12); // only those that are refused, before the others may go on
  for (const full of answered)
    expect(full).toMatchObject({ status: 503, code: "overloaded", headers: { "retry-after": "5" } });
  expect((await send({ path: "/health", method: "GET" })).status).toBe(200);
  go();
  await Promise.all(answers);
  expect(answered.filter(({ status }) => status === 200)).toHaveLength(128);
});

test.each([
  ["silent", ""],
  ["half a head", "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"],
  [
    "half a body",
    "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
  ],
])("a connection that is %s is closed", async (_, text) => {
  await start({ limits: { headersTimeout: 100, requestTimeout: 200 } });
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.resume();
  socket.write(text);
  await once(socket, "close"); // or the test's own limit is reached
  await expect.poll(async () => (await send()).status).toBe(200); // on a busy machine the first may be late for these limits, too
});

test.each([
  ["Bearer secret", 200],
  ["bearer secret", 200],
  ["BEARER  secret", 200],
  ["secret", 401],
  ["Basic secret", 401],
  ["Bearer", 401],
  ["Bearer secret more", 401],
])("%j is answered with %i", async (authorization, status) => {
  await start({ token: "secret" });
  expect((await send({ headers: { ...JSON_TYPE, authorization } })).status).toBe(status);
});

test("a body that is no UTF-8 is refused: its bytes would be other characters of the prompt", async () => {
  await start();
  const body = Buffer.concat([
    Buffer.from('{"messages":[{"role":"user","content":"'),
    Buffer.from([0xff]),
    Buffer.from('"}]}'),
  ]);
  expect(await send({ body })).toMatchObject({ status: 400, code: "bad-request" });
});
