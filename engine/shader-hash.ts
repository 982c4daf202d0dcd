import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";

const KERNELS = new URL("kernels/", import.meta.url);

/** SHA-256 of the shaders whose names begin with `prefix`: what was measured, or computed, with others is not theirs. */
export async function shaderHash(prefix = ""): Promise<string> {
  const hash = createHash("sha256");
  const names = (await readdir(KERNELS)).filter((name) => name.startsWith(prefix) && name.endsWith(".wgsl"));
  for (const name of names.sort()) hash.update(name).update(await readFile(new URL(name, KERNELS)));
  return hash.digest("hex");
}
