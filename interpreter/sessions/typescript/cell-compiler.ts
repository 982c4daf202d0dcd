// The door to a compiler of cells, which runs in a worker of this process: ours (compiler/), or tslab's (tslab/).
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { InterpreterError } from "../../errors.ts";
import type { Completion, Diagnostic, FunctionSchema } from "../session.ts";

/** What a cell or a local file imports; `names` must be there. */
export interface ModuleImport {
  readonly specifier: string;
  readonly path?: string; // of the file of the folder that it is, where only the compiler's options say so
  readonly names: readonly string[];
}

export interface CompiledCell {
  readonly code: string; // an async function of a ModuleScope, as an expression; it gives [value] of the last expression
  readonly imports: readonly ModuleImport[]; // to be loaded before the cell runs
  readonly sourceMaps: readonly string[]; // JSON, outermost first: from `code` back to the cell
  readonly lineOffset: number; // what a line of the cell is more in the last of them
}

export type CompileResult =
  | { readonly ok: true; readonly cell: CompiledCell; readonly declarations: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface DeclaredVariable {
  readonly name: string;
  readonly type: string;
}

/** Ours is on TypeScript 6; tslab's converter, on a fork of 5.0, is the one that tests hold it against. */
export type CompilerName = "own" | "tslab";

/**
 * `declarations` is what the earlier cells declared, as a text that the compiler alone reads; "" is nothing. A result of
 * compile() carries the next one.
 */
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
  /** For a cell that failed: what it did not reach is what it was before. */
  withoutNames(declarations: string, before: string, names: readonly string[]): Promise<string>;
  /** @throws InterpreterError that says why it cannot be told to a model */
  functionSchema(name: string, declarations: string): Promise<FunctionSchema>;
  /** What is being compiled fails unless it is done soon; what waits behind it does not. */
  interrupt(): void;
}

export type CompilerMethod =
  | "compile"
  | "check"
  | "complete"
  | "inspect"
  | "isComplete"
  | "declaredVariables"
  | "withoutNames"
  | "functionSchema";

/** What the worker calls, synchronously. */
export interface Compiler extends Record<CompilerMethod, (...args: never[]) => unknown> {
  warmUp(): void;
  /** What another worker must be told to know the same, since the last call. */
  takeRemembered(): readonly unknown[];
}

export interface CompilerRequest {
  readonly id: number;
  readonly method: CompilerMethod;
  readonly args: readonly unknown[];
}

/** `remember`: what another worker must be told to know the same. */
export type CompilerReply =
  | { readonly id: number; readonly value: unknown; readonly remember: readonly unknown[] }
  | { readonly id: number; readonly error: string };

export interface CompilerWorkerData {
  readonly cwd: string;
  readonly name: CompilerName;
  readonly remembered: readonly unknown[];
}

export interface CellCompilerOptions {
  readonly name?: CompilerName;
  readonly heapMegabytes?: number;
}

// The checker's program takes 120 MB; without a limit V8 would let the garbage of a hundred cells lie beside it.
const HEAP_MEGABYTES = 512;
const YOUNG_GENERATION_MEGABYTES = 16;
const MAX_CALL_MS = 120_000; // a hang: the largest cells take seconds
const INTERRUPTED_AFTER_MS = 500; // most calls are done by then, and the worker stays warm

interface Call {
  readonly request: CompilerRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the compiler in a worker of this process: it takes about a second to be warm, and calls wait for it. A worker
 * that dies (a cell whose types exhaust its memory), or does not end, fails the call that it was at; the calls behind
 * that one go to a new worker.
 */
export function startCellCompiler(
  cwd: string,
  { name = "own", heapMegabytes = HEAP_MEGABYTES }: CellCompilerOptions = {},
): CellCompiler {
  const pending: Call[] = []; // in order: the worker is at the first
  const remembered: unknown[] = [];
  let nextId = 1;
  let worker: Worker | undefined = startWorker();
  let overdue: NodeJS.Timeout | undefined;
  let isClosed = false;

  function startWorker(): Worker {
    const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/compiler-worker.js");
    const limits = { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES };
    const workerData: CompilerWorkerData = { cwd, name, remembered };
    const started = new Worker(entry, { workerData, execArgv: [], resourceLimits: limits });
    started.unref(); // an idle compiler keeps nobody alive
    started.on("message", (reply: CompilerReply) => answered(started, reply));
    started.on("error", (error: NodeJS.ErrnoException) => stopped(started, reasonOf(error)));
    started.on("exit", () => stopped(started, "it ended"));
    return started;
  }

  function answered(by: Worker, reply: CompilerReply): void {
    if (worker !== by || pending[0]?.request.id !== reply.id) return;
    const call = pending.shift();
    if (pending.length === 0) by.unref();
    watchFirst();
    if ("remember" in reply) remembered.push(...reply.remember);
    if ("error" in reply) call?.reject(new InterpreterError(`the TypeScript compiler failed: ${reply.error}`));
    else call?.resolve(reply.value);
  }

  function stopped(which: Worker, reason: string): void {
    if (worker !== which) return;
    worker = undefined;
    void which.terminate();
    pending.shift()?.reject(new InterpreterError(`the TypeScript compiler could not do this: ${reason}`));
    for (const { request } of pending) post(request);
    watchFirst();
  }

  /** The call that the worker is at has so long from now. */
  function watchFirst(milliseconds = MAX_CALL_MS, reason = `no end after ${MAX_CALL_MS / 1000} s`): void {
    clearTimeout(overdue);
    const current = worker;
    if (pending.length > 0 && current) overdue = setTimeout(() => stopped(current, reason), milliseconds);
  }

  function post(request: CompilerRequest): void {
    worker ??= startWorker();
    worker.ref();
    worker.postMessage(request);
  }

  function call<T>(method: CompilerMethod, ...args: unknown[]): Promise<T> {
    if (isClosed) return Promise.reject(new InterpreterError("the session is closed"));
    const request = { id: nextId++, method, args };
    return new Promise<T>((resolve, reject) => {
      // The worker's answers are typed by its compilers, which have the same methods.
      pending.push({ request, resolve: resolve as (value: unknown) => void, reject });
      post(request);
      if (pending.length === 1) watchFirst();
    });
  }

  return {
    compile: (code, declarations) => call("compile", code, declarations),
    check: (code, declarations) => call("check", code, declarations),
    complete: (code, offset, declarations) => call("complete", code, offset, declarations),
    inspect: (code, offset, declarations) => call("inspect", code, offset, declarations),
    isComplete: (code) => call("isComplete", code),
    declaredVariables: (declarations) => call("declaredVariables", declarations),
    withoutNames: (declarations, before, names) => call("withoutNames", declarations, before, names),
    async functionSchema(name, declarations) {
      const result = await call<FunctionSchema | { readonly problem: string }>("functionSchema", name, declarations);
      if ("problem" in result) throw new InterpreterError(result.problem);
      return result;
    },
    interrupt: () => watchFirst(INTERRUPTED_AFTER_MS, "interrupted"),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(overdue);
      const last = worker;
      worker = undefined;
      for (const { reject } of pending.splice(0)) reject(new InterpreterError("the session is closed"));
      await last?.terminate();
    },
  };
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  return code === "ERR_WORKER_OUT_OF_MEMORY" ? "its memory did not suffice (is the code generated?)" : message;
}
