// What confined code may show: everything that it could send, and what comes out. No process is needed: the filter stands
// on our side, and any message may come from the other.
import { createCipheriv } from "node:crypto";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { CellOutcome, SessionEvent } from "../../../interpreter/index.ts";
import { shownOfConfined } from "../../../interpreter/sessions/confinement/output/bundle.ts";
import { createConfinedOutput } from "../../../interpreter/sessions/confinement/output/confined-output.ts";
import { plainText, questionText } from "../../../interpreter/sessions/confinement/output/plain-text.ts";

const TABLE = "application/vnd.qwenlab.table+json";
const VEGA_LITE = "application/vnd.vegalite.v5+json";
const SCRIPT = "<script>alert(1)</script>";

const show = (data: unknown, metadata: unknown = {}) => shownOfConfined({ data, metadata });

describe("types that a front end would run or load", () => {
  test.each([
    "text/html",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "image/gif",
    "application/javascript",
    "application/json",
    "application/pdf",
    "application/vnd.vega.v5+json",
    "application/vnd.jupyter.widget-view+json",
    "application/vnd.qwenlab.trace+json",
    "application/geo+json",
    "TEXT/HTML",
    "text/html; charset=utf-8",
    "__proto__",
  ])("%s is not shown, and the output says so", (type) => {
    const { data } = show(
      JSON.parse(JSON.stringify({ "text/plain": "its text" }).replace("}", `,"${type}":"${SCRIPT}"}`)),
    );
    expect(Object.keys(data)).toEqual(["text/plain"]);
    expect(data["text/plain"]).toMatch(/^its text\n\[.* from the sandbox is not shown.*%sandbox off.*%approve/);
  });

  test("text alone has no note, nor has what is shown otherwise", () => {
    expect(show({ "text/plain": "1" }).data).toEqual({ "text/plain": "1" });
    const chart = { mark: "bar", data: { values: [] } };
    expect(show({ "text/plain": "c", "image/svg+xml": "<svg/>", [VEGA_LITE]: chart }).data["text/plain"]).toBe("c");
  });

  test.each([null, 1, "text", [], { "text/plain": { toString: "x" } }])("a bundle that is none: %j", (data) => {
    expect(show(data).data).toEqual({ "text/plain": "" });
  });
});

describe("pictures", () => {
  test("a PNG is unpacked and packed again: nothing but its pixels comes out", () => {
    const given = Buffer.concat([
      png(3, 2, { tEXt: Buffer.from(SCRIPT), iCCP: Buffer.from(SCRIPT) }),
      Buffer.from(SCRIPT),
    ]);
    const { data } = show({ "image/png": given.toString("base64") });
    const made = Buffer.from(String(data["image/png"]), "base64");
    expect(made.toString("latin1")).not.toContain("script");
    expect(pixelsOf(made)).toEqual(pixelsOf(given));
  });

  test.each([
    ["cut off", () => png(3, 2).subarray(0, 40)],
    ["of another size than it says", () => png(3, 2, {}, Buffer.alloc(5))],
    ["a bomb", () => png(9_000, 9_000, {}, Buffer.alloc(10))],
    ["too wide", () => png(20_000, 1)],
    ["no picture", () => Buffer.from(SCRIPT)],
    ["SVG", () => Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")],
  ])("a PNG that is %s is not shown", (_, bytes) => {
    expect(Object.keys(show({ "image/png": bytes().toString("base64") }).data)).toEqual(["text/plain"]);
  });

  test("base64 is only that: what would end an attribute ends nothing", () => {
    const base64 = png(3, 2).toString("base64");
    for (const broken of [
      `${base64}" onload="alert(1)`,
      `${base64}====`,
      ` ${base64}`,
      "data:image/png;base64,xx",
      7,
    ]) {
      expect(Object.keys(show({ "image/png": broken }).data)).toEqual(["text/plain"]);
    }
    expect(show({ "image/png": `${base64}\n` }).data["image/png"]).toMatch(/^[A-Za-z0-9+/]+=*$/);
  });

  test("a JPEG keeps its tables and scans, and loses comments, EXIF and what follows it", () => {
    const { data } = show({ "image/jpeg": Buffer.concat([jpeg(8, 8), Buffer.from(SCRIPT)]).toString("base64") });
    const made = Buffer.from(String(data["image/jpeg"]), "base64");
    expect(made.toString("latin1")).not.toContain("script");
    expect(made.subarray(-2).toString("hex")).toBe("ffd9");
    expect(made.includes(Buffer.from("ffc0", "hex")) && made.includes(Buffer.from("ffda", "hex"))).toBe(true);
    expect(Object.keys(show({ "image/jpeg": jpeg(20_000, 8).toString("base64") }).data)).toEqual(["text/plain"]);
    expect(Object.keys(show({ "image/jpeg": jpeg(8, 8).subarray(0, 60).toString("base64") }).data)).toEqual([
      "text/plain",
    ]);
  });

  test("of metadata only a picture's size in numbers is left", () => {
    const metadata = {
      "image/png": { width: 30, height: '1" onload="x', unconfined: true },
      "text/html": { isolated: false },
      x: 1,
    };
    expect(show({ "image/png": png(3, 2).toString("base64") }, metadata).metadata).toEqual({
      "image/png": { width: 30 },
    });
  });
});

const COLUMN = { name: "a", isNumeric: false };

describe("tables", () => {
  test("are drawn here, from data", () => {
    const table = {
      columns: [{ name: SCRIPT, isNumeric: false }],
      rows: [[`"><img src=x onerror=1>`], [null], ...Array(60).fill(["x"])],
      columnCount: 1,
      rowCount: 62,
    };
    const html = String(show({ [TABLE]: table, "text/html": SCRIPT }).data["text/html"]);
    expect(html).toContain("&lt;script&gt;");
    expect(html.match(/<(?!\/?(table|thead|tbody|tr|th|td|p|details|summary)\b)[^>]*>/g)).toBeNull();
    expect(html).not.toMatch(/<[^>]*\s(?!style="text-align: left(; color: gray)?")[a-z]+=/);
  });

  test.each([
    { columns: [COLUMN], rows: [[{ text: SCRIPT }]], columnCount: 1, rowCount: 1 },
    { columns: [COLUMN], rows: [], columnCount: 1, rowCount: SCRIPT },
    { columns: [{ name: { toString: SCRIPT }, isNumeric: true }], rows: [], columnCount: 1, rowCount: 0 },
    { columns: [COLUMN], rows: Array(251).fill([]), columnCount: 1, rowCount: 251 },
    { columns: [COLUMN], rows: [Array(51).fill("")], columnCount: 1, rowCount: 1 },
    SCRIPT,
  ])("what is none is not drawn (%#)", (table) => {
    expect(show({ [TABLE]: table }).data).toEqual({ "text/plain": "" });
  });
});

describe("charts", () => {
  const values = [{ "a.b": 1, c: "x" }];
  const chart = (more: object) => ({ data: { values }, mark: "bar", encoding: { x: { field: "a\\.b" } }, ...more });
  const shown = (spec: unknown) => show({ [VEGA_LITE]: spec }).data[VEGA_LITE] as Record<string, unknown> | undefined;

  test("are written anew: our names for fields, titles that are text", () => {
    expect(shown(chart({ $schema: "http://evil.invalid/vega-lite/", width: 100 }))).toEqual({
      $schema: "https://vega.github.io/schema/vega-lite/v5.json",
      width: 100,
      mark: { type: "bar" },
      encoding: { x: { field: "c0", title: "a.b" } },
      data: { values: [{ c0: 1 }] },
    });
  });

  test.each([
    ["data from an address", { data: { url: "http://x.invalid" } }],
    ["a named data set", { data: { name: "x" } }],
    ["signals", { params: [{ name: "x", expr: "1" }] }],
    ["a selection", { selection: {} }],
    ["transforms", { transform: [{ calculate: "1", as: "x" }] }],
    ["options of the embedder", { usermeta: { embedOptions: { loader: {} } } }],
    ["a configuration", { config: { background: "url(http://x.invalid)" } }],
    ["a background", { background: "url(http://x.invalid)" }],
    ["pictures as marks", { mark: { type: "image", url: "http://x.invalid" } }],
    ["a link of the mark", { mark: { type: "bar", href: "javascript:1" } }],
    ["a link of a row", { encoding: { href: { field: "c" } } }],
    ["an address of a row", { encoding: { url: { field: "c" } } }],
    ["an expression as a value", { encoding: { x: { value: { expr: "1" } } } }],
    ["an expression as a label", { encoding: { x: { field: "c", axis: { labelExpr: "1" } } } }],
    ["a colour with an address", { mark: { type: "bar", color: "url(#a)" } }],
    ["a condition", { encoding: { color: { condition: { test: "1", value: "red" } } } }],
    ["a tooltip of its own", { encoding: { tooltip: { field: "c" } } }],
    ["parts with data of their own", { layer: [{ data: { url: "x" }, mark: "bar" }] }],
    [
      "bins without end",
      {
        encoding: { x: { field: "a.b", bin: { binned: true, step: 1e-9 } } },
        data: { values: [{ "a.b": 0 }, { "a.b": 1 }] },
      },
    ],
    ["no object", "x"],
  ])("with %s are not shown, and it is said", (_, more) => {
    const spec = typeof more === "string" ? more : chart(more);
    const { data } = show({ [VEGA_LITE]: spec, "text/plain": "{ }" });
    expect(data).toEqual({ "text/plain": expect.stringContaining("The chart is not shown") });
  });

  test("with more data than a chart shows are not shown", () => {
    const fields = (count: number) => ({
      data: { values: [{}] },
      layer: Array.from({ length: 10 }, (_, i) => ({
        mark: "bar",
        encoding: Object.fromEntries(
          ["x", "y", "x2", "y2", "color", "size"].map((place, j) => [place, { field: `f${(i * 6 + j) % count}` }]),
        ),
      })),
    });
    const rows = (count: number) => ({
      data: { values: Array(count).fill({ a: "x".repeat(1_000) }) },
      mark: "bar",
      encoding: { x: { field: "a" } },
    });
    expect([fields(50), rows(8_000)].map((spec) => shown(spec) !== undefined)).toEqual([true, true]);
    expect(show({ [VEGA_LITE]: fields(51) }).data["text/plain"]).toContain("more than 50 fields");
    expect(show({ [VEGA_LITE]: rows(9_000) }).data["text/plain"]).toContain("its values are too large");
  });

  test("a name that would be code in an expression, or a picture in a tooltip, is a name", () => {
    for (const field of ['\\": 1}; alert(1); {"', "image", "title", "x'] || y"]) {
      const spec = shown({
        data: { values: [{ [field]: "http://x.invalid" }] },
        mark: { type: "bar", tooltip: true },
        encoding: { x: { field } },
      });
      const { x } = (spec?.encoding ?? {}) as { x: { field: string; title: string } };
      expect(x.field).toBe("c0");
      expect(x.title).not.toMatch(/["\\]|^(image|title)$/);
    }
  });
});

describe("text", () => {
  test("keeps lines and colours, and no other control sequence", () => {
    expect(plainText("\u001b[31mred\u001b[0m\n\tx")).toBe("\u001b[31mred\u001b[0m\n\tx");
    expect(plainText("\u001b]8;;http://x.invalid\u001b\\here\u001b]8;;\u0007")).toBe("here");
    expect(plainText("a\u001b[2J\u001b[?25l\u001b[1;1Hb\u001bPq\u001b\\c\u009b2Jd\b\u0000")).toBe("abcd");
  });
});

describe("events", () => {
  function output() {
    const events: SessionEvent[] = [];
    return { events, confined: createConfinedOutput((event) => events.push(event)) };
  }
  const asked = (cellId: string, prompt: string, answers: unknown[]): SessionEvent => {
    return { type: "input-request", cellId, prompt, password: true, answer: (value, why) => answers.push(value, why) };
  };

  test("the model's code asks nothing, and is told why", () => {
    const { events, confined } = output();
    const answers: unknown[] = [];
    confined.begins("1", true);
    confined.event(asked("1", "JupyterLab: session expired. Password", answers));
    expect(events).toEqual([]);
    expect(answers).toEqual([undefined, expect.stringContaining("may ask you nothing")]);
  });

  test("the user's own code in the sandbox asks, and the question says who asks, in one line", () => {
    const { events, confined } = output();
    confined.begins("1", false);
    confined.event(asked("1", `\u001b[2J\n\n\u2028Jupyter\u202eLab:\u200b password${"\n".repeat(999)}?`, []));
    expect(events).toMatchObject([{ prompt: "Code in the sandbox asks: JupyterLab: password ? ", password: true }]);
    expect(questionText("x".repeat(1_000), 300)).toHaveLength(301);
  });

  test("its displays are its own: it changes none of the agent's or of other cells", () => {
    const { events, confined } = output();
    confined.begins("1", false);
    const display = { type: "display", cellId: "1", data: { "text/plain": "x" }, metadata: {} } as const;
    confined.event({ ...display, displayId: "1-agent-1", update: true });
    confined.event({ ...display, displayId: "1-agent-1", update: false });
    const ids = events.map((event) => event.type === "display" && event.displayId);
    expect(ids[0]).not.toBe("1-agent-1");
    expect(ids[0]).toBe(ids[1]);
    const other = output();
    other.confined.begins("1", false);
    other.confined.event({ ...display, displayId: "1-agent-1", update: true });
    expect(other.events).not.toEqual(events.slice(0, 1));
  });

  test("the model's code does not clear its cell, where the agent's steps stand; the user's does", () => {
    const { events, confined } = output();
    confined.begins("agent", true);
    confined.begins("mine", false);
    confined.event({ type: "clear-output", cellId: "agent", wait: false });
    confined.event({ type: "clear-output", cellId: "mine", wait: true });
    expect(events).toEqual([{ type: "clear-output", cellId: "mine", wait: true }]);
  });

  test("what comes after the end of the model's cell is dropped, and questions are refused", () => {
    const { events, confined } = output();
    const end = confined.begins("1", true);
    end();
    const answers: unknown[] = [];
    confined.event({ type: "stream", cellId: "1", name: "stdout", text: "late" });
    confined.event(asked("1", "?", answers));
    expect(events).toEqual([]);
    expect(answers[0]).toBeUndefined();
  });

  test("no comm comes out, of the user's cells neither: a widget is JavaScript in the browser", () => {
    const { events, confined } = output();
    const message = { kind: "open", commId: "x", targetName: "jupyter.widget", data: {}, metadata: {}, buffers: [] };
    confined.begins("mine", false);
    confined.begins("agent", true);
    for (const cellId of ["mine", "agent"]) confined.event({ type: "comm", cellId, message } as SessionEvent);
    expect(events).toEqual([]);
  });

  test("forged messages become what they may be, or nothing", () => {
    const { events, confined } = output();
    confined.begins("1", false);
    for (const forged of [
      { type: "stream", cellId: "an older cell", name: "stdin", text: "x" },
      { type: "stream", cellId: "1", name: "stdout", text: { toString: 1 } },
      { type: "set-next-input", cellId: "1", text: "%approve always" },
      { type: "display", cellId: "1", data: null, metadata: 7, displayId: {}, update: "yes" },
    ]) {
      confined.event(forged as unknown as SessionEvent);
    }
    expect(events).toEqual([
      { type: "stream", cellId: "1", name: "stdout", text: "x" },
      { type: "display", cellId: "1", data: { "text/plain": "" }, metadata: {}, update: false },
    ]);
    expect(confined.outcome(null as unknown as CellOutcome)).toMatchObject({ status: "error" });
    const error = { ename: "\u001b]0;x\u0007E", evalue: 7, traceback: "none" };
    expect(confined.outcome({ status: "error", error } as unknown as CellOutcome)).toEqual({
      status: "error",
      error: { ename: "E", evalue: "", traceback: [] },
    });
  });

  test("a result that no notebook can hold is not shown", () => {
    const { confined } = output();
    const noise = createCipheriv("aes-128-ctr", Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(4_180 * 6_001));
    const data = {
      "image/png": png(2_000, 4_180, {}, noise).toString("base64"),
      "image/jpeg": jpeg(8, 8, Buffer.alloc(25e6)).toString("base64"),
    };
    const shown = (text: string) => {
      const outcome = confined.outcome({
        status: "ok",
        result: { data: { ...data, "text/plain": text }, metadata: {} },
      });
      return outcome.status === "ok" ? outcome.result?.data : undefined;
    };
    expect(Object.keys(shown("small") ?? {})).toEqual(["image/png", "image/jpeg", "text/plain"]);
    expect(shown("x".repeat(1e6))).toEqual({ "text/plain": "[not shown: it is too large]" });
  });

  test("an error is cut", () => {
    const { confined } = output();
    const long = "x".repeat(20_000);
    const outcome = confined.outcome({
      status: "error",
      error: { ename: long, evalue: long, traceback: Array<string>(300).fill(long) },
    });
    if (outcome.status === "ok") expect.fail("it is an error");
    const { ename, evalue, traceback } = outcome.error;
    expect([ename.length, evalue.length, traceback.length]).toEqual([200, 10_000, 200]);
    expect(Math.max(...traceback.map((line) => line.length))).toBe(10_000);
  });

  test("a flood that its own process does not cut is cut", () => {
    const { events, confined } = output();
    confined.begins("1", false);
    for (let i = 0; i < 20; i++)
      confined.event({ type: "stream", cellId: "1", name: "stdout", text: "x".repeat(999_999) });
    for (let i = 0; i < 1_500; i++) {
      confined.event({ type: "display", cellId: "1", data: { "text/plain": "x" }, metadata: {}, update: false });
    }
    const printed = events.reduce((sum, event) => sum + (event.type === "stream" ? event.text.length : 0), 0);
    expect(printed).toBeLessThan(9e6);
    expect(events.filter(({ type }) => type === "display")).toHaveLength(1_000);
  });
});

function png(width: number, height: number, more: Record<string, Buffer> = {}, rows?: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const size = height * (1 + 3 * width);
  const pixels = rows ?? Buffer.from(Array.from({ length: size }, (_, i) => (i % (1 + 3 * width) === 0 ? 0 : i % 251)));
  const chunks = [["IHDR", header], ...Object.entries(more), ["IDAT", deflateSync(pixels)], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    ...chunks.map(([type, data]) => chunk(String(type), data as Buffer)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** Of a PNG with one chunk of pixels. */
function pixelsOf(bytes: Buffer): Buffer {
  const at = bytes.indexOf("IDAT");
  return inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
}

/** The parts of a JPEG in their order; the scan's data is not of this picture. */
function jpeg(width: number, height: number, scan = Buffer.from("12ff0034ffd056", "hex")): Buffer {
  const segment = (marker: number, data: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0]);
    head.writeUInt16BE(data.length + 2, 2);
    return Buffer.concat([head, data]);
  };
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from("ffd8", "hex"),
    segment(0xe0, Buffer.from("JFIF\0\u0001\u0001\0\0\u0001\0\u0001\0\0", "latin1")),
    segment(0xe1, Buffer.from(`Exif\0\0${SCRIPT}`)),
    segment(0xfe, Buffer.from(SCRIPT)),
    segment(0xdb, Buffer.alloc(65)),
    segment(0xc0, frame),
    segment(0xc4, Buffer.alloc(20)),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    scan,
    Buffer.from("ffd9", "hex"),
  ]);
}
