// Files that an agent knows, where the agent's file, and they, are somebody else's.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openKnowledge, searchKnowledge, type ToolContext } from "../../interpreter/index.ts";

const HANGS_MS = 120_000; // with time that grows with the square of the lines it would take hours

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-knowledge-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a passage is found by its words, and named by file and line", () => {
  writeFileSync(join(folder, "manual.md"), "# Pumps\nPrime it first.\n\n# Valves\nTurn it left.\n");
  const [found] = openKnowledge(folder, ["manual.md", "manual.md"]).search("how do I turn a valve?", 3);
  expect(found).toEqual({ text: "# Valves\nTurn it left.", source: "manual.md:4" });
});

test("a file of empty lines holds nothing up", () => {
  writeFileSync(join(folder, "blank.txt"), `${"\n".repeat(4_000_000)}the end`);
  const code = `
    const { openKnowledge } = await import(process.argv[1]);
    process.stdout.write(JSON.stringify(openKnowledge(process.argv[2], ["blank.txt"]).search("end", 1)));`;
  const door = new URL("../../dist/interpreter/index.js", import.meta.url).href;
  const args = ["--input-type=module", "-e", code, door, folder]; // a process: nothing ends a loop in this one
  const { stdout, signal } = spawnSync(process.execPath, args, { timeout: HANGS_MS, encoding: "utf8" });
  expect({ signal, found: JSON.parse(stdout || "null") }).toMatchObject({
    signal: null,
    found: [{ source: "blank.txt:1" }],
  });
});

test("a query of thousands of words is refused: each is looked for with its misspellings", async () => {
  const tool = searchKnowledge(openKnowledge(folder, ["manual.md"]));
  const call = (query: string) => tool.call(JSON.stringify({ query }), {} as ToolContext); // as: it looks at none of it
  expect((await call("turn a valve")).content).toContain("[manual.md:4]");
  await expect(call("misspelt ".repeat(1_000))).rejects.toThrow("the query has 9000 characters, and 500 are the most");
});

test("more than an index can hold is refused, and what to do is said", () => {
  const many = Array.from({ length: 60 }, (_, i) => `${i}.txt`);
  expect(() => openKnowledge(folder, many)).toThrow("60 knowledge files, and 50 are the most; name fewer");
  const large = ["a.txt", "b.txt", "c.txt"];
  for (const name of large) writeFileSync(join(folder, name), "word\n".repeat(400_000));
  expect(() => openKnowledge(folder, large)).toThrow(/more than 5242880 bytes together; name fewer/);
});
