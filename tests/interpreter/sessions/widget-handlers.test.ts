// What handlers of widgets do, when they print, throw, wait or do not end; and JavaScript that is read anew.
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FrontEnd, frontEndOf } from "./front-end.ts";
import { type NotebookSession, openNotebook, plain, write } from "./notebook-session.ts";

const ESM = `esm: "export default {}"`;

let notebook: NotebookSession;
let frontEnd: FrontEnd;
beforeAll(async () => {
  notebook = await openNotebook({ files: { "counter.js": "first" } });
  frontEnd = frontEndOf(notebook);
});
afterAll(() => notebook[Symbol.asyncDispose]());

describe("handlers", () => {
  test("print under the cell that made the widget, and so do their errors; the others run all the same", async () => {
    await notebook.run(`const h = widget({ ${ESM}, state: { value: 0 } });`);
    const { cellId } = frontEnd.heard("open").at(-1)!;
    await notebook.run(`h.on("change:value", () => { throw new RangeError("too far"); });
      h.on("change:value", async (value) => { await null; console.log("later", value); throw new Error("late"); });
      h.on("change:value", (value) => console.log("now", value));`);
    await frontEnd.update({ value: 3 });
    expect(notebook.printed(cellId, "stdout")).toBe("now 3\nlater 3\n");
    await notebook.eventually((event) => event.type === "stream" && event.text.includes("Error: late"));
    const errors = notebook.printed(cellId, "stderr");
    expect(errors).toContain("Uncaught in a handler of change:value: RangeError: too far");
    expect(errors).toContain("Error: late");
    expect(errors).toMatch(/In \[\d+\]/);
  });

  test("changed() gives the next value to a cell that runs", async () => {
    await notebook.run(`const next = widget({ ${ESM}, state: { value: 0 } });`);
    const running = notebook.result(`console.log("waits"); const value = await next.changed("value"); value * 10`);
    await notebook.eventually((event) => event.type === "stream" && event.text === "waits\n");
    expect(await frontEnd.update({ value: 4 })).toBe(true);
    expect(plain(await running)).toBe("40");
  });

  test("an interrupt ends a cell that waits, and a handler that does not end; the widget stays", async () => {
    await notebook.run(`const endless = widget({ ${ESM}, state: { value: 0, other: 0 } });
      endless.on("change:other", () => { console.log("begins"); while (true) {} });`);
    const running = notebook.run(`console.log("waits too"); await endless.changed("value");`);
    await notebook.eventually((event) => event.type === "stream" && event.text === "waits too\n");
    notebook.session.interrupt();
    expect(await running).toMatchObject({ status: "error", error: { ename: "KeyboardInterrupt" } });
    const handling = frontEnd.update({ other: 1 });
    await notebook.eventually((event) => event.type === "stream" && event.text === "begins\n");
    notebook.session.interrupt();
    expect(await handling).toBe(true);
    await frontEnd.update({ value: 9 });
    expect(plain(await notebook.result("endless.state.value"))).toBe("9");
  });
});

test("a file is read anew when it changes, also where another takes its place", async () => {
  await notebook.run(`const filed = widget({ esm: "counter.js" });`);
  expect(frontEnd.opened.at(-1)?.data.state).toMatchObject({ _esm: "first" });
  const path = join(notebook.folder, "counter.js");
  writeFileSync(path, "second");
  await frontEnd.eventually(({ state }) => (state as { _esm?: string })._esm === "second");
  write(join(notebook.folder, "new.js"), "third");
  renameSync(join(notebook.folder, "new.js"), path);
  await frontEnd.eventually(({ state }) => (state as { _esm?: string })._esm === "third");
});
