// What makes the kernel appear in Jupyter: https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
import { cpSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

const NAME = "qwenlab";
const NODE_LINKS = ["/usr/local/bin/node", "/usr/bin/node", "/opt/homebrew/bin/node"]; // stay when Node is updated

/** Where the kernelspec goes: the user's Jupyter folder, the active Python environment, or under a prefix. */
export type KernelspecPlace = { readonly user: true } | { readonly sysPrefix: true } | { readonly prefix: string };

/** @returns the folder written. @throws Error that says which folder cannot be written, or what is missing */
export async function installKernelspec(place: KernelspecPlace): Promise<string> {
  const folder = kernelspecFolder(place);
  const scratch = `${folder}.${process.pid}`;
  try {
    mkdirSync(scratch, { recursive: true });
    writeFileSync(join(scratch, "kernel.json"), `${JSON.stringify(kernelspec(), null, 2)}\n`);
    cpSync(join(import.meta.dirname, "logo.svg"), join(scratch, "logo-svg.svg"));
    rmSync(folder, { recursive: true, force: true });
    renameSync(scratch, folder);
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

function kernelspecFolder(place: KernelspecPlace): string {
  return join(dataFolder(place), "kernels", NAME);
}

/** https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files */
function dataFolder(place: KernelspecPlace): string {
  if ("prefix" in place) return join(place.prefix, "share", "jupyter");
  const { env, platform } = process;
  if ("sysPrefix" in place) {
    const prefix = env.VIRTUAL_ENV || env.CONDA_PREFIX;
    if (prefix) return join(prefix, "share", "jupyter");
    throw new Error("no Python environment is active (neither VIRTUAL_ENV nor CONDA_PREFIX is set); use --prefix DIR");
  }
  if (env.JUPYTER_DATA_DIR) return env.JUPYTER_DATA_DIR;
  if (platform === "darwin") return join(homedir(), "Library", "Jupyter");
  if (platform === "win32") return join(env.APPDATA || join(homedir(), "AppData", "Roaming"), "jupyter");
  return join(env.XDG_DATA_HOME || join(homedir(), ".local", "share"), "jupyter");
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
