// Widgets in JupyterLab: what the user does in the browser is in the session, and back.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { codeCell, type Lab, launchBrowser, openNotebook, runCell, screenshot, startCell, startLab } from "./lab.ts";

const COUNTER = `const counter = widget({
  state: { count: 0 },
  css: ".qw-counter button { font-size: 20px; color: teal; }",
  esm: \`export default { render({ model, el }) {
    el.classList.add("qw-counter");
    const button = el.appendChild(document.createElement("button"));
    const show = () => { button.textContent = "count " + model.get("count"); };
    button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
    model.on("change:count", show);
    show();
  } };\`,
});
counter.on("change:count", (count, before) => console.log(\`from \${before} to \${count}\`));
counter`;

const CELLS = {
  slider: `const speed = widget.slider({ label: "a label of some length", min: 0, max: 10, value: 4 }); speed`,
  value: "speed.value",
  set: "speed.value = 8;",
  counter: COUNTER,
  count: "counter.state.count",
  waiting: `const count = await counter.changed("count"); count * 100`,
  interact: `interact((n: number = 3, mark: "bar" | "line", on = true, name = "x") => ({ n, mark, on, name }));`,
  table: `const rows = Array.from({ length: 23 }, (_, i) => ({ i, name: "row " + i, square: i * i }));
const table = widget.table(rows); table`,
  row: "table.selectedRow",
  others: `const go = widget.button({ label: "Go" });
const bar = widget.progress({ max: 3, label: "done" });
go.onClick(() => { bar.value = Math.min(3, bar.value + 1); });
for (const one of [go, bar, widget.checkbox({ label: "a check" }), widget.text({ label: "a text", value: "hello" }),
  widget.select({ label: "one of", options: ["a", "b"] })]) display(one);`,
  done: "bar.value",
} as const;
const at = (name: keyof typeof CELLS) => Object.keys(CELLS).indexOf(name);

describe("widgets in JupyterLab", () => {
  let folder: string;
  let lab: Lab;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "qwenlab-widgets-"));
    await writeFile(join(folder, "widgets.ipynb"), notebookOf(Object.values(CELLS)));
    lab = await startLab(folder);
    browser = await launchBrowser();
    page = await openNotebook(browser, lab, "widgets.ipynb");
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await screenshot(page, `failed-${task.name.slice(0, 20).replace(/\W+/g, "-")}`);
  });

  afterEach(async () => {
    expect(await page.locator(".jp-OutputArea", { hasText: "javascript error" }).count(), "errors in the page").toBe(0);
  });

  const run = (name: keyof typeof CELLS) => runCell(page, at(name));
  const shows = (output: Locator, text: string | RegExp) =>
    output.filter({ hasText: text }).waitFor({ timeout: 60_000 });

  test("a slider in the browser changes a variable of the session, and back", async () => {
    const output = await run("slider");
    const handle = output.locator(".noUi-handle");
    await handle.waitFor();
    expect(await output.locator(".widget-readout").innerText()).toBe("4");
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await shows(output.locator(".widget-readout"), "6");
    await shows(await run("value"), "6");
    await run("set");
    await shows(output.locator(".widget-readout"), "8");
    await screenshot(page, "widgets-slider");
  });

  test("a widget of the cell's own JavaScript counts, and its handler prints under its cell", async () => {
    const output = await run("counter");
    const button = output.locator(".qw-counter button");
    await button.click();
    await button.click();
    await shows(button, "count 2");
    await shows(output, "from 1 to 2");
    await shows(await run("count"), "2");
    await screenshot(page, "widgets-counter");
  });

  test("a cell that runs gets what the user does while it waits", async () => {
    await startCell(page, at("waiting"));
    await codeCell(page, at("waiting")).locator(".jp-InputPrompt", { hasText: "[*]" }).waitFor();
    await codeCell(page, at("counter")).locator(".qw-counter button").click();
    await shows(codeCell(page, at("waiting")).locator(".jp-OutputArea").first(), "300");
  });

  test("interact() makes a control of each parameter, and shows what the function returns", async () => {
    const output = await run("interact");
    await shows(output, "{ n: 3, mark: 'bar', on: true, name: 'x' }");
    await output.locator("select").selectOption("line");
    await output.locator("input[type=checkbox]").click();
    await output.locator("input[type=text]").fill("y");
    await shows(output, "{ n: 3, mark: 'line', on: false, name: 'y' }");
    await screenshot(page, "widgets-interact");
  });

  test("a table is sorted, turned and clicked", async () => {
    const output = await run("table");
    await output.locator("th button", { hasText: "square" }).click();
    await output.locator("th button", { hasText: "square" }).click();
    await output.locator("button[title='next page']").click();
    await shows(output, "rows 11 to 20 of 23");
    await output.locator("td", { hasText: "row 12" }).click();
    await shows(await run("row"), "square: 144");
    await screenshot(page, "widgets-table");
  });

  test("button, progress, checkbox, text and select", async () => {
    const output = await run("others");
    await output.locator("button", { hasText: "Go" }).click();
    await output.locator("button", { hasText: "Go" }).click();
    await shows(await run("done"), "2");
    expect(await output.locator(".progress-bar").getAttribute("style")).toContain("width: 66.");
    expect(await output.locator("input[type=text]").inputValue()).toBe("hello");
    await screenshot(page, "widgets-others");
  });
});

function notebookOf(cells: readonly string[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "qwenlab", display_name: "Qwen (TypeScript)", language: "typescript" } },
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `cell-${i}`,
      metadata: {},
      source,
      outputs: [],
      execution_count: null,
    })),
  });
}
