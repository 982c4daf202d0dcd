// What a model, a file and a table say, in a real JupyterLab: nothing of it runs, loads or becomes part of the page, not
// even while the question about it waits.
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askedCode } from "../../kernel/display/asked-code.ts";
import { codeFence, modelMarkdown, plainMarkdown } from "../../kernel/display/model-markdown.ts";
import { installKernelspec } from "../../kernel/kernelspec.ts";
import { readSettings } from "../../kernel/settings/settings.ts";
import { type RunningLab, startJupyterLab } from "../../kernel/setup/jupyter-lab.ts";
import { findJupyter } from "../../kernel/setup/python.ts";
import { freePorts } from "../free-ports.ts";
import { hostileTexts, PAYLOADS } from "../kernel/display/hostile-texts.ts";
import { type ModelServer, startModelServer } from "../kernel/model-server.ts";
import { codeCell, launchBrowser, notebookOf, openNotebook, runCell, screenshot, startCell } from "./lab.ts";

const BATCH = 500;

const GOOD_ANSWER = `## What the cars tell

The **mean** is \`23.4\` mpg; see [the documentation](https://duckdb.org/docs/) or https://vega.github.io.

1. Japan leads: $\\bar{x} = \\frac{1}{n}\\sum_i x_i$
2. then Europe
   - Germany
   - Italy

| origin | mpg |
| --- | ---: |
| Japan | 30.5 |
| Europe | 27.9 |

\`\`\`sql
SELECT origin, avg(mpg) AS mpg FROM 'cars.csv' GROUP BY origin -- costs $5
\`\`\`

> It costs $5 to $10.`;

let folder: string;
let listener: Server;
let heard: string[];
let model: ModelServer;
let lab: RunningLab;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "qwenlab-hostile-"));
  heard = [];
  listener = createServer(({ url = "" }, response) => {
    heard.push(url);
    response.end();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const beacon = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`; // as: it listens on a port
  const image = `<img src="${beacon}/img" onerror="window.pwned=1;fetch('${beacon}/ran')">`;
  const tex = `$\\href{javascript:window.pwned=1}{x}\\style{background:url(${beacon}/tex)}{y}$`;

  model = await startModelServer("qwen2.5-coder-0.5b");
  model.answers.push(
    `~~~ a\`b\n\`\`\`\n~~~\n${image}\n\`\`\`\n![x](${beacon}/md) ${tex}\n\n# jupyter config data`,
    `\`\`\`typescript\n/*\n\`\`\u0001\`\n${image}\n*/ 1 // safe\u2028globalThis.hidden = 1\n\`\`\``,
    "It was not run.",
    "```sql\nSELECT * FROM 'hostile.csv'\n```",
    `Done: ${image}`,
    GOOD_ANSWER,
  );
  await writeFile(join(folder, "hostile.csv"), `a,"${tex}"\n"\`\`\u0001\`\n${image.replaceAll('"', '""')}","${tex}"\n`);
  const cells = [
    "%%chat\nHello?",
    "%%agent\nCount",
    "%%agent\nShow hostile.csv",
    "%%sql\nSELECT * FROM 'hostile.csv'",
    `/** Adds. ${image} ${tex} */\nfunction add(a: "\`\`\`\\n${image.replaceAll('"', "'")}") {}`,
    "add?",
    "%%chat\nWhat do you see?",
  ];
  await writeFile(join(folder, "hostile.ipynb"), notebookOf(cells));
  lab = await startLabIn(folder, model.url);
  browser = await launchBrowser();
  page = await openNotebook(browser, { url: lab.url }, "hostile.ipynb");
  await page.evaluate(readFileSync(join(import.meta.dirname, "foreign-nodes.page.js"), "utf8"));
  await page.evaluate(`window.listener = ${JSON.stringify(beacon)}`);
});

afterAll(async () => {
  await browser?.close();
  await lab?.stop();
  await model?.[Symbol.asyncDispose]();
  listener?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Also after what the page does a moment later: MathJax, images. */
async function expectNothingRan(): Promise<void> {
  await page.waitForTimeout(500);
  expect(heard).toEqual([]);
  expect(await page.evaluate("window.pwned")).toBeUndefined();
  expect(await page.evaluate("window.foreignNodes()")).toEqual([]);
}

test("an answer", async () => {
  const output = await runCell(page, 0);
  await output.getByText("jupyter config data").waitFor();
  await expectNothingRan();
});

test("code that is asked about, while the question waits", async () => {
  await startCell(page, 1);
  const question = codeCell(page, 1).locator(".jp-Stdin-input");
  await question.waitFor();
  await expectNothingRan();
  const asked = () => codeCell(page, 1).locator(".jp-RenderedMarkdown pre").last().innerText();
  await expect.poll(asked).toContain("``\\u{1}`");
  await expect.poll(asked).toContain("*/ 1 // safe\\u{2028}\nglobalThis.hidden = 1");
  await screenshot(page, "hostile-question");
  await question.fill("n");
  await question.press("Enter");
  await codeCell(page, 1)
    .locator(".jp-InputPrompt", { hasText: /\[\d+\]/ })
    .waitFor();
  await expectNothingRan();
});

test("a file's text that a tool brings, and the answer about it", async () => {
  const output = await runCell(page, 2);
  await output.getByText("Done:").waitFor();
  await output.locator("summary").first().click();
  await expectNothingRan();
});

test("a table of the user's own query, and of the cell that the agent left", async () => {
  for (const index of [3, 4]) {
    const output = await runCell(page, index);
    await output.locator("table td").first().waitFor();
  }
  await expectNothingRan();
});

test("what a function's comment and type say, as a page", async () => {
  await runCell(page, 5);
  const output = await runCell(page, 6);
  await output.getByText("Adds.").waitFor();
  await expectNothingRan();
});

test("a good answer looks like one", async () => {
  const output = await runCell(page, 7);
  await output.locator("mjx-container").first().waitFor();
  await output.scrollIntoViewIfNeeded();
  await screenshot(page, "good-answer");
  const leads = await output
    .locator("a[href^=http]")
    .evaluateAll((links) => links.map((link) => link.parentElement?.textContent));
  expect(leads[0]).toContain("the documentation (https://duckdb.org/docs/)");
  expect(await output.locator("td, li, h2, pre code span").count()).toBeGreaterThan(8);
  await expectNothingRan();
});

test("10,000 hostile texts through JupyterLab's own renderer leave nothing that is not ours", async () => {
  const writers = [
    modelMarkdown,
    modelMarkdown,
    (text: string) => codeFence(text, "ts"),
    (text: string) => askedCode(text, "typescript")["text/markdown"],
    inDetails,
  ];
  const texts = [...PAYLOADS.map((text) => ({ text })), ...hostileTexts(10_000, 61)];
  const written = texts.map(({ text }, i) => writers[i % writers.length]!(text));
  for (let i = 0; i < written.length; i += BATCH) {
    const found = await page.evaluate(`window.foreignNodesOf(${JSON.stringify(written.slice(i, i + BATCH))})`);
    expect(found, `texts ${i} to ${i + BATCH}`).toEqual([]);
  }
  await expectNothingRan();
});

function inDetails(text: string): string {
  return `<details>\n<summary>${plainMarkdown(text)}</summary>\n\n${codeFence(text, "sql")}\n\n</details>\n\n| ${plainMarkdown(text)} |\n| --- |\n| ${plainMarkdown(text)} |`;
}

async function startLabIn(root: string, baseUrl: string): Promise<RunningLab> {
  const settings = join(root, ".jupyter");
  await mkdir(settings);
  await writeFile(
    join(settings, "jupyter_lab_config.json"),
    JSON.stringify({ LabApp: { expose_app_in_browser: true } }),
  );
  await installKernelspec({ prefix: join(root, ".prefix") }); // goes before one that another checkout has registered
  Object.assign(process.env, {
    QWENLAB_BASE_URL: baseUrl,
    JUPYTER_CONFIG_PATH: settings,
    JUPYTER_PATH: join(root, ".prefix", "share", "jupyter"),
  });
  const jupyter = await findJupyter(readSettings({ cwd: root, env: process.env }).cacheDir);
  const [port] = await freePorts(1);
  if (!jupyter) throw new Error("no JupyterLab: the set-up installs it");
  return startJupyterLab(jupyter, { folder: root, port: port!, openBrowser: false, logPath: join(root, ".lab.log") });
}
