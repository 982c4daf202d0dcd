// Tests in a process of their own: what fails there fails here, with its name and its message.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Ended } from "./newer-mesa.ts";

const VITEST = join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const MOST_PRINTED = 20_000; // characters of its end: enough for a crash's stack, and a log that can be read

/**
 * @param run starts Node with these arguments, and waits for its end
 * @returns how many passed
 * @throws Error with the names and messages of those that failed; of a run that came to no end, with what it printed
 */
export async function runInnerTests(
  run: (args: readonly string[]) => Promise<Ended>,
  files: readonly string[],
  only?: string,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-inner-tests-"));
  const results = join(folder, "results.json");
  const filter = only === undefined ? [] : ["-t", only];
  const reporters = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${results}`]; // verbose tells as it goes
  try {
    const { how, printed } = await run([VITEST, "run", ...reporters, ...filter, ...files]);
    const end = stripVTControlCharacters(printed).slice(-MOST_PRINTED);
    if (!existsSync(results)) throw new Error(`The inner tests came to no end (${how}). They printed:\n${end}`);
    const { success, numPassedTests, testResults } = JSON.parse(readFileSync(results, "utf8")) as Results;
    const failures = testResults.flatMap(failuresOf);
    if (failures.length > 0) throw new Error(`${failures.length} inner tests failed:\n\n${failures.join("\n\n")}`);
    if (!success) throw new Error(`No inner test failed, and yet their run did (${how}). It printed:\n${end}`);
    return numPassedTests;
  } finally {
    rmSync(folder, { recursive: true });
  }
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
