import { expect, test, vi } from "vitest";
import { dispatch, type Handlers } from "../../kernel/protocol/dispatcher.ts";
import { createExecuteQueue } from "../../kernel/protocol/execute-queue.ts";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import type { Outbox } from "../../kernel/protocol/outbox.ts";
import type { Channel } from "../../kernel/protocol/sockets.ts";

function request(type: string, content: Record<string, unknown> = {}): JupyterMessage {
  const header = { msg_id: type, msg_type: type, session: "", username: "", date: "", version: "5.5" };
  return { identities: [], header, parentHeader: {}, metadata: {}, content, buffers: [] };
}

/** Dispatches one request; gives what was said, in order. */
async function said(type: string, handlers: Handlers, more: Partial<JupyterMessage> = {}): Promise<unknown[]> {
  const words: unknown[] = [];
  const outbox = {
    status: async (state: string) => void words.push(state),
    publish: async (type: string, content: object) => void words.push({ type, ...content }),
    reply: async (_channel: unknown, _request: unknown, content: object) => void words.push(content),
  } as unknown as Outbox; // what dispatch() uses of it
  await dispatch({ ...request(type), ...more }, handlers, { outbox, channel: {} as Channel });
  return words;
}

test("busy and idle bracket the reply", async () => {
  expect(await said("a", { a: async () => ({ status: "ok" }) })).toEqual(["busy", { status: "ok" }, "idle"]);
});

test("a handler that throws is answered with its error", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const thrower = async () => {
    throw new TypeError("broken");
  };
  const error = { status: "error", ename: "TypeError", evalue: "broken", traceback: ["TypeError: broken"] };
  expect(await said("a", { a: thrower })).toEqual(["busy", error, "idle"]);
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

test.each([
  ["execute_request", "is answered so, and told in its cell", 1],
  ["comm_msg", "has no answer, and is told all the same", 0],
])("an %s that was not read since it is too large %s", async (type, _, replies) => {
  const error = { status: "error", ename: "MessageTooLarge", evalue: "a message of 300 MB" };
  const handlers = { [type]: () => expect.unreachable() };
  const words = await said(type, handlers, { refused: "a message of 300 MB" });
  expect(words).toMatchObject(["busy", { type: "error", ...error }, ...Array(replies).fill(error), "idle"]);
});

test("a message without a reply has none", async () => {
  expect(await said("a", { a: async () => undefined })).toEqual(["busy", "idle"]);
});

test.each(["b", "constructor", "toString"])("an unknown message (%s) is ignored", async (type) => {
  expect(await said(type, { a: async () => ({ status: "ok" }) })).toEqual([]);
});

test("cells run in order; behind a failed one, those that wait do not", async () => {
  const log: string[] = [];
  const queue = createExecuteQueue({
    async run({ content }) {
      log.push(`run ${content.name}`);
      return { status: content.fails ? "error" : "ok" };
    },
    async abort({ content }) {
      log.push(`abort ${content.name}`);
    },
  });
  for (const name of ["one", "two"]) queue.push(request("execute_request", { name }));
  queue.push(request("execute_request", { name: "three", fails: true, stop_on_error: false }));
  queue.push(request("execute_request", { name: "four", fails: true }));
  queue.push(request("execute_request", { name: "five" }));
  await expect.poll(() => log).toHaveLength(5);
  queue.push(request("execute_request", { name: "six" }));
  await expect.poll(() => log).toHaveLength(6);
  expect(log).toEqual(["run one", "run two", "run three", "run four", "abort five", "run six"]);
});
