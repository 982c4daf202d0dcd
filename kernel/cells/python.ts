import { existsSync } from "node:fs";
import { isAbsolute } from "node:path";
import {
  type Confinement,
  childEnvironment,
  createPythonSession,
  type InstalledPython,
  ownFolder,
  type PythonSession,
  type Room,
  type SessionEvent,
} from "../../interpreter/index.ts";
import { CONNECTION_FILE, startJupyterKernel } from "../protocol/start-jupyter-kernel.ts";
import { readSettings } from "../settings/settings.ts";
import { activeEnvironments, executable, pythonOf, type System, thisSystem } from "../setup/environments.ts";
import { checkedPythonFolder } from "../setup/python.ts";
import { runProgram } from "../setup/run-program.ts";

// As `-m ipykernel_launcher`, but for what Python looks for in the folder that it starts in, before that leaves its path:
// a file `ipykernel_launcher.py` or `runpy.py` there would run when a model is only told what Python there is.
const LAUNCH =
  "import sys; sys.path[:] = [p for p in sys.path if p != '']; " +
  "from ipykernel import kernelapp; kernelapp.launch_new_instance()";
// Names are looked up and nothing is imported: of all packages the interpreter's start takes some 20 ms, ipykernel's alone 250.
const LOOK = `
import importlib.util, json, sys
def has(name): return importlib.util.find_spec(name) is not None
known = ["numpy", "pandas", "polars", "scipy", "matplotlib", "seaborn", "sklearn", "statsmodels", "pyarrow"]
packages = [name for name in known if has(name)]
print(json.dumps({"version": sys.version.split()[0], "packages": packages}) if has("ipykernel") else "null")
`;
const NO_PYTHON =
  "no Python with ipykernel was found: activate an environment that has it, or `pip install ipykernel` " +
  "(`qwenlab lab` brings one with its JupyterLab)";

export interface PythonOptions {
  readonly cwd: string; // the notebook's folder
  readonly env: NodeJS.ProcessEnv;
  readonly onEvent: (event: SessionEvent) => void;
  readonly confine?: () => Confinement | undefined; // asked whenever a process starts
}

/** The notebook's Python: the first on the way that has ipykernel. Nothing is looked for before it is used. */
export function createPython({ cwd, env, onEvent, confine }: PythonOptions): PythonSession {
  let found: Promise<FoundPython | undefined> | undefined;
  let room: Room | undefined; // of a confined session

  async function find(): Promise<FoundPython> {
    found ??= findPython(cwd, env);
    const python = await found;
    if (python) return python;
    found = undefined; // it may be installed in the meantime
    throw new Error(NO_PYTHON);
  }

  return createPythonSession({
    onEvent,
    room: () => room,
    installed: find,
    async start(signal) {
      const { program } = await find();
      const args = ["-c", LAUNCH, "-f", CONNECTION_FILE, "--HistoryManager.enabled=False"];
      const command = { program, args, env: { ...childEnvironment(env), ...parentVariable(process) }, cwd };
      const confinement = confine?.();
      room = undefined;
      if (!confinement) return startJupyterKernel(command, signal);
      const prefix = await prefixOf(program);
      const kernel = await startJupyterKernel({ ...command, confinement, readable: prefix }, signal);
      room = kernel.room;
      return kernel;
    },
  });
}

/** What a Python needs of its own to run: its environment, and the installation that it is of. */
async function prefixOf(program: string): Promise<string[]> {
  const code = "import sys; print(sys.prefix); print(sys.base_prefix)";
  const { stdout } = await runProgram(program, ["-c", code], { cwd: ownFolder() });
  return stdout
    .trim()
    .split("\n")
    .filter((path) => path !== "/" && !path.startsWith("/usr"));
}

/** ipykernel looks once a second whether this is still its parent. On Windows the variable would be a handle. */
export function parentVariable({ pid, platform }: Pick<NodeJS.Process, "pid" | "platform">): NodeJS.ProcessEnv {
  return platform === "win32" ? {} : { JPY_PARENT_PID: String(pid) };
}

interface FoundPython extends InstalledPython {
  readonly program: string;
}

async function findPython(cwd: string, env: NodeJS.ProcessEnv): Promise<FoundPython | undefined> {
  const prefix = await checkedPythonFolder(readSettings({ cwd, env, tell() {} }).cacheDir);
  for (const program of pythonPrograms(thisSystem(env), prefix)) {
    if (isAbsolute(program) && !existsSync(program)) continue;
    const { exitCode, stdout } = await runProgram(program, ["-c", LOOK], { cwd: ownFolder() });
    const printed = stdout.trim().split("\n").at(-1) ?? "null"; // other lines are of what the user's Python starts with
    const installed = exitCode === 0 ? (JSON.parse(printed) as InstalledPython | null) : null; // as: what LOOK prints
    if (installed) return { program, ...installed };
  }
  return undefined;
}

/** The user's active environments, the Python on the path, then the one that came with our JupyterLab. */
export function pythonPrograms(system: System, ownPrefix: string): readonly string[] {
  const { platform } = system;
  const active = activeEnvironments(system).map((environment) => pythonOf(environment, platform));
  const onPath = platform === "win32" ? ["python"] : ["python3", "python"];
  return [...active, ...onPath, executable(ownPrefix, "python", platform)];
}
