// Which answer answers which question: over real sockets, with front ends that name no parent, as jupyter_client does. They
// are of this process: what was sent has reached the other socket once send() has resolved.
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
  const at = (name: string) => `inproc://stdin-test-${name}`;
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
});

test("what was typed before a question was asked answers none", async () => {
  await asked.send(answer("yes, to something else"));
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
  await asked.send(answer("named", question.header as MessageHeader));
  expect(await first).toBe("named");
});
