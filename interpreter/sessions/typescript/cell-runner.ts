// Runs compiled cells over one set of variables: one after another, or inside one that waits for them.
import { join } from "node:path";
import vm from "node:vm";
import type { CellOutcome } from "../session.ts";
import { asCell } from "./attribution.ts";
import type { CompiledCell } from "./cell-compiler.ts";
import type { ModuleLoader } from "./module-loader.ts";
import {
  defineLinks,
  type Link,
  type ModuleFunction,
  type ModuleScope,
  nameAsWritten,
  reexported,
} from "./module-scope.ts";
import { print } from "./output.ts";
import { richResult } from "./rich-result.ts";
import { cellError, rememberScript } from "./stack-trace.ts";
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
}

export interface CellRunner {
  readonly variables: Record<string, unknown>; // of the session, by name; one that a cell has not reached yet is not there
  /** `signal` interrupts the cell. What it awaits goes on, and its code after that, unless it was ended. */
  run(
    cell: CompiledCell,
    about: { cellId: string; label: string; source: string },
    signal: AbortSignal,
  ): Promise<CellEnd>;
}

export function createCellRunner(cwd: string, loader: ModuleLoader): CellRunner {
  const variables: Record<string, unknown> = Object.create(null);
  const path = join(cwd, "__cell__.js");
  let count = 0;

  /** The value is wrapped: a promise as the last expression is shown, not awaited. */
  async function evaluate(cell: CompiledCell, fileName: string, declared: DeclaredHere): Promise<readonly [unknown?]> {
    loader.refresh();
    const body = vm.runInThisContext(cell.code, { filename: fileName }) as ModuleFunction;
    const modules = await loader.importAll(cell.imports, path);
    const module = { exports: {} };
    const scope: ModuleScope = {
      ...loader.surroundings(path),
      ...{ variables, modules, reexported, asWritten: nameAsWritten, module, exports: module.exports },
      link: declared.link,
      commonJs: (specifiers) => commonJsScope(scope, specifiers),
    };
    return ((await body.call(undefined, scope)) as readonly [unknown] | undefined) ?? []; // as: see compiler/module-body.ts
  }

  return {
    variables: reachedVariables(variables),
    async run(cell, { cellId, label, source }, signal) {
      const fileName = `qwenlab-cell:${++count}`;
      const { sourceMaps, lineOffset } = cell;
      rememberScript(fileName, { label, source, sourceMaps, lineOffset });
      const interrupted = new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => reject(new KeyboardInterrupt()));
      });
      const declared = declaredHere(variables);
      try {
        const [value] = await Promise.race([asCell(cellId, () => evaluate(cell, fileName, declared)), interrupted]);
        const { refused, ...result } = (await asCell(cellId, () => richResult(value))) ?? { data: {}, metadata: {} };
        if (refused !== undefined) print("stderr", refused, cellId);
        const outcome: CellOutcome = { status: "ok", result: Object.keys(result.data).length > 0 ? result : undefined };
        return { outcome, unreached: [] };
      } catch (error) {
        return { outcome: { status: "error", error: cellError(error) }, unreached: declared.takeBackUnreached() };
      }
    },
  };
}

/** The variables for others than cells. One that is set takes the place of what a cell declared, which may be constant. */
function reachedVariables(variables: Record<string, unknown>): Record<string, unknown> {
  const isThere = (name: string | symbol) =>
    typeof name === "string" && name in variables && isReached([() => variables[name]]);
  return new Proxy(variables, {
    has: (_, name) => isThere(name),
    ownKeys: () => Object.keys(variables).filter(isThere),
    get: (target, name) => (isThere(name) ? Reflect.get(target, name) : undefined),
    set: (target, name, value) =>
      Reflect.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true }),
  });
}

interface DeclaredHere {
  link(names: Readonly<Record<string, Link>>): void;
  /** Puts what stood there before in the place of names that were not reached. @returns these */
  takeBackUnreached(): string[];
}

/** What one cell declares among the variables. */
function declaredHere(variables: Record<string, unknown>): DeclaredHere {
  const links = new Map<string, Link>();
  const before = new Map<string, PropertyDescriptor | undefined>();
  return {
    link(names) {
      for (const [name, link] of Object.entries(names)) {
        links.set(name, link);
        before.set(name, Object.getOwnPropertyDescriptor(variables, name));
      }
      defineLinks(variables, names);
    },
    takeBackUnreached() {
      const unreached = [...links].filter(([, link]) => !isReached(link)).map(([name]) => name);
      for (const name of unreached) {
        const old = before.get(name);
        if (old === undefined) delete variables[name];
        else Object.defineProperty(variables, name, old);
      }
      return unreached;
    },
  };
}

function isReached([get, , isHoisted]: Link): boolean {
  try {
    return get() !== undefined || !isHoisted;
  } catch {
    return false; // ReferenceError: it is declared, and not initialized
  }
}
