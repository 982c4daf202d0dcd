// Which answer answers which question: over real sockets, with front ends that name no parent, as jupyter_client does.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Dealer } from "zeromq";
import type { JupyterMessage, MessageHeader } from "../../kernel/protocol/messages.ts";
import { createOutbox } from "../../kernel/protocol/outbox.ts";
import { openSockets, type Sockets } from "../../kernel/protocol/sockets.ts";
import { createStdin, type Stdin } from "../../kernel/protocol/stdin.ts";
import { createWire } from "../../kernel/protocol/wire.ts";

const wire = createWire("a key");
const header = (type: string): MessageHeader => ({
  msg_id: `${type} ${Math.random()}`,
  msg_type: type,
  session: "s",
  username: "u",
  date: "",
  version: "5.5",
});
const answer = (value: string, parent: Partial<MessageHeader> = {}) =>
  wire.encode({
    identities: [],
    header: header("input_reply"),
    parentHeader: parent as MessageHeader, // as: what is looked at of it
    metadata: {},
    content: { value },
    buffers: [],
  });

let folder: string;
let sockets: Sockets;
let stdin: Stdin;
const asked = new Dealer({ routingId: "asked", linger: 0 });
const other = new Dealer({ routingId: "other", linger: 0 });
const request: JupyterMessage = {
  identities: [Buffer.from("asked")],
  header: header("execute_request"),
  parentHeader: {},
  metadata: {},
  content: {},
  buffers: [],
};
const ask = (prompt: string) => stdin.ask(request, { prompt, password: false, signal: new AbortController().signal });
const shown = async () => wire.decode((await asked.receive()) as Buffer[]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stdin-"));
  const at = (name: string) => `ipc://${join(folder, name)}`;
  sockets = await openSockets({
    addresses: {
      shell: at("shell"),
      control: at("control"),
      stdin: at("stdin"),
      iopub: at("iopub"),
      heartbeat: at("heartbeat"),
    },
    curve: undefined,
  });
  stdin = createStdin(sockets.stdin, wire, createOutbox(sockets, wire));
  for (const socket of [asked, other]) socket.connect(at("stdin"));
});
afterAll(async () => {
  asked.close();
  other.close();
  await sockets.close();
  rmSync(folder, { recursive: true });
});

/** Until what was sent has reached the other socket, without a turn of the event loop: so nothing can tell when it has. */
const whileNothingIsRead = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);

test("what was typed before a question was asked answers none", async () => {
  await asked.send(answer("yes, to something else"));
  whileNothingIsRead();
  const first = ask("Run this code?");
  await shown();
  await asked.send(answer("n"));
  expect(await first).toBe("n");
});

test("a second answer to a question is none to the next", async () => {
  const [first, second] = [ask("first?"), ask("second?")];
  await shown();
  await asked.send(answer("a"));
  await asked.send(answer("a, again"));
  whileNothingIsRead();
  expect(await first).toBe("a");
  await shown();
  await asked.send(answer("b"));
  expect(await second).toBe("b");
});

test("an answer that names another question, or comes from a front end that was not asked, is none", async () => {
  const first = ask("first?");
  const question = await shown();
  await asked.send(answer("stale", { msg_id: "a question that is over" }));
  await other.send(answer("from elsewhere"));
  whileNothingIsRead();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await asked.send(answer("named", question.header as MessageHeader));
  expect(await first).toBe("named");
});
