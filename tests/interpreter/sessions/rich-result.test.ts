import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { drawTable, tableForms } from "../../../interpreter/sessions/typescript/draw-table.ts";
import { mimeBundle, richResult } from "../../../interpreter/sessions/typescript/rich-result.ts";
import { TABLE_TYPE, type TableData } from "../../../interpreter/sessions/typescript/table-data.ts";
import { openNotebook, plain } from "./notebook-session.ts";

/** As it is drawn outside of the session's process. */
const cellsOf = (html: string, tag = "td") =>
  [...html.matchAll(new RegExp(`<${tag}( [^>]*)?>([\\s\\S]*?)</${tag}>`, "g"))].map(([, , text]) => text);
const text = (value: unknown) => String(mimeBundle(value)?.data["text/plain"]);
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
  expect(cellsOf(drawn(rows), "th")).toEqual(["name", "n", "extra"]);
  expect(cellsOf(drawn(rows))).toEqual(["&lt;script&gt;", "1", "", "b", "", "true"]);
  expect(mimeBundle(rows)?.data["text/plain"]).toContain("<script>");
});

test("an array with empty places, or of objects without anything in them, is no table", () => {
  expect(mimeBundle(new Array(3))?.data).toEqual({ "text/plain": "[ <3 empty items> ]" });
  const sparse: unknown[] = [{ a: 1 }];
  sparse[2] = { a: 2 };
  expect(mimeBundle(sparse)?.data).toEqual({ "text/plain": "[ { a: 1 }, <1 empty item>, { a: 2 } ]" });
  expect(mimeBundle([{}, {}])?.data).toEqual({ "text/plain": "[ {}, {} ]" });
  expect(cellsOf(drawn([{}, { a: 1 }]))).toEqual(["", "1"]);
  const rows = Array.from({ length: 300 }, (_, a) => ({ a }));
  for (const last of [undefined, null, 5, "x"])
    expect(Object.keys(mimeBundle([...rows, last])!.data)).toEqual(["text/plain"]);
});

test("a column of days shows no midnights; one that has a time shows all of it", () => {
  const rows = [
    { day: new Date("2024-01-03"), at: new Date("2024-01-03"), broken: new Date(Number.NaN) },
    { day: new Date("-000044-03-15"), at: new Date("2024-01-03T10:30:00Z"), broken: null },
    { day: undefined, at: undefined, broken: null },
  ];
  const cells = cellsOf(drawn(rows));
  expect(cells.slice(0, 3)).toEqual(["2024-01-03", "2024-01-03T00:00:00.000Z", "Invalid Date"]);
  expect(cells.slice(3, 6)).toEqual(["-000044-03-15", "2024-01-03T10:30:00.000Z", "null"]);
});

test("a long table shows its first 50 rows, the next ones folded, and says how many there are", () => {
  const short = drawn(Array.from({ length: 120 }, (_, i) => ({ i })));
  expect(cellsOf(short)).toEqual(Array.from({ length: 120 }, (_, i) => String(i)));
  expect(short.match(/<summary>[^<]*/g)).toEqual(["<summary>rows 51 to 100", "<summary>rows 101 to 120"]);
  expect(short).toContain("<p>first 50 of 120 rows</p>");
  const long = Array.from({ length: 10_000 }, (_, i) => ({ i }));
  expect(cellsOf(drawn(long))).toHaveLength(250);
  expect(drawn(long)).toContain("<p>9750 more rows</p>\n<p>first 50 of 10000 rows</p>");
  expect(text(long).split("\n")).toHaveLength(52);
  expect(text(long)).toMatch(/\n49\n\(first 50 of 10000 rows\)$/);
});

test("numbers stand to the right, texts to the left, nulls are grey", () => {
  const rows = [
    { name: "a", n: 1, sum: 1139871.9100000001, mixed: 1 },
    { name: null, n: null, sum: 0.1 + 0.2, mixed: "x" },
    { name: "long name", n: 1000n },
  ];
  const html = drawn(rows);
  expect(html).toMatch(/<th style="text-align: left">name<\/th><th style="text-align: right">n<\/th>/);
  expect(html).toContain('<td style="text-align: left; color: gray">null</td>');
  expect(html).toContain('<td style="text-align: right; color: gray">null</td>');
  expect(html).toContain('<td style="text-align: left">1</td>');
  expect(text(rows)).toBe(
    [
      "name      |    n |        sum | mixed",
      "a         |    1 | 1139871.91 | 1",
      "null      | null |        0.3 | x",
      "long name | 1000 |            |",
      "(3 rows)",
    ].join("\n"),
  );
});

test.each([
  [267645.0999999999, "267645.1"],
  [123456.123456789, "123456.123456789"],
  [1 / 3, "0.333333333333333"],
  [1e21, "1e+21"],
  [-0.000001, "-0.000001"],
  [2 ** 53, "9007199254740992"],
  [12345678901234567890n, "12345678901234567890"],
  [Number.NaN, "NaN"],
])("the number %s is shown as %s", (n, shown) => {
  expect(cellsOf(drawn([{ n }]))).toEqual([shown]);
});

test("text keeps columns of wide letters under each other, and rows on one line", () => {
  const rows = [
    { city: "北京", n: 1 },
    { city: "a\nb", n: 22 },
  ];
  expect(text(rows)).toBe("city |  n\n北京 |  1\na b  | 22\n(2 rows)");
});

test("front ends with a grid get the rows as data", () => {
  const rows = [
    { name: "a", n: 1.5, big: 2n ** 60n },
    { name: null, n: null, big: 1n },
  ];
  const data = { ...mimeBundle(rows)?.data };
  expect(tableForms(data[TABLE_TYPE] as TableData)["application/vnd.dataresource+json"]).toEqual({
    schema: {
      fields: [
        { name: "name", type: "string" },
        { name: "n", type: "number" },
        { name: "big", type: "string" },
      ],
    },
    data: [
      { name: "a", n: 1.5, big: "1152921504606846976" },
      { name: null, n: null, big: "1" },
    ],
  });
});

describe("instances of classes", () => {
  class Planet {
    #secret = 1;
    readonly name: string;
    readonly moons: number;
    constructor(name: string, moons: number) {
      this.name = name;
      this.moons = moons;
    }
    get hidden() {
      return this.#secret;
    }
  }
  class Dwarf extends Planet {
    readonly isDwarf = true;
  }

  test("are a table of their fields, with plain objects among them", () => {
    const rows = [new Planet("Mars", 2), new Dwarf("Pluto", 5), { name: "Sun" }];
    expect(text(rows)).toBe(
      "name  | moons | isDwarf\nMars  |     2 |\nPluto |     5 | true\nSun   |       |\n(3 rows)",
    );
  });

  class Money {
    readonly cents = 5;
    toJSON() {
      return "0.05";
    }
  }
  class Own {
    readonly a = 1;
    [Symbol.for("nodejs.util.inspect.custom")]() {
      return "own";
    }
  }
  test.each([
    ["dates", [new Date(0)]],
    ["maps", [new Map()]],
    ["errors", [Object.assign(new Error("x"), { code: 1 })]],
    ["emitters", [new EventEmitter()]],
    ["promises", [Object.assign(Promise.resolve(), { a: 1 })]],
    ["proxies", [new Proxy(new Planet("x", 1), {})]],
    ["what says how it is written as JSON", [new Money()]],
    ["what says how it is shown", [new Own()]],
    ["what has no fields", [new (class {})()]],
    ["what is none after the first page", [...Array.from({ length: 60 }, () => new Planet("x", 1)), null]],
  ])("%s are text", (_, value) => {
    expect(Object.keys(mimeBundle(value)?.data ?? {})).toEqual(["text/plain"]);
    expect(text(value)).not.toContain(" | ");
  });
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

const PIXEL = "iVBORw0KGgo=";
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';

const IMAGE = `<img src="data:image/svg+xml;base64,${Buffer.from(SVG).toString("base64")}">`;

class Element {
  readonly outerHTML: string;
  constructor(markup: string) {
    this.outerHTML = markup;
  }
}

describe("a picture is shown, with its text", () => {
  test.each([
    ["GIF", Buffer.from("GIF89a"), "image/gif", Buffer.from("GIF89a").toString("base64")],
    ["WebP", Buffer.from("RIFF\0\0\0\0WEBP"), "image/webp", Buffer.from("RIFF\0\0\0\0WEBP").toString("base64")],
    ["an ArrayBuffer", Uint8Array.from(Buffer.from(PIXEL, "base64")).buffer, "image/png", PIXEL],
    ["a Blob", new Blob([Buffer.from(PIXEL, "base64")], { type: "image/png" }), "image/png", PIXEL],
    ["a Blob without a type", new Blob([Buffer.from(PIXEL, "base64")]), "image/png", PIXEL],
    ["a Blob of SVG", new Blob([SVG], { type: "image/svg+xml" }), "image/svg+xml", SVG],
    ["a data URL", `data:image/png;base64,${PIXEL}`, "image/png", PIXEL],
    ["a data URL of SVG", `data:image/svg+xml;charset=utf-8,${encodeURIComponent(SVG)}`, "text/html", IMAGE],
    ["a data URL of SVG as it is", `data:image/svg+xml,${SVG}`, "text/html", IMAGE],
    ["a canvas", { toDataURL: () => `data:image/png;base64,${PIXEL}` }, "image/png", PIXEL],
    ["an SVG element", new Element(SVG), "image/svg+xml", SVG],
    ["an HTML element", new Element("<b>x</b>"), "text/html", "<b>x</b>"],
  ])("%s", async (_, value, type, data) => {
    const result = await richResult(value);
    expect(Object.keys(result?.data ?? {})).toEqual([type, "text/plain"]);
    expect(result?.data[type]).toBe(data);
    expect(result?.refused).toBeUndefined();
  });

  test.each([
    ["a Blob of text", new Blob(["x"], { type: "text/plain" })],
    ["a URL of something else", "data:text/html,x"],
    ["a text with a data URL in it", `see data:image/png;base64,${PIXEL}`],
    ["bytes of something else", new ArrayBuffer(3)],
    ["data that calls itself an element", JSON.parse('{"outerHTML": "<img src=x onerror=alert(1)>"}')],
  ])("%s is text", async (_, value) => {
    expect(Object.keys((await richResult(value))?.data ?? {})).toEqual(["text/plain"]);
  });
});

describe("a value whose own code fails or does not end is text, with a word why", () => {
  const fails = () => {
    throw new Error("on purpose");
  };
  const forEver = () => {
    for (;;);
  };
  const JUPYTER = Symbol.for("Jupyter.display");
  const circle: Record<string, unknown> = { $schema: "https://vega.github.io/schema/vega-lite/v5.json" };
  circle.self = circle;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = new Proxy(new Error("x"), { get: fails });
  test.each([
    ["toHTML throws", { toHTML: fails }, "on purpose"],
    ["toHTML does not end", { toHTML: forEver }, "longer"],
    ["its display throws", { [JUPYTER]: fails }, "on purpose"],
    ["its display rejects", { [JUPYTER]: async () => fails() }, "on purpose"],
    ["its display does not come", { [JUPYTER]: () => new Promise(() => {}) }, "longer"],
    ["a getter throws", Object.defineProperty({}, "$schema", { get: fails, enumerable: true }), "on purpose"],
    ["its text throws", { [Symbol.for("nodejs.util.inspect.custom")]: fails }, "on purpose"],
    ["a chart is a circle", circle, "circular"],
    ["a revoked proxy", revoked.proxy, "revoked"],
    ["every trap throws", new Proxy({}, { get: fails, has: fails, getPrototypeOf: fails }), "on purpose"],
    [
      "what it throws cannot be read",
      {
        toHTML: () => {
          throw hostile;
        },
      },
      "on purpose",
    ],
  ])("%s", async (_, value, why) => {
    const result = await richResult(value);
    expect(Object.keys(result?.data ?? {})).toEqual(["text/plain"]);
    expect(result?.data["text/plain"]).not.toBe("");
    expect(result?.refused).toMatch(new RegExp(`display failed: .*${why}`));
  });
});

test("a proxy that gives something for any name is what it stands for", async () => {
  const stub: unknown = new Proxy({ a: 1 }, { get: (_, name) => () => String(name) });
  const callable: unknown = new Proxy(() => {}, { get: () => callable, apply: () => callable });
  for (const [value, text] of [
    [stub, "{ a: 1 }"],
    [callable, "[Function (anonymous)]"],
  ]) {
    expect(await richResult(value)).toEqual({ data: { "text/plain": text }, metadata: {} });
  }
});

test("a bigint that JSON's readers would round is a text", () => {
  const $schema = "https://vega.github.io/schema/vega-lite/v5.json";
  const { data } = mimeBundle({ $schema, small: 7n, large: 2n ** 53n + 1n }) ?? {};
  expect(data?.["application/vnd.vegalite.v5+json"]).toMatchObject({ small: 7, large: "9007199254740993" });
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
