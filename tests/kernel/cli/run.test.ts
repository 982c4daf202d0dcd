import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { qwenlab } from "./qwenlab.ts";

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

test("a cell tagged raises-exception may", async () => {
  const failing = { source: "throw new Error('expected')", tags: ["raises-exception"] };
  const { exitCode, stdout } = await qwenlab(["run", notebook(failing, "console.log('went on')")]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("went on");
});

test("a notebook runs in its own folder", async () => {
  writeFileSync(join(folder, "note.txt"), "found");
  const path = notebook('import { readFileSync } from "node:fs";\nreadFileSync("note.txt", "utf8")');
  const { exitCode, stdout } = await qwenlab(["run", path], { cwd: tmpdir() });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "'found'\n" });
});

test.each([
  ["{", /not JSON/],
  ['{"nbformat":3,"worksheets":[]}', /not a notebook of format 4; at nbformat/],
  ['{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"cell_type":"code"}]}', /at cells\.0\.source/],
])("a file that holds %s is refused", async (content, message) => {
  const path = join(folder, "bad.ipynb");
  writeFileSync(path, content);
  const { exitCode, stderr } = await qwenlab(["run", path]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(message);
});
