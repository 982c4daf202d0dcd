// Who may make a widget, and what is left of one that is closed, or whose session is gone.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openConfinement, type SessionEvent, startTypeScriptSession } from "../../../interpreter/index.ts";
import { type FrontEnd, frontEndOf } from "./front-end.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const WIDGET = `widget({ esm: "export default {}", state: { value: 0 } })`;

let notebook: NotebookSession;
let frontEnd: FrontEnd;
beforeAll(async () => {
  notebook = await openNotebook();
  frontEnd = frontEndOf(notebook);
});
afterAll(() => notebook[Symbol.asyncDispose]());

describe("code that the model wrote makes no widget", () => {
  test.each([
    WIDGET,
    "widget.slider()",
    "interact((n: number = 1) => n)",
    "made()",
    `import("qwenlab").then(() => ${WIDGET}).catch((error) => console.log(error.message))`,
    `setTimeout(() => { try { ${WIDGET} } catch (error) { console.log((error as Error).message) } }, 1); await new Promise((go) => setTimeout(go, 50))`,
  ])("%s", async (code) => {
    const cellId = `agent ${code}`;
    await notebook.run(`function made() { return ${WIDGET}; }`);
    const before = frontEnd.heard("open").length;
    const outcome = await notebook.session.execute(code, { cellId, byModel: true });
    const said = () => JSON.stringify(outcome) + notebook.printed(cellId);
    await expect.poll(said).toContain("code that the model wrote makes no widgets");
    expect(frontEnd.heard("open")).toHaveLength(before);
    await notebook.result(WIDGET);
    expect(frontEnd.heard("open")).toHaveLength(before + 1); // the user's own
  });
});

test("in the sandbox there are none: a cell is told, and what a front end says reaches nobody", async () => {
  const events: SessionEvent[] = [];
  const confine = () => openConfinement(notebook.folder);
  await using session = await startTypeScriptSession({
    cwd: notebook.folder,
    confine,
    onEvent: (event) => events.push(event),
  });
  for (const code of [WIDGET, "widget.button()", "interact((n: number = 1) => n)"]) {
    expect(await session.execute(code, { cellId: "1" })).toMatchObject({
      status: "error",
      error: { evalue: expect.stringContaining("there are no widgets in the sandbox") },
    });
  }
  const open = {
    kind: "open",
    commId: "x",
    targetName: "jupyter.widget.control",
    data: {},
    metadata: {},
    buffers: [],
  } as const;
  expect(await session.comm(open, "1")).toBe(false);
  expect(events.filter(({ type }) => type === "comm")).toEqual([]);
});

describe("a widget that is closed", () => {
  test("is closed in the browser, says so when it is used, and frees its memory", async () => {
    const before = frontEnd.heard("close").length;
    await notebook.run(`const { setFlagsFromString } = await import("node:v8"); const { runInNewContext } = await import("node:vm");
      setFlagsFromString("--expose-gc"); const collect = runInNewContext("gc");
      const refs = Array.from({ length: 20 }, () => {
        const text = { text: "x".repeat(1_000_000) };
        const w = widget({ esm: "export default {}", state: { large: text } });
        w.on("change:large", () => {});
        w.close();
        return [new WeakRef(text), new WeakRef(w)];
      }).flat();
      const kept = ${WIDGET};`);
    expect(frontEnd.heard("close")).toHaveLength(before + 20);
    const left = await notebook.result(
      `await new Promise((go) => setTimeout(go)); collect(); refs.filter((ref) => ref.deref() !== undefined).length`,
    );
    expect(plain(left)).toBe("0");
    await notebook.run("kept.close(); kept.close();");
    expect(frontEnd.heard("close")).toHaveLength(before + 21);
    expect((await notebook.failure("kept.state.value = 1")).evalue).toContain("this widget is closed");
    expect((await notebook.failure("await kept.changed('value')")).evalue).toContain("the widget was closed");
    expect(await frontEnd.update({ value: 1 })).toBe(false);
  });

  test("by the browser is closed here; what waits for it is told", async () => {
    await notebook.run(`const w = ${WIDGET};`);
    const before = frontEnd.heard("close").length;
    const running = notebook.failure(`console.log("waits"); await w.changed("value")`);
    await notebook.eventually((event) => event.type === "stream" && event.text === "waits\n");
    expect(await frontEnd.say({}, { kind: "close" })).toBe(true);
    expect((await running).evalue).toContain("the widget was closed: there is no change:value any more");
    expect(frontEnd.heard("close")).toHaveLength(before); // it knows
  });

  test.each([
    ["ends", async () => void (await notebook.run("process.exit(3)"))],
    ["is started anew", () => notebook.session.restart()],
  ])("when its session %s", async (_, end) => {
    await notebook.run(`${WIDGET}; ${WIDGET};`);
    const { latest: commId, opened } = frontEnd;
    await end();
    const closed = frontEnd.heard("close").map(({ message }) => message.commId);
    expect(closed).toEqual(expect.arrayContaining(opened.slice(-2).map((message) => message.commId)));
    expect(new Set(closed).size).toBe(closed.length);
    expect(await frontEnd.update({ value: 1 }, { commId })).toBe(false);
    await notebook.run(`const again = ${WIDGET};`);
    await frontEnd.update({ value: 5 });
    expect(plain(await notebook.result("again.state.value"))).toBe("5");
  });
});

test("10,000 are the most", async () => {
  const { evalue } = await notebook.failure(`for (;;) ${WIDGET}`);
  expect(evalue).toContain("10000 widgets are open; close() those that nobody needs");
  expect(plain(await notebook.result("1 + 1"))).toBe("2");
});
