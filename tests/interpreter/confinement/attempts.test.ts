// Attempts of a cell to get out of its confinement, each with what stops it. A: against configurations of bubblewrap and
// Node's permission model, measured one by one; D: what red teams try. The self-test tries most of them as a program of
// its own; here a notebook's cell does, through the session as users have it. What is to be reached is there: those that
// do no harm are tried without confinement, too, and succeed.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConfinement, type SessionEvent, startTypeScriptSession } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
let session: NotebookSession["session"];
let victim: ChildProcess;
let server: Server;
let hidden: Server;
let abstract: Server;
let home: string; // of somebody who has a key
let port: number;
const events: SessionEvent[] = [];
const PLANTS = [".git/hooks/post-commit", ".git/config", ".mcp.json", ".vscode/tasks.json", "package.json"];

beforeAll(async () => {
  notebook = await openNotebook({
    files: {
      "data.csv": "a\n1\n",
      "notebook.ipynb": "{}",
      ".git/config": "[core]\n",
      ".env": "KEY=secret",
      "x/y.csv": "a\n",
    },
  });
  process.env.QWENLAB_ATTEMPT_SECRET = "secret";
  victim = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)", "victim"], { stdio: "ignore" });
  server = createServer((socket) => socket.end());
  hidden = createServer((socket) => socket.end());
  abstract = createServer((socket) => socket.end());
  home = mkdtempSync(join(tmpdir(), "qwenlab-home-"));
  mkdirSync(join(home, ".ssh"));
  writeFileSync(join(home, ".ssh", "id_ed25519"), "secret");
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  await new Promise<void>((resolve) => abstract.listen(ABSTRACT, resolve));
  await new Promise<void>((resolve) => hidden.listen(`${notebook.folder}.sock`, resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  session = await startTypeScriptSession({
    cwd: notebook.folder,
    heapMegabytes: 256,
    confine: () => openConfinement(notebook.folder),
    onEvent: (event) => events.push(event),
  });
});
afterAll(async () => {
  delete process.env.QWENLAB_ATTEMPT_SECRET;
  victim?.kill("SIGKILL");
  server?.close();
  hidden?.close();
  abstract?.close();
  rmSync(home, { recursive: true, force: true });
  await session?.[Symbol.asyncDispose]();
  await notebook?.[Symbol.asyncDispose]();
});

const HELPERS = `
import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
const opened = (to: net.NetConnectOpts) => new Promise((resolve, reject) => net.connect(to, () => resolve("connected")).on("error", reject));
const succeeds = (program: string, args: string[]) => { const { status, error, stderr } = spawnSync(program, args); if (error) throw error; if (status !== 0) throw new Error("exit " + status + " " + stderr); return "done"; };
`;

/** What stopped the cell; fails where it came to its end. */
async function attempt(code: string): Promise<string> {
  const outcome = await session.execute(`${HELPERS}\n${code}`, { cellId: "attempt" });
  if (outcome.status === "ok") return expect.fail(`it succeeded: ${outcome.result?.data["text/plain"]}`);
  return `${outcome.error.ename}: ${outcome.error.evalue}`;
}

/** The value of a cell that may run. */
async function value(code: string): Promise<unknown> {
  const outcome = await session.execute(`${HELPERS}\n${code}`, { cellId: "attempt" });
  if (outcome.status === "error") return expect.fail(outcome.error.traceback.join("\n"));
  return outcome.result?.data["text/plain"];
}

const ABSTRACT = `\0qwenlab-attempt-${process.pid}`;
/** This machine's address in its network, or another of its own where it has none. */
const ADDRESS =
  Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === "IPv4" && !one.internal)?.address ?? "127.0.0.2";
const quote = (text: string) => JSON.stringify(text);
const beside = () => `${notebook.folder}.txt`;

describe("A", () => {
  const stopped: readonly (readonly [string, () => string, RegExp])[] = [
    ["1 write outside, by an absolute path", () => `fs.writeFileSync("/usr/local/bin/x", "x")`, /EROFS|EACCES/],
    ["2 read the user's keys", () => `fs.readFileSync(${quote(join(home, ".ssh", "id_ed25519"))}, "utf8")`, /ENOENT/],
    ["3 call the network", () => `await opened({ host: "${ADDRESS}", port: ${port} })`, /ENETUNREACH|ECONNREFUSED/],
    [
      "5 fork bomb",
      () => `for (let i = 0; i < 400; i++) execFileSync("sh", ["-c", "sleep 60 &"], { stdio: "ignore" })`,
      /EAGAIN|failed|status|exit/i,
    ],
    [
      "6 take memory in buffers",
      () => `const all: Buffer[] = []; for (let i = 0; i < 60; i++) all.push(Buffer.alloc(1e8, 1)); all.length`,
      /allocation failed|out of memory|SessionEnded/i,
    ],
    ["8 signal another process", () => `process.kill(${victim.pid}, 0)`, /ESRCH/],
    ["9 read another's memory", () => `fs.openSync("/proc/${victim.pid}/mem", "r")`, /ENOENT/],
    ["9 read another's environment", () => `fs.readFileSync("/proc/${victim.pid}/environ")`, /ENOENT/],
    [
      "10 follow a link out of the folder",
      () => `fs.symlinkSync("/etc/shadow", "out/link"); fs.readFileSync("out/link")`,
      /ENOENT/,
    ],
    ["11 open the kernel's inspector by a signal", () => `process.kill(${process.pid}, "SIGUSR1")`, /ESRCH/],
    ["13 call a port of the kernel", () => `await opened({ host: "127.0.0.1", port: ${port} })`, /ECONNREFUSED/],
    ["13b open a socket by its path", () => `await opened({ path: ${quote(`${notebook.folder}.sock`)} })`, /ENOENT/],
    ["13b open an abstract socket", () => `await opened({ path: ${quote(ABSTRACT)} })`, /ECONNREFUSED|EINVAL|ENOENT/],
  ];
  for (const [name, code, by] of stopped) {
    test(name, async () => {
      expect(await attempt(code())).toMatch(by);
    });
  }

  const HARMLESS = /^(2|3|8|9|13)/;
  test("without confinement those that do no harm succeed: they are real ones", async () => {
    await using free = await startTypeScriptSession({ cwd: notebook.folder, onEvent() {} });
    for (const [name, code] of stopped.filter(([name]) => HARMLESS.test(name))) {
      const outcome = await free.execute(`${HELPERS}\n${code()}`, { cellId: "attempt" });
      const error = outcome.status === "error" ? outcome.error.evalue : undefined;
      expect({ name, error }).toEqual({ name, error: undefined });
    }
  });

  test("1 what it writes beside the folder is in a memory of its own, and goes with it", async () => {
    await value(`fs.writeFileSync(${quote(beside())}, "x"); succeeds("sh", ["-c", "echo x >> " + ${quote(beside())}])`);
    expect(existsSync(beside())).toBe(false);
  });

  test("4 secrets of the environment are not there", async () => {
    expect(await value("process.env.QWENLAB_ATTEMPT_SECRET ?? 'none'")).toBe("'none'");
  });

  test("6b a heap without end ends the session, which says why", async () => {
    expect(await attempt("const all: number[][] = []; for (;;) all.push(new Array(1e5).fill(1.5))")).toMatch(
      /SessionEnded: .*memory/,
    );
    expect(await value("1 + 1")).toBe("2");
  });

  test("7 files without a name fill no disk: out/ is memory with a size", async () => {
    const fill = `for (let i = 0; i < 8; i++) { const f = fs.openSync("out/f", "w"); fs.unlinkSync("out/f"); fs.writeFileSync(f, Buffer.alloc(1e8)); }`;
    expect(await attempt(fill)).toMatch(/ENOSPC/);
    await session.restart();
  });

  test("12 its own inspector is nobody else's", async () => {
    await value(`import inspector from "node:inspector"; inspector.url() ?? inspector.open(9321, "0.0.0.0"); 1`);
    await expect(
      new Promise((resolve, reject) => connect(9321, "127.0.0.1").on("connect", resolve).on("error", reject)),
    ).rejects.toThrow("ECONNREFUSED");
  });

  test("14 an endless loop is interrupted", async () => {
    const running = attempt("console.log('in the loop'); for (;;) {}");
    await expect.poll(() => events).toContainEqual(expect.objectContaining({ type: "stream", text: "in the loop\n" }));
    session.interrupt();
    expect(await running).toMatch(/KeyboardInterrupt/);
  });

  test("15 a flood of output is cut", async () => {
    events.length = 0;
    await value("for (let i = 0; i < 300_000; i++) console.log('flood '.repeat(20)); 1");
    const printed = events.reduce((sum, event) => sum + (event.type === "stream" ? event.text.length : 0), 0);
    expect(printed).toBeLessThan(12e6);
  });

  test("what it starts is as confined: workers, programs", async () => {
    expect(await attempt(`succeeds("sh", ["-c", "echo x > /usr/x"])`)).toMatch(/exit/);
    const worker = `import { Worker } from "node:worker_threads";
      await new Promise((resolve, reject) => new Worker(${quote(`require("fs").writeFileSync("/usr/x", "x")`)}, { eval: true }).on("error", reject).on("exit", resolve))`;
    expect(await attempt(worker)).toMatch(/EROFS|EACCES/);
  });
});

describe("D", () => {
  const stopped: readonly (readonly [string, () => string, RegExp])[] = [
    ["1 write into the folder, but for out/", () => `fs.writeFileSync("new.txt", "x")`, /EROFS|EACCES/],
    ["2 read /etc/shadow", () => `fs.readFileSync("/etc/shadow")`, /ENOENT|EACCES/],
    [
      "2 read the users' homes",
      () =>
        `if (fs.existsSync("/root") && fs.readdirSync("/root").length > 0) "seen"; else throw new Error("not there")`,
      /not there|EACCES/,
    ],
    [
      "2 read the folder's secrets",
      () => `if (fs.readFileSync(".env", "utf8") === "") throw new Error("empty")`,
      /empty|EACCES|ENOENT/,
    ],
    ["3 make a hard link out of the folder", () => `fs.linkSync("data.csv", "out/data.csv")`, /EXDEV|EPERM|EROFS/],
    [
      "3 swap a link under an open",
      () =>
        `fs.mkdirSync("out/d"); fs.rmdirSync("out/d"); fs.symlinkSync("/etc", "out/d"); fs.readFileSync("out/d/shadow")`,
      /ENOENT|EACCES/,
    ],
    ["7 trace the kernel", () => `fs.readFileSync("/proc/${process.pid}/mem")`, /ENOENT/],
    ["14 make a user namespace", () => `succeeds("unshare", ["--user", "true"])`, /exit|ENOENT/],
    ["14 mount something", () => `succeeds("mount", ["-t", "tmpfs", "none", "out"])`, /exit|ENOENT/],
  ];
  for (const [name, code, by] of stopped) {
    test(name, async () => {
      expect(await attempt(code())).toMatch(by);
    });
  }

  test("6 no secret in any environment that it sees", async () => {
    const seen = `fs.readdirSync("/proc").filter((id) => /^\\d+$/.test(id)).map((id) => { try { return fs.readFileSync("/proc/" + id + "/environ", "utf8"); } catch { return ""; } }).join("").includes("QWENLAB_ATTEMPT_SECRET")`;
    expect(await value(seen)).toBe("false");
  });

  test("9 no file of the host is open in it", async () => {
    const files = `fs.readdirSync("/proc/self/fd").map((fd) => { try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; } }).filter((file) => file.startsWith("/") && !/^\\/(dev|proc|tmp)\\//.test(file) && !file.startsWith(process.cwd()))`;
    expect(await value(`${files}.filter((file) => !/node_modules|\\.so/.test(file))`)).toBe("[]");
  });

  test("10 no daemon outlives the session", async () => {
    const seconds = String(2_000_000 + (process.pid % 1e6));
    await value(`spawn("setsid", ["sleep", "${seconds}"], { detached: true, stdio: "ignore" }).unref(); 1`);
    await session.restart();
    await value("1");
    const commands = readdirSync("/proc")
      .filter((id) => /^\d+$/.test(id))
      .map(commandLine);
    expect(commands.filter((command) => command.includes(seconds))).toEqual([]);
  });

  test("11 WebAssembly's memory is bounded, too", async () => {
    const grow = `const { Memory } = (globalThis as any).WebAssembly; const all: any[] = []; for (let i = 0; i < 8; i++) { const memory = new Memory({ initial: 16384, maximum: 16384 }); new Uint8Array(memory.buffer).fill(1); all.push(memory); }`;
    expect(await attempt(grow)).toMatch(/memory|allocate|SessionEnded/i);
    expect(await value("2 + 2")).toBe("4");
  });

  test("12 one file without end is ended by its size", async () => {
    expect(
      await attempt(
        `const f = fs.openSync("out/huge", "w"); for (let i = 0; i < 60; i++) fs.writeSync(f, Buffer.alloc(1e7))`,
      ),
    ).toMatch(/EFBIG|SessionEnded/);
  });

  test("13 nothing that somebody else will run is planted", async () => {
    const plants = JSON.stringify([...PLANTS, "notebook.ipynb"]);
    await value(
      `for (const path of ${plants}) { try { fs.mkdirSync(path.replace(/[^/]*$/, "") || ".", { recursive: true }); fs.writeFileSync(path, "planted"); } catch {} } 1`,
    );
    for (const path of PLANTS) {
      const real = join(notebook.folder, path);
      expect(existsSync(real) ? readFileSync(real, "utf8") : "").not.toBe("planted");
    }
    expect(readFileSync(join(notebook.folder, "notebook.ipynb"), "utf8")).toBe("{}");
  });

  test("15 forged messages and frames harm only the session", async () => {
    await session.execute(
      `${HELPERS}\ntry { fs.writeSync(4, Buffer.from("ffffffff", "hex")); fs.writeSync(3, '{"type":"exit"}\\n'); } catch {}`,
      { cellId: "attempt" },
    );
    await session.execute("0", { cellId: "attempt" }); // may find the session gone
    expect(await value("3 + 3")).toBe("6");
  });

  test("15 a confined cell cannot reach the model", async () => {
    const asked = session.execute("await qwen.chat('raise my permissions')", { cellId: "attempt" });
    const request = await expect
      .poll(() => events.find((event) => event.type === "model-request"))
      .toMatchObject({ kind: "chat" })
      .then(() => events.find((event) => event.type === "model-request"));
    if (request?.type === "model-request") request.answer({ error: "no" }); // the kernel decides: here it refuses
    expect(await asked).toMatchObject({ status: "error", error: { evalue: "no" } });
  });
});

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
