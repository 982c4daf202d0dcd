// The debugger and the life of the session: exceptions, files of the folder, interrupts, ends, wrong messages, the sandbox.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugClient } from "./debug-client.ts";

const LIBRARY =
  "export function area(radius: number): number {\n  const square = radius * radius;\n  return Math.PI * square;\n}\nexport const count = 3;\n";
const USER =
  "import { area, count } from './circle.ts';\nexport function both(n: number): number {\n  const first = area(n);\n  return first + count;\n}\n";
const FILES = { "circle.ts": LIBRARY, "both.ts": USER };

async function attached(options: Parameters<typeof DebugClient.start>[0] = {}): Promise<DebugClient> {
  const client = await DebugClient.start(options);
  await client.attach();
  return client;
}

describe("exceptions", () => {
  test("uncaught ones stop where they are thrown, before and behind an await; caught ones do not", async () => {
    await using client = await attached();
    await client.body("setExceptionBreakpoints", { filters: ["uncaught"] });
    const caught =
      "try { throw new Error('own') } catch {}\nasync function f() { await 0; throw new Error('far') }\ntry { await f() } catch {}\n";
    for (const [code, line, text] of [
      [`${caught}throw new RangeError('out');`, 4, "RangeError: out"],
      [
        `await new Promise((r) => setTimeout(r, 5));\n${caught}null!;\nthrow new TypeError('late');`,
        6,
        "TypeError: late",
      ],
    ] as const) {
      const id = client.kernel.startCell(code);
      const { reason, frames, body } = await client.stopped();
      expect({ reason, line: frames[0]?.line, text: body.text }).toEqual({ reason: "exception", line, text });
      expect((await client.body("exceptionInfo")).description).toBe(text);
      await client.continue();
      expect((await client.kernel.finished(id)).reply.status).toBe("error");
    }
    await client.body("setExceptionBreakpoints", { filters: ["all"] });
    const id = client.kernel.startCell("try {\n  throw new Error('own');\n} catch {}\n1");
    expect((await client.stopped()).frames[0]?.line).toBe(2);
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });
});

describe("files of the folder", () => {
  test("a breakpoint in one waits for its import; frames, sources and names are the file's", async () => {
    await using client = await attached({ files: FILES });
    const path = join(client.kernel.folder, "circle.ts");
    const { breakpoints } = await client.body("setBreakpoints", { source: { path }, breakpoints: [{ line: 2 }] });
    expect(breakpoints).toMatchObject([{ verified: false, line: 2 }]);
    const id = client.kernel.startCell("import { both } from './both.ts';\nboth(2)");
    const { frames } = await client.stopped();
    expect(frames.map(({ name, line, source }) => [name, line, source?.name])).toEqual([
      ["area", 2, "circle.ts"],
      ["both", 3, "both.ts"],
      ["In [1]", 2, "In [1]"],
    ]);
    expect(await client.evaluate("radius + 1", frames[0]!.id)).toBe("3");
    expect(await client.evaluate("count + n", frames[1]!.id)).toBe("5"); // an import, which is a member in the compiled code
    const { modules } = await client.body("modules");
    expect(modules.map(({ name }: { name: string }) => name).sort()).toEqual(["both.ts", "circle.ts"]);
    expect((await client.body("source", { source: { path } })).content).toBe(LIBRARY);
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });
});

describe("what waits for the code that stands still", () => {
  const trace = ({ frames }: Awaited<ReturnType<DebugClient["stopped"]>>) =>
    frames.map(({ name, line, source }) => [name, line, source?.name]);

  test("is in the stack behind it: awaiting functions of cells and files, each call once", async () => {
    const waits =
      "export async function waits(f: () => Promise<number>): Promise<number> {\n  await 0;\n  return 1 + (await f());\n}\n";
    await using client = await attached({ files: { "waits.ts": waits } });
    const functions =
      "async function deep(n: number): Promise<number> {\n  await 0;\n  await 0;\n  if (n > 0) return await deep(n - 1);\n  debugger;\n  return n;\n}";
    await client.kernel.execute(functions);
    const id = client.kernel.startCell(
      "import { waits } from './waits.ts';\nconst given = 5;\nawait waits(async () => await deep(1));",
    );
    const stop = await client.stopped();
    expect(trace(stop)).toEqual([
      ["deep (In [1])", 5, "In [1]"],
      ["async deep (In [1])", 4, "In [1]"],
      ["async (anonymous) (In [2])", 3, "In [2]"],
      ["async waits", 3, "waits.ts"],
      ["async In [2]", 3, "In [2]"],
    ]);
    const waiting = stop.frames.at(-1)!;
    expect(waiting.presentationHint).toBe("subtle");
    expect(await client.request("evaluate", { expression: "n", frameId: waiting.id })).toMatchObject({
      success: false,
      message: expect.stringContaining("async In [2] waits"),
    });
    expect((await client.request("restartFrame", { frameId: waiting.id })).success).toBe(false);
    expect((await client.variables(waiting.id, "Notebook"))["given"]?.value).toBe("5");
    expect(await client.evaluate("n", stop.frames[0]!.id)).toBe("0");
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });
});

describe("a session that stands still", () => {
  let client: DebugClient;
  beforeAll(async () => {
    client = await attached();
  });
  afterAll(() => client[Symbol.asyncDispose]());

  test("completes and inspects, asks for input, and is ended by an interrupt with its variables kept", async () => {
    const { kernel } = client;
    const id = kernel.startCell("let reached = 1;\ndebugger;\nreached = 2;\nreached");
    const { frames } = await client.stopped();
    expect((await kernel.request("complete_request", { code: "reach", cursor_pos: 5 })).status).toBe("ok");
    expect((await kernel.request("inspect_request", { code: "Math", cursor_pos: 4 })).found).toBe(true);
    const evaluated = client.evaluate("reached = Number(prompt('how many?'))", frames[0]!.id);
    await kernel.until(() => kernel.questions.length > 0);
    kernel.answer(kernel.questions[0]!, "7");
    expect(await evaluated).toBe("7");
    await kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await kernel.finished(id)).reply.ename).toBe("KeyboardInterrupt");
    expect(await client.evaluate("reached")).toBe("7");
  });

  test("is not taken for a hung one, however long a display method is stood in", async () => {
    const id = client.kernel.startCell("({ toHTML() {\n  debugger;\n  return '<b>shown</b>';\n} })");
    await client.stopped();
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // more than a value may take to be looked at
    await client.continue();
    expect(JSON.stringify((await client.kernel.finished(id)).messages.at(-2)?.content)).toContain("<b>shown</b>");
  });

  test("pauses in a loop, and goes on when the loop's variable is changed", async () => {
    const id = client.kernel.startCell(
      "let goes = true;\nconsole.log('loops');\nwhile (goes) {\n  Math.random();\n}\n'done'",
    );
    await client.kernel.until(() => client.kernel.printed(id).includes("loops"));
    await client.body("pause", { threadId: 1 });
    const { reason, frames } = await client.stopped();
    expect(reason).toBe("pause");
    await client.evaluate("goes = false", frames[0]!.id);
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });

  test("ends with its kernel", async () => {
    client.kernel.startCell("debugger;");
    await client.stopped();
    await client.kernel.request("shutdown_request", { restart: true }, { channel: "control" });
    expect(await client.kernel.exited).toBe(0);
  });
});

describe("an end of the session", () => {
  test("fails requests with a word; the next one is debugged with the same breakpoints", async () => {
    await using client = await attached();
    const code = "const again = 1;\nagain";
    await client.setBreakpoints(code, [{ line: 2 }]);
    expect((await client.kernel.execute("process.exit(3)")).reply.ename).toBe("SessionEnded");
    for (const command of ["inspectVariables", "pause", "continue", "modules"]) {
      expect(await client.request(command)).toMatchObject({
        success: false,
        message: expect.stringContaining("has ended"),
      });
    }
    const id = client.kernel.startCell(code);
    expect((await client.stopped()).frames[0]?.line).toBe(2);
    await client.body("disconnect", { restart: false, terminateDebuggee: false });
    expect((await client.kernel.finished(id)).reply.status).toBe("ok"); // nobody is there to continue it
    const info = await client.body("debugInfo");
    expect({ ...info, isStarted: info.isStarted, breakpoints: info.breakpoints }).toMatchObject({
      ...{ isStarted: false, breakpoints: [], stoppedThreads: [] },
    });
    expect((await client.kernel.execute("debugger; 1")).reply.status).toBe("ok");
  });
});

describe("messages that are none", () => {
  test("are answered with what is wrong, before and after a debugger is attached", async () => {
    await using client = await DebugClient.start();
    const told = async (command: string, args?: unknown) => (await client.request(command, args)).message;
    expect(await told("stackTrace")).toContain("attach first");
    await client.attach();
    expect(await told("nonsense")).toContain('"nonsense"');
    expect(await told("constructor")).toContain('"constructor"');
    expect(await told("setBreakpoints", {})).toContain("arguments.source");
    expect(await told("setBreakpoints", { source: { path: 3 } })).toContain("arguments.source.path");
    expect(await told("dumpCell", {})).toContain("arguments.code");
    expect(await told("variables", { variablesReference: "1" })).toContain("arguments.variablesReference");
    expect(await told("scopes", { frameId: 77 })).toContain("77");
    expect(await told("variables", { variablesReference: 77 })).toContain("77");
    expect(await told("evaluate", { expression: "1 +" })).toContain("SyntaxError");
    expect(await told("source", { source: { path: "/etc/passwd" } })).toContain("has run");
    expect(await told("continue")).toContain("does not stand still");
    for (const content of [{}, { command: 5 }, { command: "evaluate", arguments: "text", seq: "x" }]) {
      const reply = await client.kernel.request("debug_request", content, { channel: "control" });
      expect(reply).toMatchObject({ type: "response", success: false, message: expect.any(String) });
    }
    expect((await client.kernel.execute("1")).reply.status).toBe("ok");
  });
});

describe("VS Code", () => {
  test("its notebook debugger's sequence stops, looks and ends", async () => {
    await using client = await DebugClient.start();
    const code = "const squares = [1, 2, 3].map((n) => n * n);\nconst sum = squares.reduce((a, b) => a + b);\nsum";
    const capabilities = await client.body("initialize", {
      clientID: "vscode",
      adapterID: "jupyter",
      pathFormat: "path",
    });
    expect(capabilities.supportsConfigurationDoneRequest).toBe(true);
    expect((await client.body("debugInfo")).stoppedThreads).toEqual([]); // it continues those that there are
    await client.body("attach", { justMyCode: true });
    await client.kernel.until(() => client.events("initialized").length === 1);
    const { path } = await client.setBreakpoints(code, [{ line: 2 }]);
    await client.body("setExceptionBreakpoints", { filters: [], filterOptions: [] });
    await client.body("configurationDone");
    expect((await client.body("threads")).threads).toEqual([{ id: 1, name: "TypeScript" }]);
    const id = client.kernel.startCell(code);
    await client.stopped();
    const { stackFrames, totalFrames } = await client.body("stackTrace", { threadId: 1, startFrame: 0, levels: 1 });
    expect({ path: stackFrames[0].source.path, line: stackFrames[0].line, totalFrames }).toEqual({
      path,
      line: 2,
      totalFrames: 1,
    });
    const { squares } = await client.variables(stackFrames[0].id, "Locals");
    expect(squares).toMatchObject({ value: "Array(3) [1, 4, 9]", type: "Array", indexedVariables: 3 });
    expect(await client.evaluate("squares.length", stackFrames[0].id, "watch")).toBe("3");
    await client.body("stepIn", { threadId: 1 }); // how its "run by line" goes on
    await client.stopped();
    await client.body("disconnect", { restart: false });
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });
});

describe("the sandbox", () => {
  test("is debugged as well", async () => {
    await using client = await attached({ files: FILES, env: { QWENLAB_SANDBOX: "on" } });
    const path = join(client.kernel.folder, "circle.ts");
    await client.body("setBreakpoints", { source: { path }, breakpoints: [{ line: 3 }] });
    const id = client.kernel.startCell("import { area } from './circle.ts';\nconst given = 2;\narea(given)");
    const { frames } = await client.stopped();
    expect(frames.map(({ name, line }) => [name, line])).toEqual([
      ["area", 3],
      ["In [1]", 3],
    ]);
    expect(await client.evaluate("given", frames[1]!.id)).toBe("2");
    await client.kernel.request("interrupt_request", {}, { channel: "control" });
    expect((await client.kernel.finished(id)).reply.ename).toBe("KeyboardInterrupt");
    expect(await client.evaluate("given")).toBe("2");
  });
});
