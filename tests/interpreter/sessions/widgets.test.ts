// Widgets of cells by ipywidgets' protocol: state, messages and binary parts, both ways.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FrontEnd, frontEndOf } from "./front-end.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const VIEW = "application/vnd.jupyter.widget-view+json";
const ESM = `esm: "export default {}"`;
const base64 = (bytes: Uint8Array | readonly number[]) => Buffer.from(bytes).toString("base64");

let notebook: NotebookSession;
let frontEnd: FrontEnd;
beforeAll(async () => {
  notebook = await openNotebook({ files: { "typed.ts": "", "out/made.js": "" } });
  frontEnd = frontEndOf(notebook);
});
afterAll(() => notebook[Symbol.asyncDispose]());

describe("what a widget is", () => {
  test("a comm as anywidget opens it, and a view of it with a text beside", async () => {
    const data = await notebook.result(`widget({ ${ESM}, css: ".x {}", state: { value: 5 } })`);
    const message = frontEnd.opened.at(-1);
    expect(message).toMatchObject({ targetName: "jupyter.widget", metadata: { version: "2.1.0" }, buffers: [] });
    expect(message?.data).toMatchObject({
      buffer_paths: [],
      state: {
        ...{ _model_module: "anywidget", _model_name: "AnyModel", _view_module: "anywidget", _view_name: "AnyView" },
        ...{ _esm: "export default {}", _css: ".x {}", value: 5 },
      },
    });
    expect(data?.[VIEW]).toEqual({ version_major: 2, version_minor: 0, model_id: message?.commId });
    expect(plain(data)).toBe(
      "widget { value: 5 }\n" +
        "(to use it here, JupyterLab needs: pip install jupyterlab_widgets anywidget; then reload the page)",
    );
  });

  test("display() shows the same", async () => {
    await notebook.run(`display(widget({ ${ESM} }))`);
    expect(notebook.events.at(-1)).toMatchObject({
      type: "display",
      data: { [VIEW]: { model_id: frontEnd.latest } },
    });
  });

  test("its state is typed by its literal, and cells are completed with it", async () => {
    await notebook.run(`const typed = widget({ ${ESM}, state: { value: 5, names: ["a"] } });`);
    expect(await notebook.result(`const n: number = typed.state.value; n + typed.state.names.length`)).toMatchObject({
      "text/plain": "6",
    });
    expect((await notebook.failure("typed.state.value = 'x'")).evalue).toContain("not assignable to type 'number'");
    expect((await notebook.failure("typed.on('change:other', () => {})")).ename).toBe("CompileError");
    expect((await notebook.session.complete("typed.state.", 12)).matches).toEqual(["names", "value"]);
    expect((await notebook.session.complete("widget.", 7)).matches).toEqual(
      expect.arrayContaining(["slider", "select", "text", "button", "checkbox", "table", "progress"]),
    );
  });

  test.each([
    ["widget({ state: {} } as any)", "widget() needs esm"],
    ["widget({ esm: '{}', script: 1 } as any)", "widget() has no option script"],
    ["widget({ esm: '{}', state: { _esm: 1 } })", "state._esm is a name of the front end's own"],
    ["widget({ esm: '{}', state: { a: NaN } })", "state.a is NaN, which a widget's state cannot carry"],
    ["widget({ esm: '{}', state: { a: { b: [1, 2n] } } })", "state.a.b.1 is a bigint"],
    ["widget({ esm: '{}', state: { a: new Date() } })", "state.a is a Date"],
    ["const o: any = {}; o.o = o; widget({ esm: '{}', state: { o } })", "is nested too deep, or holds itself"],
    ["widget({ esm: 'missing.js' })", "missing.js cannot be used: ENOENT"],
    ["widget({ esm: 'typed.ts' })", "typed.ts is not JavaScript that a browser reads"],
    ["widget({ esm: 'out/made.js' })", "confined code may write to out/"],
    ["(typed.state as any).other = 1", "no other in the state of this widget; there are: value, names"],
    ["delete (typed.state as any).value", "what the state of a widget has stays"],
    ["(typed as any).on('change:other', () => {})", "no event change:other; there are: msg:custom, change:value"],
  ])("%s is an error that says why", async (code, why) => {
    const before = frontEnd.opened.length;
    expect((await notebook.failure(code)).evalue).toContain(why);
    expect(frontEnd.opened).toHaveLength(before);
  });
});

describe("what the session writes", () => {
  test("goes to the browser; a loop sends a few of its values, and the last one", async () => {
    await notebook.run(`const loop = widget({ ${ESM}, state: { value: 0, other: "" } }); loop.state.other = "x";`);
    expect(frontEnd.data()).toEqual([{ method: "update", state: { other: "x" }, buffer_paths: [] }]);
    await notebook.run("for (let i = 1; i <= 100_000; i++) loop.state.value = i;");
    await frontEnd.eventually(({ state }) => (state as { value?: number }).value === 100_000);
    expect(frontEnd.data().length).toBeLessThan(1_000);
    const values = frontEnd.data().map(({ state }) => (state as { value?: number }).value ?? 0);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });

  test("is sent as part of the cell that wrote it; the same number again is not sent", async () => {
    await notebook.run(`const own = widget({ ${ESM}, state: { value: 1 } });`);
    await notebook.run("own.state.value = 2; own.state.value = 2;");
    const [event, another] = frontEnd.heard("message", frontEnd.latest);
    expect(event?.cellId).not.toBe(frontEnd.heard("open").at(-1)?.cellId);
    expect(another).toBeUndefined();
  });

  test("carries binary parts beside it", async () => {
    await notebook.run(
      `const binary = widget({ ${ESM}, state: { list: [new Uint8Array([1, 2]), 3], deep: { x: new Float32Array([1]).buffer } } });`,
    );
    const { data, buffers } = frontEnd.opened.at(-1)!;
    expect(data.state).toMatchObject({ list: [null, 3], deep: {} });
    expect(data.state).not.toHaveProperty("deep.x");
    expect(data.buffer_paths).toEqual([
      ["list", 0],
      ["deep", "x"],
    ]);
    expect(buffers).toEqual([base64([1, 2]), base64(new Uint8Array(new Float32Array([1]).buffer))]);
  });

  test("send() reaches the browser's msg:custom, after the state that was written before", async () => {
    await notebook.run(`const talk = widget({ ${ESM}, state: { value: 0 } });`);
    await notebook.run("talk.state.value = 1; talk.state.value = 2; talk.send({ go: 1 }, [new Uint8Array([9])]);");
    const messages = frontEnd.heard("message", frontEnd.latest).map(({ message }) => message);
    expect(messages.map(({ data }) => data)).toEqual([
      { method: "update", state: { value: 1 }, buffer_paths: [] },
      { method: "update", state: { value: 2 }, buffer_paths: [] },
      { method: "custom", content: { go: 1 } },
    ]);
    expect(messages.at(-1)?.buffers).toEqual([base64([9])]);
  });
});

describe("what the browser changes", () => {
  test("is in the state, is told to handlers, and echoed as an answer", async () => {
    await notebook.run(`const seen: unknown[] = [];
      const w = widget({ ${ESM}, state: { value: 5, name: "a" } });
      const stop = w.on("change:value", (value, before) => seen.push([value, before]));`);
    expect(await frontEnd.update({ value: 7 })).toBe(true);
    expect(await notebook.result("stop(); [w.state.value, seen]")).toMatchObject({
      "text/plain": "[ 7, [ [ 7, 5 ] ] ]",
    });
    expect(frontEnd.heard("message", frontEnd.latest)).toMatchObject([
      {
        answers: expect.stringMatching(/^message /),
        message: { data: { method: "echo_update", state: { value: 7 } } },
      },
    ]);
    await frontEnd.update({ value: 8 });
    expect(await notebook.result("seen.length")).toMatchObject({ "text/plain": "1" }); // after stop()
  });

  test("may be corrected by a handler: the echo comes first", async () => {
    await notebook.run(`const even = widget({ ${ESM}, state: { value: 0 } });
      even.on("change:value", (value) => { even.state.value = value - (value % 2); });`);
    await frontEnd.update({ value: 5 });
    expect(frontEnd.data()).toEqual([
      { method: "echo_update", state: { value: 5 }, buffer_paths: [] },
      { method: "update", state: { value: 4 }, buffer_paths: [] },
    ]);
  });

  test("binary parts are bytes, or the kind of array that was there", async () => {
    await notebook.run(`const b = widget({ ${ESM}, state: { numbers: new Float64Array(1), any: null as unknown } });`);
    const buffers = [base64(new Uint8Array(new Float64Array([1.5, 2]).buffer)), base64([7])];
    await frontEnd.update({ any: { list: [null] } }, { paths: [["numbers"], ["any", "list", 0]], buffers });
    expect(plain(await notebook.result("b.state.numbers"))).toBe("Float64Array(2) [ 1.5, 2 ]");
    expect(plain(await notebook.result("b.state.any"))).toBe("{ list: [ Uint8Array(1) [ 7 ] ] }");
  });

  test("only what the state has is taken, and no member of the protocol", async () => {
    await notebook.run(`const closedState = widget({ ${ESM}, state: { value: 5 } });`);
    const given = JSON.parse(`{ "_esm": "evil", "other": 1, "__proto__": { "value": 1 }, "toString": 1, "value": 6 }`);
    await frontEnd.update(given);
    expect(frontEnd.data()).toEqual([{ method: "echo_update", state: { value: 6 }, buffer_paths: [] }]);
    expect(plain(await notebook.result("[closedState.state, ({} as any).value]"))).toBe("[ { value: 6 }, undefined ]");
  });

  test.each([
    {},
    { method: "update" },
    { method: "update", state: null },
    { method: "update", state: [1], buffer_paths: 5 },
    { method: ["update"], state: { value: 1 } },
    { method: "request_states" },
    { method: "__proto__" },
  ])("%j changes nothing", async (data) => {
    await notebook.run(`const steady = widget({ ${ESM}, state: { value: 5 } });`);
    expect(await frontEnd.say(data)).toBe(true);
    expect(frontEnd.data()).toEqual([]);
    expect(await notebook.result("steady.state.value")).toMatchObject({ "text/plain": "5" });
  });

  test.each([[[]], ["x"], [["value", "x"]], [["nowhere", 0, "x"]], [[{}]]])(
    "a binary part whose path is %j is told under the widget's cell",
    async (path) => {
      await notebook.run(`const placed = widget({ ${ESM}, state: { value: 5 } });`);
      const { cellId } = frontEnd.heard("open").at(-1)!;
      await frontEnd.update({ value: 6 }, { paths: [path], buffers: [base64([1])] });
      expect(notebook.printed(cellId, "stderr")).toContain("a binary part has no place");
    },
  );

  test("1,000 messages at once come in their order", async () => {
    await notebook.run(`const many = widget({ ${ESM}, state: { value: 0 } });
      const order: number[] = []; many.on("change:value", (value) => order.push(value));`);
    const taken = await Promise.all(Array.from({ length: 1_000 }, (_, i) => frontEnd.update({ value: i + 1 })));
    expect(taken.every(Boolean)).toBe(true);
    expect(plain(await notebook.result("order.length === 1_000 && order.every((value, i) => value === i + 1)"))).toBe(
      "true",
    );
  });

  test("request_state is answered with all of it, request_states with that of all widgets", async () => {
    await notebook.run(`const asked = widget({ ${ESM}, state: { value: 1, bytes: new Uint8Array([5]) } });`);
    const { latest } = frontEnd;
    await frontEnd.say({ method: "request_state" });
    const [answer] = frontEnd.heard("message", latest);
    expect(answer?.message).toMatchObject({
      data: { method: "update", state: { value: 1, _model_name: "AnyModel" }, buffer_paths: [["bytes"]] },
      buffers: [base64([5])],
    });
    const control = { commId: "control", targetName: "jupyter.widget.control" };
    expect(await frontEnd.say({}, { ...control, kind: "open" })).toBe(true);
    await frontEnd.say({ method: "request_states" }, { commId: "control" });
    const [states] = frontEnd.heard("message", "control");
    expect(states?.message.data).toMatchObject({
      method: "update_states",
      states: { [latest]: { model_name: "AnyModel", model_module: "anywidget", state: { value: 1 } } },
      buffer_paths: expect.arrayContaining([[latest, "state", "bytes"]]),
    });
    expect(await frontEnd.say({}, { commId: "control", kind: "close" })).toBe(true);
  });

  test("model.send() reaches msg:custom here", async () => {
    await notebook.run(`const heard: unknown[] = [];
      const ear = widget({ ${ESM} }); ear.on("msg:custom", (content, buffers) => heard.push(content, buffers));`);
    await frontEnd.say({ method: "custom", content: { a: [1] } }, { buffers: [base64([3])] });
    expect(plain(await notebook.result("heard"))).toBe("[ { a: [ 1 ] }, [ Uint8Array(1) [ 3 ] ] ]");
  });

  test("what is said to a comm that is not there goes to nobody", async () => {
    expect(await frontEnd.say({ method: "update", state: {} }, { commId: "nowhere" })).toBe(false);
    expect(await frontEnd.say({}, { commId: "nowhere", kind: "close" })).toBe(false);
    expect(await frontEnd.say({}, { commId: "mine", kind: "open", targetName: "nobody.listens" })).toBe(false);
    expect(await frontEnd.say({}, { commId: "mine", kind: "open", targetName: "jupyter.widget" })).toBe(false);
    expect(await frontEnd.say({}, { commId: "mine", kind: "message" })).toBe(false);
  });
});
