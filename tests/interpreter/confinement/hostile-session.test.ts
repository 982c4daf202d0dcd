// A session whose code is after the kernel, or the machine: it floods what is outside of its room, or forges what it says.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  openConfinement,
  type SessionEvent,
  startTypeScriptSession,
  type TypeScriptSession,
} from "../../../interpreter/index.ts";
import { isNightly } from "../../nightly.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

/** Code of a cell that writes what it likes to the pipe to the kernel. */
const FRAME = `import { writeSync } from "node:fs";
  const bytesOf = (message: object) => {
    const body = Buffer.from(JSON.stringify(message));
    const head = Buffer.alloc(4);
    head.writeUInt32LE(body.length);
    return Buffer.concat([head, body]);
  };
  const frames = (messages: readonly object[]) => {
    for (let bytes = Buffer.concat(messages.map(bytesOf)); bytes.length > 0; ) bytes = bytes.subarray(writeSync(4, bytes));
  };
  const frame = (message: object) => frames([message]);`;

describe("a confined session", () => {
  let notebook: NotebookSession; // for its folder
  let session: TypeScriptSession;
  const events: SessionEvent[] = [];
  beforeAll(async () => {
    notebook = await openNotebook({ files: { "sub/x.csv": "x\n1\n" } });
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

  // The two others are watched in the same way, and what was made in out/ must be brought out and removed.
  test.each(["/tmp", "/dev/shm", ...(isNightly ? ["out/"] : [])])(
    "that makes files without end in %s is ended, and says why; the next one runs",
    async (place) => {
      const many = `import fs from "node:fs"; fs.mkdirSync("${join(place, "many")}");
      for (let i = 0; ; i++) fs.closeSync(fs.openSync("${join(place, "many")}/" + i, "w"));`;
      expect(await run(many)).toMatchObject({
        error: { ename: "SessionEnded", evalue: expect.stringContaining(`made more than 20000 files in ${place}`) },
      });
      expect(await run("1 + 1")).toMatchObject({ result: { data: { "text/plain": "2" } } });
      rmSync(join(notebook.folder, "out", "many"), { recursive: true, force: true });
    },
  );

  test("opens no inspector of its supervisor, which would have the channel to the kernel", async () => {
    // Another process shows that such a signal opens one here; by then, the supervisor has had the time for it.
    const signalled = `import fs from "node:fs"; import { spawn } from "node:child_process";
      const parent = fs.readFileSync(\`/proc/\${process.ppid}/cmdline\`, "utf8");
      process.kill(process.ppid, "SIGUSR1");
      const other = spawn(process.execPath, ["--inspect-port=9230", "-e", "console.log(1); setInterval(() => {}, 1000)"]);
      await new Promise((resolve) => other.stdout.once("data", resolve));
      other.kill("SIGUSR1");
      await new Promise<void>((resolve) => other.stderr.on("data", (text) => /listening/.test(String(text)) && resolve()));
      const at = (port: number) => fetch(\`http://127.0.0.1:\${port}/json/version\`).then(() => "open", (error) => error.cause.code);
      const found = [/supervisor.js/.test(parent), await at(9230), await at(9229)];
      other.kill("SIGKILL"); found`;
    expect(await run(signalled)).toMatchObject({
      result: { data: { "text/plain": "[ true, 'open', 'ECONNREFUSED' ]" } },
    });
  });

  test("that asks for files without end, each of which the kernel looks for, is ended, and says why", async () => {
    const outcome = await run(`${FRAME};
      frames(Array.from({ length: 20_000 }, (_, id) => ({ type: "file-request", id, name: "a.csv" })));
      await new Promise((resolve) => setTimeout(resolve, 60_000));`);
    expect(outcome).toMatchObject({
      error: { ename: "SessionEnded", evalue: expect.stringContaining("asked for more than 1000 files at once") },
    });
  });

  test("that forges messages to the kernel harms only itself", async () => {
    await run(
      "import { writeSync } from 'node:fs'; try { writeSync(4, Buffer.from('ffffffff', 'hex')); writeSync(3, '{\"type\":\"exit\"}\\n') } catch {}",
    );
    expect(await session.check("const still: number = 1")).toEqual([]);
    await run("0"); // may find the session gone
    expect(await run("2 + 2")).toMatchObject({ result: { data: { "text/plain": "4" } } });
  });

  test("that forges frames shows nothing that its cells may not", async () => {
    events.length = 0;
    await run(`${FRAME};
      frame({ type: "display", cellId: "another", data: { "text/html": "<script>", "text/plain": "p" }, metadata: {}, update: false });
      frame({ type: "session-ended", cellId: "c", reason: "\\u001b]0;x\\u0007gone" });
      frame({ type: "payload", source: "set_next_input", text: "x" });`);
    expect(events.filter(({ type }) => type === "display")).toEqual([
      expect.objectContaining({
        cellId: "c",
        data: { "text/plain": expect.stringMatching(/^p\n\[HTML from the sandbox/) },
      }),
    ]);
    expect(events.map(({ type }) => type)).not.toContain("payload");
  });
});
