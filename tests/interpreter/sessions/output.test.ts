import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;
let count = 0;

beforeAll(async () => {
  notebook = await openNotebook();
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Runs a cell that must succeed and gives what it printed until its end. */
async function printedBy(code: string, name?: "stdout" | "stderr"): Promise<string> {
  const cellId = `output-${++count}`;
  const outcome = await notebook.session.execute(code, { cellId });
  expect(outcome.status).toBe("ok");
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
