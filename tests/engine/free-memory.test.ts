import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { freeMemory } from "../../engine/free-memory.ts";

const folder = mkdtempSync(join(tmpdir(), "qwenlab-free-"));
afterAll(() => rmSync(folder, { recursive: true }));

function group(files: Readonly<Record<string, string>>): string {
  const own = mkdtempSync(join(folder, "group-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  return own;
}
const STAT = "anon 300000\nfile 700000\nkernel 5\nshmem 200000\ninactive_file 1\n";

test("a container's limit counts, less what is taken; files that are merely cached are not", () => {
  expect(freeMemory(group({ "memory.max": "1500000\n", "memory.current": "1000000\n", "memory.stat": STAT }))).toBe(
    1_500_000 - (1_000_000 - 700_000 + 200_000),
  );
});

test("what is past the limit already leaves nothing", () => {
  expect(freeMemory(group({ "memory.max": "1000\n", "memory.current": "1000000\n", "memory.stat": STAT }))).toBe(0);
});

test.each([
  ["no limit", { "memory.max": "max\n", "memory.current": "1\n", "memory.stat": STAT }],
  ["no control group", {}],
  ["one that is not to be understood", { "memory.max": "much\n", "memory.current": "1\n", "memory.stat": STAT }],
])("%s: the machine's memory is what there is", (_, files) => {
  const free = freeMemory(group(files));
  expect(free).toBeGreaterThan(freemem() / 2);
  expect(Number.isFinite(free)).toBe(true);
});
