// The debugger over the protocol, as front ends use it: stops, steps, what is seen and changed there.
import { readFileSync } from "node:fs";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DebugClient } from "./debug-client.ts";

const FIRST = "const limit: number = 5;\nlet total = 0;\nfunction twice(x: number): number {\n  return x * 2;\n}";
const LOOP =
  "interface Row { n: number }\nfor (let i = 0; i < 10; i++) {\n  const row: Row = { n: i };\n  total += twice(row.n);\n}\ntotal";

describe("a notebook under the debugger", () => {
  let client: DebugClient;

  beforeAll(async () => {
    client = await DebugClient.start();
    await client.kernel.execute(FIRST); // before anybody debugs
    await client.attach();
  });
  afterAll(() => client?.[Symbol.asyncDispose]());

  /** Runs a cell to its first stop, and hands over the way to its end. */
  async function stopIn(code: string, ...breakpoints: DebugProtocol.SourceBreakpoint[]) {
    const { path } = await client.setBreakpoints(code, breakpoints);
    const id = client.kernel.startCell(code);
    const stop = await client.stopped();
    const finish = async () => {
      await client.body("setBreakpoints", { source: { path }, breakpoints: [] });
      await client.continue();
      return client.kernel.finished(id);
    };
    return { ...stop, id, path, top: stop.frames[0]!.id, finish };
  }

  function places(frames: readonly DebugProtocol.StackFrame[]): string[] {
    return frames.map(({ name, line }) => `${name}:${line}`);
  }

  async function step(command: string): Promise<string[]> {
    await client.body(command, { threadId: 1 });
    return places((await client.stopped()).frames);
  }

  test("debugInfo tells how cells are named, dumpCell writes them there", async () => {
    const { isStarted, hashMethod, tmpFilePrefix, tmpFileSuffix } = await client.body("debugInfo");
    expect({ isStarted, hashMethod, tmpFileSuffix }).toEqual({
      isStarted: true,
      hashMethod: "Murmur2",
      tmpFileSuffix: ".ts",
    });
    const { sourcePath } = await client.body("dumpCell", { code: "const ünï = '€';" });
    // JupyterLab's own implementation, of the same text and seed.
    expect(sourcePath).toBe(`${tmpFilePrefix}257038413${tmpFileSuffix}`);
    expect(readFileSync(sourcePath, "utf8")).toBe("const ünï = '€';");
  });

  test("a breakpoint is set when its cell runs, and stops it at the line as written", async () => {
    const { reason, frames, path, body, finish } = await stopIn(LOOP, { line: 4 });
    expect(reason).toBe("breakpoint");
    expect(frames).toMatchObject([{ name: "In [2]", line: 4, column: 3, source: { name: "In [2]", path } }]);
    const { breakpoint } = client.events("breakpoint").at(-1)?.body ?? {};
    expect(breakpoint).toMatchObject({ verified: true, line: 4, id: body.hitBreakpointIds[0] });
    expect((await client.body("debugInfo")).stoppedThreads).toEqual([1]);
    expect((await finish()).reply.status).toBe("ok");
    expect(client.events("continued").length).toBe(1);
  });

  test("a line without code leads to the next, magics keep their lines, and past the end there is none", async () => {
    const code = "%usage\n\n// nothing\nconst after = 1;\nafter";
    const { frames, path, finish } = await stopIn(code, { line: 2 }, { line: 99 });
    expect(places(frames)).toEqual(["In [3]:4"]);
    const { breakpoints } = (await client.body("debugInfo")).breakpoints.find(
      ({ source }: { source: string }) => source === path,
    );
    expect(breakpoints.map(({ line }: { line: number }) => line)).toEqual([4, 99]);
    await finish();
  });

  test("steps go into another cell's function, out of it, and over", async () => {
    const { id, path } = await stopIn(LOOP, { line: 4 });
    await client.body("setBreakpoints", { source: { path }, breakpoints: [] });
    expect(await step("stepIn")).toEqual(["twice (In [1]):4", expect.stringMatching(/^In \[\d+\]:4$/)]);
    expect(await step("stepOut")).toEqual([expect.stringMatching(/^In \[\d+\]:[24]$/)]);
    expect((await step("next")).length).toBe(1); // no frame of ours, nor of Node's
    await client.continue();
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });

  test("steps go over an await, and out of the cell to its end", async () => {
    const code = "const before = 1;\nawait new Promise((resolve) => setTimeout(resolve, 5));\nconst behind = 2;";
    const { id, path } = await stopIn(code, { line: 2 });
    await client.body("setBreakpoints", { source: { path }, breakpoints: [] });
    let [top] = await step("next");
    while (top?.endsWith(":2")) [top] = await step("next"); // the line has several places
    expect(top).toMatch(/:3$/);
    await client.body("stepOut", { threadId: 1 });
    expect((await client.kernel.finished(id)).reply.status).toBe("ok");
  });

  test("a condition names the frame's and the notebook's variables; hits are counted; a log point prints and goes on", async () => {
    const { top, finish } = await stopIn(
      LOOP,
      { line: 3, logMessage: "i is {i} of {limit}", condition: "i < 2" },
      { line: 4, condition: "row.n > limit", hitCondition: ">= 2" },
    );
    expect(await client.evaluate("i", top)).toBe("7");
    const output = client.events("output").map(({ body }) => body);
    expect(output).toEqual([0, 1].map((i) => ({ category: "console", output: `i is ${i} of 5\n` })));
    await finish();
  });

  test("a condition that fails stops, with a word; a hit condition that is none is refused", async () => {
    const { finish } = await stopIn(LOOP, { line: 4, condition: "missing.length" });
    expect(client.events("output").at(-1)?.body.output).toContain("missing is not defined");
    await finish();
    const { success, message } = await client.request("setBreakpoints", {
      ...{ source: { path: "/a.ts" }, breakpoints: [{ line: 1, hitCondition: "often" }] },
    });
    expect({ success, message }).toEqual({ success: false, message: expect.stringContaining('"often"') });
  });

  test("evaluate reads and changes variables of the frame and of other cells, in TypeScript", async () => {
    const { top, finish } = await stopIn("let own = 1;\ndebugger;\n[own, total]");
    expect(await client.evaluate("own + (limit as number)", top)).toBe("6");
    expect(await client.evaluate("own = 41; own++; total = 1000", top)).toBe("1000");
    expect(await client.evaluate("{ a: own }", top)).toBe("{a: 42}");
    expect(await client.evaluate("total", undefined)).toBe("1000");
    const constant = await client.request("evaluate", { expression: "limit = 1", frameId: top });
    expect(constant).toMatchObject({ success: false, message: "TypeError: Assignment to constant variable." });
    const hover = await client.request("evaluate", { expression: "own++", frameId: top, context: "hover" });
    expect(hover.success).toBe(false); // looking changes nothing
    expect(await client.evaluate("own", top, "hover")).toBe("42");
    const { messages } = await finish();
    expect(messages.find(({ header }) => header.msg_type === "execute_result")?.content.data).toMatchObject({
      "text/plain": "[ 42, 1000 ]",
    });
  });

  test.each([
    ["names in sight", "zet", ["zetaArray", "zetaName"], "variable"],
    ["the notebook's", "lim", ["limit"], "variable"],
    ["functions", "tw", ["twice"], "function"],
    ["global ones", "struct", ["structuredClone"], "function"],
    ["members", "total + zetaArray[0].key", ["keyOne", "keyTwo"], "property"],
    ["inherited ones", "zetaArray.findLa", ["findLast", "findLastIndex"], "method"],
    ["those of a text", "zetaName?.toUp", ["toUpperCase"], "method"],
    ["nothing behind a call", "twice(1).toF", [], ""],
    ["nothing of what is not there", "none.x", [], ""],
  ])("completions are %s", async (_, text, labels, type) => {
    const { top, finish } = await stopIn("const zetaName = 'a', zetaArray = [{ keyOne: 1, keyTwo: 2 }];\ndebugger;");
    const lines = `1 +\n${text} + 1`;
    const told = await client.request("completions", {
      text: lines,
      line: 2,
      column: text.length + 1,
      frameId: top,
    });
    await finish(); // first: a cell that stands still would hold up the tests behind this one
    const begun = /\w+$/.exec(text)![0];
    const start = 4 + text.length - begun.length + 1;
    expect(told.body.targets).toEqual(labels.map((label) => ({ label, start, length: begun.length, type })));
  });

  test("completions outside of a frame are the notebook's", async () => {
    const { targets } = await client.body("completions", { text: "limit", column: 4 });
    expect(targets).toEqual([{ label: "limit", start: 1, length: 3, type: "variable" }]);
  });

  test("a function is started again; a cell is not, and says why", async () => {
    const code = "function count(n: number) {\n  let m = n;\n  m += 1;\n  debugger;\n  return m;\n}\ncount(1)";
    const { frames, finish } = await stopIn(code);
    expect(frames[0]).toMatchObject({ line: 4 });
    const [top, cell] = frames;
    const refused = await client.request("restartFrame", { frameId: cell!.id });
    expect(refused).toMatchObject({ success: false, message: expect.stringContaining("is not started again") });
    await client.body("restartFrame", { frameId: top!.id });
    const again = await client.stopped();
    expect(again).toMatchObject({ reason: "restart", frames: [{ line: 2 }, { line: 7 }] });
    expect(await client.evaluate("[n, m]", again.frames[0]!.id)).toBe("Array(2) [1, undefined]");
    await client.continue();
    const last = await client.stopped();
    expect(last.frames[0]).toMatchObject({ line: 4 });
    expect(await client.evaluate("m", last.frames[0]!.id)).toBe("2");
    await finish();
  });

  test("setVariable changes locals, the notebook's variables and members", async () => {
    const { top, finish } = await stopIn(
      "const box = { a: 1, list: [1, 2] };\nlet flag = true;\ndebugger;\n[box.a, flag, total, box.list].join(' ')",
    );
    const { scopes } = await client.body("scopes", { frameId: top });
    const [locals, notebook] = scopes.map((scope: DebugProtocol.Scope) => scope.variablesReference);
    await client.body("setVariable", { variablesReference: locals, name: "flag", value: "box.a > 5" });
    await client.body("setVariable", { variablesReference: notebook, name: "total", value: "7 * 6" });
    const box = (await client.variables(top, "Locals")).box!;
    const set = await client.body("setVariable", { ...box, name: "a", value: "9" });
    expect(set).toMatchObject({ name: "a", value: "9", type: "number" });
    const list = (await client.expand(box)).list!;
    await client.body("setVariable", { ...list, name: "1", value: "'two'" });
    const { messages } = await finish();
    expect(JSON.stringify(messages.at(-2)?.content)).toContain("9 false 42 1,two");
  });

  test("the cell's own names are not found in what it does not see", async () => {
    await client.kernel.execute("const sealed = Math.random;");
    expect(await client.evaluate("typeof sealed")).toBe('"function"');
    await client.kernel.execute("export {}; globalThis.hasLeaked = 'sealed' in globalThis;");
    expect(await client.evaluate("hasLeaked")).toBe("false"); // names are there for an evaluation only
  });
});
