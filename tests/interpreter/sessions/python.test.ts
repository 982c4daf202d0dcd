// A real ipykernel, in the environment that the set-up makes.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type PythonSession,
  runPython,
  type SessionEvent,
  type Tool,
  type ToolContext,
  toPython,
  toTypeScript,
} from "../../../interpreter/index.ts";
import { createPython } from "../../../kernel/cells/python.ts";
import { type NotebookSession, openNotebook } from "./notebook-session.ts";

const events: SessionEvent[] = [];
const listeners = new Set<(event: SessionEvent) => void>();
let notebook: NotebookSession;
let python: PythonSession;
beforeAll(async () => {
  notebook = await openNotebook({ files: { "cars.csv": "mpg\n10\n" } });
  python = createPython({
    cwd: notebook.folder,
    env: { ...process.env, QWENLAB_API_KEY: "secret" },
    onEvent(event) {
      events.push(event);
      for (const listener of listeners) listener(event);
      if (event.type === "input-request") event.answer("Ann");
    },
  });
});
beforeEach(() => {
  events.length = 0;
});
afterAll(async () => {
  await python?.[Symbol.asyncDispose]();
  await notebook?.[Symbol.asyncDispose]();
});

const run = (code: string, signal?: AbortSignal) => python.execute(code, { cellId: "p", signal });
const value = async (code: string) => {
  const outcome = await run(code);
  if (outcome.status === "error") throw new Error(`${outcome.error.ename}: ${outcome.error.evalue}`);
  return outcome.result?.data["text/plain"];
};

describe("cells", () => {
  test("keep variables, print, and show their last expression", async () => {
    await run("x = [1, 2, 3]\nprint('hi')");
    expect(events).toContainEqual({ type: "stream", cellId: "p", name: "stdout", text: "hi\n" });
    expect(await value("sum(x)")).toBe("6");
  });

  test("that fail give Python's own traceback", async () => {
    const outcome = await run("1 / 0");
    expect(outcome).toMatchObject({ status: "error", error: { ename: "ZeroDivisionError" } });
  });

  test("ask the user", async () => expect(await value("input('Who? ')")).toBe("'Ann'"));

  test("run in the notebook's folder, without our secrets", async () => {
    expect(await value("import os; (os.path.exists('cars.csv'), os.environ.get('QWENLAB_API_KEY'))")).toBe(
      "(True, None)",
    );
  });

  test("stop when they are interrupted, and keep variables", async () => {
    const controller = new AbortController();
    const running = run("started = True\nimport time\nprint('sleeps', flush=True)\ntime.sleep(600)", controller.signal);
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ type: "stream", text: "sleeps\n" }));
    controller.abort();
    expect(await running).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
    expect(await value("started")).toBe("True");
  });

  test("that end the process say so, and the next one runs", async () => {
    expect(await run("import os\nos._exit(3)")).toMatchObject({ status: "error", error: { ename: "PythonEnded" } });
    expect(await value("1 + 1")).toBe("2");
  });

  test("whose result, display or error no notebook can hold say so, and variables stay", async () => {
    await run("large = 'x' * 70_000_000\nfrom IPython.display import HTML, display");
    expect(await run("large")).toEqual({ status: "ok", result: undefined });
    expect((await run("display(HTML(large))")).status).toBe("ok");
    expect(events.filter(({ type }) => type === "display")).toEqual([]);
    const told = events.flatMap((event) => (event.type === "stream" ? [`${event.name}: ${event.text}`] : []));
    const advice = "write it to a file, or show a part of it]\n";
    expect(told).toEqual([
      `stderr: [not shown: execute_result of 67 MB, over 64 MB; ${advice}`,
      `stderr: [not shown: display_data of 67 MB, over 64 MB; ${advice}`,
    ]);
    const evalue = expect.stringMatching(/^error of \d+ MB, over 64 MB; write it to a file/);
    expect(await run("raise ValueError(large)")).toMatchObject({ error: { ename: "TooLarge", evalue } });
    expect(await value("len(large)")).toBe("70000000");
  });

  test("are completed", async () => {
    await run("frequency = 1");
    expect((await python.complete("freq", 4)).matches).toContain("frequency");
  });

  test("show a figure of matplotlib as it is, and a DataFrame as a table", async () => {
    await run("import matplotlib.pyplot as plt\nplt.plot([1, 2]);\nplt.show()");
    expect(events.find(({ type }) => type === "display")).toMatchObject({ data: { "image/png": expect.any(String) } });
    const outcome = await run("import pandas as pd\npd.DataFrame({'a': [1]})");
    expect(outcome).toMatchObject({ result: { data: { "text/html": expect.stringContaining("<table") } } });
  });
});

describe("values", () => {
  const back = async (name: string) => {
    await toTypeScript(name, python, notebook.session, "c");
    return notebook.session.values([name]).then(([found]) => found?.json);
  };

  test("a table goes to Python as a DataFrame, dates as dates, and comes back with its types", async () => {
    await notebook.session.execute(
      "const rows = [{ k: 'a', n: 1.5, d: new Date(0) }, { k: 'b', n: 2, d: new Date(86400000) }]",
      { cellId: "c" },
    );
    await toPython("rows", notebook.session, python);
    expect(await value("str(rows.dtypes['d'])[:8], rows.n.sum()")).toMatch(/datetime.*3\.5/);
    await run("means = rows.groupby('k').n.mean()");
    expect(await back("means")).toEqual([
      { k: "a", n: 1.5 },
      { k: "b", n: 2 },
    ]);
    expect(await notebook.session.check("const total: number = means[0].n + 1; means[0].k satisfies string")).toEqual(
      [],
    );
  });

  test.each([
    ["{'a': [1, None, {'b': 'é'}]}", { a: [1, null, { b: "é" }] }],
    ["3.5", 3.5],
    ["'text with `quotes`'", "text with `quotes`"],
    ["__import__('numpy').arange(3)", [0, 1, 2]],
    ["__import__('datetime').date(2024, 1, 2)", "2024-01-02"],
    ["list(range(30000))", Array.from({ length: 30000 }, (_, i) => i)],
  ])("%s comes to TypeScript", async (code, expected) => {
    await run(`brought = ${code}`);
    expect(await back("brought")).toEqual(expected);
  });

  test("what has no form on the other side is said by name", async () => {
    await notebook.session.execute("const f = () => 1", { cellId: "c" });
    await expect(toPython("f", notebook.session, python)).rejects.toThrow(
      "f cannot be brought to Python: it is a function",
    );
    await expect(toPython("none", notebook.session, python)).rejects.toThrow("no variable none");
    await run("odd = object()");
    await expect(back("odd")).rejects.toThrow(/object cannot be brought to TypeScript/);
    await expect(back("nothing")).rejects.toThrow("Python has no variable nothing");
  });
});

describe("run_python", () => {
  let tool: Tool;
  const shown: unknown[] = [];
  const context = (): ToolContext => ({
    session: notebook.session,
    cellId: "p",
    signal: undefined,
    display: (data) => shown.push(data),
    onSessionEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  beforeAll(async () => {
    tool = runPython(python, await python.about());
  });
  const call = (code: string) => tool.call(JSON.stringify({ code }), context());

  test("tells the model which packages there are", () => {
    expect(tool.definition).toMatchObject({
      function: { description: expect.stringMatching(/Python 3[\s\S]*pandas/) },
    });
  });

  test("gives what is printed and shown, and a cell that does the same", async () => {
    await notebook.session.execute("const wanted = [{ a: 1 }, { a: 2 }]", { cellId: "c" });
    const { content, cell } = await call("print('sum')\nwanted.a.sum()");
    expect(content).toMatch(/^sum\n.*3/);
    expect(cell).toBe("%%python --in wanted\nprint('sum')\nwanted.a.sum()");
  });

  test("is checked before it runs, and errors are one clean line", async () => {
    await expect(tool.check('{"code":"for x in"}', context())).rejects.toThrow(/not valid Python:\nline 1/);
    await expect(call("undefined_name")).rejects.toThrow(/^NameError: name 'undefined_name' is not defined$/);
  });
});
