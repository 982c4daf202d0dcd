import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;
let count = 0;

beforeAll(async () => {
  notebook = await openNotebook({ files: { "rows.txt": "a,b" } });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Runs a cell that must succeed and gives what it printed until its end. */
async function printedBy(code: string, name?: "stdout" | "stderr"): Promise<string> {
  const cellId = `output-${++count}`;
  const outcome = await notebook.session.execute(code, { cellId });
  if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
  return notebook.printed(cellId, name);
}

test("console and process streams arrive in order and before the cell ends", async () => {
  const code = "console.log('a', { b: [1] });\nprocess.stdout.write('c\\n');\nconsole.error('e');";
  expect(await printedBy(code, "stdout")).toBe("a { b: [ 1 ] }\nc\n");
  expect(notebook.printed(`output-${count}`, "stderr")).toBe("e\n");
});

test("output comes while the cell runs", async () => {
  const cell = notebook.session.execute(
    "console.log('first'); while (!globalThis.go) await new Promise((r) => setTimeout(r, 1));".replace(
      "globalThis.go",
      "(globalThis as any).go",
    ),
    { cellId: "live" },
  );
  await notebook.eventually((event) => event.type === "stream" && event.cellId === "live");
  notebook.session.interrupt();
  await cell;
});

test("what child processes and native code write is captured", async () => {
  const code =
    "import { execSync } from 'node:child_process';\nimport fs from 'node:fs';\nexecSync('echo inherited; echo wrong >&2', { stdio: 'inherit' });\nfs.writeSync(1, 'direct\\n');";
  expect(await printedBy(code, "stdout")).toBe("inherited\ndirect\n");
  expect(notebook.printed(`output-${count}`, "stderr")).toBe("wrong\n");
});

test("late output belongs to the cell that started it", async () => {
  await notebook.session.execute("setTimeout(async () => { await null; console.log('mine'); }, 20)", {
    cellId: "maker",
  });
  await notebook.session.execute("await new Promise((r) => setTimeout(r, 100)); console.log('other')", {
    cellId: "next",
  });
  expect(notebook.printed("maker")).toContain("mine\n");
  expect(notebook.printed("next")).toBe("other\n");
});

test("an exception in a timer and an unhandled rejection are told in their cell; the session lives on", async () => {
  await notebook.session.execute(
    "setTimeout(() => { throw new Error('in a timer') }, 1);\nvoid Promise.reject(new Error('rejected'));",
    { cellId: "faulty" },
  );
  await notebook.session.execute("await new Promise((r) => setTimeout(r, 50))", { cellId: "after" });
  expect(notebook.printed("faulty", "stderr")).toContain("Uncaught Error: in a timer");
  expect(notebook.printed("faulty", "stderr")).toContain("Uncaught Error: rejected");
  expect(notebook.printed("after")).toBe("");
});

describe("what happens to something that a cell made is printed in that cell", () => {
  test.each([
    [
      "a server's request",
      `import http from 'node:http';
const server = http.createServer((request, response) => { console.log('mine'); response.end(); }).listen(0);
await new Promise((r) => server.once('listening', r));
const { port } = server.address() as any;`,
      "await (await fetch('http://127.0.0.1:' + port)).text(); server.close();",
    ],
    [
      "a worker's message",
      `import { Worker } from 'node:worker_threads';
const worker = new Worker("const { parentPort } = require('node:worker_threads'); parentPort.once('message', () => parentPort.postMessage(1))", { eval: true });
worker.on('message', () => console.log('mine'));
await new Promise((r) => worker.once('online', r));`,
      "await new Promise((r) => { worker.once('exit', r); worker.postMessage(0); });",
    ],
    [
      "a port's message, and no longer when it is taken off",
      `const { port1, port2 } = new MessageChannel();
const listener = () => console.log('mine');
port1.addEventListener('message', listener);
const other = () => console.log('taken off');
port1.addEventListener('message', other);
port1.removeEventListener('message', other);`,
      "await new Promise((r) => { port1.addEventListener('message', r, { once: true }); port1.start(); port2.postMessage(0); });\nport1.close();",
    ],
    [
      "a child's output",
      `import { spawn } from 'node:child_process';
const child = spawn('cat');
child.stdout.on('data', (text) => process.stdout.write(text));`,
      "await new Promise((r) => { child.on('close', r); child.stdin.end('mine\\n'); });",
    ],
    [
      "what an emitter's listener throws",
      "import { execFile } from 'node:child_process';\nconst failing = execFile('cat');\nfailing.on('exit', () => { throw new Error('mine') });",
      "await new Promise((r) => { process.once('uncaughtException', r); failing.stdin?.end(); });",
    ],
  ])("%s", async (title, makes, causes) => {
    const [maker, cause] = [`makes ${title}`, `causes ${title}`];
    for (const [cellId, code] of [
      [maker, makes],
      [cause, causes],
    ] as const) {
      const outcome = await notebook.session.execute(code, { cellId });
      if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
    }
    expect(notebook.printed(maker)).toContain("mine");
    expect(notebook.printed(maker)).not.toContain("taken off");
    expect(notebook.printed(cause)).toBe("");
  });

  test.each([
    ["a file that is read", "import fs from 'node:fs';", "fs.readFile('rows.txt', 'utf8', (_, text) => said(text));"],
    ["of a name of the module", "import { stat } from 'node:fs';", "stat('rows.txt', (_, { size }) => said(size));"],
    ["by another name", "import { realpath } from 'node:fs';", "realpath.native('.', (_, path) => said(path));"],
    [
      "a folder's entry",
      "import { opendirSync } from 'node:fs';\nconst folder = opendirSync('.');",
      "folder.read((_, entry) => { said(entry?.name); folder.close(() => {}); });",
    ],
    [
      "a key",
      "import crypto from 'node:crypto';",
      "crypto.pbkdf2('a', 'b', 1, 8, 'sha1', (_, key) => said(key.length));",
    ],
    ["random bytes", "import { randomBytes } from 'node:crypto';", "randomBytes(4, (_, bytes) => said(bytes.length));"],
    [
      "a name that is looked up",
      "import dns from 'node:dns';",
      "dns.lookup('localhost', (_, address) => said(address));",
    ],
    [
      "a resolver's answer",
      "import { Resolver } from 'node:dns';\nconst resolver = new Resolver({ timeout: 1, tries: 1 });\nresolver.setServers(['127.0.0.1:9']);",
      "resolver.resolve4('a.test', (error) => said(error?.code));",
    ],
    ["what is unpacked", "import zlib from 'node:zlib';", "zlib.deflate('text', (_, bytes) => said(bytes.length));"],
    [
      "what a promisified function gives",
      "import { promisify } from 'node:util';\nimport { read, openSync } from 'node:fs';",
      "promisify(read)(openSync('rows.txt', 'r'), Buffer.alloc(3), 0, 3, 0).then(({ bytesRead }) => said(bytesRead));",
    ],
  ])("a callback of Node's: %s", async (title, imports, asks) => {
    // A timer of the first cell asks while the second one runs.
    const asksLater = `${imports}
let isAsked = false, isSaid = false;
const said = (what: unknown) => { console.log('mine', what); isSaid = true; };
const timer = setInterval(() => { if (!isAsked) return; clearInterval(timer); ${asks} }, 1);`;
    const waits = "isAsked = true;\nwhile (!isSaid) await new Promise((r) => setTimeout(r, 1));";
    for (const [cellId, code] of [
      [title, asksLater],
      [`after ${title}`, waits],
    ] as const) {
      const outcome = await notebook.session.execute(code, { cellId });
      if (outcome.status === "error") expect.fail(outcome.error.traceback.join("\n"));
    }
    expect(notebook.printed(title)).toMatch(/^mine (?!undefined)/);
    expect(notebook.printed(`after ${title}`)).toBe("");
  });

  test("but what a cell itself emits is that cell's", async () => {
    await notebook.session.execute(
      "import { EventEmitter } from 'node:events';\nconst emitter = new EventEmitter();\nemitter.on('x', () => console.log('heard'));",
      { cellId: "listener" },
    );
    await notebook.session.execute("emitter.emit('x')", { cellId: "emitter" });
    expect(notebook.printed("listener")).toBe("");
    expect(notebook.printed("emitter")).toBe("heard\n");
  });
});

describe("process.stdout stays open for later cells", () => {
  test.each([
    ["end()", "await new Promise((r) => process.stdout.end('out\\n', () => r(0)));"],
    ["destroy()", "process.stdout.write('out\\n'); process.stdout.destroy();"],
    [
      "pipeline()",
      "import { pipeline, Readable } from 'node:stream';\nawait new Promise((r) => pipeline(Readable.from(['out\\n']), process.stdout, r));",
    ],
    [
      "pipeline() of promises",
      "import { pipeline as piped } from 'node:stream/promises';\nawait piped(['out\\n'], process.stdout);",
    ],
    [
      "a failed pipeline()",
      "await piped(async function* () { yield 'out\\n'; throw new Error('source'); }, process.stdout).catch(() => {});",
    ],
    ["pipe()", "Readable.from(['out\\n']).pipe(process.stdout);\nawait new Promise((r) => setTimeout(r, 20));"],
    [
      "a web stream",
      "import { Writable } from 'node:stream';\nawait new Blob(['out\\n']).stream().pipeTo(Writable.toWeb(process.stdout));",
    ],
  ])("after %s", async (_, code) => {
    expect(await printedBy(`${code}\n0`, "stdout")).toBe("out\n");
    expect(await printedBy("console.log('still')", "stdout")).toBe("still\n");
  });
});

test("process.stdout has a terminal's methods, and a line of its own in each cell", async () => {
  await printedBy("process.stdout.write('left over');");
  const code = "process.stdout.write('ab'); process.stdout.clearLine(0); process.stdout.cursorTo(0);";
  expect(await printedBy(code, "stdout")).toBe("ab\r  \r  \r");
  expect(await printedBy("[process.stdout.columns, process.stdout.getWindowSize()].join()")).toBe("");
});

test("console has all that Node's has", async () => {
  expect(await printedBy("new console.Console(process.stdout).log('own')", "stdout")).toBe("own\n");
  expect(await printedBy("console.trace('here')", "stderr")).toMatch(/^Trace: here\n {4}at /);
  await printedBy("console.clear()");
  expect(notebook.events).toContainEqual({ type: "clear-output", cellId: `output-${count}`, wait: false });
});

describe("calls for their effect show nothing", () => {
  test.each([
    "process.stdout.write('')",
    "setTimeout(() => {}, 0)",
    "new (await import('node:events')).EventEmitter().on('x', () => {})",
    "(globalThis as any).process.on('x', () => {});",
    "(await import('node:net')).createServer().unref().listen(0)",
  ])("%s", async (code) => expect(await notebook.result(code)).toBeUndefined());

  test.each([
    ["a method of that name of something else", "({ write: () => 'text' }).write()", "'text'"],
    ["a number", "[1].push(2)", "2"],
    ["what has no type", "({ end: () => 3 } as any).end()", "3"],
    ["a Map", "new Map().set(1, 2)", "Map(1) { 1 => 2 }"],
  ])("%s does", async (_, code, expected) => expect(plain(await notebook.result(code))).toBe(expected));
});

test("a flood of output is cut and says so", async () => {
  const code = "const line = 'x'.repeat(1000);\nfor (let i = 0; i < 20000; i++) console.log(line);";
  const stdout = await printedBy(code, "stdout");
  expect(stdout.length).toBeLessThan(9 * 2 ** 20);
  expect(notebook.printed(`output-${count}`, "stderr")).toContain("output stops here");
  expect(plain(await notebook.result("1 + 1"))).toBe("2");
});

test("a flood from a child process is cut, too", async () => {
  const code =
    "import { execSync } from 'node:child_process';\nexecSync('head -c 20000000 /dev/zero | tr \"\\\\\\\\0\" x', { stdio: 'inherit' });";
  expect((await printedBy(code, "stdout")).length).toBeLessThan(9 * 2 ** 20);
  expect(notebook.printed(`output-${count}`, "stderr")).toContain("output stops here");
});
