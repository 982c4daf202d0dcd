// A kernel ends with all that it started, whatever ends it and whatever they are doing.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { KernelProcess } from "./kernel-process.ts";
import { allProcesses, commandOf, isAlive, statusOf } from "./processes.ts";

let TMPDIR = ""; // of the kernel of one test
let latest: KernelProcess | undefined;
const SECONDS = String(1_000_000 + process.pid); // known by them: what cells start, and let go
beforeEach(() => {
  TMPDIR = mkdtempSync(join(tmpdir(), "left-")); // short: sockets are in it
});
afterEach(async () => {
  latest?.child.kill("SIGKILL");
  await latest?.[Symbol.asyncDispose]();
  rmSync(TMPDIR, { recursive: true, force: true });
  for (const pid of withArgument(SECONDS)) end(pid); // what a test that failed left
});

/** In groups and sessions of their own; the second has no parent any more. */
const DETACHED = `import { execSync, spawn } from "node:child_process";
spawn("sleep", ["${SECONDS}"], { detached: true, stdio: "ignore" }).unref();
execSync("setsid sh -c 'sleep ${SECONDS} > /dev/null 2>&1 &'");`;
const PYTHON = `%%python
import subprocess
own = subprocess.Popen(["sleep", "${SECONDS}"])
detached = subprocess.Popen(["setsid", "sleep", "${SECONDS}"], start_new_session=True)`;
const ENDLESS = "console.log('runs'); for (;;) {}";
// Holds the GIL: what it prints before, another of its threads may come to send only after.
const ENDLESS_PYTHON = "%%python\nimport re\nopen('runs', 'w').close()\nre.match('(a+)+b', 'a' * 60)";
const DEAF = `console.log("runs"); execSync("trap '' INT; while :; do sleep ${SECONDS}; done");`;

interface Started {
  readonly kernel: KernelProcess;
  readonly pids: readonly number[]; // of all that it started
}

async function startKernel(): Promise<KernelProcess> {
  latest = await KernelProcess.start({ transport: "ipc", env: { TMPDIR } });
  return latest;
}

/** A kernel that ran these cells and is in the middle of the last one. */
async function kernelIn(running: string | undefined, ...before: string[]): Promise<Started> {
  const kernel = await startKernel();
  for (const cell of before) expect((await kernel.execute(cell)).reply).toMatchObject({ status: "ok" });
  if (running !== undefined) {
    const id = kernel.startCell(running);
    const runs = () => kernel.printed(id).includes("runs") || existsSync(join(kernel.folder, "runs"));
    await expect.poll(runs).toBe(true);
  }
  return { kernel, pids: [...startedBy(kernel.child.pid!), ...withArgument(SECONDS)] };
}

async function expectNothingLeft({ kernel, pids }: Started): Promise<void> {
  await kernel.exited;
  const left = () => [...pids, ...withArgument(SECONDS), ...inFolder(TMPDIR)].filter(isAlive);
  await expect.poll(left).toEqual([]);
  await expect.poll(() => readdirSync(TMPDIR)).toEqual([]);
}

describe.skipIf(process.platform !== "linux")(
  "a kernel that is killed by signal 9 leaves no process and no file",
  () => {
    test("when it is idle: neither sessions, nor what their cells detached", async () => {
      const started = await kernelIn(undefined, DETACHED, PYTHON);
      await expect.poll(() => withArgument(SECONDS)).toHaveLength(4); // a shell that goes on may not be `sleep` yet
      started.kernel.child.kill("SIGKILL");
      await expectNothingLeft(started);
    });

    test("in the middle of a loop, with the supervisor that would see it", async () => {
      const started = await kernelIn(ENDLESS);
      const [supervisor] = started.pids.filter((pid) => /supervisor\.js/.test(commandOf(pid)));
      for (const pid of [supervisor!, started.kernel.child.pid!]) process.kill(pid, "SIGKILL");
      await expectNothingLeft(started);
    });

    test("while Python's own code holds Python, all of them stopped", async () => {
      const started = await kernelIn(ENDLESS_PYTHON, DETACHED);
      for (const pid of started.pids) if (!/guard/.test(commandOf(pid))) process.kill(pid, "SIGSTOP");
      started.kernel.child.kill("SIGKILL");
      await expectNothingLeft(started);
    });

    test("while an interrupt runs", async () => {
      const started = await kernelIn(DEAF, DETACHED);
      started.kernel.send("interrupt_request", {}, { channel: "control" });
      await new Promise((resolve) => setTimeout(resolve, 700)); // the signal was sent, the kill was not
      started.kernel.child.kill("SIGKILL");
      await expectNothingLeft(started);
    });

    test("while its sessions start", async () => {
      const kernel = await startKernel();
      kernel.startCell(PYTHON);
      await expect.poll(() => startedBy(kernel.child.pid!).length, { interval: 1 }).toBeGreaterThan(1);
      const pids = startedBy(kernel.child.pid!);
      kernel.child.kill("SIGKILL");
      await expectNothingLeft({ kernel, pids });
    });

    test("while it tries what its sandbox stops", async () => {
      const kernel = await startKernel();
      const victims = () => withArgument("victim").filter((pid) => startedBy(kernel.child.pid!).includes(pid));
      let id = kernel.startCell("%sandbox test");
      const found = () => {
        if (kernel.hasReply(id)) id = kernel.startCell("%sandbox test"); // it was over before we looked
        return victims().length;
      };
      await expect.poll(found, { interval: 1 }).toBe(1);
      const pids = startedBy(kernel.child.pid!);
      kernel.child.kill("SIGKILL");
      await expectNothingLeft({ kernel, pids });
    });
  },
);

describe.skipIf(process.platform !== "linux")("a kernel that is asked to end leaves no process and no file", () => {
  test("by a signal, with Python stopped", async () => {
    const started = await kernelIn(undefined, DETACHED, PYTHON);
    for (const pid of started.pids) if (/ipykernel/.test(commandOf(pid))) process.kill(pid, "SIGSTOP");
    started.kernel.child.kill("SIGTERM");
    expect(await started.kernel.exited).toBe(0);
    await expectNothingLeft(started);
    expect(started.kernel.log).toBe("");
  });

  test("by a message, in the middle of a loop", async () => {
    const started = await kernelIn(ENDLESS, DETACHED);
    started.kernel.send("shutdown_request", { restart: false }, { channel: "control" });
    expect(await started.kernel.exited).toBe(0);
    await expectNothingLeft(started);
    expect(started.kernel.log).toBe("");
  });
});

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {} // it has ended meanwhile
}

function startedBy(root: number): number[] {
  const parents = new Map<number, number>();
  for (const pid of allProcesses()) parents.set(pid, Number(/\) \S (\d+)/.exec(statusOf(pid))?.[1]));
  const isOfRoot = (pid: number | undefined): boolean => {
    const parent = parents.get(pid ?? 0);
    return parent !== undefined && (parent === root || isOfRoot(parent));
  };
  return [...parents.keys()].filter(isOfRoot);
}

function withArgument(argument: string): number[] {
  return allProcesses().filter((pid) => commandOf(pid).split("\0").includes(argument) && isAlive(pid));
}

/** Those that name it in their command: also what was started while we looked. */
function inFolder(folder: string): number[] {
  return allProcesses().filter((pid) => commandOf(pid).includes(folder));
}
