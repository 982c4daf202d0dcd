// Debian 12's backports end with Mesa 25.0, whose lavapipe has no subgroup matrices; Debian 13's have one with them. It wants a
// newer C library than this machine's, so programs see it, with all that it needs, in place of the machine's own libraries.
import { spawn } from "node:child_process";
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

export interface Ended {
  readonly how: string; // what a message about it says: its exit code, a signal, or that it was ended after so long
  readonly printed: string;
}

/** Runs Node with the newer Mesa to its end; after `limitMs` it is ended, with all that it started. */
export function runOnNewerMesa(
  folder: string,
  args: readonly string[],
  { env, limitMs }: { readonly env: NodeJS.ProcessEnv; readonly limitMs: number },
): Promise<Ended> {
  const libraries = readdirSync(join(folder, "usr/lib")).find((name) => name.endsWith("-linux-gnu"));
  const own = join("/usr/lib", libraries!);
  const child = spawn(
    "bwrap",
    ["--dev-bind", "/", "/", "--ro-bind", join(folder, own), own, process.execPath, ...args],
    {
      detached: true, // a group of its own, which ends as one
      env: {
        ...process.env,
        LD_LIBRARY_PATH: "",
        VK_ADD_DRIVER_FILES: "",
        VK_DRIVER_FILES: join(folder, MANIFEST),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    process.kill(-child.pid!, "SIGKILL");
  }, limitMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const how = isLate ? `ended after ${limitMs / 1000} s` : signal ? `ended by ${signal}` : `exit code ${code}`;
      resolve({ how, printed });
    });
  });
}
