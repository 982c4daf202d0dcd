import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

const KERNELS = new URL("kernels/", import.meta.url);
const SOURCES = /(\.wgsl|(?<!\.d)\.ts|\.js)$/; // beside files of WGSL the programs that join them, and add lines of their own

/**
 * SHA-256 of the shaders whose names begin with `prefix`: what was measured, or computed, with others is not theirs.
 *
 * @param folder ends with a slash
 */
export async function shaderHash(prefix = "", folder = KERNELS): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && SOURCES.test(name));
  for (const name of names.sort()) hash.update(name).update(await readFile(new URL(name, folder)));
  return hash.digest("hex");
}
