// The attempts to get out, and sessions that work all the same. Without bubblewrap this fails: it is what `auto` rests on.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type ConfinedCells,
  createConfinedCells,
  openConfinement,
  type PythonSession,
  runTypeScript,
  type SelfTest,
  type SessionEvent,
  startTypeScriptSession,
  type ToolContext,
  type TypeScriptSession,
  testConfinement,
  toPython,
  toTypeScript,
} from "../../../interpreter/index.ts";
import { createPython } from "../../../kernel/python.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

describe("the self-test", () => {
  let confined: SelfTest;
  beforeAll(async () => {
    confined = await testConfinement();
  });

  test("nothing gets out", () => {
    expect(confined.problem).toBeUndefined();
    expect(confined.attempts.length).toBeGreaterThanOrEqual(40);
    expect(confined.attempts.filter(({ stoppedBy }) => stoppedBy === undefined)).toEqual([]);
  });

  test("without confinement the same attempts succeed: they are real ones", async () => {
    const { attempts, holds } = await testConfinement(() => ({ outFolder: "", wrap: (command) => command }));
    const got = attempts.filter(({ stoppedBy }) => stoppedBy === undefined).map(({ name }) => name);
    expect(holds).toBe(false);
    expect(got).toEqual(
      expect.arrayContaining([
        "write beside the folder",
        "change the data",
        "plant a git hook",
        "plant an MCP server",
        "read a file outside",
        "follow a link out",
        "call a port of this machine",
        "send a datagram",
        "open a socket by its path",
        "open an abstract socket",
        "read the environment",
        "signal another process",
        "open another's inspector",
        "live on as a daemon",
      ]),
    );
  });
});

describe("a confined session", () => {
  let notebook: NotebookSession; // for its folder
  let session: TypeScriptSession;
  const events: SessionEvent[] = [];
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "cars.csv": "mpg\n10\n30\n", ".env": "KEY=1" } });
    session = await startTypeScriptSession({
      cwd: notebook.folder,
      confine: () => openConfinement(notebook.folder),
      onEvent: (event) => events.push(event),
    });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await notebook?.[Symbol.asyncDispose]();
  });
  const run = (code: string) => session.execute(code, { cellId: "c" });

  test("computes, reads the folder, queries and draws", async () => {
    expect(await run("const x: number = 1; console.log('hi'); x + 1")).toMatchObject({
      status: "ok",
      result: { data: { "text/plain": "2" } },
    });
    expect(events).toContainEqual(expect.objectContaining({ type: "stream", text: "hi\n" }));
    expect(await run("(await sql`SELECT avg(mpg) AS m FROM cars`)[0].m")).toMatchObject({
      result: { data: { "text/plain": "20" } },
    });
    const chart = await run('await chart({ table: "cars.csv", mark: "bar", x: "mpg", bin: true })');
    expect(chart).toMatchObject({ result: { data: { "image/svg+xml": expect.stringContaining("<svg") } } });
  });

  test("writes to out/ and nowhere else", async () => {
    expect(await run("import { writeFileSync } from 'node:fs'; writeFileSync('out/result.txt', 'done')")).toMatchObject(
      { status: "ok" },
    );
    expect(readFileSync(join(notebook.folder, "out", "result.txt"), "utf8")).toBe("done");
    for (const path of ["cars.csv", "new.txt", "../../x.txt", "/usr/x"]) {
      expect(await run(`writeFileSync(${JSON.stringify(path)}, 'x')`)).toMatchObject({ status: "error" });
    }
    expect(readFileSync(join(notebook.folder, "cars.csv"), "utf8")).toBe("mpg\n10\n30\n");
    expect(existsSync(join(notebook.folder, "new.txt"))).toBe(false);
  });

  test("has no network, no secrets, and is nobody of importance", async () => {
    expect(await run("await fetch('http://127.0.0.1:1')")).toMatchObject({ status: "error" });
    expect(await run("Object.keys(process.env).filter((name) => /QWENLAB|TOKEN|KEY|JPY/.test(name))")).toMatchObject({
      result: { data: { "text/plain": "[]" } },
    });
    expect(await run("process.getuid!()")).not.toMatchObject({ result: { data: { "text/plain": "0" } } });
    expect(
      await run("import { readFileSync } from 'node:fs'; readFileSync('.env', 'utf8').length > 0"),
    ).not.toMatchObject({ result: { data: { "text/plain": "true" } } });
  });

  test("is interrupted like any other, and keeps its variables", async () => {
    const running = run("const kept = 7; for (;;) {}");
    setTimeout(() => session.interrupt(), 500);
    expect(await running).toMatchObject({ error: { ename: "KeyboardInterrupt" } });
    expect(await run("kept")).toMatchObject({ result: { data: { "text/plain": "7" } } });
  });

  test("that fills the folder is ended, and says why", async () => {
    const outcome = await run(`
      import { appendFileSync } from "node:fs";
      for (let i = 0; i < 400; i++) { appendFileSync("out/f" + (i % 8), Buffer.alloc(4e6)); await new Promise((next) => setTimeout(next, 5)); }`);
    expect(outcome).toMatchObject({
      status: "error",
      error: { ename: "SessionEnded", evalue: expect.stringContaining("MB to out/") },
    });
    expect(await run("1 + 1")).toMatchObject({ result: { data: { "text/plain": "2" } } });
  });

  test("that forges messages to the kernel harms only itself", async () => {
    await run(
      "import { writeSync } from 'node:fs'; try { writeSync(4, Buffer.from('ffffffff', 'hex')); writeSync(3, '{\"type\":\"exit\"}\\n') } catch {}",
    );
    expect(await session.check("const still: number = 1")).toEqual([]);
    expect((await run("2 + 2")).status).toBeDefined();
    expect(await run("2 + 2")).toMatchObject({ result: { data: { "text/plain": "4" } } });
  });
});

describe("confined Python", () => {
  let notebook: NotebookSession;
  let python: PythonSession;
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "cars.csv": "mpg\n10\n30\n" } });
    const { folder } = notebook;
    python = createPython({ cwd: folder, env: process.env, confine: () => openConfinement(folder), onEvent() {} });
  });
  afterAll(async () => {
    await python?.[Symbol.asyncDispose]();
    await notebook?.[Symbol.asyncDispose]();
  });
  const value = async (code: string) => {
    const outcome = await python.execute(code, { cellId: "p" });
    return outcome.status === "ok" ? outcome.result?.data["text/plain"] : outcome.error.ename;
  };

  test("reads the folder, writes to out/, and reaches nothing else", async () => {
    expect(await value("open('cars.csv').read()")).toBe("'mpg\\n10\\n30\\n'");
    expect(await value("open('out/p.txt', 'w').write('x')")).toBe("1");
    expect(await value("open('cars.csv', 'w')")).toMatch(/OSError|PermissionError/);
    expect(await value("import socket; socket.create_connection(('127.0.0.1', 1), 1)")).toBe("ConnectionRefusedError");
    expect(await value("import os; os.getuid() != 0 and not os.path.exists('/root/.ssh')")).toBe("True");
  });

  test("exchanges values, and stops when it is interrupted", async () => {
    await notebook.session.execute("const rows = [{ a: 1 }, { a: 2 }]", { cellId: "c" });
    await toPython("rows", notebook.session, python);
    expect(await value("total = int(rows.a.sum())\ntotal")).toBe("3");
    await toTypeScript("total", python, notebook.session, "c");
    expect((await notebook.session.values(["total"]))[0]?.json).toBe(3);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 400);
    const outcome = await python.execute("while True: pass", { cellId: "p", signal: controller.signal });
    expect(outcome).toMatchObject({ error: { ename: "KeyboardInterrupt" } });
  });
});

describe("the model's code in confined cells", () => {
  let notebook: NotebookSession;
  let cells: ConfinedCells;
  let context: ToolContext;
  beforeAll(async () => {
    notebook = await openNotebook({ files: {} });
    cells = createConfinedCells({ cwd: notebook.folder, onEvent() {} });
    await notebook.session.execute(
      "const rows = [{ n: 1, d: new Date(0) }, { n: 2, d: null }]; let total = 5; const f = () => 1;",
      { cellId: "1" },
    );
    context = {
      session: notebook.session,
      confinedCells: cells,
      confine: true,
      cellId: "2",
      signal: undefined,
      display() {},
      onSessionEvent: () => () => {},
    };
  });
  afterAll(async () => {
    await cells?.[Symbol.asyncDispose]();
    await notebook?.[Symbol.asyncDispose]();
  });
  const call = (code: string) => runTypeScript.call(JSON.stringify({ code }), context);
  const can = (code: string) => runTypeScript.canConfine?.(JSON.stringify({ code }), context);

  test("reads copies of the variables that it names, dates as dates", async () => {
    expect((await call("rows.map((row) => row.n * 2)")).content).toBe("[ 2, 4 ]");
    expect((await call("rows[0].d!.getUTCFullYear()")).content).toBe("1970");
  });

  test("leaves the user's variables as they are", async () => {
    await call("total = 99; rows.push({ n: 3, d: null }); const mine = 1;");
    expect((await notebook.session.values(["total", "rows"])).map(({ json }) => json)).toMatchObject([
      5,
      { length: 2 },
    ]);
    expect((await call("mine + total")).content).toBe("100"); // its own steps see each other
  });

  test("what cannot be copied cannot be confined", async () => {
    expect(await can("rows.length")).toBe(true);
    expect(await can("f()")).toBe(false);
    await expect(call("f()")).rejects.toThrow(/cannot run confined: f/);
  });

  test("never runs in the user's session instead", async () => {
    await expect(runTypeScript.call('{"code":"total = 1"}', { ...context, confinedCells: undefined })).rejects.toThrow(
      "without a question",
    );
    writeFileSync(join(notebook.folder, "x.txt"), "x");
    await expect(call("import { rmSync } from 'node:fs'; rmSync('x.txt')")).rejects.toThrow();
    expect(existsSync(join(notebook.folder, "x.txt"))).toBe(true);
  });
});
