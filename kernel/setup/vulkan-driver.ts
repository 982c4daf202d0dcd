import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type AdapterInfo, driverEnvironment, webGpuProblem } from "../../engine/client.ts";
import { hasApt, openDebianPackages } from "./debian-packages.ts";
import type { Report } from "./report.ts";
import { lastWords, runProgram } from "./run-program.ts";
import { SetupError } from "./setup-error.ts";

const MIN_MESA = 25; // Dawn refuses the lavapipe of Debian 12's own 22.3
const OTHER_DRIVERS = /\/(libvulkan_(?!lvp)\w+\.so|dri)$/; // of GPUs: the system's own serve those
/** The way out where its library does not load, which no driver mends. */
export const WITHOUT_WEBGPU = "leave QWENLAB_ADAPTER out, and models run on the processors";
const PACKAGES = ["mesa-vulkan-drivers", "libvulkan1"];

export interface DriverOptions {
  readonly cacheDir: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** The adapters that WebGPU finds in a process with the driver's environment. @throws SetupError */
export async function listAdapters(cacheDir: string): Promise<AdapterInfo[]> {
  const program = createRequire(import.meta.url).resolve("#dist/kernel/setup/list-adapters.js");
  const env = { ...process.env, ...driverEnvironment(cacheDir) };
  const result = await runProgram(process.execPath, [program], { env });
  if (result.exitCode === 0) return JSON.parse(result.stdout) as AdapterInfo[]; // as: written by list-adapters.ts
  throw new SetupError(`looking for adapters failed: ${lastWords(result)}`);
}

/**
 * Makes sure that WebGPU has an adapter; on Debian and Ubuntu a software one is unpacked into the cache, without root.
 * @throws SetupError that says what to install where we cannot
 */
export async function ensureAdapter(options: DriverOptions): Promise<AdapterInfo[]> {
  const { cacheDir, report } = options;
  const present = await listAdapters(cacheDir);
  if (present.length > 0) return present;
  const problem = await webGpuProblem();
  if (problem) throw new SetupError(`${problem}; ${WITHOUT_WEBGPU}`);
  if (process.platform !== "linux") {
    throw new SetupError("WebGPU finds no adapter; this system brings its own driver (Metal, Direct3D 12): update it");
  }
  if (!hasApt()) {
    throw new SetupError(
      `WebGPU finds no adapter; install a Vulkan driver (Mesa ${MIN_MESA} or newer, with lavapipe if there is no GPU) ` +
        "and the Vulkan loader, libvulkan.so.1, then start again",
    );
  }
  report.line("  No GPU that WebGPU can use: fetching a software driver (Mesa's lavapipe, at most 60 MB) ...");
  await unpackDriver(options);
  const adapters = await listAdapters(cacheDir);
  if (adapters.length > 0) return adapters;
  throw new SetupError(
    `the software driver in ${join(cacheDir, "driver")} does not start; remove that folder and try again, ` +
      `or install Mesa ${MIN_MESA} or newer yourself`,
  );
}

async function unpackDriver({ cacheDir, report, signal }: DriverOptions): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const scratch = mkdtempSync(join(cacheDir, "driver-"));
  try {
    const packages = await openDebianPackages(scratch, signal);
    const suite = await newEnoughSuite(packages);
    report.line("  ... unpacking");
    const unpacked = join(scratch, "unpacked");
    await packages.unpack(PACKAGES, suite, unpacked);
    install(unpacked, join(cacheDir, "driver"), join(scratch, "driver"));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The release's own archive where its Mesa will do, else its backports. */
async function newEnoughSuite(packages: Awaited<ReturnType<typeof openDebianPackages>>): Promise<string> {
  const found: string[] = [];
  for (const suite of ["", packages.backports]) {
    const version = await packages.candidate(PACKAGES[0]!, suite);
    if (version === undefined) continue;
    if (Number.parseInt(version, 10) >= MIN_MESA) return suite;
    found.push(version);
  }
  throw new SetupError(
    `this system's archives have no Mesa ${MIN_MESA} (found: ${found.join(", ") || "none"}); ` +
      "use a newer release, or install a newer Mesa with its Vulkan drivers yourself",
  );
}

/** Keeps the libraries and the software driver's manifest, with its path; appears under its name as a whole. */
function install(unpacked: string, target: string, scratch: string): void {
  const libraries = readdirSync(join(unpacked, "usr", "lib"))
    .map((triplet) => join("usr", "lib", triplet))
    .find((folder) => existsSync(join(unpacked, folder, "libvulkan_lvp.so")));
  if (!libraries) throw new SetupError("the packages hold no libvulkan_lvp.so");
  const manifests = join(unpacked, "usr", "share", "vulkan", "icd.d");
  const manifest = readdirSync(manifests).find((name) => name.startsWith("lvp_icd"));
  if (!manifest) throw new SetupError("the packages hold no lvp_icd manifest");

  cpSync(join(unpacked, libraries), join(scratch, libraries), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !OTHER_DRIVERS.test(path),
  });
  const icd = JSON.parse(readFileSync(join(manifests, manifest), "utf8"));
  icd.ICD.library_path = join(target, libraries, "libvulkan_lvp.so");
  writeFileSync(join(scratch, "icd.json"), JSON.stringify(icd, null, 2));
  rmSync(target, { recursive: true, force: true });
  renameSync(scratch, target);
}
