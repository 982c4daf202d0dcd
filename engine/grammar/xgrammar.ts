// Loads web-xgrammar, which is published as a module and written as a script: read as text, it is run as what it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

type XGrammar = typeof import("@mlc-ai/web-xgrammar");

let loaded: XGrammar | undefined;

export function loadXGrammar(): XGrammar {
  if (loaded) return loaded;
  const require = createRequire(import.meta.url);
  const path = require.resolve("@mlc-ai/web-xgrammar");
  const source = readFileSync(path, "utf8").replaceAll(/\bimport\(/g, "importHere("); // a script may have no import()
  const names = ["exports", "require", "module", "__filename", "__dirname", "importHere"];
  const run = new Function(...names, source);
  const module = { exports: {} };
  run.call(globalThis, module.exports, require, module, path, dirname(path), (name: string) => import(name));
  loaded = module.exports as XGrammar; // as: what the script assigns to its exports
  return loaded;
}
