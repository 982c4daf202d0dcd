import { expect, test } from "vitest";
import { drawTable, TABLE_TYPE, type TableData } from "../../../interpreter/sessions/typescript/html-table.ts";
import { mimeBundle, richResult } from "../../../interpreter/sessions/typescript/rich-result.ts";
import { openNotebook, plain } from "./notebook-session.ts";

/** As it is drawn outside of the session's process. */
const drawn = (value: unknown) => drawTable(mimeBundle(value)?.data[TABLE_TYPE] as TableData);

test("undefined shows nothing, null shows null", () => {
  expect(mimeBundle(undefined)).toBeUndefined();
  expect(mimeBundle(null)?.data).toEqual({ "text/plain": "null" });
});

test("an array of plain objects is a table, escaped, with its text", () => {
  const rows = [
    { name: "<script>", n: 1 },
    { name: "b", extra: true },
  ];
  expect(drawn(rows)).toContain("<th>name</th><th>n</th><th>extra</th>");
  expect(drawn(rows)).toContain("<td>&lt;script&gt;</td>");
  expect(mimeBundle(rows)?.data["text/plain"]).toContain("<script>");
});

test("a long table shows its first 50 rows and says how many there are", () => {
  const rows = Array.from({ length: 120 }, (_, i) => ({ i }));
  const html = drawn(rows);
  expect(html.match(/<tr>/g)).toHaveLength(51);
  expect(html).toContain("first 50 of 120 rows");
});

test("arrays of other things are text", () => {
  expect(Object.keys(mimeBundle([1, 2])?.data ?? {})).toEqual(["text/plain"]);
  expect(Object.keys(mimeBundle([new Map()])?.data ?? {})).toEqual(["text/plain"]);
});

test("a Vega-Lite spec is a chart without HTML beside it, and bigints in its data are numbers", () => {
  const $schema = "https://vega.github.io/schema/vega-lite/v5.json";
  const data = mimeBundle({ $schema, data: { values: [{ n: 1n }] }, mark: "bar" })?.data ?? {};
  expect(Object.keys(data)).toEqual(["application/vnd.vegalite.v5+json", "text/plain"]);
  expect(data["application/vnd.vegalite.v5+json"]).toEqual({ $schema, data: { values: [{ n: 1 }] }, mark: "bar" });
});

test("PNG and JPEG bytes are images; other bytes are text", () => {
  expect(Object.keys(mimeBundle(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))?.data ?? {})).toContain("image/png");
  expect(Object.keys(mimeBundle(Uint8Array.of(0xff, 0xd8, 0xff))?.data ?? {})).toContain("image/jpeg");
  expect(Object.keys(mimeBundle(Uint8Array.of(1, 2))?.data ?? {})).toEqual(["text/plain"]);
});

test("an object may say how it looks", async () => {
  const own = { [Symbol.for("Jupyter.display")]: async () => ({ "text/html": "<i>own</i>" }) };
  expect(await richResult(own)).toEqual({ data: { "text/html": "<i>own</i>" }, metadata: {} });
  expect(mimeBundle({ _repr_html_: () => "<b>py</b>" })?.data["text/html"]).toBe("<b>py</b>");
});

test("display, newDisplay and clearOutput of a cell, and tslab's module of the same", async () => {
  await using notebook = await openNotebook();
  await notebook.result(
    "display.html('<b>x</b>');\nconst view = newDisplay();\nview.markdown('one');\nview.markdown('two');\nclearOutput(true);\ndisplay([{ a: 1 }]);",
  );
  await notebook.result("import * as tslab from 'tslab';\ntslab.display.png(Uint8Array.of(1, 2, 3));");
  const shown = notebook.events.filter((event) => event.type === "display");
  expect(shown.map(({ data }) => Object.keys(data)[0])).toEqual([
    "text/html",
    "text/markdown",
    "text/markdown",
    "text/html",
    "image/png",
  ]);
  expect(shown.map(({ update }) => update)).toEqual([false, false, true, false, false]);
  expect(shown[1]?.displayId).toBe(shown[2]?.displayId);
  expect(notebook.events.some((event) => event.type === "clear-output" && event.wait)).toBe(true);
  expect(plain(await notebook.result("new Error('value')"))).toContain("Error: value");
});
