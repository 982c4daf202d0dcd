// What guards the user holds in a real kernel, whatever a folder's files say; and what a kernel started ends with it.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelProcess } from "./kernel-process.ts";
import { isAlive } from "./processes.ts";

let own: string; // the user's folder, which nobody else may see
beforeAll(() => {
  own = mkdtempSync(join(tmpdir(), "own-"));
  writeFileSync(join(own, "secret.txt"), "of the user");
});
afterAll(() => rmSync(own, { recursive: true }));
const ofTheUser = () => ({ XDG_CONFIG_HOME: own, QWENLAB_SANDBOX: "on", QWENLAB_APPROVE: "never" });
const readsSecret = () => `require("node:fs").readFileSync(${JSON.stringify(join(own, "secret.txt"))}, "utf8")`;
const errorOf = ({ reply }: { reply: Record<string, unknown> }) => `${reply.ename}: ${reply.evalue}`;

describe.skipIf(process.platform !== "linux")("the user's sandbox and approval", () => {
  test("hold with a broken file in the folder, which is told in the first cell, once", async () => {
    const files = { "qwenlab.config.json": '{"x":1,"sandbox":"off","approve":"always"}' };
    await using kernel = await KernelProcess.start({ env: ofTheUser(), files });
    const silent = await kernel.execute("1", { content: { silent: true } });
    expect(silent.reply.status).toBe("ok");
    const first = kernel.startCell("%approve");
    await kernel.finished(first);
    expect(kernel.printed(first, "stdout")).toMatch(/^never:/);
    expect(kernel.printed(first, "stderr")).toMatch(
      /^qwenlab: \/.*qwenlab\.config\.json: there is no setting "x"; did you mean model\? \(the file is left out as a whole; your own settings hold\)\.\n$/,
    );
    const reads = await kernel.execute(readsSecret());
    expect(errorOf(reads)).toMatch(/ENOENT|EACCES/);
    expect(reads.messages.some(({ content }) => content.name === "stderr")).toBe(false);
  });

  test("where there is no bubblewrap nothing runs, until the user says so", async () => {
    const env = { ...ofTheUser(), PATH: own };
    const answers = ["n", "y"];
    await using kernel = await KernelProcess.start({ env, answer: () => answers.shift() });
    for (const cell of [readsSecret(), "%%sql\nSELECT 1", "%%python\n1"]) {
      const ran = await kernel.execute(cell);
      expect(ran.reply.status, cell).toBe("error");
      expect(errorOf(ran), cell).toMatch(/sandbox is on and cannot be had \(bwrap.*not found.*%sandbox off|no Python/);
    }
    expect(errorOf(await kernel.execute("%sandbox off", { content: { allow_stdin: false } }))).toMatch(
      /nobody can be asked/,
    );
    expect(errorOf(await kernel.execute("%sandbox off"))).toMatch(/sandbox on stays.*you said no/);
    expect((await kernel.execute(readsSecret())).reply.status).toBe("error");
    await kernel.execute("%sandbox off");
    expect(String(kernel.questions.at(-1)?.content.prompt)).toContain("Your settings say sandbox on");
    expect((await kernel.execute(`${readsSecret()}.length`)).reply.status).toBe("ok");
  });
});

test("files of the folder that are named as Python's own do not run when Python starts", async () => {
  const plants = ["ipykernel.py", "ipykernel_launcher.py", "runpy.py", "sitecustomize.py"];
  const files = Object.fromEntries(plants.map((name) => [name, "open('PWNED', 'w')\nraise SystemExit\n"]));
  await using kernel = await KernelProcess.start({ env: { XDG_CONFIG_HOME: own }, files });
  expect((await kernel.execute("%%python\n1 + 1")).reply.status).toBe("ok");
  expect(existsSync(join(kernel.folder, "PWNED"))).toBe(false);
});

test("a cell does not loosen what the user's settings say about approval, unless the user says so", async () => {
  const answers = ["n", "y"];
  await using kernel = await KernelProcess.start({
    env: { XDG_CONFIG_HOME: own, QWENLAB_APPROVE: "never" },
    answer: () => answers.shift(),
  });
  for (const cell of ["%approve always", "%approve auto run_typescript"]) {
    const ran = await kernel.execute(cell, { content: { allow_stdin: false } });
    expect(errorOf(ran)).toMatch(/approve never stays.*nobody can be asked/);
  }
  expect(errorOf(await kernel.execute("%approve ask"))).toMatch(/you said no/);
  const asked = kernel.startCell("%approve ask");
  await kernel.finished(asked);
  expect(kernel.printed(asked)).toMatch(/^ask:/);
});

describe.skipIf(process.platform === "win32")("an MCP server that ignores SIGTERM and never answers", () => {
  /** Its own child, which ignores it as well, is of its group. */
  const STUBBORN = `
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
    setInterval(() => {}, 1000);
    const pids = [process.pid];
    if (!process.argv[2]) pids.push(require("child_process").spawn(process.execPath, [__filename, "child"], { stdio: "inherit" }).pid);
    if (pids.length > 1) require("fs").writeFileSync("pids", pids.join(" "));`;
  const files = {
    "stubborn.cjs": STUBBORN,
    ".mcp.json": JSON.stringify({ mcpServers: { stubborn: { command: process.execPath, args: ["stubborn.cjs"] } } }),
  };

  async function withStubborn(kernel: KernelProcess): Promise<{ cell: string; pids: number[] }> {
    const cell = kernel.startCell("%tools");
    const path = join(kernel.folder, "pids");
    await expect.poll(() => (existsSync(path) ? readFileSync(path, "utf8") : "")).toMatch(/^\d+ \d+$/);
    const pids = readFileSync(path, "utf8").split(" ").map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    return { cell, pids };
  }
  const areGone = (pids: number[]) => expect.poll(() => pids.some(isAlive)).toBe(false);

  test("ends with a kernel that is asked to end while it waits", async () => {
    await using kernel = await KernelProcess.start({ env: { XDG_CONFIG_HOME: own }, files, answer: () => "y" });
    const { pids } = await withStubborn(kernel);
    await kernel.request("shutdown_request", { restart: false }, { channel: "control" });
    expect(await kernel.exited).toBe(0);
    await areGone(pids);
  });

  test("ends when the cell is interrupted, and with a kernel that is killed", async () => {
    await using kernel = await KernelProcess.start({ env: { XDG_CONFIG_HOME: own }, files, answer: () => "y" });
    const { cell, pids } = await withStubborn(kernel);
    await kernel.request("interrupt_request", {}, { channel: "control" });
    await kernel.finished(cell);
    await areGone(pids);
    rmSync(join(kernel.folder, "pids"));
    const { pids: left } = await withStubborn(kernel);
    kernel.child.kill("SIGKILL");
    await areGone(left);
  });
});
