// Widgets of cells, with a front end that is this test.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CommMessage, SessionEvent } from "../../../interpreter/index.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

const VIEW = "application/vnd.jupyter.widget-view+json";
type CommEvent = Extract<SessionEvent, { type: "comm" }>;

let notebook: NotebookSession;
beforeEach(async () => {
  notebook = await openNotebook({ files: { "counter.js": "export default { first: 1 };", "notes.ts": "" } });
});
afterEach(() => notebook[Symbol.asyncDispose]());

const comms = (kind?: CommMessage["kind"]): CommEvent[] =>
  notebook.events.filter(
    (event) => event.type === "comm" && (kind === undefined || event.message.kind === kind),
  ) as CommEvent[];
const sent = () => comms("message").map(({ message }) => message.data);

let count = 0;
/** What a front end says to a comm; the latest one unless told otherwise. */
function say(
  data: Record<string, unknown>,
  { buffers = [] as string[], commId = latest(), kind = "message" as const } = {},
) {
  return notebook.session.comm({ kind, commId, data, metadata: {}, buffers }, `message-${++count}`);
}
const latest = () => comms("open").at(-1)!.message.commId;
const update = (state: Record<string, unknown>, paths: unknown = []) => ({
  method: "update",
  state,
  buffer_paths: paths,
});

describe("a widget", () => {
  test("opens a comm as anywidget does, and is shown by its id, with a text beside", async () => {
    const data = await notebook.result(
      `const w = widget({ esm: "export default {}", css: ".x {}", state: { value: 5 } }); w`,
    );
    const [{ message }] = comms("open") as [CommEvent];
    expect(message).toMatchObject({ targetName: "jupyter.widget", metadata: { version: "2.1.0" }, buffers: [] });
    expect(message.data).toMatchObject({
      buffer_paths: [],
      state: {
        _model_module: "anywidget",
        _model_name: "AnyModel",
        _view_module: "anywidget",
        _view_name: "AnyView",
        _esm: "export default {}",
        _css: ".x {}",
        value: 5,
      },
    });
    expect(data?.[VIEW]).toEqual({ version_major: 2, version_minor: 0, model_id: message.commId });
    expect(plain(data)).toBe(
      "widget { value: 5 }\n(to use it here, JupyterLab needs: pip install jupyterlab_widgets anywidget; then reload the page)",
    );
  });
});
test("dbg", async () => {
  console.log(
    await notebook.run(
      "interact((n: number = 3, mark: 'bar' | 'line', on = true, label?: string) => `${n} ${mark} ${on} ${label}`)",
    ),
  );
  console.log(
    await notebook.run(
      "const s = widget.slider({min:0,max:10,label:'speed'}); display(s); const t = widget.table([{a:1,b:'x'}]); t",
    ),
  );
  console.log(JSON.stringify(notebook.events, null, 1));
});
