import { expect, test } from "vitest";
import { leadsGroup, signalGroup } from "../../interpreter/process-group.ts";

function recorded(platform: NodeJS.Platform, { fails = false, exitCode = null as number | null } = {}) {
  const done: unknown[] = [];
  const leader = {
    pid: 7,
    exitCode,
    signalCode: null,
    kill: (signal?: NodeJS.Signals | number) => done.push(["child", signal]) > 0,
  };
  const signals = {
    platform,
    kill(pid: number, signal: NodeJS.Signals) {
      done.push([pid, signal]);
      if (fails) throw new Error("ESRCH");
    },
    run(program: string, args: readonly string[], onFailure: () => void) {
      done.push([program, ...args]);
      if (fails) onFailure();
    },
  };
  return { done, send: (signal: NodeJS.Signals) => signalGroup(leader, signal, signals) };
}

test("a signal goes to the group, also to what a child that has ended left", () => {
  const { done, send } = recorded("darwin", { exitCode: 0 });
  send("SIGINT");
  send("SIGKILL");
  expect(done).toEqual([
    [-7, "SIGINT"],
    [-7, "SIGKILL"],
  ]);
  expect(() => recorded("linux", { fails: true }).send("SIGKILL")).not.toThrow();
});

test("on Windows the tree of a child that runs is ended, and nothing is sent for an interrupt, which would end it", () => {
  const { done, send } = recorded("win32");
  send("SIGINT");
  expect(done).toEqual([]);
  send("SIGKILL");
  expect(done).toEqual([["taskkill", "/PID", "7", "/T", "/F"]]);
  const ended = recorded("win32", { exitCode: 0 });
  ended.send("SIGKILL");
  expect(ended.done).toEqual([]);
});

test("on Windows without taskkill the child itself is ended", () => {
  const { done, send } = recorded("win32", { fails: true });
  send("SIGKILL");
  expect(done.at(-1)).toEqual(["child", "SIGKILL"]);
});

test("only where there are groups a child is started as the leader of one", () => {
  expect(["linux", "darwin", "win32"].map((platform) => leadsGroup(platform as NodeJS.Platform))).toEqual([
    true,
    true,
    false,
  ]);
});
