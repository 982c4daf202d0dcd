// Runs compiled cells over one set of variables: one after another, or inside one that waits for them.
import { join } from "node:path";
import vm from "node:vm";
import type { CellOutcome } from "../session.ts";
import { asCell } from "./attribution.ts";
import type { CompiledCell } from "./cell-compiler.ts";
import type { ModuleLoader } from "./module-loader.ts";
import { print } from "./output.ts";
import { richResult } from "./rich-result.ts";
import { cellError, rememberScript } from "./stack-trace.ts";

// TypeScript empties all exports first; without this line a cell that fails early leaves older variables as they were.
const EMPTIED_EXPORTS = /^exports\.[^;\n]* = void 0;$/m;

export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";

  constructor() {
    super("interrupted");
  }
}

export interface CellRunner {
  readonly variables: Record<string, unknown>; // of the session, by name
  /** `signal` interrupts the cell. What it awaits goes on, and its code after that, unless it was ended. */
  run(
    cell: CompiledCell,
    about: { cellId: string; label: string; source: string },
    signal: AbortSignal,
  ): Promise<CellOutcome>;
}

export function createCellRunner(cwd: string, loader: ModuleLoader): CellRunner {
  const variables: Record<string, unknown> = Object.create(null);
  const exports = writableExports(variables);
  let count = 0;

  /** The value is wrapped: a promise as the last expression is shown, not awaited. */
  async function evaluate(cell: CompiledCell, fileName: string): Promise<{ value: unknown }> {
    loader.addModules(cell.modules);
    const require = await loader.prepare(cell.imports, join(cwd, "__cell__.js"), variables);
    const code = cell.code.replace(EMPTIED_EXPORTS, "");
    const body = vm.runInThisContext(`(async function (exports, require) {${code}\n})`, { filename: fileName });
    await body.call(undefined, exports, require);
    if (cell.lastExpression === undefined) return { value: undefined };
    const value = variables[cell.lastExpression];
    delete variables[cell.lastExpression];
    return { value };
  }

  return {
    variables,
    async run(cell, { cellId, label, source }, signal) {
      const fileName = `qwenlab-cell:${++count}`;
      rememberScript(fileName, { label, source, sourceMaps: cell.sourceMaps });
      const interrupted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new KeyboardInterrupt()));
      });
      try {
        const { value } = await Promise.race([asCell(cellId, () => evaluate(cell, fileName)), interrupted]);
        const { refused, ...result } = (await asCell(cellId, () => richResult(value))) ?? { data: {}, metadata: {} };
        if (refused !== undefined) print("stderr", refused, cellId);
        return { status: "ok", result: Object.keys(result.data).length > 0 ? result : undefined };
      } catch (error) {
        return { status: "error", error: cellError(error) };
      }
    },
  };
}

/** Imports are defined as getters; as variables they must be values that a later cell can replace. */
function writableExports(variables: Record<string, unknown>): Record<string, unknown> {
  return new Proxy(variables, {
    defineProperty(_, name, { get, value }) {
      if (name === "__esModule") return true;
      const now: unknown = get === undefined ? value : get();
      return Reflect.defineProperty(variables, name, {
        value: now,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    },
  });
}
