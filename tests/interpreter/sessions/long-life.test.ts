// A session that is restarted and used for long: at night fifty restarts and five hundred cells, else as many as show
// a leak of one each time.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { isNightly } from "../../nightly.ts";
import { openNotebook } from "./notebook-session.ts";

const ROUNDS = isNightly ? 17 : 3; // of three ends each
const CELLS = isNightly ? 500 : 60;

function children(): number {
  const lines = execFileSync("ps", ["-eo", "ppid,args"], { encoding: "utf8" }).split("\n");
  return lines.filter((line) => line.trim().startsWith(`${process.pid} `) && !line.includes("ps -eo")).length;
}

function held(): Record<string, number> {
  return {
    files: readdirSync("/proc/self/fd").length,
    threads: readdirSync("/proc/self/task").length,
    children: children(),
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
  };
}

test.runIf(process.platform === "linux")("restarts, exits and kills leave nothing", async () => {
  await using notebook = await openNotebook();
  const { session, run, result } = notebook;
  const ends = [
    () => session.restart(),
    () => run("process.exit(1)"),
    () => run("process.kill(process.pid, 'SIGKILL'); await new Promise(() => {})"),
  ];
  const least: Record<string, number> = {}; // after a round: a process that is about to end may be there in one of them
  for (let round = 0; round < ROUNDS; round++) {
    for (const end of ends) {
      await result("let old = 1");
      await end();
      expect((await notebook.failure("old")).evalue).toContain("Cannot find name 'old'");
    }
    await result("1 + 1");
    for (const [name, count] of Object.entries(held())) least[name] = Math.min(least[name] ?? count, count);
  }
  const left = () => Object.entries(held()).filter(([name, count]) => count > least[name]!);
  await expect.poll(left).toEqual([]);
});

test("cell after cell, every value of every cell stays right", async () => {
  await using notebook = await openNotebook();
  for (let i = 0; i < CELLS; i++) await notebook.result(`let v${i} = ${i === 0 ? 1 : `v${i - 1} + 1`};`);
  const sum = Array.from({ length: CELLS }, (_, i) => `v${i}`).join(" + ");
  expect(await notebook.result(sum)).toEqual({ "text/plain": String((CELLS * (CELLS + 1)) / 2) });
  expect(await notebook.session.variables()).toHaveLength(CELLS);
});
