// JupyterLab: the user's own where there is one, else an environment of ours in the cache folder.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installCommand } from "../../interpreter/index.ts";
import { hasApt, openDebianPackages } from "./debian-packages.ts";
import { executable } from "./environments.ts";
import type { Report } from "./report.ts";
import { lastWords, runProgram } from "./run-program.ts";
import { SetupError } from "./setup-error.ts";

const JUPYTERLAB = "jupyterlab>=4.6,<4.7";
/** What shows widgets in JupyterLab: the folder of each extension, and its package. */
const WIDGETS: readonly (readonly [folder: string, requirement: string])[] = [
  ["@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets>=3,<4"],
  ["anywidget", "anywidget>=0.9,<1"],
];
const SETTINGS = {
  // It would ask everybody whether they want Jupyter's news, and the network for new versions of what we chose.
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  // Else a notebook that is opened again, or exported, shows errors in the place of its widgets.
  "@jupyter-widgets/jupyterlab-manager:plugin": { saveState: true },
};
const VERSION = "import importlib.metadata; print(importlib.metadata.version('jupyterlab'))";
const MIN_PYTHON = [3, 9] as const; // JupyterLab 4.6's own

export interface Jupyter {
  /** Runs it: `[program, ...arguments]`, to be followed by `lab` and its options. */
  readonly command: readonly string[];
  readonly version: string; // of JupyterLab
  /** Our own environment; the kernel is registered in it. Undefined: the user's own Jupyter. */
  readonly prefix: string | undefined;
}

export interface PythonOptions {
  readonly cacheDir: string;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

export function pythonFolder(cacheDir: string): string {
  return join(cacheDir, "python");
}

/** @throws EngineError if others can put programs there */
export async function checkedPythonFolder(cacheDir: string): Promise<string> {
  const folder = pythonFolder(cacheDir);
  if (existsSync(folder)) (await import("../../engine/client.ts")).checkTrusted(folder); // large: only where it is needed
  return folder;
}

/** The JupyterLab that `qwenlab lab` would start, or undefined. */
export async function findJupyter(cacheDir: string): Promise<Jupyter | undefined> {
  const prefix = await checkedPythonFolder(cacheDir);
  const own = executable(prefix, "jupyter");
  const candidates = [
    { command: ["jupyter"], prefix: undefined, askVersion: ["jupyter", "lab", "--version"] },
    // Of our own environment its Python knows, which need not load JupyterLab for it: that takes seconds.
    ...(existsSync(own) ? [{ command: [own], prefix, askVersion: [executable(prefix, "python"), "-c", VERSION] }] : []),
  ];
  for (const { askVersion, ...candidate } of candidates) {
    const [program, ...args] = askVersion;
    const result = await runProgram(program!, args);
    const version = /^(\d+)\.\d+\.\d+\S*$/m.exec(result.stdout);
    if (result.exitCode === 0 && Number(version?.[1]) >= 4) return { ...candidate, version: version![0] };
  }
  return undefined;
}

/** @throws SetupError that says what to install where there is no usable Python */
export async function ensureJupyter(options: PythonOptions): Promise<Jupyter> {
  const present = await findJupyter(options.cacheDir);
  if (present) {
    await ensureWidgets(present, options);
    return withSettings(present);
  }
  options.report.line(
    "  No JupyterLab 4 found: making a Python environment for it (about 200 MB, a minute or two) ...",
  );
  await ensurePythonPackages([JUPYTERLAB, ...WIDGETS.map(([, requirement]) => requirement)], options);
  const installed = await findJupyter(options.cacheDir);
  if (installed) return withSettings(installed);
  throw new SetupError(
    `JupyterLab in ${pythonFolder(options.cacheDir)} does not start; remove that folder and try again`,
  );
}

/** The requirements of what JupyterLab lacks to show widgets; without it they are text. */
export async function missingWidgets({ command, prefix }: Jupyter): Promise<readonly string[]> {
  // Our environment has them in itself: Jupyter need not be asked for its other folders, which starts a Python.
  if (prefix !== undefined && widgetsMissingIn([join(prefix, "share", "jupyter")]).length === 0) return [];
  const [program, ...args] = command;
  const { stdout } = await runProgram(program!, [...args, "--paths", "--json"]);
  const [paths = "{}"] = /\{[\s\S]*\}/.exec(stdout) ?? [];
  const { data = [] } = JSON.parse(paths) as { readonly data?: readonly string[] }; // as: Jupyter's own
  return widgetsMissingIn(data).map(([, requirement]) => requirement);
}

/** @param folders of Jupyter's data */
function widgetsMissingIn(folders: readonly string[]): typeof WIDGETS {
  return WIDGETS.filter(([name]) => !folders.some((folder) => existsSync(join(folder, "labextensions", name))));
}

/** Of pip's requirements, for a command line: their signs mean something to a shell. */
export function packageNames(requirements: readonly string[]): string {
  return requirements.map((requirement) => requirement.replace(/[<>=].*/, "")).join(" ");
}

/** An environment of ours gets them; the user's own is left alone, and told of. Nothing fails for the lack of them. */
async function ensureWidgets(jupyter: Jupyter, options: PythonOptions): Promise<void> {
  const missing = await missingWidgets(jupyter);
  if (missing.length === 0) return;
  if (jupyter.prefix === undefined) {
    options.report.line(`  Your JupyterLab shows no widgets; beside it: pip install ${packageNames(missing)}`);
    return;
  }
  options.report.line("  Adding what shows widgets to JupyterLab ...");
  try {
    await ensurePythonPackages(missing, options);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    options.report.line(`  ... that failed; widgets are shown as text. ${error.message}`);
  }
}

/** Defaults of our own JupyterLab; the user's choices come before them, and the user's own JupyterLab is left alone. */
function withSettings(jupyter: Jupyter): Jupyter {
  if (jupyter.prefix === undefined) return jupyter;
  const folder = join(jupyter.prefix, "share", "jupyter", "lab", "settings");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "overrides.json"), `${JSON.stringify(SETTINGS, undefined, 2)}\n`);
  return jupyter;
}

/**
 * Our own environment with these packages: pip's requirements, or `-r FILE`. Says nothing where they are there.
 * @throws SetupError
 */
export async function ensurePythonPackages(requirements: readonly string[], options: PythonOptions): Promise<void> {
  const prefix = await checkedPythonFolder(options.cacheDir);
  const python = executable(prefix, "python");
  if (!existsSync(executable(prefix, "pip"))) await createEnvironment(prefix, options);
  const args = ["-m", "pip", "install", "--no-input", "--quiet", "--disable-pip-version-check", ...requirements];
  const result = await runProgram(python, args, { signal: options.signal });
  if (result.exitCode === 0) return;
  throw new SetupError(
    `pip could not install ${requirements.join(" ")} (${lastWords(result)}); ` +
      "check the network and pip's configuration, or install JupyterLab 4 yourself",
  );
}

async function createEnvironment(prefix: string, options: PythonOptions): Promise<void> {
  const python = await findPython();
  rmSync(prefix, { recursive: true, force: true }); // half of one, from an earlier try that was stopped
  mkdirSync(options.cacheDir, { recursive: true });
  const ensurepip = await runProgram(python, ["-c", "import ensurepip, venv"]);
  const result = await runProgram(python, [
    "-m",
    "venv",
    ...(ensurepip.exitCode === 0 ? [] : ["--without-pip"]),
    prefix,
  ]);
  if (result.exitCode !== 0) {
    throw new SetupError(
      `${python} -m venv failed (${lastWords(result)}); ${hasApt() ? "apt install python3-venv" : "mend that"}, ` +
        "or put a JupyterLab 4 on the PATH",
    );
  }
  if (ensurepip.exitCode !== 0) await bringPip(prefix, options);
}

/** Debian's Python comes without pip: its wheel lies in a package of its own, which needs no installing. */
async function bringPip(prefix: string, { cacheDir, report, signal }: PythonOptions): Promise<void> {
  if (!hasApt())
    throw new SetupError("this Python has no pip (the module ensurepip is missing); install it, then try again");
  report.line("  ... this Python has no pip: fetching it");
  const scratch = mkdtempSync(join(cacheDir, "pip-"));
  try {
    const packages = await openDebianPackages(scratch, signal);
    await packages.unpack(["python3-pip-whl"], "", join(scratch, "unpacked"));
    const wheels = join(scratch, "unpacked", "usr", "share", "python-wheels");
    const wheel = readdirSync(wheels).find((name) => name.startsWith("pip-"));
    if (!wheel) throw new SetupError("the package python3-pip-whl holds no wheel of pip; install python3-venv");
    const path = join(wheels, wheel);
    const args = [join(path, "pip"), "install", "--no-index", "--quiet", path];
    const result = await runProgram(executable(prefix, "python"), args, { signal });
    if (result.exitCode !== 0) throw new SetupError(`pip could not be set up: ${lastWords(result)}`);
  } catch (error) {
    rmSync(prefix, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The Python that makes our environment. @throws SetupError where there is none that is new enough */
export async function findPython(
  platform: NodeJS.Platform = process.platform,
  run: (program: string, args: readonly string[]) => Promise<{ readonly stdout: string }> = runProgram,
): Promise<string> {
  const found: string[] = [];
  for (const program of platform === "win32" ? ["py", "python"] : ["python3", "python"]) {
    const { stdout } = await run(program, ["--version"]);
    const version = /^Python (\d+)\.(\d+)/.exec(stdout);
    if (!version) continue;
    const [major, minor] = [Number(version[1]), Number(version[2])];
    if (major === MIN_PYTHON[0] && minor >= MIN_PYTHON[1]) return program;
    found.push(`${program} ${major}.${minor}`);
  }
  throw new SetupError(
    `JupyterLab needs Python ${MIN_PYTHON.join(".")} or newer (found: ${found.join(", ") || "none"}): ` +
      `${installCommand(["python3"])}, or put a JupyterLab 4 on the PATH`,
  );
}
