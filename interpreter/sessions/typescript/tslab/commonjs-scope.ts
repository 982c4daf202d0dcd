// What tslab's converter writes into cells: CommonJS, whose `exports` are the variables of the notebook.
import type { Link, ModuleScope } from "../module-scope.ts";

/** `require` of a cell: static imports call it, the rest of what a cell may write calls its members. */
interface CellRequire {
  (specifier: string): unknown; // an import, loaded before the cell runs
  readonly import: ModuleScope["import"]; // import(specifier)
  readonly commonJs: NodeJS.Require; // require(specifier)
  readonly meta: ModuleScope["meta"]; // import.meta
  link(name: string, ...link: Link): void; // exports a variable, see emit-script.ts
}

export function commonJsScope(scope: ModuleScope, variables: Record<string, unknown>, specifiers: readonly string[]) {
  const loaded = new Map(specifiers.map((specifier, i) => [specifier, compiled(scope.modules[i] ?? {})]));
  const own: CellRequire = Object.assign((specifier: string) => loaded.get(specifier), {
    import: (specifier: unknown) => scope.import(specifier).then(compiled),
    commonJs: scope.require,
    meta: scope.meta,
    link: (name: string, ...link: Link) => scope.link({ [name]: link }),
    resolve: scope.require.resolve,
    cache: scope.require.cache,
  });
  return { exports: writableExports(variables), require: own };
}

/** TypeScript's helpers take a module for one of CommonJS unless it says that it is none. */
function compiled<T extends object>(namespace: T): T {
  return new Proxy(namespace, {
    get: (target, name) => (name === "__esModule" ? true : Reflect.get(target, name)),
  });
}

/** Imports are defined as getters; as variables they must be values that a later cell can replace. */
function writableExports(variables: Record<string, unknown>): Record<string, unknown> {
  return new Proxy(variables, {
    defineProperty(_, name, { get, value }) {
      if (name === "__esModule") return true;
      return Reflect.set(variables, name, get === undefined ? value : get());
    },
  });
}
