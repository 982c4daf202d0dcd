import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { ownTime, timeOf } from "../../../engine/grammar/thread-time.ts";

const MODULE = new URL("../../../dist/engine/grammar/thread-time.js", import.meta.url).href;

/** A thread that says where its time is told, and then does that. */
async function threadThat(does: string) {
  const code = `(async () => {
    const { parentPort } = require("node:worker_threads");
    const { source, now } = (await import(${JSON.stringify(MODULE)})).ownTime();
    parentPort.postMessage({ source, began: now() });
    ${does};
    parentPort.postMessage(now());
    setInterval(() => {}, 1e6);
  })()`;
  const worker = new Worker(code, { eval: true });
  const [{ source, began }] = await once(worker, "message");
  return { worker, source, began };
}

test.skipIf(ownTime().source.by === "clock")("a thread that waits spends nothing, one that computes does", async () => {
  const waiting = await threadThat("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)");
  const computing = await threadThat("for (const start = now(); now() < start + 300; );");
  const [[waited], [computed]] = await Promise.all([
    once(waiting.worker, "message"),
    once(computing.worker, "message"),
  ]);
  expect(waited - waiting.began).toBeLessThan(150);
  expect(computed - computing.began).toBeGreaterThanOrEqual(300);
  for (const [{ worker, source }, own] of [
    [waiting, waited],
    [computing, computed],
  ] as const) {
    const told = await timeOf(worker, source);
    expect(told).toBeGreaterThan(own - 50); // the system counts in its own steps
    expect(told).toBeLessThan(own + 150);
    await worker.terminate();
  }
});
