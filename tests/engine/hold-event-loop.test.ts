import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { holdEventLoop } from "../../engine/hold-event-loop.ts";

test("gives what is waited for, or its error", async () => {
  await expect(holdEventLoop(Promise.resolve(3))).resolves.toBe(3);
  await expect(holdEventLoop(Promise.reject(new Error("gone")))).rejects.toThrow("gone");
  await expect(holdEventLoop(sleep(5, "a timer"))).resolves.toBe("a timer"); // the loop turns meanwhile
});

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await nextTurn();
}

test("a turn of the event loop is held once while something is waited for, and not afterwards", async () => {
  const holds = vi.spyOn(Atomics, "wait");
  onTestFinished(() => holds.mockRestore());
  for (let i = 0; i < 5; i++) await holdEventLoop(turns(20)); // one after another: no loop is left behind by any
  await Promise.all([holdEventLoop(turns(20)), holdEventLoop(turns(20))]); // nor does each have its own
  expect(holds.mock.calls.length).toBeGreaterThan(6 * 15);
  expect(holds.mock.calls.length).toBeLessThanOrEqual(6 * 21);

  await turns(2);
  holds.mockClear();
  await turns(20);
  expect(holds).not.toHaveBeenCalled();
});
