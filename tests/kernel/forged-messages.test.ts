// A kernel that we started, Python in the sandbox say, knows its key and holds its sockets: it may send anything.
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CONNECTION_FILE, KernelEndedError, startJupyterKernel } from "../../kernel/protocol/start-jupyter-kernel.ts";

const ROOT = join(import.meta.dirname, "../..");
const ZEROMQ = createRequire(import.meta.url).resolve("zeromq");

/** Binds its sockets, and sends these frames for the first request. */
const kernelThat = (frames: string) => `
const { Router, Publisher } = require(${JSON.stringify(ZEROMQ)});
const { createHmac } = require("node:crypto");
const { ip, key, ...ports } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
const DELIMITER = "<IDS|MSG>";
const signed = (...parts) => {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return [DELIMITER, hmac.digest("hex"), ...parts];
};
(async () => {
  const [shell, control, stdin, iopub] = [new Router(), new Router(), new Router(), new Publisher()];
  const bind = (socket, name) => socket.bind("ipc://" + ip + "-" + ports[name + "_port"]);
  await Promise.all([bind(shell, "shell"), bind(control, "control"), bind(stdin, "stdin"), bind(iopub, "iopub")]);
  const [identity] = await shell.receive();
  await shell.send([identity, ...${frames}]);
  setInterval(() => [shell, control, stdin, iopub], 1000); // zeromq closes what is not reachable
})();`;

test.each([
  ["nothing", "['']", "no delimiter"],
  ["a delimiter alone", "[DELIMITER]", "too few frames"],
  ["another signature", "[DELIMITER, 'x', '{}', '{}', '{}', '{}']", "wrong signature"],
  ["a header that is no JSON", "signed('{', '{}', '{}', '{}')", "a frame is not JSON"],
  ["a list for a header", "signed('[]', '{}', '{}', '{}')", "a frame is not a JSON object"],
  ["a header without a type", "signed('{}', '{}', '{}', '{}')", "a header without msg_id or msg_type"],
  ["100 MB with a header that is no JSON", "signed('{', '{}', '{}', Buffer.alloc(1e8))", "JSON"],
])("one that sends %s ends, and says why", async (_, frames, why) => {
  const command = { program: process.execPath, args: ["-e", kernelThat(frames), CONNECTION_FILE], cwd: ROOT };
  const started = startJupyterKernel(command);
  await expect(started).rejects.toBeInstanceOf(KernelEndedError);
  await expect(started).rejects.toThrow("qwenlab ended it: it sent what is no message of the protocol: ");
  await expect(started).rejects.toThrow(why);
});

test("one whose folder is gone is not started, and says so", async () => {
  const cwd = join(tmpdir(), "qwenlab-no-such-folder");
  const started = startJupyterKernel({ program: process.execPath, args: [CONNECTION_FILE], cwd });
  await expect(started).rejects.toThrow(`the kernel could not be started: its folder ${cwd} is gone`);
});
