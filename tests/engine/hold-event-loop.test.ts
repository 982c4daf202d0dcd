import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { holdEventLoop } from "../../engine/hold-event-loop.ts";

test("gives what is waited for, or its error", async () => {
  await expect(holdEventLoop(Promise.resolve(3))).resolves.toBe(3);
  await expect(holdEventLoop(Promise.reject(new Error("gone")))).rejects.toThrow("gone");
});

test("the event loop turns meanwhile, without using the CPU, and is let go afterwards", async () => {
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  const cpu = process.cpuUsage();
  for (let i = 0; i < 5; i++) await holdEventLoop(sleep(40)); // one after another: no loop is left behind by any
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(count);
  expect(turns).toBeGreaterThan(3);
  expect((user + system) / 1000).toBeLessThan(150); // ms, of 200

  const idle = performance.eventLoopUtilization();
  await sleep(50);
  expect(performance.eventLoopUtilization(idle).utilization).toBeLessThan(0.5);
});
