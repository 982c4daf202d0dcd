// console and process.stdout/stderr of the cells: each write goes out at once, with the cell that made it.
import { Console } from "node:console";
import { currentCell } from "./attribution.ts";
import { send } from "./frames-out.ts";
import { OUTPUT_STOPS, outputLimit } from "./output-limit.ts";
import { createTerminalLine } from "./terminal-line.ts";
import { TerminalOutput } from "./terminal-output.ts";

const limited = outputLimit();

export function print(name: "stdout" | "stderr", text: string, cellId = currentCell()): void {
  const { kept, stops } = limited(cellId, text);
  if (kept !== "") send({ type: "stream", cellId, name, text: kept });
  if (stops) send({ type: "stream", cellId, name: "stderr", text: OUTPUT_STOPS });
}

/** @param clear what console.clear() does */
export function redirectOutput(clear: () => void): void {
  const stdout = new TerminalOutput(1, printLines("stdout"));
  const stderr = new TerminalOutput(2, printLines("stderr"));
  Object.defineProperty(process, "stdout", { value: stdout, configurable: true, enumerable: true });
  Object.defineProperty(process, "stderr", { value: stderr, configurable: true, enumerable: true });
  // A console of our own: Node's reports each call to the inspector, too, which keeps the logged objects alive.
  const nodes = globalThis.console;
  const own = Object.assign(new Console({ stdout, stderr, colorMode: false }), { clear });
  for (const [name, value] of Object.entries(nodes)) if (!(name in own)) Object.assign(own, { [name]: value });
  globalThis.console = own;
}

/** Each cell's output begins a line of its own. */
function printLines(name: "stdout" | "stderr"): (text: string) => void {
  let cellId = "";
  let rewritten = createTerminalLine();
  return (text) => {
    const current = currentCell();
    if (current !== cellId) rewritten = createTerminalLine();
    cellId = current;
    print(name, rewritten(text), cellId);
  };
}
