// The debugger as VS Code's notebooks use it. Its Jupyter extension forwards the Debug Adapter Protocol, renames cells to
// the files that dumpCell gave, and runs the cell when configurationDone has come; the order here is its own.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugClient } from "./debug-client.ts";

const HELPER = "function area(radius: number): number {\n  const square = radius ** 2;\n  return Math.PI * square;\n}";
const CELL =
  "// areas\n\nconst radii = [1, 2];\nlet sum = 0;\nfor (const r of radii) {\n  sum += area(r);\n}\nsum.toFixed(1)";

let client: DebugClient;

beforeAll(async () => {
  client = await DebugClient.start();
  await client.kernel.execute(HELPER);
});
afterAll(() => client?.[Symbol.asyncDispose]());

/** From "Debug Cell" to configurationDone. @returns the file of each cell */
async function startDebugging(breakpoints: readonly DebugProtocol.SourceBreakpoint[]): Promise<readonly string[]> {
  const seen = client.events("initialized").length;
  const capabilities = await client.body("initialize", {
    ...{ clientID: "vscode", clientName: "Visual Studio Code", adapterID: "Python Kernel Debug Adapter" },
    ...{ pathFormat: "path", linesStartAt1: true, columnsStartAt1: true, locale: "en" },
    ...{ supportsVariableType: true, supportsVariablePaging: true, supportsRunInTerminalRequest: true },
    ...{ supportsProgressReporting: true, supportsInvalidatedEvent: true, supportsMemoryReferences: true },
  });
  expect(capabilities.supportsConfigurationDoneRequest).toBe(true);
  for (const threadId of (await client.body("debugInfo")).stoppedThreads) await client.body("continue", { threadId });
  await client.body("attach", {
    type: "Python Kernel Debug Adapter",
    request: "attach",
    justMyCode: true,
    __cellIndex: 1,
  });
  await client.kernel.until(() => client.events("initialized").length > seen);
  const dumped = await Promise.all([HELPER, CELL].map((code) => client.body("dumpCell", { code })));
  const files = dumped.map(({ sourcePath }) => sourcePath);
  const set = await client.body("setBreakpoints", {
    ...{ source: { name: "notebook.ipynb", path: files[1] }, sourceModified: false },
    ...{ breakpoints, lines: breakpoints.map(({ line }) => line) },
  });
  expect(set.breakpoints).toHaveLength(breakpoints.length);
  await client.body("setExceptionBreakpoints", { filters: [] });
  await client.body("configurationDone");
  return files;
}

/** The frame on top, in the two steps in which it asks for a stack. */
async function topFrame(): Promise<DebugProtocol.StackFrame> {
  await client.stopped();
  expect((await client.body("threads")).threads).toEqual([{ id: 1, name: expect.any(String) }]);
  const first = await client.body("stackTrace", { threadId: 1, startFrame: 0, levels: 1 });
  const rest = await client.body("stackTrace", { threadId: 1, startFrame: 1, levels: 19 });
  expect(first.stackFrames.length + rest.stackFrames.length).toBe(first.totalFrames);
  return first.stackFrames[0];
}

describe("Debug Cell", () => {
  test("stops in the cell's file and in another cell's, with variables in pages, hovers and watches", async () => {
    const [helper, cell] = await startDebugging([{ line: 6 }]);
    const id = client.kernel.startCell(CELL);
    const top = await topFrame();
    expect(top).toMatchObject({ line: 6, source: { path: cell } });
    const locals = await client.variables(top.id, "Locals");
    expect(locals["radii"]).toMatchObject({ type: "Array", indexedVariables: 2 });
    expect(await client.expand(locals["radii"]!, { filter: "indexed", start: 1, count: 1 })).toMatchObject({
      1: { value: "2", evaluateName: "radii[1]" },
    });
    for (const context of ["hover", "watch", "repl", "clipboard"])
      expect(await client.evaluate("sum + r", top.id, context)).toBe("1");
    await client.body("stepIn", { threadId: 1 });
    expect(await topFrame()).toMatchObject({ source: { path: helper } });
    await client.body("setBreakpoints", { source: { path: cell }, breakpoints: [], sourceModified: false });
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
    await client.body("disconnect", { restart: false });
    expect((await client.body("debugInfo")).isStarted).toBe(false);
  });

  test("is started again while the code stands still, as after a crash of the editor: it goes on first", async () => {
    await startDebugging([{ line: 3 }]);
    const id = client.kernel.startCell(CELL);
    await topFrame();
    await startDebugging([]);
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
    await client.body("disconnect", { restart: false });
  });

  test("what it runs hidden, in Python's words, fails by itself and changes nothing", async () => {
    await startDebugging([]);
    const hidden = { silent: true, store_history: false };
    const { reply } = await client.kernel.execute("import debugpy\ndebugpy.debug_this_thread()", { content: hidden });
    expect(reply.status).toBe("error");
    expect((await client.kernel.execute("area(1) > 3")).reply.status).toBe("ok");
    await client.body("disconnect", { restart: false });
  });
});

test("Run by Line steps through the cell's lines to its end, into functions of other cells and out of them", async () => {
  const [helper, cell] = await startDebugging([{ line: 3 }]); // the first line of code
  const id = client.kernel.startCell(CELL);
  const lines: number[] = [];
  const stops = () => client.events("stopped").length;
  let { line, column } = await topFrame();
  lines.push(line);
  for (;;) {
    const before = stops();
    await client.body("stepIn", { threadId: 1 });
    await client.kernel.until(() => stops() > before || client.kernel.hasReply(id));
    if (stops() === before) break;
    const top = await topFrame();
    expect([helper, cell]).toContain(top.source?.path);
    if (top.source?.path !== cell || (top.line === line && top.column === column)) continue; // it steps on by itself
    ({ line, column } = top);
    if (lines.at(-1) !== line) lines.push(line);
  }
  expect(lines).toEqual([3, 4, 5, 6, 5, 6, 5, 8]);
  expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  await client.body("disconnect", { restart: false });
});
