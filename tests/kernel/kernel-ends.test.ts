import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { KernelProcess, spawnKernel } from "./kernel-process.ts";
import { isAlive } from "./processes.ts";

describe("a kernel's end", () => {
  test.each([
    ["control", false],
    ["shell", true],
  ] as const)(
    "asked for on %s (restart: %s) is answered, and leaves no process and no socket",
    async (channel, restart) => {
      await using other = await KernelProcess.start({ transport: "ipc" });
      const cell = other.startCell("console.log(process.pid); while (true) {}");
      await other.until(() => other.printed(cell) !== "");
      const pid = Number(other.printed(cell));
      expect(await other.request("shutdown_request", { restart }, { channel })).toEqual({ status: "ok", restart });
      expect(await other.exited).toBe(0);
      await expect.poll(() => isAlive(pid)).toBe(false);
      expect(readdirSync(other.place.folder!)).toEqual([]);
      await expect.poll(() => other.iopub.at(-1)?.content).toEqual({ execution_state: "idle" });
    },
  );
});

test("a kernel whose starter is gone ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-orphan-"));
  const ports = { shell_port: 1, control_port: 2, stdin_port: 3, iopub_port: 4, hb_port: 5 };
  const path = join(folder, "connection.json");
  writeFileSync(path, JSON.stringify({ transport: "ipc", ip: join(folder, "kernel"), ...ports }));
  // The shell stands for Jupyter: it starts the kernel, tells its process id, and is killed.
  const program = join(import.meta.dirname, "../../bin/qwenlab.js");
  const script = `"${process.execPath}" "${program}" kernel "${path}" & echo $!; wait`;
  const starter = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  const pid = Number(await new Promise((resolve) => starter.stdout.once("data", resolve)));
  await expect.poll(() => existsSync(join(folder, "kernel-5"))).toBe(true);
  starter.kill("SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
  rmSync(folder, { recursive: true });
});

test.skipIf(process.platform === "win32")("a kernel ends with the Jupyter that its environment names", async () => {
  const jupyter = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  onTestFinished(() => void jupyter.kill("SIGKILL"));
  await using kernel = await KernelProcess.start({ env: { JPY_PARENT_PID: String(jupyter.pid) } });
  const cell = kernel.startCell("console.log(process.pid); for (;;) {}");
  await kernel.until(() => kernel.printed(cell) !== "");
  jupyter.kill("SIGKILL");
  expect(await kernel.exited).toBe(0);
  await expect.poll(() => isAlive(Number(kernel.printed(cell)))).toBe(false);
});

test("a kernel whose environment names a process that never was, as in a container, goes on", async () => {
  await using kernel = await KernelProcess.start({ env: { JPY_PARENT_PID: "4194305" } }); // one more than Linux has
  const { reply } = await kernel.execute("await new Promise((resolve) => setTimeout(resolve, 2_500))"); // past two looks
  expect(reply).toMatchObject({ status: "ok" });
});

describe("a connection file", () => {
  test.each([
    ["that is not there", undefined, "no such file"],
    ["that is not JSON", "{", "it is not JSON"],
    [
      "whose address is not ours",
      '{"transport":"tcp","ip":"192.0.2.1","key":"k","signature_scheme":"hmac-sha256","shell_port":1,"control_port":2,"stdin_port":3,"iopub_port":4,"hb_port":5}',
      "cannot listen on tcp://192.0.2.1:",
    ],
  ])("%s ends the kernel with one clear line", async (_name, text, message) => {
    const folder = mkdtempSync(join(tmpdir(), "qwenlab-connection-"));
    const path = join(folder, "connection.json");
    if (text !== undefined) writeFileSync(path, text);
    const child = spawnKernel(path);
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(said.trim().split("\n")).toEqual([expect.stringContaining(message)]);
  });
});
