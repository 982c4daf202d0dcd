// Files of the folder that cells and other files import by path.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PATH = /^(\.{0,2}\/|\.{1,2}$|file:|[A-Za-z]:[\\/])/;
const SOURCE_FILE = /(?<!\.d)\.([cm]?[jt]sx?|json)$/;
const INSTALLED = /[\\/]node_modules[\\/]/;
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

export function isPath(specifier: string): boolean {
  return PATH.test(specifier);
}

/**
 * The file that a relative, absolute or file: specifier names; "./x" and "./x.js" find x.ts as they do for the
 * compiler. `undefined` for packages and for what is not there.
 */
export function resolveLocal(folder: string, specifier: string): string | undefined {
  if (!isPath(specifier)) return undefined;
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(folder, specifier);
  const candidates = [
    path,
    path.replace(/\.([cm]?)js(x?)$/, ".$1ts$2"),
    ...EXTENSIONS.map((extension) => path + extension),
    ...EXTENSIONS.map((extension) => resolve(path, `index${extension}`)),
  ];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
}

/** Whether a file is the user's own source, which is read anew when it was edited; of packages, Node's loaders take care. */
export function isOwnSource(path: string): boolean {
  return SOURCE_FILE.test(path) && !INSTALLED.test(path);
}
