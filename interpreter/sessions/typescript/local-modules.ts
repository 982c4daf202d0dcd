// TypeScript files that cells import by path: found here by both sides, compiled in the worker, run in the child.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const TYPESCRIPT_FILE = /(?<!\.d)\.[cm]?tsx?$/;
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

/**
 * The file that a relative, absolute or file: specifier names; "./x" and "./x.js" find x.ts as they do for the
 * compiler. `undefined` for packages and for what is not there.
 */
export function resolveLocal(folder: string, specifier: string): string | undefined {
  const isPath = /^(\.{0,2}\/|\.{1,2}$|file:|[A-Za-z]:[\\/])/.test(specifier);
  if (!isPath) return undefined;
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(folder, specifier);
  const candidates = [
    path,
    path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2"),
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => resolve(path, `index${extension}`)),
  ];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
}

export function isTypeScriptFile(path: string): boolean {
  return TYPESCRIPT_FILE.test(path);
}
