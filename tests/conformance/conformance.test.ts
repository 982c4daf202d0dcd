import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installKernelspec } from "../../kernel/kernelspec.ts";

const PYTHON = process.env.TEST_PYTHON ?? ""; // of the set-up; has jupyter_kernel_test
const LIMIT_MS = 600_000; // of a run that hangs; it takes half a minute
const isReady = existsSync(PYTHON);

test("there is a Python to run jupyter_kernel_test", ({ skip }) => {
  if (!isReady && !process.env.CI) skip(`no Python with jupyter_kernel_test: TEST_PYTHON is "${PYTHON}"`);
  expect(isReady).toBe(true);
});

test.runIf(isReady)(
  "all of jupyter_kernel_test passes, nothing is left out",
  { timeout: LIMIT_MS + 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "qwenlab-conformance-"));
    try {
      await installKernelspec({ prefix: folder });
      const env = { ...process.env, JUPYTER_PATH: join(folder, "share", "jupyter"), JUPYTER_RUNTIME_DIR: folder };
      const report = await run(PYTHON, ["-B", "-m", "unittest", "-v", "test_qwenlab"], env);
      expect(report, report).toMatch(/^Ran 13 tests in [\d.]+s\n\nOK\n$/m); // "OK (skipped=1)" would not do
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

/** Gives what the program said on standard error, whatever its exit code. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(program, args, {
    cwd: import.meta.dirname,
    env,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: LIMIT_MS,
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", () => resolve(said)));
}
