import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { runInnerTests } from "./inner-tests.ts";

const LIMIT_MS = 240_000; // of hanging

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-inner-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function inner(name: string, code: string): void {
  writeFileSync(join(folder, `${name}.test.js`), code);
}
const run = (...names: string[]) =>
  runInnerTests({ limitMs: LIMIT_MS, args: ["--root", folder, "--globals", ...names] });

test("of inner tests that fail, names and messages are told; those that pass are counted", async () => {
  inner("good", 'test("one", () => {}); test("two", () => {});');
  inner("bad", 'describe("sums", () => { test("of two", () => expect(1 + 1, "by the driver").toBe(3)); });');
  inner("unloaded", 'throw new Error("no such adapter");');
  expect(await run("good")).toBe(2);
  const told = await run().catch(String);
  expect(told).toContain("sums of two");
  expect(told).toContain("by the driver: expected 2 to be 3");
  expect(told).toMatch(/unloaded\.test\.js.*no such adapter/);
});

test("a run that leaves no results is told with its end and what it printed", async () => {
  const script = (code: string, limitMs = LIMIT_MS) =>
    runInnerTests({ command: [process.execPath, "-e", code], limitMs, args: [] });
  await expect(script('console.error("out of memory"); process.exit(134)')).rejects.toThrow(
    /exit code 134.*out of memory/s,
  );
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const note = join(folder, "waits");
  const waits = `console.log("waits"); fs.writeFileSync(${JSON.stringify(note)}, ""); setInterval(() => {}, 1e6)`;
  const late = expect(script(waits, 5_000)).rejects.toThrow(/ended after 5 s, SIGKILL.*waits/s);
  await expect.poll(() => existsSync(note)).toBe(true);
  vi.advanceTimersByTime(5_000);
  await late;
  vi.useRealTimers();
  const missing = runInnerTests({ command: ["/no/such/program"], limitMs: LIMIT_MS, args: [] });
  await expect(missing).rejects.toThrow(/not started.*no\/such\/program/);
});
