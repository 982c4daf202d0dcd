// The ready-made widgets, each as ipywidgets' own model says it, and interact().
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FrontEnd, frontEndOf } from "./front-end.ts";
import { type NotebookSession, openNotebook, plain } from "./notebook-session.ts";

let notebook: NotebookSession;
let frontEnd: FrontEnd;
beforeAll(async () => {
  notebook = await openNotebook();
  frontEnd = frontEndOf(notebook);
});
afterAll(() => notebook[Symbol.asyncDispose]());

const state = () => frontEnd.opened.at(-1)?.data.state as Record<string, unknown>;

describe("a control", () => {
  test.each([
    [
      "slider({ min: 1, max: 2, step: 0.25, value: 1.5, label: 'x' })",
      "FloatSlider",
      { value: 1.5, readout_format: ".2f" },
    ],
    ["progress({ max: 3, label: 'x' })", "FloatProgress", { value: 0, max: 3, _view_name: "ProgressView" }],
    ["select({ options: ['a', 'b'], value: 'b', label: 'x' })", "Dropdown", { _options_labels: ["a", "b"], index: 1 }],
    ["text({ value: 'v', placeholder: 'p', label: 'x' })", "Text", { value: "v", placeholder: "p" }],
    ["checkbox({ value: true, label: 'x' })", "Checkbox", { value: true }],
    ["button({ tooltip: 't', label: 'x' })", "Button", { tooltip: "t" }],
  ])("widget.%s is ipywidgets' %s", async (code, model, members) => {
    expect(plain(await notebook.result(`widget.${code}`))).toMatch(
      /^\w+ \{ .*label: 'x'.*\}\n.*pip install jupyterlab_widgets;/,
    );
    expect(state()).toMatchObject({
      ...{ _model_module: "@jupyter-widgets/controls", _model_module_version: "2.0.0", _model_name: `${model}Model` },
      ...{ _view_module: "@jupyter-widgets/controls", description: "x", disabled: false, ...members },
    });
  });

  test("has its value as a member, typed", async () => {
    await notebook.run("const s = widget.slider({ value: 5 }); const p = widget.select({ options: ['a', 'b'] });");
    expect((await notebook.failure("p.value = 'c'")).ename).toBe("CompileError");
    expect(plain(await notebook.result("s.value = 7; p.value = 'b'; [s.state.value, p.state.value, s.value]"))).toBe(
      "[ 7, 'b', 7 ]",
    );
    expect(frontEnd.data()).toMatchObject([{ state: { index: 1 } }]);
  });

  test.each([
    ["widget.slider({ min: 2, max: 1 })", "min 2 is above max 1"],
    ["widget.slider({ step: 0 })", "step 0 is not above 0"],
    ["widget.slider({ max: '5' as any })", "max is no number"],
    ["s.value = 101", "slider: 101 is not between 0 and 100"],
    ["s.value = NaN", "slider: NaN is no number"],
    ["p.value = 'c' as any", "select: c is none of a, b"],
    ["widget.select({ options: [] })", "select: options is a list of values"],
    ["widget.select({ options: ['a'], value: 'b' as any })", "select: b is none of a"],
    ["widget.table([1] as any)", "table: it takes an array of objects"],
    ["widget.table([], { pageSize: 51 })", "table: a page has 1 to 50 rows"],
  ])("%s is an error that says why", async (code, why) => {
    expect((await notebook.failure(code)).evalue).toContain(why);
  });

  test.each([
    ["slider({ max: 10, value: 5 })", { value: 99 }, "10"],
    ["slider({ max: 10, value: 5 })", { value: "7" }, "5"],
    ["slider({ max: 10, value: 5 })", { max: 99 }, "5"],
    ["select({ options: ['a', 'b'] })", { index: 1 }, "'b'"],
    ["select({ options: ['a', 'b'] })", { index: 2 }, "'a'"],
    ["select({ options: ['a', 'b'] })", { index: null }, "'a'"],
    ["select({ options: [1, 2] })", { index: "1" }, "1"],
    ["text({ value: 'a' })", { value: 1 }, "'a'"],
    ["checkbox()", { value: "yes" }, "false"],
    ["checkbox()", { value: true }, "true"],
  ])("widget.%s that gets %j has the value %s", async (code, sent, value) => {
    await notebook.run(`const given = widget.${code};`);
    await frontEnd.update(sent);
    expect(plain(await notebook.result("given.value"))).toBe(value);
  });

  test("other options keep the value, or are an error", async () => {
    await notebook.run("const o = widget.select<string>({ options: ['a', 'b'], value: 'b' });");
    await notebook.run("o.state.options = ['x', 'b', 'c'];");
    expect(frontEnd.data()).toMatchObject([{ state: { _options_labels: ["x", "b", "c"], index: 1 } }]);
    expect((await notebook.failure("o.state.options = ['x'];")).evalue).toContain("b is none of x");
    await frontEnd.update({ index: 2 });
    expect(plain(await notebook.result("o.value"))).toBe("'c'");
  });

  test("a button's clicks are told, and awaited", async () => {
    await notebook.run("let clicks = 0; const go = widget.button({ label: 'Go' }); go.onClick(() => clicks++);");
    const running = notebook.result("console.log('asks'); await go.clicked(); clicks");
    await notebook.eventually((event) => event.type === "stream" && event.text === "asks\n");
    await frontEnd.say({ method: "custom", content: { event: "hover" } });
    await frontEnd.say({ method: "custom", content: null });
    await frontEnd.say({ method: "custom", content: { event: "click" } });
    expect(plain(await running)).toBe("1");
  });
});

describe("a table", () => {
  /** Resolves when the browser has been sent such a page. */
  async function shown(view: Record<string, unknown>) {
    const sent = { method: "update", state: { view: expect.objectContaining(view) } };
    await expect.poll(() => frontEnd.data().at(-1)).toMatchObject(sent);
  }
  const show = (place: unknown) => frontEnd.say({ method: "custom", content: { show: place } });

  test("sends a page at a time, sorted by what its columns hold", async () => {
    await notebook.run(`const rows = Array.from({ length: 2_000 }, (_, i) => ({ id: i, size: (i * 7) % 2_000, on: new Date(Date.UTC(2024, 0, 1 + i)) }));
      rows.push({ id: 2_000, size: null as unknown as number, on: new Date(NaN) });
      const t = widget.table(rows, { pageSize: 3 });`);
    expect(state()).toMatchObject({
      view: {
        columns: [
          { name: "id", isNumeric: true },
          { name: "size", isNumeric: true },
          { name: "on", isNumeric: false },
        ],
        ...{ pages: 667, page: 0, note: "rows 1 to 3 of 2001", rows: [0, 1, 2] },
      },
      selected: -1,
    });
    await show({ sort: 1, descending: true, page: 0 });
    await shown({ sort: 1, descending: true, page: 0, rows: [857, 1714, 571] }); // 1999, 1998, 1997
    await show({ page: 666 });
    await shown({ rows: [1143, 0, 2000], note: "rows 1999 to 2001 of 2001" }); // what is missing comes last
    await show({ page: 1e9 });
    await show({ page: -5, sort: "x", descending: 1 });
    await shown({ page: 0, sort: 1, descending: true });
  });

  test("tells the row that was clicked, as it is in the array", async () => {
    await frontEnd.update({ selected: 1_234 });
    expect(plain(await notebook.result("t.selectedRow === rows[1_234] && t.state.selected"))).toBe("1234");
    for (const selected of [2_001, -2, "1", 0.5, null]) await frontEnd.update({ selected });
    expect(plain(await notebook.result("t.state.selected"))).toBe("1234");
  });

  test("takes other rows", async () => {
    await notebook.run("const small = widget.table<{ a: number }>([]); small.state.rows = [{ a: 1 }];");
    expect(state()).toMatchObject({ view: { note: "no rows", columns: [] } });
    await shown({ note: "rows 1 to 1 of 1", columns: [{ name: "a", isNumeric: true }] });
  });
});

describe("interact()", () => {
  /** The models that a cell opened, and what its function's result shows. */
  async function interacting(code: string) {
    const before = frontEnd.opened.length;
    const from = notebook.events.length;
    await notebook.result(code);
    const opened = frontEnd.opened.slice(before);
    const shown = () =>
      notebook.events
        .slice(from)
        .flatMap((event) => (event.type === "display" && event.displayId !== undefined ? [event] : []))
        .map(({ data }) => data["text/plain"]);
    const states = opened.map(({ data }) => data.state as Record<string, unknown>);
    return { opened, states, shown };
  }

  test("makes a control of each parameter's type, and starts with its default", async () => {
    const { opened, states, shown } = await interacting(
      `interact((n: number = 4, share = 0.5, mark: "bar" | "line", on: boolean, name = "x, y", size: 1 | 2 = 2) => [n, share, mark, on, name, size])`,
    );
    expect(states).toMatchObject([
      { _model_name: "FloatSliderModel", description: "n", value: 4, min: -4, max: 12, step: 1 },
      { _model_name: "FloatSliderModel", description: "share", value: 0.5, min: -0.5, max: 1.5, step: 0.01 },
      { _model_name: "DropdownModel", description: "mark", _options_labels: ["bar", "line"], index: 0 },
      { _model_name: "CheckboxModel", description: "on", value: false },
      { _model_name: "TextModel", description: "name", value: "x, y" },
      { _model_name: "DropdownModel", description: "size", _options_labels: ["1", "2"], index: 1 },
    ]);
    expect(shown()).toEqual(["[ 4, 0.5, 'bar', false, 'x, y', 2 ]"]);
    await frontEnd.update({ index: 1 }, { commId: opened[2]!.commId });
    expect(shown().at(-1)).toBe("[ 4, 0.5, 'line', false, 'x, y', 2 ]");
  });

  test("of a function of an earlier cell, with its JSDoc", async () => {
    await notebook.run(
      `/** @param n how many */ function repeated(n: number = 2, word: string = "a") { return word.repeat(n); }`,
    );
    const { states, shown } = await interacting("interact(repeated)");
    expect(states).toMatchObject([
      { description: "n", tooltip: "how many", value: 2 },
      { description: "word", value: "a" },
    ]);
    expect(shown()).toEqual(["'aa'"]);
  });

  test("takes other controls by the parameters' names", async () => {
    const { states, shown } = await interacting(
      `interact((a: number, b: string, c: string, d: Date | undefined, e: number) => [a, b, c, e],
        { a: { min: 0, max: 1, step: 0.1, value: 0.3 }, b: ["x", "y"], c: { value: "v", label: "C" }, d: { options: [1] }, e: 5 })`,
    );
    expect(states).toMatchObject([
      { value: 0.3, max: 1, readout_format: ".1f" },
      { _options_labels: ["x", "y"] },
      { value: "v", description: "C" },
      { _options_labels: ["1"] },
      { value: 5, min: -5, max: 15 },
    ]);
    expect(shown()).toEqual(["[ 0.3, 'x', 'v', 5 ]"]);
  });

  test.each([
    ["interact((when: Date) => when)", "when is of the type Date, which has no control; say one"],
    ["interact(({ a }: { a: number }) => a)", "a name for each parameter"],
    ["interact((...all: number[]) => all)", "a name for each parameter"],
    ["interact((n: number) => n, { m: 1 })", "no parameter m; there are: n"],
    ["interact(5 as any)", "takes a function"],
  ])("%s is an error that says why", async (code, why) => {
    expect((await notebook.failure(code)).evalue).toContain(why);
  });

  test("leaves an optional parameter without a control to its default", async () => {
    const { states, shown } = await interacting("interact((n: number = 1, when = new Date(0)) => [n, when.getTime()])");
    expect(states).toHaveLength(1);
    expect(shown()).toEqual(["[ 1, 0 ]"]);
  });

  test("shows errors in the result's place, goes on, and of what awaits the newest only", async () => {
    const { opened, shown } = await interacting(
      `const waiting: (() => void)[] = [];
       interact(async (n: number = 1) => { if (n === 2) throw new Error("two"); if (n > 2) await new Promise<void>((go) => waiting.push(go)); return n; })`,
    );
    const { commId } = opened[0]!;
    await frontEnd.update({ value: 2 }, { commId });
    expect(shown().at(-1)).toMatch(/^Error: two/);
    await frontEnd.update({ value: 3 }, { commId });
    await frontEnd.update({ value: 4 }, { commId }); // above the range: the greatest, 3
    await notebook.run("waiting[0]?.();");
    expect(shown().at(-1)).toBe("3");
  });

  test("without types in the code it goes by defaults, and says what it lacks", async () => {
    const call = "const plain = interact; plain";
    const { states } = await interacting(`${call}((n = 3, on = false) => n)`);
    expect(states).toMatchObject([{ value: 3 }, { _model_name: "CheckboxModel" }]);
    expect((await notebook.failure("plain((n: number) => n)")).evalue).toContain("n is of the type unknown");
  });
});
