// What the code of a cell or a local file finds around it. The compiler writes the code so that it takes this as its
// argument: see compiler/module-body.ts.
import type { Variable } from "./notebook-variables.ts";

/** What the names begin with that the compiler adds, and no name of a cell or a local file: compiler/reserved-names.ts. */
export const RESERVED = "__qwenlab_";

/** A name that a module gives: reading it is reading the module's own variable, and so is assigning it. */
export type Link = readonly [get: () => unknown, set?: (value: unknown) => void, isHoisted?: boolean];

export type Namespace = Readonly<Record<string, unknown>>;

export interface ImportMetaOfFile {
  readonly url: string;
  readonly filename: string;
  readonly dirname: string;
  resolve(specifier: string): string;
}

export interface ModuleScope {
  /** The variable of the notebook by this name: `__qwenlab_of_n.get()` is what a cell's `n` becomes that another one declares. */
  variable(name: string): Variable;
  readonly modules: readonly Namespace[]; // of the static imports, in their order
  /** Called first: tells what the module declares. */
  link(names: Readonly<Record<string, Link>>): void;
  /** Called with what the code catches. */
  asWritten(caught: unknown): void;
  /** The names of `export * from`. */
  reexported(namespace: Namespace): Record<string, Link>;
  import(specifier: unknown): Promise<Namespace>; // attributes say nothing that the file does not
  readonly meta: ImportMetaOfFile;
  readonly require: NodeJS.Require;
  readonly module: { exports: unknown };
  readonly exports: unknown;
  readonly __filename: string;
  readonly __dirname: string;
  /** For code in CommonJS's own words: tslab's. @param specifiers of `modules` */
  commonJs(specifiers: readonly string[]): { readonly exports: object; readonly require: unknown };
}

/** A module's function, as compiled code is. */
export type ModuleFunction = (this: undefined, scope: ModuleScope) => unknown;

// How V8 writes in its messages what names of other modules are compiled to: compiler/references.ts.
const COMPILED_NAMES: readonly (readonly [RegExp, string])[] = [
  [/__qwenlab_of_(\S+?)\.get is not a function or its return value is not/g, "$1 is not"],
  [/__qwenlab_of_(\S+?)\.(?:get\(\.\.\.\)|value)/g, "$1"],
  [/\(0 , __qwenlab_import\d+\.(\S+?)\)/g, "$1"],
  [/\b__qwenlab_import\d+\./g, ""],
];

/** "rows is not iterable", by the user's name. */
export function nameAsWritten(error: unknown): void {
  if (!(error instanceof TypeError) || typeof error.message !== "string" || !error.message.includes(RESERVED)) return;
  const message = COMPILED_NAMES.reduce((text, [compiled, name]) => text.replace(compiled, name), error.message);
  if (message !== error.message) error.message = message;
}

export function reexported(namespace: Namespace): Record<string, Link> {
  const names = Object.keys(namespace).filter((name) => name !== "default");
  return Object.fromEntries(names.map((name): [string, Link] => [name, [() => namespace[name]]]));
}

/** Defines links as properties: a name without a setter is constant. */
export function defineLinks(target: object, names: Readonly<Record<string, Link>>): void {
  for (const [name, [get, set]] of Object.entries(names)) {
    Object.defineProperty(target, name, { get, ...(set && { set }), enumerable: true, configurable: true });
  }
}

/**
 * What `import` gives of a CommonJS module: its exports as `default`, and the names in them. One that was compiled from ES
 * modules is taken as it was meant.
 */
export function namespaceOfCommonJs(exports: unknown): Namespace {
  const isObject = (typeof exports === "object" && exports !== null) || typeof exports === "function";
  if (!isObject) return { default: exports };
  const isCompiled = (exports as { readonly __esModule?: unknown }).__esModule === true && "default" in exports;
  return withNamesOf({ default: isCompiled ? exports.default : exports }, exports);
}

/** An ES namespace as Node's import() gives it; names of a CommonJS module that Node's lexer did not find are looked up. */
export function namespaceOfPackage(namespace: Namespace): Namespace {
  const fallback = namespace.default;
  const isObject = (typeof fallback === "object" && fallback !== null) || typeof fallback === "function";
  if (!isObject) return namespace;
  if (namespace.__esModule === true && (fallback as Namespace).__esModule === true) return fallback as Namespace;
  return withNamesOf(namespace, fallback);
}

function withNamesOf(namespace: Namespace, fallback: object): Namespace {
  return new Proxy(namespace, {
    has: (target, name) => Reflect.has(target, name) || (typeof name === "string" && name in fallback),
    get(target, name) {
      if (Reflect.has(target, name) || typeof name === "symbol") return Reflect.get(target, name);
      return Reflect.get(fallback, name);
    },
  });
}
