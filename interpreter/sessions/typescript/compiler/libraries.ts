// TypeScript's declarations of what the running Node has: those of ES2023, and of each later feature that is there to be
// called. So a cell that compiles runs.

const ES2023 = "lib.es2023.d.ts";

const LATER: readonly (readonly [file: string, isThere: boolean])[] = [
  ["lib.es2024.arraybuffer.d.ts", "transfer" in ArrayBuffer.prototype],
  ["lib.es2024.collection.d.ts", "groupBy" in Map],
  ["lib.es2024.object.d.ts", "groupBy" in Object],
  ["lib.es2024.promise.d.ts", "withResolvers" in Promise],
  ["lib.es2024.regexp.d.ts", "unicodeSets" in RegExp.prototype],
  ["lib.es2024.sharedmemory.d.ts", true], // since Node 16; not asked, since what builds a snapshot has no Atomics
  ["lib.es2024.string.d.ts", "isWellFormed" in String.prototype],
  ["lib.es2025.collection.d.ts", "union" in Set.prototype],
  ["lib.es2025.float16.d.ts", "Float16Array" in globalThis],
  ["lib.es2025.intl.d.ts", "DurationFormat" in Intl],
  ["lib.es2025.iterator.d.ts", "Iterator" in globalThis],
  ["lib.es2025.promise.d.ts", "try" in Promise],
  ["lib.es2025.regexp.d.ts", "escape" in RegExp],
  ["lib.esnext.array.d.ts", "fromAsync" in Array],
  ["lib.esnext.decorators.d.ts", true], // TypeScript's own helpers do both
  ["lib.esnext.disposable.d.ts", "DisposableStack" in globalThis], // `using` needs no more than Node's types have
  ["lib.esnext.error.d.ts", "isError" in Error],
];

export const NODE_LIBRARIES: readonly string[] = [
  ES2023,
  ...LATER.filter(([, isThere]) => isThere).map(([file]) => file),
];
