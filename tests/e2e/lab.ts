// A real JupyterLab, started as a user starts it (`qwenlab lab`), in a real browser.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { freePorts } from "../free-ports.ts";

const ARTEFACTS = join(import.meta.dirname, "../artefacts");
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const HANGS_MS = 240_000; // less than a test or a hook may take: then it is told what was waited for

export interface Lab extends AsyncDisposable {
  readonly url: string; // with its token
  readonly log: string[];
}

/** Starts `qwenlab lab FOLDER` and resolves when it prints its address. */
export async function startLab(folder: string): Promise<Lab> {
  const [port] = await freePorts(1); // what `lab` takes by itself, the first free one, two that start at once may both find
  const child = spawn(
    process.execPath,
    ["bin/qwenlab.js", "lab", folder, "--no-browser", "--yes", "--port", String(port)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: process.env,
    },
  );
  const log: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const read = (line: string) => {
      log.push(line);
      const address = /http:\/\/\S+token=\w+/.exec(line)?.[0];
      if (address) resolve(address);
    };
    createInterface({ input: child.stdout }).on("line", read);
    createInterface({ input: child.stderr }).on("line", read);
    const fail = (how: string) => reject(new Error(`qwenlab lab ${how}:\n${log.slice(-20).join("\n")}`));
    child.on("exit", (code) => fail(`ended with ${code}`));
    setTimeout(() => fail("tells no address"), HANGS_MS).unref();
  });
  return { url, log, [Symbol.asyncDispose]: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await exited;
}

export async function launchBrowser(): Promise<Browser> {
  if (!CHROMIUM) throw new Error("no Chromium here: install the package `chromium`");
  return chromium.launch({
    executablePath: CHROMIUM,
    timeout: HANGS_MS,
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-sync",
    ],
  });
}

/** A notebook's file: code cells that have not run. */
export function notebookOf(sources: readonly string[]): string {
  const cells = sources.map((source, i) => ({
    id: `cell-${i}`,
    cell_type: "code",
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { name: "qwenlab", display_name: "Qwen (TypeScript)", language: "typescript" };
  return JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 });
}

/** A notebook open in JupyterLab, its kernel idle. */
export async function openNotebook(browser: Browser, lab: Pick<Lab, "url">, name: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  page.setDefaultTimeout(HANGS_MS);
  const { origin, searchParams } = new URL(lab.url);
  await page.goto(`${origin}/lab/tree/${name}?token=${searchParams.get("token")}&reset`);
  await page.locator(".jp-Notebook .jp-CodeCell .cm-content").first().waitFor();
  await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
  await kernelIdle(page);
  return page;
}

/** The status bar tells the kernel's state once there is one; the notebook's own sign is "idle" before, too. */
export async function kernelIdle(page: Page): Promise<void> {
  await page.locator("#jp-bottom-panel", { hasText: "Qwen (TypeScript) | Idle" }).waitFor();
}

/** Waits until an element holds a text: what has come to the page is drawn some time later. */
export async function shows(element: Locator, text: string | RegExp): Promise<void> {
  await element.filter({ hasText: text }).first().waitFor();
}

/** Runs a code cell by Shift+Enter and waits for its number. `index` counts code cells. */
export async function runCell(page: Page, index: number, timeout = HANGS_MS): Promise<Locator> {
  const cell = codeCell(page, index);
  await startCell(page, index);
  await cell.locator(".jp-InputPrompt", { hasText: /\[\d+\]/ }).waitFor({ timeout });
  return cell.locator(".jp-OutputArea").first();
}

export async function startCell(page: Page, index: number): Promise<void> {
  const editor = codeCell(page, index).locator(".cm-content").first();
  await editor.click();
  await page.keyboard.press("Shift+Enter");
}

export function codeCell(page: Page, index: number): Locator {
  return page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-CodeCell").nth(index);
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
}
