// Texts of a model, a file's error or a program that are made to hold the kernel: what looks through them takes the time
// of their length, not of its square or cube.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const HANGS_MS = 200_000; // each would take from minutes to days
const DIST = new URL("../../dist/interpreter/", import.meta.url).href;

test.each([
  ["an error with empty lines in it", "sessions/sql/sql-error.js", 'sqlError("\\n".repeat(1e6)).message', ""],
  [
    "an answer with empty lines in it",
    "agent/sentences/numbers-in-text.js",
    'numbersIn("1" + "\\n".repeat(1e6) + "2").length',
    2,
  ],
  [
    "a list with blanks in it",
    "agent/sentences/bare-lists.js",
    'bareLists("1" + " ".repeat(1e5) + "x 2", { rows: [], measures: [], keyColumns: [], isOverTime: false }, []).length',
    0,
  ],
  [
    "what a program says as it fails",
    "tools/observation.js",
    `await runAndObserve({ onSessionEvent: () => () => {} }, async () => (
      { status: "error", error: { ename: "Error", evalue: "\\n".repeat(1e6) } }
    )).catch(({ name }) => name)`,
    "ToolCallError",
  ],
])("%s", (_what, module, expression, expected) => {
  const name = /\w+(?=\()/.exec(expression)?.[0];
  const code = `const { ${name} } = await import("${DIST}${module}"); process.stdout.write(JSON.stringify(${expression}));`;
  const args = ["--input-type=module", "-e", code]; // a process: nothing ends a loop in this one
  const { stdout, stderr, signal } = spawnSync(process.execPath, args, { timeout: HANGS_MS, encoding: "utf8" });
  expect({ signal, stderr, value: JSON.parse(stdout || "null") }).toEqual({
    signal: null,
    stderr: "",
    value: expected,
  });
});
