// What `import` means in a cell. Packages and JavaScript files are loaded by Node's own ES module loader from the
// notebook's folder, so ESM with top-level await works; local TypeScript files come compiled with the cell.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { LocalModule } from "./cell-compiler.ts";
import { resolveLocal } from "./local-modules.ts";

/** `require` of compiled code: static imports call it, the rest of what a cell may write calls its members. */
export interface CellRequire {
  (specifier: string): unknown; // an import, loaded before the cell runs
  import(specifier: string): Promise<unknown>; // import(specifier)
  commonJs(specifier: string): unknown; // require(specifier)
  link(name: string, get: () => unknown, set?: (value: unknown) => void): void; // exports a variable, see emit-script.ts
  readonly meta: { readonly url: string; readonly filename: string; readonly dirname: string }; // import.meta
}

export interface ModuleLoader {
  /** Takes the local files of a cell; one that changed is run anew, with all the others. */
  addModules(modules: readonly LocalModule[]): void;
  /** Loads `imports` and gives the `require` of a script that lies at `path` and exports into `exports`. */
  prepare(imports: readonly string[], path: string, exports: object): Promise<CellRequire>;
}

/** @param builtIn modules that are ours whatever the folder holds: name -> loader */
export function createModuleLoader(builtIn: ReadonlyMap<string, () => unknown>): ModuleLoader {
  const sources = new Map<string, LocalModule>();
  const instances = new Map<string, Promise<Record<string, unknown>>>();
  const evaluating = new Map<string, Record<string, unknown>>(); // for imports in a circle

  async function load(specifier: string, folder: string): Promise<unknown> {
    const ours = builtIn.get(specifier);
    if (ours !== undefined) return ours();
    const path = resolveLocal(folder, specifier);
    if (path === undefined) return asCommonJs(await nativeImport(folder, specifier));
    if (sources.has(path)) return evaluating.get(path) ?? instance(path);
    if (extname(path) === ".json") return jsonModule(path);
    return asCommonJs(await nativeImport(folder, pathToFileURL(path).href));
  }

  function instance(path: string): Promise<Record<string, unknown>> {
    const loaded = instances.get(path) ?? evaluate(path);
    instances.set(path, loaded);
    return loaded;
  }

  async function evaluate(path: string): Promise<Record<string, unknown>> {
    const source = sources.get(path);
    if (source === undefined) throw new Error(`${path} was not compiled`);
    const exports: Record<string, unknown> = {};
    evaluating.set(path, exports);
    try {
      const require = await prepare(source.imports, path, exports);
      const body = vm.runInThisContext(`(async function (exports, require) {${source.code}\n})`, { filename: path });
      await body.call(undefined, exports, require);
      return exports;
    } catch (error) {
      instances.delete(path); // the next cell tries again
      throw error;
    } finally {
      evaluating.delete(path);
    }
  }

  async function prepare(imports: readonly string[], path: string, exports: object): Promise<CellRequire> {
    const folder = dirname(path);
    const loaded = new Map<string, unknown>();
    for (const specifier of imports) loaded.set(specifier, await load(specifier, folder));
    const commonJs = createRequire(path);
    const require = (specifier: string) => loaded.get(specifier);
    return Object.assign(require, {
      commonJs,
      link(name: string, get: () => unknown, set?: (value: unknown) => void) {
        const accessors = set === undefined ? { get } : { get, set };
        Object.defineProperty(exports, name, { ...accessors, enumerable: true, configurable: true });
      },
      import: (specifier: string) => load(String(specifier), folder),
      meta: { url: pathToFileURL(path).href, filename: path, dirname: folder },
      resolve: commonJs.resolve,
      cache: commonJs.cache,
    });
  }

  return {
    addModules(modules) {
      const changed = modules.filter(({ path, code }) => sources.get(path)?.code !== code);
      for (const module of changed) sources.set(module.path, module);
      if (changed.some(({ path }) => instances.has(path))) instances.clear();
    },
    prepare,
  };
}

const importers = new Map<string, (specifier: string) => Promise<Record<string, unknown>>>();

/** import() as a file in `folder` would do it. */
export function nativeImport(folder: string, specifier: string): Promise<Record<string, unknown>> {
  let importer = importers.get(folder);
  if (importer === undefined) {
    importer = vm.runInThisContext("(specifier) => import(specifier)", {
      filename: join(folder, "__cell__.js"),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as (specifier: string) => Promise<Record<string, unknown>>;
    importers.set(folder, importer);
  }
  return importer(specifier);
}

/**
 * An ES namespace as TypeScript's CommonJS reads it. A CommonJS package comes as { default: module.exports }: then
 * names that Node's lexer did not find are looked up there, and one compiled from ES modules is taken as it was meant.
 */
function asCommonJs(namespace: Record<string, unknown>): unknown {
  const fallback = namespace.default as Record<string, unknown> | null | undefined;
  const isObject = (typeof fallback === "object" && fallback !== null) || typeof fallback === "function";
  if (isObject && namespace.__esModule === true && fallback.__esModule === true) return fallback;
  return new Proxy(namespace, {
    get(target, name) {
      if (name === "__esModule") return true;
      if (Reflect.has(target, name) || typeof name === "symbol") return Reflect.get(target, name);
      return isObject ? fallback[name] : undefined;
    },
  });
}

function jsonModule(path: string): unknown {
  const data: unknown = JSON.parse(readFileSync(path, "utf8"));
  const names = typeof data === "object" && data !== null ? data : {};
  return { ...names, __esModule: true, default: data };
}
