// `qwenlab run` of a notebook that asks the model: nobody is there to agree, so what the model writes is only shown.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../model-server.ts";
import { qwenlab } from "./qwenlab.ts";

let server: ModelServer;
let folder: string;
beforeAll(async () => {
  server = await startModelServer("qwen2.5-coder-0.5b");
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-agent-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs these cells by `qwenlab run --out`, with the model's answers to come. */
async function run(sources: readonly string[], answers: readonly string[], settings: object = {}) {
  server.answers.splice(0, server.answers.length, ...answers);
  const before = server.prompts.length;
  const cells = sources.map((source) => ({
    ...{ cell_type: "code", metadata: {}, source, outputs: [], execution_count: null },
  }));
  const metadata = { language_info: { name: "typescript" } };
  const path = join(folder, "notebook.ipynb");
  writeFileSync(path, JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata, cells }));
  writeFileSync(join(folder, "qwenlab.config.json"), JSON.stringify(settings));
  const env = { QWENLAB_BASE_URL: server.url, QWENLAB_MODEL: "qwen2.5-coder-0.5b" };
  const result = await qwenlab(["run", path, "--out", path], { env });
  return { ...result, prompts: server.prompts.slice(before), written: JSON.parse(readFileSync(path, "utf8")).cells };
}

const TYPESCRIPT = `\`\`\`typescript
import { writeFileSync } from "node:fs";
writeFileSync("RAN", "");
const ran = 1;
\`\`\``;
const PYTHON = "```python\nopen('RAN', 'w').close()\n```";

const CELLS = [
  "const rows = [{ n: 7 }];",
  "%%agent\nHow much?",
  "%%agent\nWrite a file",
  "%%agent\nWrite a file in Python",
  "const { end, code } = await qwen.agent('Write a file');\nconsole.log(end, code)",
  "ran",
];
const ANSWERS = ["```sql\nSELECT sum(n) * 6 AS total FROM rows\n```", "Yes.", "It is 42."];

test("code is proposed, not run, and the notebook goes on; what only reads runs", async () => {
  const { exitCode, stdout, stderr, prompts, written } = await run(CELLS, [...ANSWERS, TYPESCRIPT, PYTHON, TYPESCRIPT]);
  expect(prompts).toHaveLength(6);
  const said = written.map(({ outputs }: { outputs: unknown }) => JSON.stringify(outputs));
  expect(said[1]).toContain("total\\n42\\n");
  expect(said[2]).toMatch(/writeFileSync\(.*Not run/);
  expect(said[3]).toMatch(/open\('RAN', 'w'\).*Not run/);
  expect(stdout.match(/It is 42\./g)).toHaveLength(1); // once, as it stands at the cell's end
  expect(stdout).toMatch(/^proposed import \{ writeFileSync \}/m);
  expect(stderr).toContain("cell 6: CompileError: TS2304: Cannot find name 'ran'");
  expect(exitCode).toBe(1);
  expect(written).toHaveLength(CELLS.length);
  expect(readdirSync(folder).sort()).toEqual(["notebook.ipynb", "qwenlab.config.json"]);
});

const WRITE_A_FILE = ["%%agent\nWrite a file"];

test("nor is it run because the folder's settings say so", async () => {
  const { exitCode, prompts } = await run(WRITE_A_FILE, [TYPESCRIPT], { approve: "always" });
  expect({ exitCode, prompts: prompts.length }).toEqual({ exitCode: 0, prompts: 1 });
  expect(existsSync(join(folder, "RAN"))).toBe(false);
});

test("where the user's own settings say so, it is", async () => {
  process.env.QWENLAB_APPROVE = "always";
  const { exitCode } = await run(WRITE_A_FILE, [TYPESCRIPT]).finally(() => delete process.env.QWENLAB_APPROVE);
  expect(exitCode).toBe(0);
  expect(existsSync(join(folder, "RAN"))).toBe(true);
});
