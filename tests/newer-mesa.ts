// Debian 12's backports end with Mesa 25.0, whose lavapipe has no subgroup matrices; Debian 13's have one with them. It wants a
// newer C library than this machine's, so programs see it, with all that it needs, in place of the machine's own libraries.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hasApt, openDebianPackages } from "../kernel/setup/debian-packages.ts";

const RELEASE = "trixie";
const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1", "libstdc++6", "libgcc-s1"];
const MANIFEST = "usr/share/vulkan/icd.d/lvp_icd.json";

/** Why it cannot be had here; undefined: it can. */
export function whyNoNewerMesa(): string | undefined {
  if (!hasApt()) return "no Debian: a newer Mesa is fetched from its archive";
  if (!existsSync("/usr/bin/bwrap")) return "no bubblewrap";
  return undefined;
}

/** Fetches it (80 MB) into the cache if it is not there. */
export async function ensureNewerMesa(cacheDir: string): Promise<string> {
  const folder = join(cacheDir, "newer-mesa");
  if (existsSync(join(folder, MANIFEST))) return folder;
  mkdirSync(cacheDir, { recursive: true });
  const scratch = mkdtempSync(join(cacheDir, "newer-mesa-"));
  try {
    const packages = await openDebianPackages(scratch, undefined, RELEASE);
    await packages.unpack(PACKAGES, packages.backports, join(scratch, "unpacked"));
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(scratch, "unpacked"), folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A program, its first arguments and its environment: in front of a Node script they run it with the newer Mesa. */
export function nodeOnNewerMesa(folder: string): {
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
} {
  const libraries = readdirSync(join(folder, "usr/lib")).find((name) => name.endsWith("-linux-gnu"));
  const own = join("/usr/lib", libraries!);
  return {
    command: [
      "bwrap",
      "--die-with-parent",
      "--dev-bind",
      "/",
      "/",
      "--ro-bind",
      join(folder, own),
      own,
      process.execPath,
    ],
    env: { LD_LIBRARY_PATH: "", VK_ADD_DRIVER_FILES: "", VK_DRIVER_FILES: join(folder, MANIFEST) },
  };
}
