// What makes the kernel appear in Jupyter: https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { activeEnvironments, pathsOf, type System, thisSystem } from "./setup/environments.ts";

const NAME = "qwenlab";
const NODE_LINKS = ["/usr/local/bin/node", "/usr/bin/node", "/opt/homebrew/bin/node"]; // stay when Node is updated

/** Where the kernelspec goes: the user's Jupyter folder, or under a prefix. */
export type KernelspecPlace = { readonly user: true } | { readonly prefix: string };

/**
 * One that is there is replaced file by file: a Jupyter that runs finds it at every moment, and two may install at once.
 * @returns the folder written. @throws Error that says which folder cannot be written, or what is missing
 */
export async function installKernelspec(place: KernelspecPlace): Promise<string> {
  const folder = kernelspecFolder(place);
  const scratch = `${folder}.${process.pid}`;
  try {
    mkdirSync(scratch, { recursive: true });
    writeFileSync(join(scratch, "kernel.json"), `${JSON.stringify(kernelspec(), null, 2)}\n`);
    cpSync(join(import.meta.dirname, "logo.svg"), join(scratch, "logo-svg.svg"));
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) rmSync(folder, { force: true }); // a file, a link
    mkdirSync(folder, { recursive: true });
    const names = readdirSync(scratch);
    for (const name of names) renameSync(join(scratch, name), join(folder, name));
    for (const name of readdirSync(folder))
      if (!names.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}

/** @returns the folder removed, if there was one */
export async function uninstallKernelspec(place: KernelspecPlace): Promise<string | undefined> {
  const folder = kernelspecFolder(place);
  if (!existsSync(folder)) return undefined;
  rmSync(folder, { recursive: true });
  return folder;
}

/** The folder that is the kernelspec of that place, written or not. */
export function kernelspecFolder(place: KernelspecPlace): string {
  return join(
    "prefix" in place ? join(place.prefix, "share", "jupyter") : userDataFolder(thisSystem()),
    "kernels",
    NAME,
  );
}

/**
 * Of the environment that was activated last, with the variable that names it.
 * @throws Error where none is active
 */
export function activePrefix(system: System = thisSystem()): { readonly prefix: string; readonly variable: string } {
  const [last] = activeEnvironments(system);
  if (last !== undefined) return last;
  throw new Error("no Python environment is active (neither VIRTUAL_ENV nor CONDA_PREFIX is set); use --prefix DIR");
}

/** As jupyter_core has it: https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files */
export function userDataFolder({ env, platform, home }: System): string {
  const { join } = pathsOf(platform);
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  const asOthers = !/^(no|n|false|off|0|0\.0)?$/i.test(env.JUPYTER_PLATFORM_DIRS ?? ""); // as other programs of the system
  if (platform === "darwin")
    return join(home, "Library", ...(asOthers ? ["Application Support", "jupyter"] : ["Jupyter"]));
  if (platform === "win32") {
    if (asOthers) return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "jupyter");
    if (env.APPDATA) return join(env.APPDATA, "jupyter");
    return join(env.JUPYTER_CONFIG_DIR || join(home, ".jupyter"), "data");
  }
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "jupyter");
}

function kernelspec() {
  const packageFolder = dirname(createRequire(import.meta.url).resolve("qwenlab/package.json"));
  return {
    argv: [stableNode(), join(packageFolder, "bin", "qwenlab.js"), "kernel", "{connection_file}"],
    display_name: "Qwen (TypeScript)",
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: true, supported_encryption: ["curve"] }, // as ipykernel says it
    kernel_protocol_version: "5.5",
  };
}

/** A path that outlives an update of Node, where one leads to the Node that runs now. */
function stableNode(): string {
  const running = realpathSync(process.execPath);
  const link = NODE_LINKS.find((path) => existsSync(path) && realpathSync(path) === running);
  return link ?? process.execPath;
}
