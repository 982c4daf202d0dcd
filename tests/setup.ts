// Once before all tests: what a new machine lacks is set up here, so that `npm test` is the only command.
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { driverEnvironment } from "../engine/device.ts";
import { readSettings } from "../kernel/settings/settings.ts";
import { ensureModel } from "../kernel/setup/model.ts";
import { ensurePythonPackages, type PythonOptions, pythonFolder } from "../kernel/setup/python.ts";
import { terminalReport } from "../kernel/setup/report.ts";
import { runProgram } from "../kernel/setup/run-program.ts";
import { ensureAdapter } from "../kernel/setup/vulkan-driver.ts";

const MODEL = "qwen2.5-coder-0.5b";

/** Test processes get: the driver's environment, QWENLAB_CACHE_DIR, TEST_PYTHON, and a runtime folder of their own. */
export default async function setup(): Promise<() => void> {
  const { cacheDir } = readSettings({ cwd: import.meta.dirname, env: process.env });
  const report = terminalReport();
  const options = { cacheDir, report };

  const toAdapter = async () => {
    await step("build", build);
    await step("adapter", () => ensureAdapter(options)); // by a program of the build
  };
  const toModel = async () => {
    await step("python", () => ensureRequirements(options));
    await step("model", () => ensureModel(MODEL, options)); // its mirror needs pip
  };
  await Promise.all([toAdapter(), toModel()]); // one computes while the other waits for the network

  const runtime = mkdtempSync(join(tmpdir(), "qwenlab-tests-")); // mode 0700; no engine of the user's is found there
  Object.assign(process.env, driverEnvironment(cacheDir), {
    QWENLAB_CACHE_DIR: cacheDir,
    TEST_PYTHON: join(pythonFolder(cacheDir), "bin", "python"),
    XDG_RUNTIME_DIR: runtime,
  });
  return () => {
    endEngines(join(runtime, "qwenlab"));
    rmSync(runtime, { recursive: true, force: true });
  };
}

/** In CI a step that fails ends the run; elsewhere the tests that need it will tell. */
async function step(name: string, run: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  try {
    await run();
    process.stderr.write(`set-up: ${name} ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  } catch (error) {
    if (process.env.CI) throw error;
    process.stderr.write(`set-up: ${name} failed: ${error instanceof Error ? error.message : error}\n`);
  }
}

/** tsc tells mistakes on standard output. */
async function build(): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram(process.execPath, ["build.mjs"]);
  if (exitCode !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
  process.stderr.write(stderr); // warnings
}

/** pip takes seconds to find that nothing is to do: what was installed last is noted beside it. */
async function ensureRequirements(options: PythonOptions): Promise<void> {
  const requirements = join(import.meta.dirname, "requirements.txt");
  const note = join(pythonFolder(options.cacheDir), "tests-requirements.txt");
  if (existsSync(note) && readFileSync(note, "utf8") === readFileSync(requirements, "utf8")) return;
  await ensurePythonPackages(["-r", requirements], options);
  copyFileSync(requirements, note);
}

/** Engine processes that tests have started would go on for half an hour. */
function endEngines(folder: string): void {
  for (const file of filesOf(folder)) {
    const pid: unknown = JSON.parse(readFileSync(file, "utf8")).pid;
    if (typeof pid === "number" && pid > 0) {
      try {
        process.kill(pid, "SIGTERM");
      } catch {
        // it has ended by itself
      }
    }
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(folder, name));
  } catch {
    return []; // no engine was started
  }
}
