// The door to a compiler of cells, which runs in a process of its own: ours (compiler/), or tslab's (tslab/).
import { InterpreterError, InterruptedError } from "../../errors.ts";
import type { Completion, Diagnostic, FunctionSchema } from "../session.ts";
import type { NotebookStep } from "./compiler/notebook-names.ts";
import type { CompilerMethod, CompilerName, CompilerReply, CompilerRequest } from "./compiler-messages.ts";
import { type CompilerProcess, startCompilerProcess } from "./compiler-process.ts";
import { freshSnapshot, keepSnapshot } from "./compiler-snapshot.ts";

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

/** How a cell is read, where it is not TypeScript that a person runs. */
export interface CellReading {
  readonly isJavaScript?: boolean; // nothing is told about its types
  readonly isUnchecked?: boolean; // TypeScript; nothing is told about its types
  readonly showsAlways?: boolean; // its last value, also when a `;` stands behind it
}

/**
 * `declarations` is what the earlier cells declared, as a text that the compiler alone reads; "" is nothing. A result of
 * compile() carries the next one.
 */
export interface CellCompiler extends AsyncDisposable {
  compile(code: string, declarations: string, reading?: CellReading): Promise<CompileResult>;
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
  /** The cell without the `;` that would silence it. */
  withValueShown(code: string): Promise<string>;
  declaredVariables(declarations: string): Promise<readonly DeclaredVariable[]>;
  /** For a cell that failed: what it did not reach is what it was before. */
  withoutNames(declarations: string, before: string, names: readonly string[]): Promise<string>;
  /** @throws InterpreterError that says why it cannot be told to a model */
  functionSchema(name: string, declarations: string): Promise<FunctionSchema>;
  /** Packages of the folder were installed or removed: they are read anew. */
  forgetPackages(): Promise<void>;
  /** What is being compiled fails unless it is done soon; what waits behind it does not. */
  interrupt(): void;
}

export interface CellCompilerOptions {
  readonly name?: CompilerName | undefined;
  readonly heapMegabytes?: number | undefined;
  readonly snapshotFolder?: string | undefined; // of a warm compiler, besides the one of our own build
}

const MAX_CALL_MS = 120_000; // a hang: the largest cells take seconds
const INTERRUPTED_AFTER_MS = 500; // most calls are done by then, and the compiler stays warm

interface Call {
  readonly request: CompilerRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Starts the compiler's process; calls wait until it is warm. A process that dies (a cell whose types exhaust its memory),
 * or does not end, fails the call that it was at; the calls behind that one go to a new one.
 */
export function startCellCompiler(cwd: string, options: CellCompilerOptions = {}): CellCompiler {
  const { name = "own", heapMegabytes, snapshotFolder } = options;
  const pending: Call[] = []; // in order: the process is at the first
  const remembered: NotebookStep[] = [];
  let nextId = 1;
  let running: CompilerProcess | undefined = start();
  let overdue: NodeJS.Timeout | undefined;
  let interrupted: Call | undefined; // the last one that was
  let isClosed = false;

  function start(): CompilerProcess {
    // A snapshot is of our compiler, and of V8's flags.
    const snapshot = name === "own" && heapMegabytes === undefined ? freshSnapshot(snapshotFolder) : undefined;
    const started = startCompilerProcess({
      ...{ cwd, name, remembered, heapMegabytes, snapshot },
      onReply(reply) {
        if (snapshot === undefined && name === "own" && snapshotFolder !== undefined) keepSnapshot(snapshotFolder);
        answered(started, reply);
      },
      onEnd: (reason) => stopped(started, couldNot(reason)),
    });
    return started;
  }

  function answered(by: CompilerProcess, reply: CompilerReply): void {
    if (running !== by || pending[0]?.request.id !== reply.id) return;
    const call = pending.shift();
    if (pending.length === 0) by.holds(false); // an idle compiler keeps nobody alive
    watchFirst();
    if ("remember" in reply) remembered.push(...reply.remember);
    if ("error" in reply) call?.reject(new InterpreterError(`the TypeScript compiler failed: ${reply.error}`));
    else call?.resolve(reply.value);
  }

  function stopped(which: CompilerProcess, error: InterpreterError): void {
    if (running !== which) return;
    running = undefined;
    which.end();
    pending.shift()?.reject(error);
    for (const { request } of pending) post(request);
    watchFirst();
  }

  /** The call that the process is at has so long from now. */
  function watchFirst(milliseconds = MAX_CALL_MS, error = couldNot(`no end after ${MAX_CALL_MS / 1000} s`)): void {
    clearTimeout(overdue);
    const current = running;
    if (pending.length > 0 && current) overdue = setTimeout(() => stopped(current, error), milliseconds);
  }

  function post(request: CompilerRequest): void {
    running ??= start();
    running.holds(true);
    running.post(request);
  }

  function call<T>(method: CompilerMethod, ...args: unknown[]): Promise<T> {
    if (isClosed) return Promise.reject(new InterpreterError("the session is closed"));
    const request = { id: nextId++, method, args };
    return new Promise<T>((resolve, reject) => {
      // The answers are typed by its compilers, which have the same methods.
      pending.push({ request, resolve: resolve as (value: unknown) => void, reject });
      post(request);
      if (pending.length === 1) watchFirst();
    });
  }

  return {
    compile: (code, declarations, reading = {}) => call("compile", code, declarations, reading),
    check: (code, declarations) => call("check", code, declarations),
    complete: (code, offset, declarations) => call("complete", code, offset, declarations),
    inspect: (code, offset, declarations) => call("inspect", code, offset, declarations),
    isComplete: (code) => call("isComplete", code),
    withValueShown: (code) => call("withValueShown", code),
    declaredVariables: (declarations) => call("declaredVariables", declarations),
    withoutNames: (declarations, before, names) => call("withoutNames", declarations, before, names),
    async functionSchema(name, declarations) {
      const result = await call<FunctionSchema | { readonly problem: string }>("functionSchema", name, declarations);
      if ("problem" in result) throw new InterpreterError(result.problem);
      return result;
    },
    forgetPackages: () => call("forgetPackages"),
    interrupt() {
      if (pending[0] === interrupted) return; // its time is running
      interrupted = pending[0];
      watchFirst(INTERRUPTED_AFTER_MS, new InterruptedError("interrupted"));
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(overdue);
      running?.end();
      running = undefined;
      for (const { reject } of pending.splice(0)) reject(new InterpreterError("the session is closed"));
    },
  };
}

function couldNot(reason: string): InterpreterError {
  return new InterpreterError(`the TypeScript compiler could not do this: ${reason}`);
}
