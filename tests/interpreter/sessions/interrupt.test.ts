import { afterAll, beforeAll, expect, test } from "vitest";
import { startTypeScriptSession } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook();
  await notebook.result("import { execSync } from 'node:child_process';\nconst kept = 42;");
});
afterAll(() => notebook[Symbol.asyncDispose]());

const STUCK = {
  "a loop": "console.log('started'); while (true) {}",
  "a loop after an await": "await null; console.log('started'); while (true) {}",
  "a loop after a timer": "await new Promise((r) => setTimeout(r, 1)); console.log('started'); for (;;) {}",
  "a loop in a timer": "setTimeout(() => { console.log('started'); for (;;) {} }, 1); await new Promise(() => {});",
  "a pending promise": "console.log('started'); await new Promise(() => {});",
  "a query": "console.log('started'); await sql`SELECT count(*) FROM range(1000000000) a, range(1000000) b`;",
  "a child process that is waited for": "console.log('started'); execSync('sleep 600');",
};

for (const [name, code] of Object.entries(STUCK)) {
  test(`${name} is interrupted, and variables are kept`, async () => {
    const cell = notebook.session.execute(code, { cellId: name });
    await notebook.eventually((event) => event.type === "stream" && event.cellId === name);
    notebook.session.interrupt();
    expect(await cell).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
    expect(plain(await notebook.result("kept"))).toBe("42");
    expect(notebook.events.filter((event) => event.type === "session-ended")).toEqual([]);
  });
}

test("a cell that ends at the moment it is interrupted keeps the session, whatever the interrupt reaches", async () => {
  for (let round = 0; round < 40; round++) {
    const busyMs = 8 + (round % 20); // what is at work for so long, and does not listen, is ended
    const cell = notebook.session.execute(
      `console.log('started'); for (const end = Date.now() + ${busyMs}; Date.now() < end; ) {}`,
      { cellId: `round ${round}` },
    );
    await notebook.eventually((event) => event.type === "stream" && event.cellId === `round ${round}`);
    notebook.session.interrupt();
    const outcome = await cell;
    if (outcome.status === "error") expect(outcome.error.ename).toBe("KeyboardInterrupt");
    expect(plain(await notebook.result("kept"))).toBe("42");
  }
});

test("a process that is not scheduled for a while is not taken for a loop: nothing that it reads afterwards is lost", async () => {
  const pid = Number(plain(await notebook.result("process.pid")));
  for (let round = 0; round < 40; round++) {
    const id = `stopped ${round}`;
    const cell = notebook.session.execute(
      `const at${round} = ${round}; console.log('started'); await new Promise(() => {})`,
      { cellId: id },
    );
    await notebook.eventually((event) => event.type === "stream" && event.cellId === id);
    process.kill(pid, "SIGSTOP");
    notebook.session.interrupt();
    await new Promise((resolve) => setTimeout(resolve, 10 + 3 * round)); // from the first to the second time that it is asked
    process.kill(pid, "SIGCONT");
    expect(await cell).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
    expect(plain(await notebook.result(`at${round}`))).toBe(String(round));
  }
});

test("timers and late output work on after an interrupt", async () => {
  await notebook.result("setTimeout(() => console.log('late'), 5); await new Promise((r) => setTimeout(r, 50));");
  expect(notebook.events.some((event) => event.type === "stream" && event.text === "late\n")).toBe(true);
});

test("an interrupt ends a prompt that waits; an answer that comes too late is none to the next question", async () => {
  const session = await startTypeScriptSession({
    cwd: notebook.folder,
    onEvent(event) {
      if (event.type !== "input-request") return;
      if (event.prompt === "first ") session.interrupt();
      event.answer(event.prompt === "first " ? "too late" : "in time");
    },
  });
  const outcome = await session.execute("prompt('first')", { cellId: "cell" });
  expect(outcome).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
  const next = await session.execute("prompt('second')", { cellId: "next" });
  expect(next).toMatchObject({ status: "ok", result: { data: { "text/plain": "'in time'" } } });
  await session[Symbol.asyncDispose]();
});

test("an expression for the front end is interrupted, too", async () => {
  const outcomes = notebook.session.evaluate({ endless: "(() => { console.log('evaluating'); for (;;) {} })()" });
  await notebook.eventually((event) => event.type === "stream" && event.text === "evaluating\n");
  notebook.session.interrupt();
  expect(await outcomes).toMatchObject({ endless: { status: "error", error: { ename: "KeyboardInterrupt" } } });
});

test("interrupt without a running cell does nothing", async () => {
  notebook.session.interrupt();
  expect(plain(await notebook.result("kept"))).toBe("42");
});

test("code that native code holds is killed and replaced: the last step", async () => {
  await using other = await openNotebook();
  // A process that ignores SIGINT, waited for: JavaScript cannot be ended and the signal does not help.
  const code =
    "import { execSync } from 'node:child_process';\nconsole.log('started');\nexecSync(\"trap '' INT; while :; do sleep 600; done\");";
  const cell = other.session.execute(code, { cellId: "held" });
  await other.eventually((event) => event.type === "stream");
  other.session.interrupt();
  expect(await cell).toMatchObject({ status: "error", error: { ename: "SessionEnded" } });
  expect(other.events.at(-1)).toMatchObject({ type: "session-ended", cellId: "held" });
  expect(plain(await other.result("1 + 1"))).toBe("2");
});
