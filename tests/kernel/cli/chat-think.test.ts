import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { qwenlab } from "./qwenlab.ts";

/** A server whose model thinks before it answers, and the bodies of what it was asked. */
async function thinkingServer() {
  const asked: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    asked.push(JSON.parse(await text(request)));
    response.writeHead(200, { "content-type": "text/event-stream" });
    const deltas = [{ role: "assistant", content: "" }, { reasoning_content: "Hm.\u001b[2J" }, { content: "Yes." }];
    const base = { id: "1", object: "chat.completion.chunk", created: 1, model: "mine" };
    for (const delta of deltas) {
      response.write(`data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`);
    }
    const last = { ...base, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
    response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

test("chat --think asks for thoughts, which are no part of the answer", async () => {
  const { asked, url } = await thinkingServer();
  const env = { QWENLAB_BASE_URL: url, QWENLAB_MODEL: "mine" };
  const { exitCode, stdout, stderr } = await qwenlab(["chat", "Is it?", "--think"], { env });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "Yes.\n" });
  expect(stderr).toContain("Hm.");
  expect(stderr).not.toContain("\u001b[2J");
  await qwenlab(["chat", "Is it?"], { env });
  const kwargs = asked.map((body) => body.chat_template_kwargs);
  expect(kwargs).toEqual([{ enable_thinking: true }, undefined]);
});
