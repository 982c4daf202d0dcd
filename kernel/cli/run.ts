import { dirname, resolve } from "node:path";
import type { JupyterKernel, KernelMessage } from "../../interpreter/index.ts";
import { terminalText } from "../display/clean-text.ts";
import { KernelEndedError, startOwnKernel } from "../protocol/start-jupyter-kernel.ts";
import { displayId, OutputCollector } from "./cell-outputs.ts";
import { type Command, CommandError, readArguments } from "./command.ts";
import { interruptSignal } from "./interrupt.ts";
import {
  type Cell,
  idOf,
  isTagged,
  type Notebook,
  notebookTarget,
  type Output,
  readNotebook,
  sourceOf,
} from "./notebook-file.ts";

export const run: Command = {
  name: "run",
  summary: "execute a notebook without a browser",
  usage: `usage: qwenlab run NOTEBOOK [--out FILE]

Runs the notebook's code cells in order, in the notebook's folder, and prints what they print. Needs no Jupyter. Stops
at the first error with exit code 1, unless the cell is tagged "raises-exception".

  --out FILE   write the notebook with its outputs (also after an error); may be NOTEBOOK itself`,

  async run(argv) {
    const { values, positionals } = readArguments(argv, { out: { type: "string" } }, ["NOTEBOOK"]);
    const path = resolve(positionals[0]!);
    const notebook = readNotebook(path);
    const target = values.out === undefined ? undefined : notebookTarget(resolve(values.out));
    const signal = interruptSignal();
    await using kernel = await startOwnKernel(dirname(path), signal).catch(explain);
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new CommandError("interrupted")));
    });
    try {
      await Promise.race([executeCells(notebook, kernel), stopped]);
    } finally {
      target?.write(notebook);
    }
    return 0;
  },
};

async function executeCells(notebook: Notebook, kernel: JupyterKernel): Promise<void> {
  const collector = new OutputCollector();
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type !== "code") continue;
    const source = sourceOf(cell);
    const outputs = collector.beginCell();
    Object.assign(cell, { outputs, execution_count: null });
    if (source.trim() === "") continue;
    const printer = new Printer();
    const reply = await kernel
      .execute(source, {
        onMessage(message) {
          collector.add(message);
          printer.add(message);
        },
      })
      .catch(explain);
    printer.end();
    Object.assign(cell, { execution_count: reply.execution_count ?? null });
    if (reply.status !== "ok" && !isTagged(cell, "raises-exception")) throw failure(cell, index, reply, outputs);
  }
}

function explain(error: unknown): never {
  throw error instanceof KernelEndedError ? new CommandError(error.message) : error;
}

/** The text of a cell's outputs as it comes; of displays that may still change, such as an answer, at its end. */
class Printer {
  readonly #changing = new Map<string, string>(); // by display_id, in their order

  add({ type, content }: KernelMessage): void {
    if (type === "stream") write(String(content.text));
    const isDisplay = type === "execute_result" || type === "display_data";
    if (!isDisplay && type !== "update_display_data") return;
    const data = content.data as Readonly<Record<string, unknown>> | undefined; // as: the protocol's MIME bundle
    const text = data?.["text/plain"] ?? data?.["text/markdown"];
    if (typeof text !== "string") return;
    const id = displayId(content.transient);
    if (id !== undefined && (isDisplay || this.#changing.has(id))) this.#changing.set(id, text);
    else if (isDisplay) write(`${text}\n`);
  }

  end(): void {
    for (const text of this.#changing.values()) write(`${text}\n`);
  }
}

/** It may be a file's text or a model's, and goes to a terminal. */
function write(text: string): void {
  process.stdout.write(terminalText(text));
}

function failure(
  cell: Cell,
  index: number,
  reply: Readonly<Record<string, unknown>>,
  outputs: readonly Output[],
): CommandError {
  const error = outputs.findLast(({ output_type }) => output_type === "error") ?? reply;
  const id = idOf(cell);
  const name = `cell ${index + 1}${id === undefined ? "" : ` (${id})`}`;
  return new CommandError(`${name}: ${error.ename ?? reply.status}: ${error.evalue ?? "no message"}`);
}
