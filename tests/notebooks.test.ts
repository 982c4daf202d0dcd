// Every notebook of notebooks/, as users run it without a browser: by qwenlab run and by nbconvert; with the real model at night.
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { qwenlab } from "./kernel/cli/qwenlab.ts";
import { isNightly } from "./nightly.ts";

const NOTEBOOKS = resolve(import.meta.dirname, "../notebooks");
const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));
const TIMEOUT = 600_000; // the model, on two cores

interface Output {
  readonly output_type: string;
  readonly text?: string | string[];
  readonly data?: Readonly<Record<string, unknown>>;
  readonly evalue?: string;
}
interface Cell {
  readonly cell_type: string;
  readonly source: string | string[];
  readonly outputs?: readonly Output[];
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-notebooks-"));
  cpSync(NOTEBOOKS, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const joined = (text: unknown): string => (Array.isArray(text) ? text.join("") : String(text ?? ""));

function codeCells(file: string): Cell[] {
  const { cells } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { cells: Cell[] };
  return cells.filter(({ cell_type, source }) => cell_type === "code" && joined(source) !== "");
}

/** What a reader sees of a cell, by MIME type. */
function shown({ outputs = [] }: Cell, type: string): string {
  return outputs.map(({ data }) => joined(data?.[type])).join("\n");
}

function cellThat(cells: readonly Cell[], begins: string): Cell {
  const cell = cells.find(({ source }) => joined(source).startsWith(begins));
  if (cell === undefined) throw new Error(`no cell begins with ${begins}`);
  return cell;
}

function expectNoErrors(cells: readonly Cell[]): void {
  const errors = cells.flatMap(({ outputs = [] }) => outputs.filter(({ output_type }) => output_type === "error"));
  expect(errors.map(({ evalue }) => evalue)).toEqual([]);
}

function expectAnswers(cells: readonly Cell[]): void {
  expect(shown(cellThat(cells, "interface Planet"), "text/html")).toContain("Jupiter");
  expect(joined(cellThat(cells, "const moons").outputs?.[0]?.text)).toBe("4 planets, 98 moons\n");
  expect(shown(cellThat(cells, "%%chat"), "text/markdown").trim().length).toBeGreaterThan(20);
  const agent = shown(cellThat(cells, "%%agent"), "text/markdown");
  expect(agent).toContain("<details"); // the query, as a step that can be opened
  expect(agent).toMatch(/\b79\b/); // cars from Japan
}

function expectAnalysis(cells: readonly Cell[]): void {
  const vegaLite = "application/vnd.vegalite.v5+json";
  const chart = cells.find(({ outputs = [] }) => outputs.some(({ data }) => data?.[vegaLite]));
  expect(shown(chart ?? cells[0]!, "image/svg+xml")).toContain("<svg");
  expect(shown(cellThat(cells, "await statistics"), "text/plain")).toContain("-0.83");
  expect(shown(cellThat(cells, "best.Japan"), "text/plain")).toBe("46.6");
  if (!isNightly) return;
  expect(cellThat(cells, "%%agent").outputs?.some(({ data }) => data?.[vegaLite])).toBe(true);
  expect(shown(cellThat(cells, "%replay"), "text/plain")).toContain("the same result as then");
  expect(shown(cellThat(cells, "const leader"), "text/plain")).toContain("Japan");
}

/** Reads a prompt of some thousand tokens: a minute for the two cores of CI. */
const ASKS_THE_AGENT = /^%%agent|^%replay|qwen\.agent\(/;

/** By day 01 is run in a browser (e2e/notebook.test.ts), agent and all, and 03 without what its agent is asked. */
function leaveOutTheAgent(file: string): void {
  const notebook = JSON.parse(readFileSync(join(folder, file), "utf8")) as { cells: Cell[] };
  notebook.cells = notebook.cells.filter(({ source }) => !ASKS_THE_AGENT.test(joined(source)));
  writeFileSync(join(folder, file), JSON.stringify(notebook));
}

describe("qwenlab run", () => {
  const ours = names.filter((name) => isNightly || !name.startsWith("01"));

  test.each(ours)("%s", { timeout: TIMEOUT }, async (name) => {
    if (!isNightly) leaveOutTheAgent(name);
    const out = `run-${name}`;
    const { exitCode, stderr } = await qwenlab(["run", join(folder, name), "--out", join(folder, out)]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const cells = codeCells(out);
    expectNoErrors(cells);
    if (name.startsWith("01")) expectAnswers(cells);
    if (name.startsWith("03")) expectAnalysis(cells);
  });
});

describe("nbconvert", () => {
  beforeAll(async () => {
    const { exitCode, stderr } = await qwenlab(["install", "--prefix", join(folder, "prefix")]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  });

  // Those with a model run by `qwenlab run` above, and in full at night: what is asked here is whether Jupyter's client gets on.
  const ours = names.filter((name) => isNightly || name.startsWith("02"));

  test.each(ours)("%s", { timeout: TIMEOUT }, async (name) => {
    const out = `nbconvert-${name}`;
    const limits = ["timeout=580", "startup_timeout=240", "iopub_timeout=240"]; // seconds: of what hangs
    const options = ["--to", "notebook", "--execute", "--output", out];
    options.push(...limits.map((limit) => `--ExecutePreprocessor.${limit}`));
    await promisify(execFile)(process.env.TEST_PYTHON!, ["-m", "nbconvert", ...options, name], {
      cwd: folder,
      env: { ...process.env, JUPYTER_PATH: join(folder, "prefix/share/jupyter") },
    });
    const cells = codeCells(out);
    expectNoErrors(cells);
    if (name.startsWith("01")) expectAnswers(cells);
    if (name.startsWith("02")) {
      expect(shown(cellThat(cells, "%%sql"), "text/html")).toContain("<table");
      expect(shown(cells.at(-1)!, "application/vnd.vegalite.v5+json")).not.toBe("");
    }
  });
});
