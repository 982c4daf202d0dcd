// Callbacks of what Node does beside JavaScript (a file that is read, a name that is looked up, a key that is derived) belong
// to the cell that asked for it: when Node calls them, nothing else tells which cell that was.
import crypto from "node:crypto";
import dns from "node:dns";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import zlib from "node:zlib";
import { ofRunningCell } from "./attribution.ts";

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Classes are constructed. A listener for a watched file is taken off again by itself, and its watcher is an emitter. */
const TAKES_NO_CALLBACK = /^[A-Z_]|^constructor$|Sync$|^(?:un)?watch/;

export function followCallbacks(): void {
  const { prototype: resolver } = dns.Resolver;
  const shared: unknown = Object.getPrototypeOf(resolver); // of both kinds of resolvers
  for (const functions of [fs.realpath, fs, fs.Dir.prototype, crypto, dns, resolver, shared, zlib]) follow(functions);
  syncBuiltinESMExports(); // of `import { readFile } from "node:fs"`
}

function follow(functions: unknown): void {
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(functions))) {
    if (typeof property.value !== "function" || !property.configurable || TAKES_NO_CALLBACK.test(name)) continue;
    Object.defineProperty(functions, name, { ...property, value: followed(property.value as Callable) });
  }
}

/** What a function has, as the names of what promisify() gives, it keeps. */
function followed(original: Callable): Callable {
  const wrapped: Callable = function (...args) {
    const last = args.at(-1);
    if (typeof last === "function") args[args.length - 1] = ofRunningCell(last as Callable);
    return Reflect.apply(original, this, args);
  };
  return Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
}
