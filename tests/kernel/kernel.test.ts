import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JupyterMessage } from "../../kernel/protocol/messages.ts";
import { createWire } from "../../kernel/protocol/wire.ts";
import { KernelProcess } from "./kernel-process.ts";

let kernel: KernelProcess;

beforeAll(async () => {
  kernel = await KernelProcess.start({ answer: (prompt) => (prompt === "wait" ? undefined : `to ${prompt}`) });
});
afterAll(() => kernel[Symbol.asyncDispose]());

const types = (messages: readonly JupyterMessage[]) => messages.map(({ header }) => header.msg_type);
const contentsOf = (messages: readonly JupyterMessage[], type: string) =>
  messages.filter(({ header }) => header.msg_type === type).map(({ content }) => content);

const questions = (prompt: string) => kernel.questions.filter(({ content }) => content.prompt === prompt);

/** Starts a cell that does not end, and waits until it prints. */
async function runningCell(code: string): Promise<string> {
  const id = kernel.startCell(`console.log("started"); ${code}`);
  await kernel.until(() => kernel.printed(id) !== "");
  return id;
}

describe("kernel_info", () => {
  test.each(["shell", "control"] as const)("is answered on %s", async (channel) => {
    const info = await kernel.request("kernel_info_request", {}, { channel });
    expect(info).toMatchObject({
      status: "ok",
      protocol_version: "5.5",
      implementation: "qwenlab",
      supported_features: ["debugger"],
      language_info: { name: "typescript", file_extension: ".ts", mimetype: "text/typescript" },
    });
  });
});

describe("a cell", () => {
  test("is busy, shows its input, its outputs, its result, and is idle", async () => {
    const { reply, messages } = await kernel.execute("console.log('hi'); display.html('<b>x</b>'); 6 * 7");
    expect(types(messages)).toEqual(["status", "execute_input", "stream", "display_data", "execute_result", "status"]);
    expect(contentsOf(messages, "execute_result")[0]).toMatchObject({ data: { "text/plain": "42" } });
    expect(reply).toMatchObject({ status: "ok", payload: [], user_expressions: {} });
    expect(reply.execution_count).toBe(messages[1]!.content.execution_count);
  });

  test("that throws gives one error output, and the same in its reply", async () => {
    const { reply, messages } = await kernel.execute("throw new RangeError('too far')");
    expect(types(messages)).toEqual(["status", "execute_input", "error", "status"]);
    const error = contentsOf(messages, "error")[0]!;
    expect(error).toMatchObject({ ename: "RangeError", evalue: "too far" });
    expect(reply).toMatchObject({ status: "error", ...error });
  });

  test("that is silent shows nothing and counts for nothing", async () => {
    const before = await kernel.execute("1");
    const silent = await kernel.execute("console.log('hush'); 1", { content: { silent: true } });
    const after = await kernel.execute("1");
    expect(types(silent.messages)).toEqual(["status", "status"]);
    expect(after.reply.execution_count).toBe(Number(before.reply.execution_count) + 1);
  });

  test("without store_history shows its output and counts for nothing", async () => {
    const { reply, messages } = await kernel.execute("1", { content: { store_history: false } });
    const after = await kernel.execute("2");
    expect(contentsOf(messages, "execute_result")).toHaveLength(1);
    expect(after.reply.execution_count).toBe(reply.execution_count);
  });

  test("answers user_expressions, also those that fail", async () => {
    const user_expressions = { sum: "1 + 1", wrong: "nowhere.x" };
    const { reply } = await kernel.execute("0", { content: { user_expressions } });
    expect(reply.user_expressions).toMatchObject({
      sum: { status: "ok", data: { "text/plain": "2" } },
      wrong: { status: "error" },
    });
  });

  test.each(["x".repeat(100_000), ["1"], 7, null])("user_expressions that are no object are none", async (wrong) => {
    const { reply } = await kernel.execute("0", { content: { user_expressions: wrong } });
    expect(reply.status).toBe("ok");
    expect(reply.user_expressions).toEqual({});
  });

  test("prints for itself also after its end", async () => {
    const early = kernel.startCell("setTimeout(() => console.log('late'), 300)");
    await kernel.finished(early);
    const { messages } = await kernel.execute("await new Promise((resolve) => setTimeout(resolve, 600)); 'second'");
    await kernel.until(() => kernel.printed(early) === "late\n");
    expect(types(messages)).not.toContain("stream");
  });

  test("that prints ten thousand lines sends few messages", async () => {
    const { messages } = await kernel.execute("for (let i = 0; i < 10_000; i++) console.log(i)");
    const streams = contentsOf(messages, "stream");
    expect(streams.length).toBeLessThan(1_000); // twelve a second at most: a slow machine takes more of them
    expect(
      streams
        .map(({ text }) => text)
        .join("")
        .split("\n"),
    ).toHaveLength(10_001);
  });
});

describe("while a cell runs", () => {
  test("heartbeat, completion, inspection and kernel_info answer; the interrupt keeps variables", async () => {
    await kernel.execute("const kept = 5");
    const id = await runningCell("while (true) {}");
    expect(await kernel.heartbeat()).toBe("beat");
    expect(await kernel.request("complete_request", { code: "'x'.toUpp", cursor_pos: 9 })).toMatchObject({
      matches: ["toUpperCase"],
      cursor_start: 4,
      cursor_end: 9,
    });
    expect(await kernel.request("inspect_request", { code: "kept", cursor_pos: 2 })).toMatchObject({ found: true });
    expect(await kernel.request("kernel_info_request")).toMatchObject({ status: "ok" });
    expect(kernel.hasReply(id)).toBe(false);

    await kernel.request("interrupt_request", {}, { channel: "control" });
    const { reply } = await kernel.finished(id);
    expect(reply).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    const { messages } = await kernel.execute("kept");
    expect(contentsOf(messages, "execute_result")[0]).toMatchObject({ data: { "text/plain": "5" } });
  });

  test.each([
    ["a pending await", "await new Promise(() => {})"],
    ["a loop after an await", "await null; while (true) {}"],
  ])("the interrupt ends %s", async (_name, code) => {
    const id = await runningCell(code);
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply).toMatchObject({ ename: "KeyboardInterrupt" });
  });

  test("the interrupt also ends a completion that does not end, which is no error of ours", async () => {
    const id = await runningCell("while (true) {}");
    const endless = `(1${"+1".repeat(200_000)}).`; // the checker is at it for minutes
    const completion = kernel.send("complete_request", { code: endless, cursor_pos: endless.length });
    await kernel.until(() => kernel.messagesOf(completion).length > 0); // it is busy with it
    const inspection = kernel.send("inspect_request", { code: "Math", cursor_pos: 2 });
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply).toMatchObject({ ename: "KeyboardInterrupt" });
    expect((await kernel.reply(completion)).content).toMatchObject({ status: "error", ename: "KeyboardInterrupt" });
    expect((await kernel.reply(inspection)).content).toMatchObject({ status: "ok", found: true });
    expect(kernel.log).not.toContain("Error");
  });

  test("the last status that a front end sees is the cell's", async () => {
    const id = await runningCell("await new Promise(() => {})");
    const info = kernel.send("kernel_info_request", {});
    const states = () => kernel.iopub.filter(({ header }) => header.msg_type === "status");
    await kernel.until(() => kernel.messagesOf(info).some(({ content }) => content.execution_state === "idle"));
    await kernel.until(() => states().at(-1)?.parentHeader.msg_id === id);
    expect(states().at(-1)?.content.execution_state).toBe("busy");
    await kernel.request("interrupt_request", {}, { channel: "control" });
    await kernel.finished(id);
    expect(states().at(-1)?.content.execution_state).toBe("idle");
  });
});

describe("cells that wait", () => {
  test("are not run behind one that fails", async () => {
    const first = "throw new Error(await input('wait'))";
    const ids = [first, "1", "2"].map((code) => kernel.startCell(code));
    await kernel.request("kernel_info_request"); // behind them: they have come
    await kernel.until(() => questions("wait").length > 0);
    kernel.answer(questions("wait").at(-1)!, "first");
    const replies = await Promise.all(ids.map((id) => kernel.finished(id)));
    expect(replies.map(({ reply }) => reply.status)).toEqual(["error", "aborted", "aborted"]);
    expect(types(replies[1]!.messages)).toEqual(["status", "status"]);
    expect((await kernel.execute("3")).reply.status).toBe("ok");
  });

  test("are run when stop_on_error is false", async () => {
    const failing = kernel.startCell("throw new Error('first')", { content: { stop_on_error: false } });
    const next = kernel.startCell("1");
    await kernel.finished(failing);
    expect((await kernel.finished(next)).reply.status).toBe("ok");
  });
});

describe("questions", () => {
  test("go to the front end and come back, waiting or not", async () => {
    const { messages } = await kernel.execute("[await input('Name?'), prompt('Age?')].join()");
    expect(contentsOf(messages, "execute_result")[0]).toMatchObject({ data: { "text/plain": "'to Name?,to Age? '" } });
  });

  test("are not asked where no input is allowed", async () => {
    const { reply } = await kernel.execute("await input('Name?')", { content: { allow_stdin: false } });
    expect(reply.status).toBe("error");
  });

  test("end with an interrupt; a later answer is nobody's", async () => {
    const before = questions("wait").length;
    const id = kernel.startCell("await input('wait')");
    await kernel.until(() => questions("wait").length > before);
    expect(await kernel.heartbeat()).toBe("beat");
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply).toMatchObject({ ename: "KeyboardInterrupt" });
    kernel.answer(questions("wait").at(-1)!, "too late");
    const { messages } = await kernel.execute("await input('Next?')");
    expect(contentsOf(messages, "execute_result")[0]).toMatchObject({ data: { "text/plain": "'to Next?'" } });
  });
});

describe("a session that ends", () => {
  test("is reported in its cell; the next cell has a new one, and says so once", async () => {
    const ended = await kernel.execute("const lost = 1; process.exit(3)");
    expect(ended.reply).toMatchObject({ status: "error", ename: "SessionEnded" });
    expect(String(ended.reply.evalue)).toContain("exit code 3");
    const next = kernel.startCell("typeof lost");
    const { reply, messages } = await kernel.finished(next);
    expect(reply.execution_count).toBe(Number(ended.reply.execution_count) + 1);
    expect(kernel.printed(next, "stderr")).toContain("variables of earlier cells are gone (exit code 3)");
    expect(contentsOf(messages, "error")).toHaveLength(1); // `lost` is no longer known
    const after = kernel.startCell("1");
    expect((await kernel.finished(after)).reply.status).toBe("ok");
    expect(kernel.printed(after)).toBe("");
  });
});

describe("messages that are none", () => {
  test("are dropped with a line in the log, and the kernel goes on", async () => {
    const forged = createWire("another key").encode(kernel.message("execute_request", { code: "process.exit()" }));
    await kernel.sendFrames("shell", forged);
    await kernel.sendFrames("shell", ["garbage", "\u0000\u0001"]);
    await kernel.sendFrames("control", ["<IDS|MSG>", "", "{", "}", "[]", "null"]);
    await kernel.sendFrames("stdin", [""]);
    expect((await kernel.execute("1")).reply.status).toBe("ok");
    const log = () => kernel.log;
    await expect.poll(log).toMatch(/dropped a message on shell: wrong signature\n/);
    await expect.poll(log).toMatch(/dropped a message on shell: no delimiter\n/);
    await expect.poll(log).toMatch(/dropped a message on control/);
  });

  test("of an unknown type are ignored, without a status", async () => {
    const id = kernel.send("teleport_request", {});
    await kernel.request("kernel_info_request");
    expect(kernel.messagesOf(id)).toEqual([]);
  });

  test("with contents that no handler expects are answered", async () => {
    expect(await kernel.request("complete_request", {})).toMatchObject({ status: "ok", matches: expect.any(Array) });
    expect(await kernel.request("history_request", {})).toEqual({ status: "ok", history: [] });
    expect(await kernel.request("inspect_request", { code: 7, cursor_pos: "x" })).toMatchObject({ found: false });
    expect(await kernel.request("execute_request", {})).toMatchObject({ status: "ok" });
  });
});

describe("comms", () => {
  test("of unknown targets are closed, and there are none", async () => {
    const id = kernel.send("comm_open", { comm_id: "c1", target_name: "jupyter.widget", data: {} });
    await kernel.until(() => types(kernel.messagesOf(id)).includes("comm_close"));
    expect(await kernel.request("comm_info_request", {})).toEqual({ status: "ok", comms: {} });
  });
});

describe("magics", () => {
  test("at the top of a cell run in order, before its TypeScript, which keeps its lines", async () => {
    const id = kernel.startCell("%approve never\n%approve\n\nthrow new Error('line 4')");
    const { reply } = await kernel.finished(id);
    expect(kernel.printed(id)).toMatch(/^never:.*\nnever:/);
    expect(String(reply.traceback)).toMatch(/\[\d+\]:4/);
  });

  test("that do not exist are the user's mistake, with the nearest name", async () => {
    const { reply } = await kernel.execute("%%chatt\nhello");
    expect(reply).toMatchObject({ ename: "UserError", evalue: expect.stringContaining("did you mean %%chat?") });
  });

  test("%%sql sees the session's arrays, and leaves a variable", async () => {
    await kernel.execute("const rows = [{ n: 1 }, { n: 2 }]");
    const { messages } = await kernel.execute("%%sql --out total\nSELECT sum(n) AS s FROM rows");
    expect(types(messages)).toContain("display_data");
    expect((await kernel.execute("total[0].s")).reply.status).toBe("ok");
  });

  test("a question opens a page", async () => {
    const { reply } = await kernel.execute("%%sql?");
    expect(reply.payload).toMatchObject([
      { source: "page", data: { "text/plain": expect.stringContaining("DuckDB") } },
    ]);
    expect((await kernel.execute("nowhere?")).reply).toMatchObject({ ename: "UserError" });
  });
});

describe("history", () => {
  test("tells what was run, with output when asked", async () => {
    await kernel.execute("'remember ' + 'me'");
    const tail = { hist_access_type: "tail", n: 1, output: true, raw: true };
    expect(await kernel.request("history_request", tail)).toMatchObject({
      history: [[1, expect.any(Number), ["'remember ' + 'me'", "'remember me'\n"]]],
    });
    const search = { hist_access_type: "search", pattern: "'remember*", n: 5, unique: true, output: false, raw: true };
    expect(((await kernel.request("history_request", search)).history as unknown[]).length).toBe(1);
  });
});

test("neither SIGINT ends the kernel, nor does SIGUSR1 open its inspector", async () => {
  kernel.child.kill("SIGINT");
  kernel.child.kill("SIGUSR1");
  expect((await kernel.execute("1")).reply.status).toBe("ok");
  expect(kernel.log).not.toContain("Debugger listening");
});
