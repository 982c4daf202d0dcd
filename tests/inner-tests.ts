// Tests in a process of their own: what fails there fails here, with its name and its message.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const VITEST = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const MOST_PRINTED = 20_000; // characters of its end: enough for a crash's stack, and a log that can be read

export interface InnerTests {
  readonly command?: readonly string[]; // that runs a script; default: this Node
  readonly env?: NodeJS.ProcessEnv;
  readonly limitMs: number; // then it is ended, with all that it started
  readonly args: readonly string[]; // of vitest: files, filters
}

/**
 * @returns how many passed
 * @throws Error with the names and messages of those that failed; of a run that came to no end, with what it printed
 */
export async function runInnerTests({ args, ...how }: InnerTests): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-inner-tests-"));
  const file = join(folder, "results.json");
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${file}`]; // verbose tells as it goes
  try {
    const { end, printed } = await runToEnd([VITEST, "run", ...reporters, ...args], how);
    const told = `${end}. It printed:\n${stripVTControlCharacters(printed).slice(-MOST_PRINTED)}`;
    if (!existsSync(file)) throw new Error(`The run of inner tests left no results: ${told}`);
    const { success, numPassedTests, testResults } = JSON.parse(readFileSync(file, "utf8")) as Results;
    const failures = testResults.flatMap(failuresOf);
    if (failures.length > 0) throw new Error(`Inner tests failed (${failures.length}):\n\n${failures.join("\n\n")}`);
    if (!success) throw new Error(`No inner test failed, but their run did: ${told}`);
    return numPassedTests;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Never rejects: a program that cannot be started has an end, too. */
function runToEnd(args: readonly string[], { command = [process.execPath], env, limitMs }: Omit<InnerTests, "args">) {
  const [program, ...first] = command;
  const child = spawn(program!, [...first, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, which ends as one
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  return new Promise<{ end: string; printed: string }>((resolve) => {
    let late = "";
    const timer = setTimeout(() => {
      late = `ended after ${limitMs / 1000} s, `;
      process.kill(-child.pid!, "SIGKILL");
    }, limitMs);
    const finish = (end: string) => {
      clearTimeout(timer);
      resolve({ end: late + end, printed });
    };
    child.on("error", ({ message }) => finish(`not started, ${message}`));
    child.on("close", (code, signal) => finish(signal ?? `exit code ${code}`));
  });
}

function failuresOf({ name, message, assertionResults }: TestFile): string[] {
  const failed = assertionResults.filter(({ status }) => status === "failed");
  return [
    ...(message ? [`${name}: ${message}`] : []), // it could not be loaded, or a hook failed
    ...failed.map(({ fullName, failureMessages }) => [fullName, ...failureMessages].join("\n")),
  ];
}

/** What vitest's json reporter writes. */
interface Results {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly testResults: readonly TestFile[];
}

interface TestFile {
  readonly name: string;
  readonly message: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}
