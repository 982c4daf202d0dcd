import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type ChatEvent, ChatModelError, type ChatRequest, createChatModel } from "../../interpreter/index.ts";

type Handler = (
  request: { body: Record<string, unknown>; headers: IncomingMessage["headers"] },
  response: ServerResponse,
) => void;

const servers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((close) => close()));
});

/** A server on loopback that answers every request by `handler`. */
async function serve(handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    handler({ body: JSON.parse(Buffer.concat(chunks).toString() || "{}"), headers: request.headers }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

function stream(response: ServerResponse, chunks: readonly unknown[], { done = true } = {}): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  if (done) response.end("data: [DONE]\n\n");
}

const delta = (value: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta: value, finish_reason }],
});

async function chat(baseURL: string, request: Partial<ChatRequest> = {}): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  const model = createChatModel({ baseURL, apiKey: "secret", model: "qwen" });
  for await (const event of model.chat({ messages: [{ role: "user", content: "Hi" }], ...request })) events.push(event);
  return events;
}

async function failure(promise: Promise<unknown>): Promise<ChatModelError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ChatModelError)) expect.fail(`no ChatModelError but ${String(error)}`);
  expect(error.message).not.toContain("\n");
  expect(error.message).not.toContain("secret");
  return error;
}

test("a connection that the server closes as it is used again is no failure", async () => {
  let requests = 0;
  const baseURL = await serve((_, response) => {
    if (++requests === 1) return void response.socket?.destroy(); // before a byte of an answer
    stream(response, [delta({ content: "Hi" }), delta({}, "stop")]);
  });
  expect((await chat(baseURL)).at(-1)).toMatchObject({ type: "answer-end", text: "Hi" });
  expect(requests).toBe(2);
});

test("a server that closes every connection is asked twice, and told in one line", async () => {
  let requests = 0;
  const baseURL = await serve((_, response) => {
    requests++;
    response.socket?.destroy();
  });
  expect((await failure(chat(baseURL))).message).toBe("the engine stopped in mid-answer; run the cell again");
  expect(requests).toBe(2);
});

describe("an answer", () => {
  test("streams, with usage at the end", async () => {
    const usage = {
      prompt_tokens: 9,
      completion_tokens: 2,
      total_tokens: 11,
      prompt_tokens_details: { cached_tokens: 7 },
    };
    const url = await serve((_request, response) =>
      stream(response, [
        delta({ role: "assistant" }),
        delta({ content: "Hel" }),
        delta({ content: "lo" }),
        delta({}, "stop"),
        { choices: [], usage },
      ]),
    );
    expect(await chat(url)).toEqual([
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      {
        type: "answer-end",
        text: "Hello",
        toolCalls: [],
        finishReason: "stop",
        usage: { promptTokens: 9, cachedTokens: 7, completionTokens: 2 },
      },
    ]);
  });

  test("tells how far the prompt has been read, where the server does; others are not asked", async () => {
    const bodies: unknown[] = [];
    const baseURL = await serve((request, response) => {
      bodies.push(request.body);
      const reading = { ...delta({}), prompt_progress: { total: 300, cache: 0, processed: 128, time_ms: 5 } };
      stream(response, [reading, delta({ content: "x" }, "stop")]);
    });
    const server = { baseURL, apiKey: "", model: "qwen", isOurs: true };
    const events: ChatEvent[] = [];
    for await (const event of createChatModel(server).chat({ messages: [{ role: "user", content: "Hi" }] }))
      events.push(event);
    expect(events[0]).toEqual({ type: "prompt-progress", processed: 128, total: 300 });
    await chat(baseURL);
    expect(bodies).toEqual([
      expect.objectContaining({ return_progress: true, keep_messages: 0 }),
      expect.not.objectContaining({ keep_messages: expect.anything() }),
    ]);
  });

  test.each(["reasoning_content", "reasoning"])(
    "tells what the model thinks apart from its answer: %s",
    async (field) => {
      const url = await serve((_request, response) =>
        stream(response, [delta({ [field]: "Hm, " }), delta({ [field]: "so." }), delta({ content: "3" }, "stop")]),
      );
      expect(await chat(url)).toMatchObject([
        { type: "reasoning-delta", text: "Hm, " },
        { type: "reasoning-delta", text: "so." },
        { type: "text-delta", text: "3" },
        { type: "answer-end", text: "3", reasoning: "Hm, so." },
      ]);
    },
  );

  test("thinking is asked for as the server knows it; thoughts go back to our engine only", async () => {
    const bodies: unknown[] = [];
    const baseURL = await serve((request, response) => {
      bodies.push(request.body);
      stream(response, [delta({ content: "x" }, "stop")]);
    });
    const thought = { role: "assistant" as const, content: "3", reasoning_content: "Hm." };
    const messages = [{ role: "user" as const, content: "Hi" }, thought, { role: "user" as const, content: "Sure?" }];
    const ask = async (isOurs: boolean, thinking?: boolean) => {
      const model = createChatModel({ baseURL, apiKey: "", model: "qwen", isOurs });
      for await (const _ of model.chat({ messages, ...(thinking !== undefined && { thinking }) }));
      return bodies.pop();
    };
    expect(await ask(true)).toMatchObject({ enable_thinking: false, messages });
    expect(await ask(true, true)).toMatchObject({ enable_thinking: true });
    const others = (await ask(false)) as object;
    expect(JSON.stringify(others)).not.toMatch(/thinking|reasoning/);
    expect(await ask(false, true)).toMatchObject({ chat_template_kwargs: { enable_thinking: true } });
  });

  test("puts tool calls together from their pieces", async () => {
    const url = await serve((_request, response) =>
      stream(response, [
        delta({ tool_calls: [{ index: 0, id: "a", function: { name: "run_sql", arguments: '{"que' } }] }),
        delta({ tool_calls: [{ index: 0, function: { arguments: 'ry":"SELECT 1"}' } }] }),
        delta({ tool_calls: [{ index: 1, id: "b", function: { name: "describe_table", arguments: "{}" } }] }),
        delta({}, "tool_calls"),
      ]),
    );
    expect((await chat(url)).at(-1)).toMatchObject({
      finishReason: "tool_calls",
      toolCalls: [
        { id: "a", name: "run_sql", arguments: '{"query":"SELECT 1"}' },
        { id: "b", name: "describe_table", arguments: "{}" },
      ],
    });
  });

  test("the request carries what was asked, the key, and no environment of OpenAI's", async () => {
    process.env.OPENAI_ORG_ID = "org-of-somebody";
    let seen: Parameters<Handler>[0] | undefined;
    const url = await serve((request, response) => {
      seen = request;
      stream(response, [delta({ content: "x" }, "stop")]);
    });
    await chat(url, { temperature: 0, seed: 7, maxTokens: 5 });
    delete process.env.OPENAI_ORG_ID;
    expect(seen?.body).toMatchObject({ model: "qwen", stream: true, temperature: 0, seed: 7, max_tokens: 5 });
    expect(seen?.body).not.toHaveProperty("tools");
    expect(seen?.headers.authorization).toBe("Bearer secret");
    expect(JSON.stringify(seen?.headers)).not.toContain("org-of-somebody");
  });
});

describe("a fault is one clear line", () => {
  test("nobody listens", async () => {
    const { message } = await failure(chat("http://127.0.0.1:9/v1"));
    expect(message).toMatch(/^no answer from the model server at http:\/\/127.0.0.1:9\/v1/);
  });

  test.each([
    [401, { message: "bad key" }, "check QWENLAB_API_KEY"],
    [404, { message: "nope" }, "has no model qwen"],
    [400, { message: "too long", code: "context_length_exceeded" }, "longer than the model can read"],
    [400, { message: "This model's maximum context length is 4096 tokens" }, "longer than the model can read"],
    [500, { message: "device lost" }, "answered 500: device lost"],
  ])("status %i %j", async (status, error, expected) => {
    const url = await serve((_request, response) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error }));
    });
    expect((await failure(chat(url))).message).toContain(expected);
  });

  test("the stream ends without an end", async () => {
    const url = await serve((_request, response) => {
      stream(response, [delta({ content: "Hel" })], { done: false });
      response.end();
    });
    expect((await failure(chat(url))).message).toBe("the engine stopped in mid-answer; run the cell again");
  });

  test("the connection breaks in mid-answer", async () => {
    const url = await serve((_request, response) => {
      stream(response, [delta({ content: "Hel" })], { done: false });
      setImmediate(() => response.destroy());
    });
    expect((await failure(chat(url))).message).toBe("the engine stopped in mid-answer; run the cell again");
  });

  test.each(["data: {nonsense\n\n", 'data: "text"\n\n', "data: {}\n\n", "data: [1]\n\n"])(
    "nonsense: %j",
    async (text) => {
      const url = await serve((_request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end(text);
      });
      expect((await failure(chat(url))).message).toMatch(/not a chat completion|stopped in mid-answer/);
    },
  );

  test("an error inside the stream", async () => {
    const url = await serve((_request, response) => stream(response, [{ error: { message: "device lost" } }]));
    expect((await failure(chat(url))).message).toContain("device lost");
  });

  test("an answer without end is cut off", async () => {
    const chunk = delta({ content: "x".repeat(600_000) });
    const url = await serve((_request, response) => stream(response, [chunk, chunk, chunk]));
    expect((await failure(chat(url))).message).toContain("too long");
  });
});

test.each(["before the first byte", "in mid-answer"])(
  "an interrupt %s ends it, and the server sees it",
  async (when) => {
    const controller = new AbortController();
    let sawClose = () => {};
    const closed = new Promise<void>((resolve) => {
      sawClose = resolve;
    });
    const url = await serve((_request, response) => {
      response.on("close", sawClose);
      if (when === "in mid-answer") stream(response, [delta({ content: "Hel" })], { done: false });
      setImmediate(() => controller.abort());
    });
    await expect(chat(url, { signal: controller.signal })).rejects.toThrow(
      expect.objectContaining({ name: "AbortError" }),
    );
    await closed;
  },
);

test("an engine that has left while a question waited is started anew, and asked at its new place", async () => {
  const answer: Handler = (_, response) => stream(response, [delta({ content: "here again" }, "stop")]);
  const place = await serve(answer);
  const old = await serve(answer);
  await servers.pop()?.(); // nobody listens there any more
  const about = { apiKey: "k", model: "m", isOurs: true };
  let reconnected = 0;
  const reconnect = async () => {
    reconnected++;
    return { ...about, baseURL: place };
  };
  const model = createChatModel({ ...about, baseURL: old, reconnect });
  for (let turn = 0; turn < 2; turn++) {
    const events: ChatEvent[] = [];
    for await (const event of model.chat({ messages: [{ role: "user", content: "?" }] })) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: "answer-end", text: "here again" });
  }
  expect(reconnected).toBe(1);
});
