// Runs compiled cells over one set of variables: one after another, or inside one that waits for them.
import { join } from "node:path";
import type { CellOutcome, CellTime } from "../session.ts";
import { asCell, codeOf } from "./attribution.ts";
import type { CompiledCell } from "./cell-compiler.ts";
import type { ModuleLoader } from "./module-loader.ts";
import { type ModuleScope, nameAsWritten, reexported } from "./module-scope.ts";
import { createNotebookVariables, type Declared, type Variable } from "./notebook-variables.ts";
import { print } from "./output.ts";
import { richResult } from "./rich-result.ts";
import { moduleFunction } from "./run-script.ts";
import { cellError, keepStackTraces, rememberScript } from "./stack-trace.ts";
import { commonJsScope } from "./tslab/commonjs-scope.ts";

export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";

  constructor() {
    super("interrupted");
  }
}

/** How a cell ended, and of one that failed the names that it would have declared, had it come so far. */
export interface CellEnd {
  readonly outcome: CellOutcome;
  readonly unreached: readonly string[];
  readonly time?: CellTime; // of its run, with what it imported, without what it shows
}

const failing = new Map<string, (error: Error) => void>(); // running cells

/** Ends a cell that waits for what cannot come. @returns whether it still ran */
export function failCell(cellId: string, error: Error): boolean {
  failing.get(cellId)?.(error);
  return failing.has(cellId);
}

export interface CellRunner {
  readonly variables: Record<string, unknown>; // of the session, by name; one that a cell has not reached yet is not there
  readonly variable: (name: string) => Variable;
  /** `signal` interrupts the cell. What it awaits goes on, and its code after that, unless it was ended. */
  run(
    cell: CompiledCell,
    about: { cellId: string; label: string; source: string; byModel: boolean },
    signal: AbortSignal,
  ): Promise<CellEnd>;
}

export function createCellRunner(cwd: string, loader: ModuleLoader): CellRunner {
  const variables = createNotebookVariables();
  const path = join(cwd, "__cell__.js");
  let count = 0;

  /** The value is wrapped: a promise as the last expression is shown, not awaited. */
  async function evaluate(cell: CompiledCell, fileName: string, declared: Declared): Promise<readonly [unknown?]> {
    loader.refresh();
    const body = moduleFunction(cell.code, fileName);
    const modules = await loader.importAll(cell.imports, path);
    const module = { exports: {} };
    const scope: ModuleScope = {
      ...loader.surroundings(path),
      ...{ variable: variables.of, modules, reexported, asWritten: nameAsWritten, module, exports: module.exports },
      link: declared.link,
      commonJs: (specifiers) => commonJsScope(scope, variables.byName, specifiers),
    };
    return ((await body.call(undefined, scope)) as readonly [unknown] | undefined) ?? []; // as: see compiler/module-body.ts
  }

  return {
    variables: variables.byName,
    variable: variables.of,
    async run(cell, { cellId, label, source, byModel }, signal) {
      const fileName = `qwenlab-cell:${++count}`;
      const { sourceMaps, lineOffset } = cell;
      rememberScript(fileName, { label, source, sourceMaps, lineOffset });
      const interrupted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new KeyboardInterrupt()));
        failing.set(cellId, reject);
      });
      keepStackTraces();
      const declared = variables.declare();
      const code = codeOf(cellId, byModel);
      const time = stopwatch();
      try {
        const [value] = await Promise.race([asCell(code, () => evaluate(cell, fileName, declared)), interrupted]);
        time.stop();
        const { refused, ...result } = (await asCell(code, () => richResult(value))) ?? { data: {}, metadata: {} };
        if (refused !== undefined) print("stderr", refused, cellId);
        const outcome: CellOutcome = { status: "ok", result: Object.keys(result.data).length > 0 ? result : undefined };
        return { outcome, unreached: [], time: time.stop() };
      } catch (error) {
        const outcome: CellOutcome = { status: "error", error: cellError(error) };
        return { outcome, unreached: declared.takeBackUnreached(), time: time.stop() };
      } finally {
        failing.delete(cellId);
      }
    },
  };
}

/** Of this process, from now on to the first stop(). */
function stopwatch(): { stop(): CellTime } {
  const start = performance.now();
  const cpu = process.cpuUsage();
  let stopped: CellTime | undefined;
  return {
    stop() {
      const { user, system } = process.cpuUsage(cpu);
      stopped ??= { wall: performance.now() - start, user: user / 1_000, system: system / 1_000 };
      return stopped;
    },
  };
}
