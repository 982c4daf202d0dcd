// A Python that never answers holds neither the kernel's end nor the next cell.
import { expect, test } from "vitest";
import { createPythonSession, type JupyterKernel } from "../../../interpreter/index.ts";

/** Starts, and answers nothing until it is ended. */
function silentKernel(onEnd: () => void): JupyterKernel {
  let fail = (_: Error) => {};
  const ended = new Promise<never>((_, reject) => {
    fail = reject;
  });
  ended.catch(() => {});
  const kill = () => fail(new Error("ended"));
  return {
    ...{ ended, kill, interrupt() {}, execute: () => ended, request: () => ended },
    async [Symbol.asyncDispose]() {
      onEnd();
      kill();
    },
  };
}

const installed = async () => ({ version: "3.13.0", packages: ["pandas"] });

test.each(["interrupted", "restarted", "closed"])("one that is %s ends", async (how) => {
  let started = 0;
  let ends = 0;
  const python = createPythonSession({
    async start() {
      started++;
      return silentKernel(() => ends++);
    },
    installed,
    onEvent() {},
  });
  const interrupt = new AbortController();
  const cell = python.execute("1", { cellId: "a", signal: interrupt.signal });
  const failed = expect(cell).rejects.toThrow();
  await expect.poll(() => started).toBe(1);
  if (how === "interrupted") interrupt.abort();
  else await (how === "closed" ? python[Symbol.asyncDispose]() : python.restart());
  await failed;
  expect({ ends, isRunning: python.isRunning }).toEqual({ ends: 1, isRunning: false });
});

test("one that is still starting ends, too", async () => {
  const python = createPythonSession({
    start: (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("not started")))),
    installed,
    onEvent() {},
  });
  const failed = expect(python.execute("1", { cellId: "a" })).rejects.toThrow("not started");
  await expect.poll(() => python.isRunning).toBe(true);
  await python[Symbol.asyncDispose]();
  await failed;
});

test("one that has not been started is told of without a start", async () => {
  let started = 0;
  const python = createPythonSession({
    async start() {
      started++;
      return silentKernel(() => {});
    },
    installed,
    onEvent() {},
  });
  expect(await python.about()).toEqual({ version: "3.13.0", packages: ["pandas"], names: [] });
  expect({ started, isRunning: python.isRunning }).toEqual({ started: 0, isRunning: false });
});
