// The door to a compiler of cells. The one there is wraps tslab's converter in a worker; nothing else knows tslab.
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { InterpreterError } from "../../errors.ts";
import type { Completion, Diagnostic, FunctionSchema } from "../session.ts";

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
  /** Of generated code: what compile() would say, and elements that are read by a name that they lack. */
  check(code: string, declarations: string): Promise<readonly Diagnostic[]>;
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
  /** @throws InterpreterError that says why it cannot be told to a model */
  functionSchema(name: string, declarations: string): Promise<FunctionSchema>;
}

export type CompilerMethod =
  | "compile"
  | "check"
  | "complete"
  | "inspect"
  | "isComplete"
  | "declaredVariables"
  | "functionSchema";

export interface CompilerRequest {
  readonly id: number;
  readonly method: CompilerMethod;
  readonly args: readonly unknown[];
}

export type CompilerReply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };

// The checker's program takes 120 MB; without a limit V8 would let the garbage of a hundred cells lie beside it.
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 };

interface Call {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the compiler in a worker of this process: it takes about a second to be warm, and calls wait for it. A worker
 * that died (a cell whose types exhaust its memory) fails the calls under way and is replaced by the next call.
 */
export function startCellCompiler(cwd: string): CellCompiler {
  const pending = new Map<number, Call>();
  let nextId = 1;
  let worker: Worker | undefined = startWorker();

  function startWorker(): Worker {
    const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/compiler-worker.js");
    const started = new Worker(entry, { workerData: { cwd }, execArgv: [], resourceLimits: RESOURCE_LIMITS });
    started.unref(); // an idle compiler keeps nobody alive
    started.on("message", (reply: CompilerReply) => {
      const call = pending.get(reply.id);
      pending.delete(reply.id);
      if (pending.size === 0) started.unref();
      if ("error" in reply) call?.reject(new InterpreterError(`the TypeScript compiler failed: ${reply.error}`));
      else call?.resolve(reply.value);
    });
    started.on("error", (error) => stopped(started, error));
    started.on("exit", () => stopped(started, undefined));
    return started;
  }

  function stopped(which: Worker, cause: unknown): void {
    if (worker !== which) return;
    worker = undefined;
    for (const { reject } of pending.values())
      reject(new InterpreterError("the TypeScript compiler stopped", { cause }));
    pending.clear();
  }

  function call<T>(method: CompilerMethod, ...args: unknown[]): Promise<T> {
    worker ??= startWorker();
    const current = worker;
    const id = nextId++;
    return new Promise<T>((resolve, reject) => {
      // The worker's answers are typed by tslab-compiler.ts, which implements the same methods.
      pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      current.ref();
      current.postMessage({ id, method, args } satisfies CompilerRequest);
    });
  }

  return {
    compile: (code, declarations) => call("compile", code, declarations),
    check: (code, declarations) => call("check", code, declarations),
    complete: (code, offset, declarations) => call("complete", code, offset, declarations),
    inspect: (code, offset, declarations) => call("inspect", code, offset, declarations),
    isComplete: (code) => call("isComplete", code),
    declaredVariables: (declarations) => call("declaredVariables", declarations),
    async functionSchema(name, declarations) {
      const result = await call<FunctionSchema | { readonly problem: string }>("functionSchema", name, declarations);
      if ("problem" in result) throw new InterpreterError(result.problem);
      return result;
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate();
    },
  };
}
