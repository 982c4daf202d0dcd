import { execFileSync, spawn } from "node:child_process";
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CommandError } from "../../../kernel/cli/command.ts";
import { notebookTarget, readNotebook } from "../../../kernel/cli/notebook-file.ts";
import { PROGRAM, qwenlab, qwenlabHere } from "./qwenlab.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "run-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function notebook(...sources: (string | { source: string; tags: string[] })[]): string {
  const cells = sources.map((cell) => ({
    cell_type: "code",
    metadata: typeof cell === "string" ? {} : { tags: cell.tags },
    source: typeof cell === "string" ? cell.split(/(?<=\n)/) : cell.source,
    outputs: [],
    execution_count: null,
  }));
  const path = join(folder, `${cells.length}-${Math.abs(hash(JSON.stringify(cells)))}.ipynb`);
  writeFileSync(
    path,
    JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: { language_info: { name: "typescript" } }, cells }),
  );
  return path;
}

function hash(text: string): number {
  let value = 0;
  for (const unit of text) value = (value * 31 + unit.charCodeAt(0)) | 0;
  return value;
}

test("cells run in order and share variables; the file with outputs is nbformat 4.5", async () => {
  const out = join(folder, "out.ipynb");
  const { exitCode, stdout, stderr } = await qwenlab([
    "run",
    notebook("const answer: number = 6 * 7;\nconsole.log('computed');", "answer", ""),
    ...["--out", out],
  ]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("computed\n");
  const written = JSON.parse(readFileSync(out, "utf8"));
  expect(written).toMatchObject({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: "typescript" } },
  });
  const [first, second, empty] = written.cells;
  expect(first.id).toMatch(/^[\w-]{1,64}$/);
  expect(first).toMatchObject({
    execution_count: 1,
    outputs: [{ output_type: "stream", name: "stdout", text: "computed\n" }],
  });
  expect(second).toMatchObject({
    execution_count: 2,
    outputs: [{ output_type: "execute_result", execution_count: 2, data: { "text/plain": "42" } }],
  });
  expect(empty).toMatchObject({ execution_count: null, outputs: [] });
});

test("the first error ends the run: exit code 1, cell and error named, what ran is written", async () => {
  const out = join(folder, "failed.ipynb");
  const path = notebook("console.log('before')", "throw new RangeError('too far')", "console.log('after')");
  const { exitCode, stdout, stderr } = await qwenlab(["run", path, "--out", out]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe("qwenlab run: cell 2: RangeError: too far\n");
  expect(stdout).not.toContain("after");
  const { cells } = JSON.parse(readFileSync(out, "utf8"));
  expect(cells[1].outputs).toMatchObject([{ output_type: "error", ename: "RangeError", evalue: "too far" }]);
});

test("a cell tagged raises-exception may; a notebook runs in its own folder", async () => {
  writeFileSync(join(folder, "note.txt"), "found");
  const failing = { source: "throw new Error('expected')", tags: ["raises-exception"] };
  const path = notebook(failing, 'import { readFileSync } from "node:fs";\nreadFileSync("note.txt", "utf8")');
  const { exitCode, stdout } = await qwenlab(["run", path], { cwd: tmpdir() });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/'found'\n$/);
});

test.each([
  ["{", /not JSON/],
  ['{"nbformat":3,"worksheets":[]}', /not a notebook of format 4; at nbformat/],
  ['{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code"}]}', /at cells\.0\.source/],
])("a file that holds %s is refused", async (content, message) => {
  const path = join(folder, "bad.ipynb");
  writeFileSync(path, content);
  const { exitCode, stderr } = await qwenlabHere(["run", path]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(message);
});

describe("reading a hostile file", () => {
  const notebookWith = (more: string) => `{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[],${more}}`;

  test.each([
    ["that is empty", "", "not JSON"],
    ["with bytes that are no UTF-8", Buffer.from(notebookWith('"a":"\xff"'), "latin1"), "not valid for encoding"],
    ["nested a thousand deep", notebookWith(`"a":${"[".repeat(1000)}${"]".repeat(1000)}`), "nested more than 500 deep"],
    ["nested past all stacks", notebookWith(`"a":${"[".repeat(300_000)}${"]".repeat(300_000)}`), "nested more than"],
    [
      "with lists in a cell's source",
      notebookWith('"cells":[{"cell_type":"code","source":[["1"]]}]'),
      "cells.0.source",
    ],
    ["whose cells are an object", notebookWith('"cells":{"0":1}'), "at cells"],
    ["of Python", notebookWith('"metadata":{"kernelspec":{"language":"python"}}'), 'a notebook in "python"'],
    ["of an unknown language", notebookWith('"metadata":{"language_info":{"name":"\\u001b[2J"}}'), '"\\u001b[2J"'],
  ])("%s: an error that names it", (_, content, message) => {
    const path = join(folder, "hostile.ipynb");
    writeFileSync(path, content);
    const attempt = () => readNotebook(path);
    expect(attempt).toThrow(CommandError);
    expect(attempt).toThrow(path);
    expect(attempt).toThrow(message);
  });

  test.each([
    ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
    ["a device that never ends", (path: string) => symlinkSync("/dev/zero", path)],
  ])("%s is none", (name, make) => {
    const path = join(folder, name);
    make(path);
    expect(() => readNotebook(path)).toThrow(`${path}: not a file`);
  });

  test("a byte order mark does no harm", () => {
    const path = join(folder, "bom.ipynb");
    writeFileSync(path, `\ufeff${notebookWith('"cells":[{"cell_type":"code","source":"1"}]')}`);
    expect(readNotebook(path).cells).toHaveLength(1);
  });
});

describe("writing a notebook", () => {
  const cell = { cell_type: "code" as const, metadata: {}, source: "1" };
  const written = { nbformat: 4 as const, nbformat_minor: 4, metadata: {}, cells: [cell] };

  test("keeps a link a link, and the rights of the file that it leads to", () => {
    const file = join(folder, "private.ipynb");
    const link = join(folder, "link.ipynb");
    writeFileSync(file, "old", { mode: 0o600 });
    symlinkSync(file, link);
    notebookTarget(link).write(written);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(file, "utf8")).cells).toHaveLength(1);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("leaves a device a device", () => {
    notebookTarget("/dev/null").write(written);
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test("gives every cell an id of its own", () => {
    const out = join(folder, "ids.ipynb");
    notebookTarget(out).write({ ...written, cells: ["a", "a", "<img>", ""].map((id) => ({ ...cell, id })) });
    const ids = (JSON.parse(readFileSync(out, "utf8")).cells as { id: string }[]).map(({ id }) => id);
    expect(ids[0]).toBe("a");
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^[\w-]{1,64}$/);
  });

  test("that cannot be written leaves what was there, and no draft; the error names it", () => {
    const out = join(folder, "kept.ipynb");
    writeFileSync(out, "old");
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    expect(() => notebookTarget(out).write({ ...written, metadata: cyclic })).toThrow(`--out ${out}: `);
    expect(readFileSync(out, "utf8")).toBe("old");
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

test.each([
  ["a folder that is not there", () => join(folder, "nowhere", "out.ipynb")],
  ["a folder", () => folder],
])("--out %s is refused before anything runs", async (_, out) => {
  const { exitCode, stdout, stderr } = await qwenlabHere(["run", notebook("console.log('ran')"), "--out", out()]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain(`--out ${out()}`);
});

test("Ctrl-C ends a notebook that does not end, and what was done is written", async () => {
  const out = join(folder, "interrupted.ipynb");
  const path = notebook("1 + 1", "console.log('half'); await new Promise(() => setInterval(() => {}, 1000))", "3");
  const child = spawn(process.execPath, [PROGRAM, "run", path, "--out", out], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.on("data", (text) => String(text).includes("half") && child.kill("SIGINT"));
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1);
  const { cells } = JSON.parse(readFileSync(out, "utf8"));
  expect(cells[0]).toMatchObject({ execution_count: 1, outputs: [{ data: { "text/plain": "2" } }] });
  expect(cells[1].outputs).toMatchObject([{ text: "half\n" }]);
  expect(cells[2].outputs).toEqual([]);
});

test("a cell is named by its id where that is one, and by nothing else that stands in its place", async () => {
  const failing = (id: string) => ({ cell_type: "code", id, metadata: { tags: [] }, source: "throw new Error('far')" });
  for (const [id, name] of [
    ["a-1", "cell 1 (a-1)"],
    ["a\nqwenlab run: done", "cell 1"],
    ["x".repeat(100_000), "cell 1"],
  ] as const) {
    const path = join(folder, "ids-of-cells.ipynb");
    writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [failing(id)] }));
    expect((await qwenlab(["run", path])).stderr).toBe(`qwenlab run: ${name}: Error: far\n`);
  }
});

test("a notebook that asks gets an error, since nobody answers; nothing of it drives the terminal", async () => {
  const source = String.raw`console.log("\x1b[2J\x1b[31mred\x1b]52;c;eA==\x07"); await input("name?")`;
  const { exitCode, stdout, stderr } = await qwenlab(["run", notebook(source)]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "\u001b[31mred]52;c;eA==\n" });
  expect(stderr).toContain("no input is possible here");
});
