// A hidden file that somebody saves while a room lives: editors move the new one to its place, and Linux takes away what
// was mounted there to hide it.
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  openConfinement,
  type SessionEvent,
  startTypeScriptSession,
  type TypeScriptSession,
} from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook } from "../sessions/notebook-session.ts";

let notebook: NotebookSession;
let session: TypeScriptSession;
let events: SessionEvent[];
beforeEach(async () => {
  notebook = await openNotebook({
    files: { "sub/.env": "old", "sub/.keys/token": "old", "sub/seen.txt": "old" },
  });
  chmodSync(notebook.folder, 0o755);
  events = [];
  session = await startTypeScriptSession({
    cwd: notebook.folder,
    onEvent: (event) => events.push(event),
    confine: () => openConfinement(notebook.folder),
  });
});
afterEach(async () => {
  await session[Symbol.asyncDispose]();
  await notebook[Symbol.asyncDispose]();
});

const run = (code: string) => session.execute(code, { cellId: "c" });
const at = (path: string) => join(notebook.folder, "sub", path);
const move = (path: string, text: string) => {
  writeFileSync(at("new"), text);
  renameSync(at("new"), at(path));
};

const WAITS = "console.log('waits'); for (;;) await new Promise((resolve) => setTimeout(resolve, 10));";

test.each([
  [".env", () => move(".env", "newer")],
  [
    ".env",
    () => {
      rmSync(at(".env"));
      mkdirSync(at(".env"));
    },
  ],
  [
    ".keys",
    () => {
      renameSync(at(".keys"), at("keys.old"));
      mkdirSync(at(".keys"));
      writeFileSync(at(".keys/token"), "newer");
    },
  ],
])("%s is replaced: the room ends, says why, and the next one hides it again", async (name, replace) => {
  const ended = run(WAITS);
  await expect.poll(() => events, { timeout: 240_000 }).toContainEqual(expect.objectContaining({ text: "waits\n" }));
  replace();
  expect(await ended).toMatchObject({
    error: {
      ename: "SessionEnded",
      evalue: expect.stringContaining(`"sub/${name}" was replaced, and with that hidden no more`),
    },
  });
  const read = `import fs from "node:fs";
    const text = (path: string) => { try { return fs.readFileSync(path, "utf8"); } catch { return "hidden"; } };
    [text("sub/${name}"), text("sub/${name}/token"), text("sub/seen.txt")].join(" ")`;
  expect(await run(read)).toMatchObject({ result: { data: { "text/plain": expect.not.stringContaining("newer") } } });
});

test("what may be seen is replaced as one likes", async () => {
  expect((await run("import fs from 'node:fs'; const kept = 1;")).status).toBe("ok");
  move("seen.txt", "newer");
  rmSync(at(".env")); // gone, it shows nothing
  await new Promise((resolve) => setTimeout(resolve, 600)); // the watch has looked
  expect(await run("fs.readFileSync('sub/seen.txt', 'utf8') + kept")).toMatchObject({
    result: { data: { "text/plain": "'newer1'" } },
  });
});
