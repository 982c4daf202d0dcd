// Python environments: which is active, and where its programs lie. Windows and conda each have a place of their own.
import { homedir } from "node:os";
import { type PlatformPath, posix, win32 } from "node:path";

/** What the places of programs and data depend on. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

export interface Environment {
  readonly prefix: string;
  readonly variable: string; // of the process's environment, which names the prefix
}

export function thisSystem(env: NodeJS.ProcessEnv = process.env): System {
  return { platform: process.platform, env, home: homedir() };
}

export function pathsOf(platform: NodeJS.Platform): PlatformPath {
  return platform === "win32" ? win32 : posix;
}

/** A program of an environment as `venv` lays it out. */
export function executable(prefix: string, name: string, platform: NodeJS.Platform = process.platform): string {
  const { join } = pathsOf(platform);
  return platform === "win32" ? join(prefix, "Scripts", `${name}.exe`) : join(prefix, "bin", name);
}

/** The Python of an environment: conda's lies in the prefix itself on Windows. */
export function pythonOf({ prefix, variable }: Environment, platform: NodeJS.Platform): string {
  const isCondaOfWindows = platform === "win32" && variable === "CONDA_PREFIX";
  return isCondaOfWindows ? win32.join(prefix, "python.exe") : executable(prefix, "python", platform);
}

/**
 * The environments that are active, the one that was activated last before the others: activating puts an environment's
 * programs at the front of PATH, inside of another one as well.
 */
export function activeEnvironments({ platform, env }: System): readonly Environment[] {
  const { delimiter, dirname, normalize } = pathsOf(platform);
  const comparable = (path: string) => {
    const plain = normalize(path).replace(/[\\/]+$/, "");
    return platform === "win32" ? plain.toLowerCase() : plain;
  };
  const places = (env.PATH ?? "").split(delimiter).map(comparable);
  const place = (environment: Environment) => {
    const index = places.indexOf(comparable(dirname(pythonOf(environment, platform))));
    return index < 0 ? places.length : index;
  };
  return ["VIRTUAL_ENV", "CONDA_PREFIX"]
    .flatMap((variable) => (env[variable] ? [{ variable, prefix: env[variable] }] : []))
    .sort((a, b) => place(a) - place(b));
}
