// The attempts to get out, and sessions that work all the same. Without bubblewrap this fails: it is what `auto` rests on.
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
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
  testThroughSession,
  toPython,
  toTypeScript,
} from "../../../interpreter/index.ts";
import { createPython } from "../../../kernel/cells/python.ts";
import { isNightly } from "../../nightly.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

/** Attempts that take gigabytes and seconds. */
const GREEDY = [
  "take memory without end",
  "write a file without end",
  "take memory as a file",
  "take memory as System V's",
  "take memory that is shared",
  "take memory as /dev/zero",
  "fill the disk with files that have no name",
  "fill the disk behind a long path",
];

describe("the self-test", () => {
  let confined: SelfTest;
  beforeAll(async () => {
    confined = await testConfinement({ thorough: true });
  });

  test("nothing gets out", () => {
    expect(confined.problem).toBeUndefined();
    expect(confined.attempts.length).toBeGreaterThanOrEqual(59);
    expect(confined.attempts.filter(({ stoppedBy }) => stoppedBy?.startsWith("not tried"))).toEqual([]);
    expect(confined.attempts.filter(({ stoppedBy }) => stoppedBy === undefined)).toEqual([]);
  });

  // By day without those that take gigabytes and seconds.
  test("without confinement the same attempts succeed: they are real ones", async () => {
    const { attempts, holds } = await testConfinement({ thorough: isNightly }, () => ({
      wrap: (command) => command,
    }));
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
        "make a hard link out",
        "start processes without end",
        "read a secret in a subfolder",
        "read git's configuration in a subfolder",
        "read a secret through a link",
        "trace a process",
        ...(isNightly ? GREEDY : []),
      ]),
    );
  });

  test("nor through a session: what cells show and ask, and memory that only the room's watch sees", async () => {
    const attempts = await testThroughSession();
    expect(attempts.filter(({ stoppedBy }) => stoppedBy === undefined)).toEqual([]);
    expect(attempts.at(-1)?.stoppedBy).toContain("2 GB of memory");
  });

  if (isNightly)
    test("without a room what is tried through a session succeeds", async () => {
      const free = await testThroughSession(() => undefined);
      expect(free.filter(({ stoppedBy }) => stoppedBy !== undefined)).toEqual([]);
    });
});

describe("a confined session", () => {
  let notebook: NotebookSession; // for its folder
  let session: TypeScriptSession;
  const events: SessionEvent[] = [];
  beforeAll(async () => {
    notebook = await openNotebook({
      files: {
        "cars.csv": "mpg\n10\n30\n",
        ".env": "KEY=1",
        "sub/.env": "KEY=1",
        "sub/x.txt": "x",
        "out/old.txt": "old",
        "lib.ts": "export const twice = (n: number) => 2 * n;",
      },
    });
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

  test("imports the folder's own files, which are compiled in the room", async () => {
    const outcome = await session.execute("import { twice } from './lib.ts';\ntwice(2)", { cellId: "lib" });
    expect(outcome).toMatchObject({ status: "ok", result: { data: { "text/plain": "4" } } });
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
    expect(chart).toMatchObject({
      result: {
        data: { "application/vnd.vegalite.v5+json": { mark: { type: "bar" } }, "text/plain": expect.any(String) },
      },
    });
    expect(await run("[{ a: '<b>' }]")).toMatchObject({
      result: { data: { "text/html": expect.stringMatching(/<td[^>]*>&lt;b&gt;<\/td>/) } },
    });
  });

  test("writes to out/ and nowhere else", async () => {
    expect(await run("import fs from 'node:fs'; fs.readFileSync('out/old.txt', 'utf8')")).toMatchObject({
      result: { data: { "text/plain": "'old'" } },
    });
    await run(
      "fs.mkdirSync('out/a/b', { recursive: true }); fs.writeFileSync('out/a/b/result.txt', 'done'); fs.writeFileSync('out/old.txt', 'new')",
    );
    expect(readFileSync(join(notebook.folder, "out", "a", "b", "result.txt"), "utf8")).toBe("done");
    expect(readFileSync(join(notebook.folder, "out", "old.txt"), "utf8")).toBe("new");
    writeFileSync(join(notebook.folder, "out", "mine.txt"), "mine"); // of another session, meanwhile
    expect(await run("fs.readFileSync('out/mine.txt', 'utf8')")).toMatchObject({
      result: { data: { "text/plain": "'mine'" } },
    });
    for (const path of ["cars.csv", "new.txt", "../../x.txt", "/usr/x"]) {
      const outcome = await run(`fs.writeFileSync(${JSON.stringify(path)}, 'x')`);
      expect(outcome).toMatchObject({ error: { evalue: expect.stringMatching(/EROFS|EACCES/) } });
    }
    expect(readFileSync(join(notebook.folder, "cars.csv"), "utf8")).toBe("mpg\n10\n30\n");
    expect(existsSync(join(notebook.folder, "new.txt"))).toBe(false);
  });

  test("brings only files out of out/: no links, no hidden ones, nothing that can be run, nothing that waits", async () => {
    const made = `import { spawnSync } from "node:child_process";
      fs.symlinkSync("/etc/passwd", "out/link"); fs.symlinkSync("/etc", "out/folder"); spawnSync("mkfifo", ["out/pipe"]);
      fs.mkdirSync("out/.git/hooks", { recursive: true }); fs.writeFileSync("out/.git/hooks/post-commit", "x");
      fs.mkdirSync("out/.vscode"); fs.writeFileSync("out/.vscode/tasks.json", "x");
      fs.writeFileSync("out/run", "#!/bin/sh", { mode: 0o755 }); spawnSync("ls", ["out"]).stdout.toString().split("\\n").length`;
    expect((await run(made)).status).toBe("ok");
    const out = join(notebook.folder, "out");
    expect(readdirSync(out)).toEqual(expect.arrayContaining(["run"]));
    for (const path of ["link", "folder", "pipe", ".git", ".vscode"]) expect(readdirSync(out)).not.toContain(path);
    expect(statSync(join(out, "run")).mode & 0o111).toBe(0);
  });

  test("follows no link of the notebook's out/ when it brings files there", async () => {
    const out = join(notebook.folder, "out");
    symlinkSync(join(notebook.folder, "cars.csv"), join(out, "planted.csv"));
    symlinkSync(notebook.folder, join(out, "up"));
    await run(
      "fs.writeFileSync('out/planted.csv', 'x'); fs.mkdirSync('out/up'); fs.writeFileSync('out/up/cars.csv', 'x')",
    );
    expect(readFileSync(join(notebook.folder, "cars.csv"), "utf8")).toBe("mpg\n10\n30\n");
    expect(readFileSync(join(out, "planted.csv"), "utf8")).toBe("x");
  });

  test("has no network, no secrets, no hidden files at any depth, and is nobody of importance", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // as: it listens on a port
    const there = await run(`await fetch("http://127.0.0.1:${port}").catch((error) => error.cause.code)`);
    expect(there).toMatchObject({ result: { data: { "text/plain": "'ECONNREFUSED'" } } });
    server.close();
    expect(await run("Object.keys(process.env).filter((name) => /QWENLAB|TOKEN|KEY|JPY/.test(name))")).toMatchObject({
      result: { data: { "text/plain": "[]" } },
    });
    expect(await run("process.getuid!() > 0 && fs.readFileSync('sub/x.txt', 'utf8')")).toMatchObject({
      result: { data: { "text/plain": "'x'" } },
    });
    for (const path of [".env", "sub/.env"]) {
      const read = await run(`fs.readFileSync(${JSON.stringify(path)}, 'utf8')`);
      expect(read).toMatchObject({ error: { evalue: expect.stringMatching(/ENOENT|EACCES/) } });
    }
  });

  test("is interrupted like any other, and keeps its variables", async () => {
    const running = run("const kept = 7; console.log('in the loop'); for (;;) {}");
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ type: "stream", text: "in the loop\n" }));
    session.interrupt();
    expect(await running).toMatchObject({ error: { ename: "KeyboardInterrupt" } });
    expect(await run("kept")).toMatchObject({ result: { data: { "text/plain": "7" } } });
  });

  test("that fills out/ finds it full, keeps its variables, and leaves 512 MB at most", async () => {
    const outcome = await run(`
      const kept = 8;
      for (let i = 0; i < 400; i++) fs.appendFileSync("out/f" + (i % 8), Buffer.alloc(4e6));`);
    expect(outcome).toMatchObject({ error: { evalue: expect.stringContaining("ENOSPC") } });
    await run("for (const name of fs.readdirSync('out')) if (/^f\\d$/.test(name)) fs.unlinkSync('out/' + name);");
    expect(await run("kept")).toMatchObject({ result: { data: { "text/plain": "8" } } });
    const sizes = readdirSync(join(notebook.folder, "out")).filter((name) => /^f\d$/.test(name));
    const total = sizes.reduce((sum, name) => sum + statSync(join(notebook.folder, "out", name)).size, 0);
    expect(total).toBeLessThanOrEqual(512 * 2 ** 20);
  });
});

describe("confined Python", () => {
  let notebook: NotebookSession;
  let python: PythonSession;
  const events: SessionEvent[] = [];
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "cars.csv": "mpg\n10\n30\n" } });
    const { folder } = notebook;
    const onEvent = (event: SessionEvent) => {
      events.push(event);
      if (event.type === "input-request") event.answer("an answer");
    };
    python = createPython({ cwd: folder, env: process.env, confine: () => openConfinement(folder), onEvent });
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
    expect(readFileSync(join(notebook.folder, "out", "p.txt"), "utf8")).toBe("x");
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // as: it listens on a port
    expect(await value(`import socket; socket.create_connection(('127.0.0.1', ${port}), 1)`)).toBe(
      "ConnectionRefusedError",
    );
    server.close();
    expect(await value("import os; os.getuid() != 0 and not os.path.exists('/root/.ssh')")).toBe("True");
  });

  test("shows what may be shown: tables that are drawn here, no HTML of its own", async () => {
    events.length = 0;
    await python.execute(
      "from IPython.display import display, HTML, Javascript, Image; display(HTML('<script>1</script>'), display_id='x'); display(Javascript('1'))",
      { cellId: "p" },
    );
    const shown = events.flatMap((event) => (event.type === "display" ? [event.data] : []));
    expect(shown.map((data) => Object.keys(data))).toEqual([["text/plain"], ["text/plain"]]);
    const frame = await python.execute("import pandas; pandas.DataFrame({'<b>': ['<i>', 2]})", { cellId: "p" });
    expect(frame).toMatchObject({
      result: {
        data: {
          "text/html": expect.stringMatching(/<th[^>]*>&lt;b&gt;<\/th>[\s\S]*<td[^>]*>&lt;i&gt;<\/td>[\s\S]*2 rows/),
        },
      },
    });
  });

  test("asks in its own name, and for the model not at all", async () => {
    events.length = 0;
    expect(await value("input('Password:')")).toBe("'an answer'");
    expect(events).toMatchObject([{ type: "input-request", prompt: "Code in the sandbox asks: Password: " }]);
    events.length = 0;
    const ofModel = await python.execute("input('Password:')", { cellId: "agent", byModel: true });
    expect(ofModel).toMatchObject({ error: { ename: "StdinNotImplementedError" } });
    expect(events.filter(({ type }) => type === "input-request")).toEqual([]);
  });

  test("fills no disk where its sockets are", async () => {
    const code = `import os, glob
folder = os.path.dirname(glob.glob('/tmp/qwenlab-*/kernel-*/kernel.json')[0])
files = [open(f"{folder}/f{i}", "wb") for i in range(10)]
for file in files:
    file.write(bytes(50_000_000)); file.flush()`;
    expect(await value(code)).toBe("OSError");
    await value("[(file.truncate(0), file.close()) for file in files]; 1");
  });

  test("that takes memory as tables of pages is ended, and says why", async () => {
    // A page of zeros that is only read is nobody's memory; its entry in the table is 8 bytes, in a table of 4 KB.
    const code = `import mmap, time
MAP_NORESERVE = 0x4000
size = 5 * 2**38 # of tables: 2.5 GB
pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE, prot=mmap.PROT_READ)
pages.madvise(mmap.MADV_NOHUGEPAGE)
for i in range(0, size, 2**21): pages[i]
while True: time.sleep(1) # the watch comes when it has its turn`;
    expect(await python.execute(code, { cellId: "p" })).toMatchObject({
      error: { ename: "PythonEnded", evalue: expect.stringContaining("used more than 2 GB of memory") },
    });
  });

  test("gives no file of ours for a value of its own", async () => {
    const forged = `import os
def forged(name, path):
    os.symlink("/etc/hostname", path)
    return "json"
_qwenlab.get = forged`;
    await value(forged);
    await expect(python.get("total", async ({ path }) => readFileSync(path, "utf8"))).rejects.toThrow("ELOOP");
    await python.restart();
  });

  test("exchanges values, and stops when it is interrupted", async () => {
    await notebook.session.execute("const rows = [{ a: 1 }, { a: 2 }]", { cellId: "c" });
    await toPython("rows", notebook.session, python);
    expect(await value("total = int(rows.a.sum())\ntotal")).toBe("3");
    await toTypeScript("total", python, notebook.session, "c");
    expect((await notebook.session.values(["total"]))[0]?.json).toBe(3);
    const controller = new AbortController();
    const endless = "print('loops', flush=True)\nwhile True: pass";
    const running = python.execute(endless, { cellId: "p", signal: controller.signal });
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ type: "stream", text: "loops\n" }));
    controller.abort();
    expect(await running).toMatchObject({ error: { ename: "KeyboardInterrupt" } });
  });
});

describe("the model's code in confined cells", () => {
  let notebook: NotebookSession;
  let cells: ConfinedCells;
  const events: SessionEvent[] = [];
  let context: ToolContext;
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "x.txt": "x" } });
    cells = createConfinedCells({ cwd: notebook.folder, onEvent: (event) => events.push(event) });
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

  test("asks nothing, and says why; what it left running ends with the task, and says no more", async () => {
    const marker = String(3_000_000 + (process.pid % 1e6));
    const left = `import { spawn } from "node:child_process";
      spawn("setsid", ["sleep", "${marker}"], { stdio: "ignore" }); setInterval(() => console.log("late"), 20); 1`;
    await call(left);
    await expect.poll(() => living(marker)).toBe(1);
    await expect(call("await input('Password:')")).rejects.toThrow("may ask you nothing");
    await expect(call("prompt('Password:')")).rejects.toThrow("may ask you nothing");
    await cells.end();
    expect(living(marker)).toBe(0);
    expect(events.filter(({ type }) => type === "input-request")).toEqual([]);
    const printed = events.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(events).toHaveLength(printed);
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
    await expect(call("import { rmSync } from 'node:fs'; rmSync('x.txt')")).rejects.toThrow(/EROFS|EBUSY|EACCES/);
    expect(existsSync(join(notebook.folder, "x.txt"))).toBe(true);
  });
});

/** Processes that sleep for this many seconds. */
function living(seconds: string): number {
  const commands = readdirSync("/proc")
    .filter((id) => /^\d+$/.test(id))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
  return commands.filter((command) => command === `sleep\0${seconds}\0`).length;
}
