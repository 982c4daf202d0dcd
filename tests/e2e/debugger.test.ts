// JupyterLab's debugger on TypeScript cells, as one uses it: a click beside a line, a run, a look, steps.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  codeCell,
  type Lab,
  launchBrowser,
  notebookOf,
  openNotebook,
  runCell,
  screenshot,
  startCell,
  startLab,
} from "./lab.ts";

const CELLS = [
  "const planets = [\n  { name: 'Mars', moons: 2 },\n  { name: 'Jupiter', moons: 95 },\n];\nfunction many(moons: number): boolean {\n  return moons > 10;\n}",
  "let found = '';\nfor (const planet of planets) {\n  const isMany: boolean = many(planet.moons);\n  if (isMany) found = planet.name;\n}\nfound",
];

describe("the debugger in JupyterLab", () => {
  let folder: string;
  let lab: Lab;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "qwenlab-debugger-"));
    await writeFile(join(folder, "debug.ipynb"), notebookOf(CELLS));
    lab = await startLab(folder);
    browser = await launchBrowser();
    page = await openNotebook(browser, lab, "debug.ipynb");
  });

  afterAll(async () => {
    await browser?.close();
    await lab?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await screenshot(page, `failed-${task.name.slice(0, 20).replace(/\W+/g, "-")}`);
  });

  test("the launcher's kernel can be debugged: the notebook's bug button turns it on", async () => {
    await runCell(page, 0);
    await page.locator(".jp-DebuggerBugButton:visible").click();
    await page.locator(".jp-DebuggerSidebar").waitFor();
    await codeCell(page, 1).locator(".cm-breakpoint-gutter").first().waitFor({ state: "attached" });
  });

  test("a click beside a line stops the cell there, with its variables", async () => {
    const gutter = codeCell(page, 1).locator(".cm-gutter.cm-breakpoint-gutter .cm-gutterElement");
    await gutter.nth(3).click(); // the first is a spacer
    await page.locator(".jp-DebuggerBreakpoint-line", { hasText: "3" }).waitFor();
    await startCell(page, 1);
    await frame("In [2]").waitFor();
    await highlighted(1, "const isMany");
    await page.locator(".jp-TreeItem", { hasText: 'planet{name: "Mars", moons: 2}' }).waitFor();
    await screenshot(page, "debugger-stopped");
  });

  test("it steps into another cell's function, out of it and on", async () => {
    await button("Step In").click();
    await frame("many (In [1])").waitFor();
    await highlighted(0, "return moons > 10");
    await screenshot(page, "debugger-stepped-in");
    await button("Step Out").click();
    await highlighted(1, "if (isMany)"); // nothing of the line of the call is left to be done
    await button("Next").click();
    await highlighted(1, "for (const planet");
    await button("Continue").click();
    await highlighted(1, "const isMany"); // of the second planet
    await button("Continue").click();
    await codeCell(page, 1).locator(".jp-OutputArea", { hasText: "Jupiter" }).waitFor();
    await screenshot(page, "debugger-done");
    await expect.poll(() => page.locator(".jp-DebuggerCallstackFrame").count()).toBe(0);
  });

  function frame(name: string): Locator {
    return page.locator(".jp-DebuggerCallstackFrame-name", { hasText: name }).first();
  }

  function button(label: string): Locator {
    return page.locator(`.jp-DebuggerSidebar jp-button[title^="${label} ("]`);
  }

  async function highlighted(cell: number, text: string): Promise<void> {
    await codeCell(page, cell).locator(".jp-DebuggerEditor-highlight", { hasText: text }).waitFor();
  }
});
