// Comm messages of a real kernel process: both ways, in order, in the form and the place that the protocol has for them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { createWire } from "../../kernel/protocol/wire.ts";
import { isNightly } from "../nightly.ts";
import { KernelProcess } from "./kernel-process.ts";

const WIDGET = `widget({ esm: "export default {}", state: { value: 0, bytes: new Uint8Array([1, 2]) } })`;

let kernel: KernelProcess;
beforeAll(async () => {
  kernel = await KernelProcess.start();
});
afterAll(() => kernel[Symbol.asyncDispose]());

const ofType = (messages: readonly JupyterMessage[], type: string) =>
  messages.filter(({ header }) => header.msg_type === type);
const isIdle = (id: string, of = kernel) => of.messagesOf(id).some(({ content }) => content.execution_state === "idle");

/** Runs a cell that opens a widget; @returns its comm's id */
async function opened(code = `const w = ${WIDGET};`): Promise<string> {
  const { reply, messages } = await kernel.execute(code);
  expect(reply).toMatchObject({ status: "ok" });
  return String(ofType(messages, "comm_open").at(-1)?.content.comm_id);
}

/** Sends a message and waits until the kernel is done with it; @returns what came for it */
async function said(
  type: string,
  content: object,
  buffers: readonly Buffer[] = [],
): Promise<readonly JupyterMessage[]> {
  const message = { ...kernel.message(type, content), buffers };
  await kernel.sendFrames("shell", createWire("a key for tests").encode(message));
  const id = message.header.msg_id;
  await kernel.until(() => isIdle(id));
  return kernel.messagesOf(id);
}
const types = (messages: readonly JupyterMessage[]) => messages.map(({ header }) => header.msg_type);

describe("the session opens", () => {
  test("a comm before its view is shown, with its version, its state and its binary parts", async () => {
    const { messages } = await kernel.execute(
      `console.log("first"); const one = ${WIDGET}; display(one); one.close();`,
    );
    const [open] = ofType(messages, "comm_open");
    expect(open).toMatchObject({
      content: {
        comm_id: expect.any(String),
        target_name: "jupyter.widget",
        data: { state: { value: 0, _model_module: "anywidget" }, buffer_paths: [["bytes"]] },
      },
      metadata: { version: "2.1.0" },
      buffers: [Buffer.from([1, 2])],
    });
    const order = types(messages).filter((type) => type.startsWith("comm") || type === "display_data");
    expect(order).toEqual(["comm_open", "display_data", "comm_close"]);
  });

  test("comms that comm_info_request tells, of one target or all", async () => {
    const id = await opened();
    expect(await kernel.request("comm_info_request", { target_name: "jupyter.widget" })).toMatchObject({
      status: "ok",
      comms: { [id]: { target_name: "jupyter.widget" } },
    });
    expect(await kernel.request("comm_info_request", { target_name: "other" })).toEqual({ status: "ok", comms: {} });
    expect((await kernel.request("comm_info_request", { target_name: 5 })).comms).toHaveProperty(id);
    await kernel.execute("w.close();");
    expect((await kernel.request("comm_info_request")).comms).not.toHaveProperty(id);
  });

  test("also in a silent cell", async () => {
    const { messages } = await kernel.execute(`${WIDGET};`, { content: { silent: true } });
    expect(types(messages)).toEqual(["status", "comm_open", "status"]);
  });
});

describe("a front end says", () => {
  test("an update, which is echoed to all as an answer, between busy and idle; handlers print under the cell", async () => {
    const cell = await kernel.execute(`const h = ${WIDGET}; h.on("change:value", (v) => console.log("now", v));`);
    const [open] = ofType(cell.messages, "comm_open");
    const comm_id = open?.content.comm_id;
    const data = { method: "update", state: { value: 3 }, buffer_paths: [["bytes"]] };
    const answers = await said("comm_msg", { comm_id, data }, [Buffer.from([7, 8, 9])]);
    expect(types(answers)).toEqual(["status", "comm_msg", "status"]);
    expect(answers[1]).toMatchObject({
      content: { comm_id, data: { method: "echo_update", state: { value: 3 }, buffer_paths: [["bytes"]] } },
      buffers: [Buffer.from([7, 8, 9])],
    });
    const printed = await kernel.execute("[h.state.value, h.state.bytes]");
    expect(ofType(printed.messages, "execute_result")[0]?.content.data).toMatchObject({
      "text/plain": "[ 3, Uint8Array(3) [ 7, 8, 9 ] ]",
    });
    const { parentHeader } = cell.messages[0] as JupyterMessage;
    await kernel.until(() => kernel.printed(String(parentHeader.msg_id)) === "now 3\n");
  });

  test("what a running cell waits for; it comes at once", async () => {
    const comm_id = await opened("const waited = widget({ esm: '{}', state: { value: 0 } });");
    const id = kernel.startCell(`console.log("waits"); const got = await waited.changed("value"); got * 10`);
    await kernel.until(() => kernel.printed(id) === "waits\n");
    await said("comm_msg", { comm_id, data: { method: "update", state: { value: 4 } } });
    const { messages } = await kernel.finished(id);
    expect(ofType(messages, "execute_result")[0]?.content.data).toMatchObject({ "text/plain": "40" });
  });

  test("1,000 messages at once: each has its idle, and they come in their order, before the cell behind them", async () => {
    const comm_id = await opened(
      "const order: number[] = []; const burst = widget({ esm: '{}', state: { value: 0 } }); burst.on('change:value', (v) => order.push(v));",
    );
    const ids = Array.from({ length: 1_000 }, (_, i) =>
      kernel.send("comm_msg", { comm_id, data: { method: "update", state: { value: i + 1 } } }),
    );
    const { messages } = await kernel.execute("[order.length, order.every((v, i) => v === i + 1)]");
    expect(ofType(messages, "execute_result")[0]?.content.data).toMatchObject({ "text/plain": "[ 1000, true ]" });
    await kernel.until(() => ids.every((id) => isIdle(id)));
  });

  test("that it opens a comm, says something at once, and closes it", async () => {
    const comm_id = await opened();
    kernel.send("comm_open", { comm_id: "control", target_name: "jupyter.widget.control", data: {} });
    const answers = await said("comm_msg", { comm_id: "control", data: { method: "request_states" } });
    expect(ofType(answers, "comm_msg")[0]?.content).toMatchObject({
      comm_id: "control",
      data: { method: "update_states", states: { [comm_id]: { model_name: "AnyModel", state: { value: 0 } } } },
    });
    expect((await kernel.request("comm_info_request")).comms).toHaveProperty("control");
    await said("comm_close", { comm_id: "control", data: {} });
    expect((await kernel.request("comm_info_request")).comms).not.toHaveProperty("control");
  });

  test("that it opens one to a name that nobody knows: it is closed again", async () => {
    const answers = await said("comm_open", { comm_id: "unknown", target_name: "nobody", data: {} });
    expect(types(answers)).toEqual(["status", "comm_close", "status"]);
    expect(answers[1]?.content).toEqual({ comm_id: "unknown", data: {} });
    expect((await kernel.request("comm_info_request")).comms).not.toHaveProperty("unknown");
  });

  test("that it opens one which is open: that one stays", async () => {
    const comm_id = await opened();
    const answers = await said("comm_open", { comm_id, target_name: "nobody", data: {} });
    expect(types(answers)).toEqual(["status", "status"]);
    expect((await kernel.request("comm_info_request")).comms).toHaveProperty(comm_id);
  });

  test.each([
    ["comm_msg", { comm_id: "nowhere", data: { method: "update", state: {} } }],
    ["comm_close", { comm_id: "nowhere", data: {} }],
    ["comm_msg", {}],
    ["comm_msg", { comm_id: 5, data: "x" }],
    ["comm_open", {}],
    ["comm_open", { comm_id: "x" }],
    ["comm_open", { comm_id: "", target_name: "jupyter.widget.control" }],
    ["comm_close", { comm_id: null }],
    ["comm_close", { data: [] }],
  ])("%s %j: nothing comes of it", async (type, content) => {
    expect(types(await said(type, content))).toEqual(["status", "status"]);
  });

  test("data that is none, to a comm that is open: the kernel and the widget go on", async () => {
    const comm_id = await opened();
    for (const data of [null, [], 5, "x", { method: {} }]) await said("comm_msg", { comm_id, data });
    await said("comm_msg", { comm_id, data: { method: "update", state: { value: 6 } } });
    const { messages } = await kernel.execute("w.state.value");
    expect(ofType(messages, "execute_result")[0]?.content.data).toMatchObject({ "text/plain": "6" });
  });
});

/** As base64 more than passes between kernel and session at once (frames.ts); it takes a gigabyte to find that out. */
if (isNightly) {
  test("binary parts too large to pass, either way, are told; the widget keeps its state and goes on", async () => {
    const [bytes, limit] = [200 * 2 ** 20, "267 MB are more than passes between notebook and session at once"];
    const comm_id = await opened();
    const stderr = () =>
      ofType(kernel.iopub, "stream")
        .map(({ content }) => content.text)
        .join("");
    const data = { method: "update", state: { value: 9 }, buffer_paths: [["bytes"]] };
    expect(types(await said("comm_msg", { comm_id, data }, [Buffer.alloc(bytes)]))).toEqual(["status", "status"]);
    await kernel.until(() => stderr().includes(`What a widget sent was dropped: ${limit}`));
    const out = await kernel.execute(`w.state.bytes = new Uint8Array(${bytes});`);
    expect(out.reply).toMatchObject({ status: "error", ename: "RangeError", evalue: expect.stringContaining(limit) });
    await said("comm_msg", { comm_id, data: { method: "update", state: { value: 4 } } });
    const { messages } = await kernel.execute("[w.state.value, w.state.bytes]");
    expect(ofType(messages, "execute_result")[0]?.content.data).toMatchObject({
      "text/plain": "[ 4, Uint8Array(2) [ 1, 2 ] ]",
    });
  });
}

test("comms of a session that has ended are closed, and those of the next one are new", async () => {
  const comm_id = await opened();
  await kernel.execute("process.exit(3)");
  expect(ofType(kernel.iopub, "comm_close").map(({ content }) => content.comm_id)).toContain(comm_id);
  expect(await kernel.request("comm_info_request")).toEqual({ status: "ok", comms: {} });
  expect(types(await said("comm_msg", { comm_id, data: { method: "request_state" } }))).toEqual(["status", "status"]);
  expect(await opened()).not.toBe(comm_id);
});

test("what a front end sends is not echoed where JUPYTER_WIDGETS_ECHO says so", async () => {
  await using quiet = await KernelProcess.start({ env: { JUPYTER_WIDGETS_ECHO: "0" } });
  const { messages } = await quiet.execute(`const w = ${WIDGET};`);
  const comm_id = ofType(messages, "comm_open")[0]?.content.comm_id;
  const id = quiet.send("comm_msg", { comm_id, data: { method: "update", state: { value: 5 } } });
  const { messages: after } = await quiet.execute("w.state.value");
  expect(ofType(after, "execute_result")[0]?.content.data).toMatchObject({ "text/plain": "5" });
  await quiet.until(() => isIdle(id, quiet));
  expect(types(quiet.messagesOf(id))).toEqual(["status", "status"]);
});
