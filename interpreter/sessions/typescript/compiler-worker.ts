// The compiler's worker thread: answers cell-compiler.ts, one request after another.
import { parentPort, workerData } from "node:worker_threads";
import type { CompilerReply, CompilerRequest } from "./cell-compiler.ts";
import { createCompiler } from "./tslab-compiler.ts";

const port = parentPort;
if (port === null) throw new Error("compiler-worker.js is started by startCellCompiler()");
const compiler = createCompiler((workerData as { cwd: string }).cwd);
compiler.warmUp();

port.on("message", (request: CompilerRequest) => {
  port.postMessage(answer(request));
});

function answer({ id, method, args }: CompilerRequest): CompilerReply {
  try {
    const call = compiler[method] as (...args: readonly unknown[]) => unknown;
    return { id, value: call(...args) };
  } catch (error) {
    if (error instanceof RangeError) return { id, error: "the code is nested too deeply for it" }; // its stack is full
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
