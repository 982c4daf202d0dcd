import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startJupyterLab } from "../../../kernel/setup/jupyter-lab.ts";
import { freePorts } from "../../free-ports.ts";

/** Starts a program that tells its address as JupyterLab does, and then runs this. */
async function start(then: string) {
  const folder = mkdtempSync(join(tmpdir(), "lab-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [port] = await freePorts(1);
  const program = `console.log("http://127.0.0.1:${port}/lab"); ${then.replaceAll("PORT", String(port))}`;
  const jupyter = { command: [process.execPath, "-e", program, "--"], version: "4", prefix: undefined };
  const options = { folder, port: port!, openBrowser: false, logPath: join(folder, "lab.log") };
  return await startJupyterLab(jupyter, options);
}

test("JupyterLab is ready when it listens, which it does after it has told its address", async () => {
  const lab = await start(`
    const answer = (_, response) => response.end("here");
    setTimeout(() => require("node:http").createServer(answer).listen(PORT, "127.0.0.1"), 500);`);
  onTestFinished(() => lab.stop());
  expect(await (await fetch(lab.url)).text()).toBe("here");
});

test("one that ends before it listens is told with its last words", async () => {
  await expect(start(`console.error("no such port"); process.exitCode = 3;`)).rejects.toThrow(
    /ended with exit code 3:.*no such port/s,
  );
});
