import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  codeCell,
  kernelIdle,
  type Lab,
  launchBrowser,
  openNotebook,
  runCell,
  screenshot,
  shows,
  startCell,
  startLab,
} from "./lab.ts";

const MODEL_TIMEOUT = 400_000; // ms; a software adapter on two cores, the model's start included

describe("notebook 01 in JupyterLab", () => {
  let folder: string;
  let lab: Lab;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "qwenlab-e2e-"));
    lab = await startLab(folder);
    browser = await launchBrowser();
    page = await openNotebook(browser, lab, "01-first-notebook.ipynb");
  });

  afterAll(async () => {
    if (page) await screenshot(page, "last");
    await browser?.close();
    await lab?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await screenshot(page, `failed-${task.name.slice(0, 20).replace(/\W+/g, "-")}`);
  });

  test("it opens without a question about something else", async () => {
    expect(await page.locator(".Toastify__toast, .jp-Dialog").allInnerTexts()).toEqual([]);
  });

  test("an array of objects is shown as a table", async () => {
    const output = await runCell(page, 0);
    await expect.poll(() => output.locator("table td", { hasText: "Jupiter" }).count()).toBe(1);
  });

  test("console.log and the last expression are shown, and variables stay", async () => {
    const output = await runCell(page, 1);
    await shows(output, "4 planets, 98 moons");
    await shows(output, "69911");
  });

  test("top-level await and Node's modules", async () => {
    await shows(await runCell(page, 2), "name,mpg,cylinders");
  });

  test("SQL over a file of the folder", async () => {
    const output = await runCell(page, 3);
    await expect.poll(() => output.locator("table td", { hasText: "Japan" }).count()).toBe(1);
  });

  test("a Vega-Lite specification is drawn", async () => {
    const output = await runCell(page, 4);
    await output.locator("canvas, svg").first().waitFor();
    await screenshot(page, "typescript");
  });

  test("%%chat streams Markdown that knows the variable", { timeout: MODEL_TIMEOUT }, async () => {
    const output = await runCell(page, 5, MODEL_TIMEOUT);
    const answer = () => output.locator(".jp-RenderedMarkdown").last().innerText();
    await expect.poll(async () => (await answer()).length).toBeGreaterThan(20);
    expect(await answer()).toMatch(/origin|cars|horsepower/i);
    await screenshot(page, "chat");
  });

  test("%%agent shows its query, the answer, and leaves the code as a cell", { timeout: MODEL_TIMEOUT }, async () => {
    const output = await runCell(page, 6, MODEL_TIMEOUT);
    await output.locator("details").first().waitFor();
    await shows(output, "79"); // cars from Japan in cars.csv
    await codeCell(page, 7).locator(".cm-content", { hasText: "sql" }).waitFor();
    await screenshot(page, "agent");
  });

  test("the cell that the agent left runs again without the model", async () => {
    await shows(await runCell(page, 7), "79");
  });

  test("interrupt stops an endless loop and keeps the variables", async () => {
    await page.keyboard.press("Escape");
    const index = await page.locator(".jp-CodeCell").count();
    await page.keyboard.press("b");
    await codeCell(page, index).locator(".cm-content").click();
    await page.keyboard.insertText("console.log('runs'); while (true) {}");
    await startCell(page, index);
    await shows(codeCell(page, index).locator(".jp-OutputArea"), "runs");
    await page.keyboard.press("Escape");
    await page.keyboard.press("i");
    await page.keyboard.press("i");
    await codeCell(page, index).locator(".jp-OutputArea", { hasText: "KeyboardInterrupt" }).waitFor();
    await kernelIdle(page);
    await shows(await runCell(page, 1), "98 moons");
  });
});
