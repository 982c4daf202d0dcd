// The door to a compiler of cells. The one there is wraps tslab's converter in a worker; nothing else knows tslab.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { Completion, Diagnostic } from "../session.ts";

/** A local TypeScript file that a cell imports, directly or through another one. */
export interface LocalModule {
  readonly path: string; // absolute
  readonly code: string; // CommonJS; import(x) became require.import(x)
  readonly imports: readonly string[]; // specifiers as written
}

export interface CompiledCell {
  readonly code: string; // CommonJS, to be wrapped in an async function(exports, require)
  readonly imports: readonly string[]; // to be loaded before the cell runs
  readonly modules: readonly LocalModule[];
  readonly lastExpression: string | undefined; // the name under which `exports` holds the value to show
  readonly sourceMaps: readonly string[]; // JSON, outermost first: from `code` back to the cell, whose line 1 is 2 there
}

export type CompileResult =
  | { readonly ok: true; readonly cell: CompiledCell; readonly declarations: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface DeclaredVariable {
  readonly name: string;
  readonly type: string;
}

/** `declarations` is what the earlier cells declared, as a .d.ts text: a result of compile() carries the next one. */
export interface CellCompiler extends AsyncDisposable {
  compile(code: string, declarations: string): Promise<CompileResult>;
  complete(code: string, offset: number, declarations: string): Promise<Completion>;
  inspect(
    code: string,
    offset: number,
    declarations: string,
  ): Promise<{ readonly plain: string; readonly markdown: string } | undefined>;
  isComplete(
    code: string,
  ): Promise<{ readonly status: "complete" | "incomplete" | "invalid"; readonly indent: string }>;
  declaredVariables(declarations: string): Promise<readonly DeclaredVariable[]>;
}

export type CompilerMethod = "compile" | "complete" | "inspect" | "isComplete" | "declaredVariables";

export interface CompilerRequest {
  readonly id: number;
  readonly method: CompilerMethod;
  readonly args: readonly unknown[];
}

export type CompilerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

/** Starts the compiler in a worker of this process: it takes about a second to be warm, and calls wait for it. */
export function startCellCompiler(cwd: string): CellCompiler {
  const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/compiler-worker.js");
  const worker = new Worker(entry, { workerData: { cwd }, execArgv: [] });
  worker.unref(); // an idle compiler keeps nobody alive
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let nextId = 1;
  let failure: Error | undefined;

  worker.on("message", (reply: CompilerReply) => {
    const call = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker.unref();
    if ("error" in reply) call?.reject(new Error(reply.error));
    else call?.resolve(reply.value);
  });
  const fail = (error: Error) => {
    failure ??= error;
    for (const call of pending.values()) call.reject(failure);
    pending.clear();
  };
  worker.on("error", fail);
  worker.on("exit", () => fail(new Error("the TypeScript compiler has stopped; restart the kernel")));

  function call<T>(method: CompilerMethod, ...args: unknown[]): Promise<T> {
    if (failure !== undefined) return Promise.reject(failure);
    const id = nextId++;
    return new Promise<T>((resolve, reject) => {
      // The worker's answers are typed by compiler-worker.ts, which implements the same interface.
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.ref();
      worker.postMessage({ id, method, args } satisfies CompilerRequest);
    });
  }

  return {
    compile: (code, declarations) => call("compile", code, declarations),
    complete: (code, offset, declarations) => call("complete", code, offset, declarations),
    inspect: (code, offset, declarations) => call("inspect", code, offset, declarations),
    isComplete: (code) => call("isComplete", code),
    declaredVariables: (declarations) => call("declaredVariables", declarations),
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
