import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { serverTransport } from "../../../interpreter/tools/mcp-process.ts";

/** Answers the first message, and ends. */
const LAST_WORDS = `process.stdin.once("data", () => {
  const answer = { jsonrpc: "2.0", id: 1, result: { text: "x".repeat(Number(process.argv[1])) } };
  process.stdout.write(JSON.stringify(answer) + "\\n", () => process.exit());
});`;

test("what a server leaves outside of its group, with its output open, keeps no connection", async () => {
  const pidFile = join(mkdtempSync(join(tmpdir(), "qwenlab-mcp-")), "pid");
  const left = `setsid sh -c 'echo $$ > ${pidFile}; exec sleep 600' &`;
  const args = ["-c", `${left} until [ -s ${pidFile} ]; do sleep 0.02; done`];
  const transport = serverTransport({ command: "/bin/sh", args, env: {}, cwd: tmpdir() });
  const closed = new Promise<void>((resolve) => {
    transport.onclose = resolve;
  });
  await transport.start();
  await closed;
  process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL"); // it was there until now
  rmSync(dirname(pidFile), { recursive: true });
});

test.each([10, 70_000, 100_000, 130_000, 150_000, 180_000])(
  "a server that ends at once after an answer of %i characters is heard",
  async (length) => {
    const program = {
      command: process.execPath,
      args: ["-e", LAST_WORDS, String(length)],
      env: {},
      cwd: process.cwd(),
    };
    const transport = serverTransport(program);
    const events: string[] = [];
    const closed = new Promise<void>((resolve) => {
      transport.onclose = () => {
        events.push("closed");
        resolve();
      };
    });
    transport.onmessage = (message) => events.push(`${JSON.stringify(message).length - length > 0} answer`);
    await transport.start();
    await transport.send({ jsonrpc: "2.0", id: 1, method: "ping" });
    execFileSync(process.execPath, ["-e", ""]); // meanwhile it answers, and ends: both are met at once
    await closed;
    expect(events).toEqual(["true answer", "closed"]);
  },
);
