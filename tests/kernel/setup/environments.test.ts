import { describe, expect, test } from "vitest";
import { parentVariable, pythonPrograms } from "../../../kernel/cells/python.ts";
import { activeEnvironments, executable } from "../../../kernel/setup/environments.ts";
import { findPython } from "../../../kernel/setup/python.ts";

const VENV = { VIRTUAL_ENV: "/project/.venv", CONDA_PREFIX: "/opt/conda" };
const WINDOWS = { VIRTUAL_ENV: "C:\\project\\.venv", CONDA_PREFIX: "C:\\conda" };

function active(platform: NodeJS.Platform, env: NodeJS.ProcessEnv) {
  return activeEnvironments({ platform, env, home: "" }).map(({ variable }) => variable);
}

describe("the environment that is active last", () => {
  test.each([
    ["inside of conda's", "linux", { ...VENV, PATH: "/project/.venv/bin:/opt/conda/bin:/usr/bin" }, "VIRTUAL_ENV"],
    ["below conda's", "linux", { ...VENV, PATH: "/opt/conda/bin:/project/.venv/bin:/usr/bin" }, "CONDA_PREFIX"],
    ["below conda's", "darwin", { ...VENV, PATH: "/opt/conda/bin/:/project/.venv/bin" }, "CONDA_PREFIX"],
    ["named only", "linux", { ...VENV, PATH: "/opt/conda/bin:/usr/bin" }, "CONDA_PREFIX"],
    ["of no PATH", "linux", VENV, "VIRTUAL_ENV"],
    ["inside of conda's", "win32", { ...WINDOWS, PATH: "c:\\project\\.VENV\\scripts;C:\\conda" }, "VIRTUAL_ENV"],
    ["below conda's", "win32", { ...WINDOWS, PATH: "C:\\conda\\;C:\\project\\.venv\\Scripts" }, "CONDA_PREFIX"],
  ] as const)("of a venv %s on %s", (_, platform, env, first) => {
    expect(active(platform, env)[0]).toBe(first);
  });

  test("is the only one, or none; a variable that is empty names none", () => {
    expect(active("linux", { CONDA_PREFIX: "/opt/conda", VIRTUAL_ENV: "" })).toEqual(["CONDA_PREFIX"]);
    expect(active("linux", {})).toEqual([]);
  });
});

describe("Pythons", () => {
  test.each([
    ["linux", VENV, ["/project/.venv/bin/python", "/opt/conda/bin/python", "python3", "python", "/cache/bin/python"]],
    ["win32", { CONDA_PREFIX: "C:\\conda" }, ["C:\\conda\\python.exe", "python", "\\cache\\Scripts\\python.exe"]],
    ["win32", { VIRTUAL_ENV: "C:\\v" }, ["C:\\v\\Scripts\\python.exe", "python", "\\cache\\Scripts\\python.exe"]],
  ] as const)("on %s with %o are looked for in this order", (platform, env, programs) => {
    expect(pythonPrograms({ platform, env, home: "" }, "/cache")).toEqual(programs);
  });

  test("programs of an environment lie in bin, on Windows in Scripts", () => {
    expect(executable("/env", "pip", "darwin")).toBe("/env/bin/pip");
    expect(executable("C:\\env", "pip", "win32")).toBe("C:\\env\\Scripts\\pip.exe");
  });

  test.each([
    ["win32", { py: "Python 3.12.1" }, "py"],
    ["win32", { py: "Python 2.7.18", python: "Python 3.9.0" }, "python"],
    ["linux", { py: "Python 3.12.1", python: "Python 3.9.0" }, "python"],
    ["darwin", { python3: "Python 3.13.0", python: "Python 2.7.18" }, "python3"],
  ] as const)(
    "on %s with %o an environment is made by %s",
    async (platform, versions: Record<string, string>, found) => {
      expect(await findPython(platform, async (program) => ({ stdout: versions[program] ?? "" }))).toBe(found);
    },
  );

  test("too old ones are named", async () => {
    const run = async (program: string) => ({ stdout: program === "python3" ? "Python 3.8.2\n" : "" });
    await expect(findPython("linux", run)).rejects.toThrow("found: python3 3.8");
  });

  test("ipykernel is told its parent, but on Windows, where the variable is a handle", () => {
    expect(parentVariable({ platform: "linux", pid: 7 })).toEqual({ JPY_PARENT_PID: "7" });
    expect(parentVariable({ platform: "win32", pid: 7 })).toEqual({});
  });
});
