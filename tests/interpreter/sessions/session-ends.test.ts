import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

let notebook: NotebookSession;

beforeAll(async () => {
  notebook = await openNotebook({ heapMegabytes: 64 });
});
afterAll(() => notebook[Symbol.asyncDispose]());

const ENDS = {
  "process.exit(3)": "exit code 3",
  "process.kill(process.pid, 'SIGSEGV')": "signal SIGSEGV",
  "process.kill(process.pid, 'SIGKILL')": "signal SIGKILL",
  "const hoard: unknown[] = []; for (;;) hoard.push(new Array(1000).fill({}))": "out of memory",
};

for (const [code, reason] of Object.entries(ENDS)) {
  test(`${code} ends the session with the reason "${reason}", and the next cell has a new one`, async () => {
    await notebook.result("const before = 1");
    const error = await notebook.failure(`console.log('last words');\n${code}`);
    expect(error.ename).toBe("SessionEnded");
    expect(error.evalue).toContain(reason);
    const ended = notebook.events.filter((event) => event.type === "session-ended").at(-1);
    expect(ended).toMatchObject({ reason });
    const cellId = ended?.cellId ?? "";
    expect(notebook.printed(cellId, "stdout")).toBe("last words\n");
    expect(notebook.printed(cellId, "stderr")).toBe("");
    expect(plain(await notebook.result("1 + 1"))).toBe("2");
    expect((await notebook.failure("before")).evalue).toContain("Cannot find name 'before'");
  });
}

test("a session that ends between cells says so", async () => {
  await notebook.result(
    "import { existsSync } from 'node:fs';\nsetInterval(() => { if (existsSync('go')) process.exit(7); }, 1)",
  );
  write(join(notebook.folder, "go"), "");
  const ended = await notebook.eventually((event) => event.type === "session-ended" && event.reason === "exit code 7");
  expect(ended).toMatchObject({ cellId: undefined });
});

test("dispose leaves no process behind, not even one that a cell started", async () => {
  const other = await openNotebook();
  await other.result("import { spawn } from 'node:child_process';\nconst sleeper = spawn('sleep', ['600']);");
  const pids = plain(await other.result("[process.pid, process.ppid, sleeper.pid]"));
  await other[Symbol.asyncDispose]();
  for (const pid of String(pids).match(/\d+/g) ?? []) await gone(Number(pid));
});

test("secrets of qwenlab and Jupyter are not in the session's environment", async () => {
  process.env.QWENLAB_API_KEY = "secret";
  process.env.JPY_API_TOKEN = "secret";
  process.env.USERS_OWN = "kept";
  try {
    await using other = await openNotebook();
    const names = String(plain(await other.result("Object.keys(process.env).join(' ')")));
    expect(names.replace("QWENLAB_STARTED_BY", "")).not.toMatch(/QWENLAB_|JPY_|NODE_CHANNEL_FD/);
    expect(names).toContain("USERS_OWN");
  } finally {
    delete process.env.QWENLAB_API_KEY;
    delete process.env.JPY_API_TOKEN;
    delete process.env.USERS_OWN;
  }
});

/** A killed process is reaped a moment later, by its parent or by init; a zombie counts as gone. */
async function gone(pid: number): Promise<void> {
  const { readFileSync } = await import("node:fs");
  await expect
    .poll(() => {
      try {
        process.kill(pid, 0);
        return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("Z") ? "gone" : "alive";
      } catch {
        return "gone";
      }
    })
    .toBe("gone");
}
