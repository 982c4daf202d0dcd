// The files of the folder that the notebook has loaded. They are compiled here, when they are asked for; an edited one is
// read anew, with those that import it.
import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, relative } from "node:path";
import type { LocalCode, LocalCompiler } from "./compiler/local-compiler.ts";
import type { FileLoader } from "./module-loader.ts";
import {
  defineLinks,
  type ModuleScope,
  type Namespace,
  nameAsWritten,
  namespaceOfCommonJs,
  reexported,
} from "./module-scope.ts";
import { moduleFunction } from "./run-script.ts";
import { rememberImports, rememberScript } from "./stack-trace.ts";

export interface LocalModule {
  readonly path: string;
  readonly version: string; // of the file when it was read
  readonly importers: Set<LocalModule>;
  readonly waitsFor: Set<LocalModule>; // modules that load while this one does
  readonly module: { exports: unknown };
  namespace: Namespace;
  isCommonJs: boolean;
  isReady: boolean;
  loading?: Promise<void>;
}

export interface LocalModules {
  refresh(): void;
  import(path: string, importer?: LocalModule): Promise<Namespace>;
  require(path: string, importer?: LocalModule): unknown;
  /** The file that the folder's options lead to by a name that is no path. */
  resolve(specifier: string, from: string): string | undefined;
}

/** @param loaderOf loads what a file imports */
export function createLocalModules(
  cwd: string,
  loaderOf: (path: string, importer: LocalModule) => FileLoader,
): LocalModules {
  const modules = new Map<string, LocalModule>();
  const options = join(cwd, "tsconfig.json");
  let compiler: { readonly version: string; readonly own: LocalCompiler } | undefined;

  /** TypeScript is loaded by the first file that needs it: also in the middle of a require(), which cannot wait. */
  function compilerNow(): LocalCompiler {
    const version = versionOf(options);
    if (compiler?.version !== version) {
      const load = createRequire(import.meta.url);
      const { createLocalCompiler }: typeof import("./compiler/local-compiler.ts") =
        load("./compiler/local-compiler.js");
      compiler = { version, own: createLocalCompiler(cwd) };
    }
    return compiler.own;
  }

  /** The module at `path`; `isNew` where it must be loaded. */
  function moduleAt(path: string, importer: LocalModule | undefined): { module: LocalModule; isNew: boolean } {
    const known = modules.get(path);
    const module = known ?? emptyModule(path);
    modules.set(path, module);
    if (importer !== undefined) module.importers.add(importer);
    return { module, isNew: known === undefined };
  }

  async function load(module: LocalModule): Promise<void> {
    try {
      const code = codeOf(module);
      if (code !== undefined) {
        const loader = loaderOf(module.path, module);
        const imported: Namespace[] = [];
        for (const wanted of code.imports) imported.push(await loader.import(wanted));
        await run(module, code, imported, loader);
      }
      finish(module);
    } catch (error) {
      modules.delete(module.path); // the next cell tries again
      throw error;
    }
  }

  function loadNow(module: LocalModule): void {
    try {
      const code = codeOf(module);
      if (code?.isAsync)
        throw new Error(`${nameOf(module.path)} awaits at its top level: import it, do not require it`);
      if (code !== undefined) {
        const loader = loaderOf(module.path, module);
        run(module, code, code.imports.map(loader.require), loader);
      }
      finish(module);
    } catch (error) {
      modules.delete(module.path);
      throw error;
    }
  }

  /** `undefined` for data, which is there by now. */
  function codeOf(module: LocalModule): LocalCode | undefined {
    const { path } = module;
    const source = readFileSync(path, "utf8");
    if (extname(path) === ".json") {
      module.module.exports = parseJson(source, nameOf(path));
      module.isCommonJs = true;
      return undefined;
    }
    const code = compilerNow().compile(path, source, nameOf(path));
    module.isCommonJs = code.isCommonJs;
    rememberScript(path, { label: nameOf(path), source, sourceMaps: [code.sourceMap], lineOffset: 0 });
    return code;
  }

  function run(module: LocalModule, code: LocalCode, imported: readonly Namespace[], loader: FileLoader): unknown {
    rememberImports(module.path, (name) => {
      const found = code.importedNames.find(({ local }) => local === name);
      const namespace = found && imported[found.index];
      return namespace && (() => (found.imported === "*" ? namespace : namespace[found.imported]));
    });
    const body = moduleFunction(code.code, module.path);
    return body.call(undefined, {
      ...loader.surroundings,
      modules: imported,
      link: (names) => defineLinks(module.namespace, names),
      reexported,
      asWritten: nameAsWritten,
      module: module.module,
      exports: module.module.exports,
    } satisfies Omit<ModuleScope, "commonJs" | "variable"> as ModuleScope); // as: a file names no variables, and is not tslab's
  }

  function nameOf(path: string): string {
    const name = relative(cwd, path);
    return name.startsWith("..") ? path : name;
  }

  return {
    async import(path, importer) {
      const { module, isNew } = moduleAt(path, importer);
      if (isNew) module.loading = load(module);
      if (module.isReady || (importer !== undefined && isWaitingFor(module, importer))) return module.namespace;
      importer?.waitsFor.add(module);
      try {
        await module.loading;
      } finally {
        importer?.waitsFor.delete(module);
      }
      return module.namespace;
    },
    require(path, importer) {
      const { module, isNew } = moduleAt(path, importer);
      if (isNew) loadNow(module);
      return module.isCommonJs ? module.module.exports : module.namespace;
    },
    resolve: (specifier, from) => compilerNow().resolve(specifier, from),
    refresh() {
      const stale = [...modules.values()].filter(({ path, version }) => versionOf(path) !== version);
      for (let module = stale.pop(); module !== undefined; module = stale.pop()) {
        if (!modules.delete(module.path)) continue; // it was there already
        stale.push(...module.importers);
      }
    },
  };
}

function emptyModule(path: string): LocalModule {
  const namespace = Object.defineProperty(Object.create(null), Symbol.toStringTag, { value: "Module" });
  return {
    ...{ path, version: versionOf(path), importers: new Set(), waitsFor: new Set(), module: { exports: {} } },
    ...{ namespace, isCommonJs: false, isReady: false },
  };
}

function finish(module: LocalModule): void {
  if (module.isCommonJs) module.namespace = namespaceOfCommonJs(module.module.exports);
  module.isReady = true;
}

/** Modules that import each other get what there is of the other by then, as in Node. */
function isWaitingFor(module: LocalModule, other: LocalModule, seen = new Set<LocalModule>()): boolean {
  if (module === other) return true;
  if (seen.has(module)) return false;
  seen.add(module);
  return [...module.waitsFor].some((next) => isWaitingFor(next, other, seen));
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

function versionOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.mtimeMs}:${stat.size}`;
}
