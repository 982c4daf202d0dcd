// What `import` and `require` mean in a cell, and in a file of the folder. Packages are loaded by Node's own loaders from
// there; files of the folder by local-modules.ts.
import { createRequire, isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import vm from "node:vm";
import type { ModuleImport } from "./cell-compiler.ts";
import { createLocalModules, type LocalModule } from "./local-modules.ts";
import {
  type ImportMetaOfFile,
  type ModuleScope,
  type Namespace,
  namespaceOfCommonJs,
  namespaceOfPackage,
} from "./module-scope.ts";
import { isOwnSource, isPath, resolveLocal } from "./resolve-local.ts";

export type Surroundings = Pick<ModuleScope, "import" | "meta" | "require" | "__filename" | "__dirname">;

export interface ModuleLoader {
  /** Forgets the files that were edited since they were read, and those that import them. */
  refresh(): void;
  importAll(imports: readonly ModuleImport[], path: string): Promise<readonly Namespace[]>;
  /** What the code of a file at `path` finds around it. */
  surroundings(path: string): Surroundings;
}

/** Loads for the code at `path`; `importer` is its module, where it is a file. */
export interface FileLoader {
  import(wanted: ModuleImport): Promise<Namespace>;
  require(wanted: ModuleImport): Namespace;
  readonly surroundings: Surroundings;
}

/** @param builtIn modules that are ours whatever the folder holds: name -> loader */
export function createModuleLoader(cwd: string, builtIn: ReadonlyMap<string, () => unknown>): ModuleLoader {
  const local = createLocalModules(cwd, fileLoader);

  function fileLoader(path: string, importer?: LocalModule): FileLoader {
    const folder = dirname(path);
    const native = createRequire(path);

    function ownFile({ specifier, path: known }: ModuleImport): string | undefined {
      const found = known ?? resolveLocal(folder, specifier);
      return found !== undefined && isOwnSource(found) ? found : undefined;
    }

    async function load(wanted: ModuleImport): Promise<Namespace> {
      const { specifier } = wanted;
      const ours = builtIn.get(specifier);
      if (ours !== undefined) return (await ours()) as Namespace;
      const file = ownFile(wanted);
      if (file !== undefined) return local.import(file, importer);
      const url = isPath(specifier)
        ? pathToFileURL(resolveLocal(folder, specifier) ?? join(folder, specifier)).href
        : specifier;
      const loaded = () => nativeImport(folder, url).then(namespaceOfPackage);
      return loaded().catch((error: unknown) => {
        const aliased = isPath(specifier) ? undefined : local.resolve(specifier, path);
        if (aliased === undefined) throw error;
        return local.import(aliased, importer);
      });
    }

    function requireOne(specifier: string): unknown {
      const file = ownFile({ specifier, names: [] });
      if (file !== undefined) return local.require(file, importer);
      try {
        return native(specifier);
      } catch (error) {
        const aliased = isPath(specifier) || isBuiltin(specifier) ? undefined : local.resolve(specifier, path);
        if (aliased === undefined) throw error;
        return local.require(aliased, importer);
      }
    }

    const { cache, main, extensions, resolve } = native;
    return {
      import: load,
      require({ specifier, path: known }) {
        const exports = known === undefined ? requireOne(specifier) : local.require(known, importer);
        return isNamespace(exports) ? exports : namespaceOfCommonJs(exports);
      },
      surroundings: {
        import: (specifier) => load({ specifier: String(specifier), names: [] }),
        meta: metaOf(path, native),
        require: Object.assign(requireOne, { cache, main, extensions, resolve }),
        __filename: path,
        __dirname: folder,
      },
    };
  }

  return {
    refresh: local.refresh,
    async importAll(imports, path) {
      const loader = fileLoader(path);
      const loaded: Namespace[] = [];
      for (const wanted of imports) loaded.push(checked(await loader.import(wanted), wanted));
      return loaded;
    },
    surroundings: (path) => fileLoader(path).surroundings,
  };
}

/** @throws SyntaxError as Node does, for a name that the module does not export */
function checked(namespace: Namespace, { specifier, names }: ModuleImport): Namespace {
  const missing = names.find((name) => !(name in namespace));
  if (missing === undefined) return namespace;
  throw new SyntaxError(`The requested module '${specifier}' does not provide an export named '${missing}'`);
}

function isNamespace(exports: unknown): exports is Namespace {
  return (
    types.isModuleNamespaceObject(exports) ||
    (exports as { [Symbol.toStringTag]?: unknown } | null)?.[Symbol.toStringTag] === "Module"
  );
}

function metaOf(path: string, native: NodeJS.Require): ImportMetaOfFile {
  const folder = dirname(path);
  return {
    url: pathToFileURL(path).href,
    filename: path,
    dirname: folder,
    resolve(specifier) {
      if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
      if (isPath(specifier)) return new URL(specifier, pathToFileURL(path)).href;
      return pathToFileURL(native.resolve(specifier)).href;
    },
  };
}

const importers = new Map<string, (specifier: string) => Promise<Namespace>>();

/** import() as a file in `folder` would do it. */
export function nativeImport(folder: string, specifier: string): Promise<Namespace> {
  let importer = importers.get(folder);
  if (importer === undefined) {
    importer = vm.runInThisContext("(specifier) => import(specifier)", {
      filename: join(folder, "__cell__.js"),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    }) as (specifier: string) => Promise<Namespace>;
    importers.set(folder, importer);
  }
  return importer(specifier);
}
