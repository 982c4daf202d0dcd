// What the running Node has, and TypeScript 5.0 (tslab's fork) with its types of Node 18 does not know. Members are declared as
// TypeScript's later libraries do (lib.es2023.array.d.ts, lib.es2024.*.d.ts, lib.esnext.collection.d.ts), each only where it is
// there to be called: a cell that compiles runs.

const NUMBER_ARRAYS = [
  ...["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array"],
  ...["Int32Array", "Uint32Array", "Float32Array", "Float64Array"],
];
const BIGINT_ARRAYS = ["BigInt64Array", "BigUint64Array"];

/** Declarations for the inside of `declare global`. */
export function newerGlobals(): string {
  return [
    "interface ImportMeta { readonly dirname: string; readonly filename: string; }", // module-loader.ts has them
    has(Array.prototype, "toSorted") && copyingMethods(),
    has(String.prototype, "isWellFormed") && "interface String { isWellFormed(): boolean; toWellFormed(): string; }",
    has(Object, "groupBy") &&
      `interface ObjectConstructor {
  groupBy<K extends PropertyKey, T>(items: Iterable<T>, keySelector: (item: T, index: number) => K): Partial<Record<K, T[]>>;
}
interface MapConstructor { groupBy<K, T>(items: Iterable<T>, keySelector: (item: T, index: number) => K): Map<K, T[]>; }`,
    has(Promise, "withResolvers") &&
      `interface PromiseConstructor {
  withResolvers<T>(): { promise: Promise<T>; resolve: (value: T | PromiseLike<T>) => void; reject: (reason?: any) => void };
}`,
    has(Array, "fromAsync") &&
      `interface ArrayConstructor {
  fromAsync<T>(source: AsyncIterable<T> | Iterable<T | PromiseLike<T>> | ArrayLike<T | PromiseLike<T>>): Promise<T[]>;
  fromAsync<T, U>(source: AsyncIterable<T> | Iterable<T> | ArrayLike<T>, map: (value: Awaited<T>, index: number) => U): Promise<Awaited<U>[]>;
}`,
    has(Set.prototype, "union") && setMethods(),
    "crypto" in globalThis && `var crypto: typeof import("node:crypto").webcrypto;`,
    "navigator" in globalThis &&
      "var navigator: { readonly hardwareConcurrency: number; readonly language: string; readonly languages: readonly string[]; readonly platform: string; readonly userAgent: string };",
  ]
    .filter((declaration) => declaration !== false)
    .join("\n");
}

function has(where: object, name: string): boolean {
  return name in where;
}

function copyingMethods(): string {
  const ofArrays = `toReversed(): T[];
  toSorted(compareFn?: (a: T, b: T) => number): T[];
  toSpliced(start: number, deleteCount: number, ...items: T[]): T[];
  toSpliced(start: number, deleteCount?: number): T[];
  with(index: number, value: T): T[];`;
  const ofTyped = (name: string, value: string) => `interface ${name} {
  toReversed(): ${name};
  toSorted(compareFn?: (a: ${value}, b: ${value}) => number | bigint): ${name};
  with(index: number, value: ${value}): ${name};
}`;
  return [
    `interface Array<T> { ${ofArrays} }`,
    `interface ReadonlyArray<T> { ${ofArrays} }`,
    ...NUMBER_ARRAYS.map((name) => ofTyped(name, "number")),
    ...BIGINT_ARRAYS.map((name) => ofTyped(name, "bigint")),
  ].join("\n");
}

function setMethods(): string {
  const methods = `union<U>(other: ReadonlySetLike<U>): Set<T | U>;
  intersection<U>(other: ReadonlySetLike<U>): Set<T & U>;
  difference<U>(other: ReadonlySetLike<U>): Set<T>;
  symmetricDifference<U>(other: ReadonlySetLike<U>): Set<T | U>;
  isSubsetOf(other: ReadonlySetLike<unknown>): boolean;
  isSupersetOf(other: ReadonlySetLike<unknown>): boolean;
  isDisjointFrom(other: ReadonlySetLike<unknown>): boolean;`;
  return `interface ReadonlySetLike<T> { keys(): Iterator<T>; has(value: T): boolean; readonly size: number; }
interface Set<T> { ${methods} }
interface ReadonlySet<T> { ${methods} }`;
}
