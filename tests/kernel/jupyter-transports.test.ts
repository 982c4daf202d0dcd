// Jupyter's own client, over what it offers to keep other users of the machine out.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { installKernelspec } from "../../kernel/kernelspec.ts";

const PYTHON = process.env.TEST_PYTHON ?? ""; // of the set-up; has jupyter_client
const isReady = existsSync(PYTHON);

test("there is a Python with jupyter_client", ({ skip }) => {
  if (!isReady && !process.env.CI) skip(`no Python with jupyter_client: TEST_PYTHON is "${PYTHON}"`);
  expect(isReady).toBe(true);
});

test.runIf(isReady).each([
  ["ipc", "disabled"],
  ["tcp", "auto"],
  ["ipc", "required"],
])("a kernel over %s, encryption %s, runs, asks and restarts", async (transport, encryption) => {
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-jupyter-"));
  try {
    await installKernelspec({ prefix: folder });
    const env = { ...process.env, JUPYTER_PATH: join(folder, "share", "jupyter"), JUPYTER_RUNTIME_DIR: folder };
    const script = join(import.meta.dirname, "jupyter_transports.py");
    const { stdout } = await promisify(execFile)(PYTHON, ["-B", script, transport, encryption], { env, cwd: folder });
    const { modes, ...seen } = JSON.parse(stdout);
    expect(seen).toEqual({
      printed: ["Ada\n", "42", "'again'"],
      isAlive: true,
      transport,
      isEncrypted: encryption !== "disabled",
    });
    expect(modes).toHaveLength(transport === "ipc" ? 6 : 1);
    expect(modes.filter((mode: number) => (mode & 0o077) !== 0)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
