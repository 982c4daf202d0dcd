// The compiler's worker thread: answers cell-compiler.ts, one request after another.
import { parentPort, workerData } from "node:worker_threads";
import type { Compiler, CompilerReply, CompilerRequest, CompilerWorkerData } from "./cell-compiler.ts";

const port = parentPort;
if (port === null) throw new Error("compiler-worker.js is started by startCellCompiler()");
const compiler = await createCompiler(workerData as CompilerWorkerData);
compiler.warmUp();

port.on("message", (request: CompilerRequest) => {
  port.postMessage(answer(request));
});

async function createCompiler({ cwd, name, remembered }: CompilerWorkerData): Promise<Compiler> {
  if (name === "tslab") return (await import("./tslab/compiler.ts")).createCompiler(cwd);
  const { createCompiler } = await import("./compiler/compiler.ts");
  return createCompiler(cwd, remembered as Parameters<typeof createCompiler>[1]); // as: this compiler gave them
}

function answer({ id, method, args }: CompilerRequest): CompilerReply {
  try {
    const call = compiler[method] as (...args: readonly unknown[]) => unknown;
    return { id, value: call(...args), remember: compiler.takeRemembered() };
  } catch (error) {
    if (error instanceof RangeError) return { id, error: "the code is nested too deeply for it" }; // its stack is full
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
