// What this machine may not offer, or what should never happen: a control group, another architecture, a watch that fails.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findParent, removeLeftGroups } from "../../../interpreter/sessions/confinement/memory-group.ts";
import { enterRoom } from "../../../interpreter/sessions/confinement/room.ts";
import { systemCallFilter } from "../../../interpreter/sessions/confinement/system-calls.ts";
import { watchLimits } from "../../../interpreter/sessions/confinement/watch-limits.ts";

test("a watch that fails ends the room, and says why", async () => {
  const closed = { fd: 1_000_000 } as FileHandle; // as: of a descriptor that nobody has
  const why = await new Promise<string>((resolve) => {
    const folders = { out: closed, notebook: closed, tmp: closed, shared: closed, processes: closed };
    onTestFinished(watchLimits({ ...folders, covered: [] }, resolve));
  });
  expect(why).toMatch(/^could not be watched: ENOENT/);
});

test("a room is found and watched while its processes make rooms of their own, as root's does when it becomes nobody", async () => {
  const outFolder = mkdtempSync(join(tmpdir(), "qwenlab-out-"));
  onTestFinished(() => rmSync(outFolder, { recursive: true }));
  const mounts = ["--bind", "/", "/", "--dev", "/dev", "--tmpfs", "/dev/shm", "--tmpfs", "/tmp", "--tmpfs", outFolder];
  const rooms = "while :; do bwrap --bind / / --dev-bind /dev /dev true; done";
  const room = spawn("/usr/bin/env", [
    "bwrap",
    ...mounts,
    "--die-with-parent",
    "--unshare-pid",
    "--proc",
    "/proc",
    "sh",
    "-c",
    rooms,
  ]);
  onTestFinished(() => void room.kill("SIGKILL"));
  const ended: string[] = [];
  for (let entry = 0; entry < 30; entry++) {
    const about = { pid: room.pid ?? 0, outFolder, covered: [], exchange: undefined, group: undefined };
    const entered = enterRoom({ ...about, onExceeded: (why) => ended.push(why) });
    expect(await entered.bringIn()).toBeUndefined();
    await entered.close();
  }
  expect(room.exitCode).toBeNull();
  expect(ended).toEqual([]);
});

test("a control group is made in the nearest one above that gives memory and processes on, with the limits", () => {
  const root = mkdtempSync(join(tmpdir(), "qwenlab-cgroup-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const given = join(root, "user.slice", "app.slice");
  mkdirSync(join(given, "terminal.scope"), { recursive: true });
  writeFileSync(join(root, "cgroup.subtree_control"), "cpu memory pids\n");
  writeFileSync(join(given, "cgroup.subtree_control"), "memory pids\n");
  writeFileSync(join(given, "terminal.scope", "cgroup.subtree_control"), "\n");
  expect(findParent(root, "/user.slice/app.slice/terminal.scope")).toBe(given);
  const made = join(given, readdirSync(given).find((name) => name.startsWith("qwenlab-")) ?? "");
  expect(readFileSync(join(made, "pids.max"), "utf8")).toBe("136");
  expect(Number(readFileSync(join(made, "memory.max"), "utf8"))).toBe(3 * 2 ** 30);
  expect(readFileSync(join(made, "memory.swap.max"), "utf8")).toBe("0");
  writeFileSync(join(given, "cgroup.subtree_control"), "cpu\n");
  expect(findParent(root, "/user.slice/app.slice/terminal.scope")).toBe(root);
  expect(findParent(root, undefined)).toBeUndefined();
});

test("control groups that killed kernels have left are removed, those in use and those of others are not", () => {
  const parent = mkdtempSync(join(tmpdir(), "qwenlab-cgroup-"));
  onTestFinished(() => rmSync(parent, { recursive: true }));
  const { pid: ended } = spawnSync("true");
  const kept = [`qwenlab-${process.pid}-1`, `qwenlab-${ended}-3`, "terminal.scope", "qwenlab-x-1"];
  for (const name of [`qwenlab-${ended}-1`, `qwenlab-${ended}-2`, ...kept]) mkdirSync(join(parent, name));
  mkdirSync(join(parent, `qwenlab-${ended}-3`, "inner")); // as one that still has processes, it cannot be removed
  removeLeftGroups(parent);
  expect(readdirSync(parent).sort()).toEqual(kept.sort());
});

test("system calls are filtered on x86-64 and arm64, each with its own numbers, and nothing is run elsewhere", () => {
  const numbers = (architecture: string) => {
    const program = systemCallFilter(architecture) ?? Buffer.alloc(0);
    return Array.from({ length: program.length / 8 }, (_, i) => program.readUInt32LE(8 * i + 4));
  };
  expect(numbers("x64")).toEqual(expect.arrayContaining([0xc000003e, 319, 323, 250, 101])); // memfd, userfaultfd, keyctl, ptrace
  expect(numbers("arm64")).toEqual(expect.arrayContaining([0xc00000b7, 279, 282, 219, 117]));
  expect(systemCallFilter("riscv64")).toBeUndefined();
});
