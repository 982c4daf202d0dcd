// Widgets in JupyterLab: what the user does in the browser is in the session, and back.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readSettings } from "../../kernel/settings/settings.ts";
import { pythonFolder } from "../../kernel/setup/python.ts";
import {
  codeCell,
  type Lab,
  launchBrowser,
  notebookOf,
  openNotebook,
  runCell,
  screenshot,
  shows,
  startCell,
  startLab,
} from "./lab.ts";

const STATE_TYPE = "application/vnd.jupyter.widget-state+json";

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
  waiting: `const next = counter.changed("count"); console.log("waits"); const count = await next; count * 100`,
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
    const errors = await page.locator(".jp-OutputArea", { hasText: "javascript error" }).count();
    const name = task.name.slice(0, 20).replace(/\W+/g, "-");
    if (task.result?.state === "fail" || errors > 0) await screenshot(page, `failed-${name}`);
    expect(errors, "errors of widgets in the page").toBe(0);
  });

  const run = (name: keyof typeof CELLS) => runCell(page, at(name));

  test("a slider in the browser changes a variable of the session, and back", async () => {
    const output = await run("slider");
    const handle = output.locator(".noUi-handle");
    await handle.waitFor();
    await shows(output.locator(".widget-readout"), "4");
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
    const output = codeCell(page, at("waiting")).locator(".jp-OutputArea").first();
    await shows(output, "waits");
    await codeCell(page, at("counter")).locator(".qw-counter button").click();
    await shows(output, "300");
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
    const square = output.locator("th button", { hasText: "square" });
    await square.click();
    await shows(square, "square ▴"); // each page is drawn anew, and with it what is clicked
    await square.click();
    await shows(square, "square ▾");
    await output.locator("button[title='next page']").click();
    await shows(output, "rows 11 to 20 of 23");
    await output.locator("td", { hasText: "row 12" }).click();
    await shows(await run("row"), "square: 144");
    await screenshot(page, "widgets-table");

    // Two clicks at once, the second before the session has answered the first: upwards, and downwards again.
    await square.evaluate((button: { click(): void }) => [button.click(), button.click()]);
    await shows(output, "rows 1 to 10 of 23");
    await shows(square, "square ▾");
  });

  test("button, progress, checkbox, text and select", async () => {
    const output = await run("others");
    await output.locator("button", { hasText: "Go" }).click();
    await output.locator("button", { hasText: "Go" }).click();
    await shows(await run("done"), "2");
    await expect.poll(() => output.locator(".progress-bar").getAttribute("style")).toContain("width: 66.");
    await expect.poll(() => output.locator("input[type=text]").inputValue()).toBe("hello");
    await screenshot(page, "widgets-others");
  });

  test("their state is saved in the notebook, and nbconvert puts it into its page", async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+s");
    const path = join(folder, "widgets.ipynb");
    const saved = async () => JSON.parse(await readFile(path, "utf8")).metadata.widgets?.[STATE_TYPE]?.state ?? {};
    await expect.poll(async () => JSON.stringify(await saved())).toContain('"count":3');
    const html = await exported(path);
    const state = JSON.parse(
      /<script type="application\/vnd\.jupyter\.widget-state\+json">(.*?)<\/script>/s.exec(html)?.[1] ?? "{}",
    );
    const models: { model_name: string; state: Record<string, unknown> }[] = Object.values(state.state);
    expect(models).toContainEqual(
      expect.objectContaining({ model_name: "AnyModel", state: expect.objectContaining({ count: 3 }) }),
    );
    const views = [...html.matchAll(/vnd\.jupyter\.widget-view\+json">\s*(\{.*?\})/gs)].map(([, view]) =>
      JSON.parse(view!),
    );
    expect(views.length).toBeGreaterThan(5);
    for (const { model_id } of views) expect(state.state).toHaveProperty(model_id);
  });

  test("after the page is loaded anew they are there, and live", async () => {
    await page.close();
    page = await openNotebook(browser, lab, "widgets.ipynb");
    const button = codeCell(page, at("counter")).locator(".qw-counter button");
    await shows(button, "count 3");
    await button.click();
    await shows(button, "count 4");
    await shows(await run("count"), "4");
  });
});

/** The notebook as nbconvert's HTML, not run again. */
async function exported(path: string): Promise<string> {
  const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
  const python = join(pythonFolder(cacheDir), "bin", "python");
  const args = ["-m", "nbconvert", "--to", "html", "--stdout", "--log-level=ERROR", path];
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 64 * 2 ** 20 });
  return stdout;
}
