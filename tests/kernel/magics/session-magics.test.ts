import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseCell } from "../../../kernel/cells/parse-cell.ts";
import { timeMagic } from "../../../kernel/magics/code-magics.ts";
import { sessionMagics } from "../../../kernel/magics/session-magics.ts";
import { type NotebookSession, openNotebook, plain } from "../../interpreter/sessions/notebook-session.ts";
import { fakeCell } from "./fake-cell.ts";

let notebook: NotebookSession;
let count = 0;

beforeAll(async () => {
  notebook = await openNotebook({ files: { "data/a.txt": "text of a" } });
});
afterAll(() => notebook[Symbol.asyncDispose]());

/** Runs a cell that is one magic; what it prints in the session comes as events. */
async function run(source: string, cell = fakeCell()) {
  const parsed = parseCell(source);
  const call = parsed.kind === "magic" ? parsed.magic : parsed.kind === "code" ? parsed.magics[0] : undefined;
  const magics = [
    ...sessionMagics(notebook.session, notebook.folder),
    timeMagic(notebook.session, { areChecked: true }),
  ];
  const magic = magics.find(({ name, kind }) => name === call?.name && kind === call.kind);
  const cellId = `magic-${++count}`;
  await magic!.run({ args: call!.args, text: call!.text }, { ...cell, cellId });
  return {
    text: cell.text() + notebook.printed(cellId),
    shown: notebook.events.flatMap((event) =>
      event.type === "display" && event.cellId === cellId ? [event.data] : [],
    ),
  };
}

describe("%%bash", () => {
  test("prints as it goes, of both streams, and sees what %env set", async () => {
    await run("%env QWEN_TEST=from the notebook");
    const { text } = await run('%%bash\r\necho "$QWEN_TEST"\r\necho wrong >&2\r\n');
    expect(text).toBe("from the notebook\nwrong\n");
  });

  test("runs in the session: its parent is the session's process", async () => {
    const { text } = await run("%%bash\necho $PPID");
    expect(plain(await notebook.result("process.pid"))).toBe(text.trim());
  });

  test("that fails, fails the cell with its status", async () => {
    await expect(run("%%bash\nexit 3")).rejects.toThrow("the script ended with exit status 3");
    await expect(run("%%bash --out x\necho")).rejects.toThrow("%%bash takes nothing behind it");
  });

  test("is interrupted with what it started", async () => {
    const cell = fakeCell();
    const running = run("%%bash\necho $$\nsleep 100000 & sleep 100000", cell);
    const started = await notebook.eventually((event) => event.type === "stream" && event.cellId === `magic-${count}`);
    cell.controller.abort(new Error("interrupted"));
    await expect(running).rejects.toThrow("interrupted");
    const pid = Number((started as { text: string }).text);
    await expect.poll(() => groupIsThere(pid)).toBe(false);
  });

  test("that leaves something running ends", async () => {
    const { text } = await run("%%bash\nsleep 100000 &\necho $$");
    process.kill(-Number(text), "SIGKILL");
  });
});

function groupIsThere(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

describe("%%writefile", () => {
  test("writes, overwrites and appends, and a cell imports it", async () => {
    expect((await run("%%writefile lib/made.ts\r\nexport const made = 1;\r\n")).text).toBe("Wrote lib/made.ts\n");
    expect((await run("%%writefile lib/made.ts\nexport const made = 2;")).text).toBe("Overwrote lib/made.ts\n");
    expect((await run("%%writefile -a lib/made.ts\nexport const more = 3;")).text).toBe("Appended to lib/made.ts\n");
    expect(readFileSync(join(notebook.folder, "lib/made.ts"), "utf8")).toBe(
      "export const made = 2;\nexport const more = 3;\n",
    );
    expect(plain(await notebook.result("import { made, more } from './lib/made';\nmade + more"))).toBe("5");
    expect((await run("%%writefile 'with space.txt'\nx")).text).toBe("Wrote with space.txt\n");
    expect(readFileSync(join(notebook.folder, "with space.txt"), "utf8")).toBe("x\n");
  });

  test("says what is wrong", async () => {
    await expect(run("%%writefile\nx")).rejects.toThrow("Usage: %%writefile [-a] PATH");
    await expect(run("%%writefile -x a\nx")).rejects.toThrow("Usage");
    await expect(run("%%writefile data\nx")).rejects.toThrow(
      "data was not written: it is a folder; name a file in it, as data/NAME",
    );
    await run("%%writefile plain.txt\nx");
    await expect(run("%%writefile plain.txt/below.txt\nx")).rejects.toThrow(
      "plain.txt/below.txt was not written: a part of its path is a file, and no folder",
    );
  });

  test("says that the folder is gone", async () => {
    const gone = mkdtempSync(join(tmpdir(), "qwenlab-gone-"));
    await run(`%cd ${gone}`);
    rmSync(gone, { recursive: true });
    await expect(run("%%writefile a.txt\nx")).rejects.toThrow(
      "a.txt was not written: the folder that cells run in is gone",
    );
    await run(`%cd ${notebook.folder}`);
  });

  test("leaves alone what is no file, and holds no later cell", async () => {
    execFileSync("mkfifo", [join(notebook.folder, "pipe")]);
    for (const option of ["", "-a "])
      await expect(run(`%%writefile ${option}pipe\nx`)).rejects.toThrow("it is a device, a pipe or a socket");
    expect(plain(await notebook.result("1 + 1"))).toBe("2");
  });

  test("writes outside of the folder, where the user says so", async () => {
    const outside = mkdtempSync(join(tmpdir(), "qwenlab-outside-"));
    expect((await run(`%%writefile ${outside}/x.txt\ntext`)).text).toBe(`Wrote ${outside}/x.txt\n`);
    expect(readFileSync(join(outside, "x.txt"), "utf8")).toBe("text\n");
    rmSync(outside, { recursive: true });
  });
});

test.each([
  { name: "html", type: "text/html", text: "<b>bold</b>" },
  { name: "svg", type: "image/svg+xml", text: "<svg xmlns='http://www.w3.org/2000/svg'/>" },
  { name: "markdown", type: "text/markdown", text: "**bold**\n\nand more" },
])("the text of a cell is shown as $type", async ({ name, type, text }) => {
  expect((await run(`%%${name}\r\n${text.replaceAll("\n", "\r\n")}`)).shown).toMatchObject([{ [type]: text }]);
  await expect(run(`%%${name} --isolated\n${text}`)).rejects.toThrow("takes nothing behind it");
});

describe("%env", () => {
  test("sets and shows a variable, which cells see", async () => {
    expect((await run("%env SOME_NAME = some value")).text).toBe("SOME_NAME=some value\n");
    expect((await run("%env SOME_NAME other")).text).toBe("SOME_NAME=other\n");
    expect((await run("%env SOME_NAME")).text).toBe("SOME_NAME=other\n");
    expect(plain(await notebook.result("process.env.SOME_NAME"))).toBe("'other'");
    await expect(run("%env NOT_THERE")).rejects.toThrow("there is no variable NOT_THERE");
    await expect(run("%env =x")).rejects.toThrow("has a name");
  });

  test("lists all without secrets", async () => {
    expect((await run("%env SERVICE_TOKEN=hidden-1")).text).toBe("SERVICE_TOKEN=…\n");
    await run("%env DATABASE=postgres://user:hidden-2@host/db");
    const { text } = await run("%env");
    expect(text).toMatch(/^SERVICE_TOKEN=…$/m);
    expect(text).toMatch(/^DATABASE=…$/m);
    expect(text).toMatch(/^PATH=\/.+$/m);
    expect(text).not.toContain("hidden-");
    expect((await run("%env SERVICE_TOKEN")).text).toBe("SERVICE_TOKEN=hidden-1\n");
  });
});

test("%cd changes where files are opened, and says what stays", async () => {
  const { folder } = notebook;
  expect((await run("%cd")).text).toBe(`${folder}\n`);
  expect((await run("%cd data")).text).toBe(`${folder}/data\nimports and SQL stay with ${folder}\n`);
  expect(plain(await notebook.result("require('node:fs').readFileSync('a.txt', 'utf8')"))).toBe("'text of a'");
  expect((await run("%%bash\ncat a.txt")).text).toBe("text of a");
  await expect(run("%cd nowhere")).rejects.toThrow("there is no folder nowhere");
  expect((await run(`%cd "${folder}"`)).text).toBe(`${folder}\n`);
});

test("%who lists variables with their types", async () => {
  await notebook.result("const listed: readonly number[] = [1, 2];\nfunction shout(text: string) { return text }");
  const { text } = await run("%who");
  expect(text).toMatch(/^listed +readonly number\[\] +\S.*$/m);
  expect(text).toMatch(/^shout +\(text: string\) => string/m);
});

describe("%time", () => {
  test("says how long the code took, and shows its value unless a `;` follows", async () => {
    const cell = fakeCell();
    const { text } = await run(
      "%time const slow = await new Promise<number>((r) => setTimeout(() => r(7), 30)); slow",
      cell,
    );
    expect(text).toMatch(/^CPU times: user [\d.]+ .?s, sys: [\d.]+ .?s, total: [\d.]+ .?s\nWall time: [\d.]+ m?s\n$/);
    expect(cell.shown).toMatchObject([{ "text/plain": "7" }]);
    const silent = fakeCell();
    await run("%time slow + 1;", silent);
    expect(silent.shown).toEqual([]);
  });

  test("of code that fails is told before the error", async () => {
    const cell = fakeCell();
    await expect(run("%time throw new RangeError('far')", cell)).rejects.toThrow("far");
    expect(cell.text()).toContain("Wall time");
    await expect(run("%time")).rejects.toThrow("%time times the code behind it");
  });
});
