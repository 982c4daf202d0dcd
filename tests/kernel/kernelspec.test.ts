import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readPlace } from "../../kernel/cli/install.ts";
import { installKernelspec, uninstallKernelspec, userDataFolder } from "../../kernel/kernelspec.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-kernelspec-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("the kernelspec names programs by absolute paths, so that it works wherever Jupyter starts", async () => {
  const path = await installKernelspec({ prefix: folder });
  expect(path).toBe(join(folder, "share/jupyter/kernels/qwenlab"));
  const spec = JSON.parse(readFileSync(join(path, "kernel.json"), "utf8"));
  expect(spec).toMatchObject({
    argv: [expect.any(String), expect.any(String), "kernel", "{connection_file}"],
    display_name: "Qwen (TypeScript)",
    language: "typescript",
    interrupt_mode: "message",
  });
  for (const program of spec.argv.slice(0, 2)) {
    expect(isAbsolute(program)).toBe(true);
    expect(existsSync(program)).toBe(true);
  }
  expect(readdirSync(path).sort()).toEqual(["kernel.json", "logo-svg.svg"]);
});

test("installing again replaces it and leaves nothing beside it", async () => {
  const path = await installKernelspec({ prefix: folder });
  writeFileSync(join(path, "kernel.json"), "{}");
  writeFileSync(join(path, "kernel.js"), "of an older version");
  await installKernelspec({ prefix: folder });
  expect(readdirSync(join(folder, "share/jupyter/kernels"))).toEqual(["qwenlab"]);
  expect(readdirSync(path).sort()).toEqual(["kernel.json", "logo-svg.svg"]);
  expect(JSON.parse(readFileSync(join(path, "kernel.json"), "utf8"))).toMatchObject({ language: "typescript" });
});

test("installing again takes it away at no moment: the folder stays, its file is replaced in one step", async () => {
  const path = await installKernelspec({ prefix: folder });
  const before = [path, join(path, "kernel.json")].map((place) => statSync(place).ino);
  await installKernelspec({ prefix: folder });
  const after = [path, join(path, "kernel.json")].map((place) => statSync(place).ino);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
});

test.skipIf(process.platform === "win32")("a link in its place is replaced, and what it leads to stays", async () => {
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "mine"), "");
  mkdirSync(join(folder, "share/jupyter/kernels"), { recursive: true });
  symlinkSync(elsewhere, join(folder, "share/jupyter/kernels/qwenlab"));
  await installKernelspec({ prefix: folder });
  expect(readdirSync(elsewhere)).toEqual(["mine"]);
});

test("places are the user's Jupyter folder, the environment that was activated last, or a prefix", async () => {
  vi.stubEnv("JUPYTER_DATA_DIR", join(folder, "user"));
  vi.stubEnv("VIRTUAL_ENV", join(folder, "venv"));
  vi.stubEnv("CONDA_PREFIX", join(folder, "conda"));
  vi.stubEnv("PATH", `${join(folder, "conda", "bin")}:${join(folder, "venv", "bin")}`);
  expect(await installKernelspec({ user: true })).toBe(join(folder, "user/kernels/qwenlab"));
  const conda = readPlace(["--sys-prefix"]);
  expect(conda).toEqual({ prefix: join(folder, "conda"), variable: "CONDA_PREFIX" });
  expect(await installKernelspec(conda)).toBe(join(folder, "conda/share/jupyter/kernels/qwenlab"));
  vi.stubEnv("PATH", `${join(folder, "venv", "bin")}:${join(folder, "conda", "bin")}`);
  expect(readPlace(["--sys-prefix"])).toEqual({ prefix: join(folder, "venv"), variable: "VIRTUAL_ENV" });
  vi.stubEnv("VIRTUAL_ENV", "");
  vi.stubEnv("CONDA_PREFIX", "");
  expect(() => readPlace(["--sys-prefix"])).toThrow("no Python environment is active");
});

test.each([
  ["linux", {}, "/home/me", "/home/me/.local/share/jupyter"],
  ["linux", { XDG_DATA_HOME: "/data" }, "/home/me", "/data/jupyter"],
  ["linux", { JUPYTER_DATA_DIR: "/own", XDG_DATA_HOME: "/data" }, "/home/me", "/own"],
  ["darwin", {}, "/Users/me", "/Users/me/Library/Jupyter"],
  ["darwin", { JUPYTER_PLATFORM_DIRS: "1" }, "/Users/me", "/Users/me/Library/Application Support/jupyter"],
  ["darwin", { JUPYTER_PLATFORM_DIRS: "0" }, "/Users/me", "/Users/me/Library/Jupyter"],
  [
    "win32",
    { APPDATA: "C:\\Users\\me\\AppData\\Roaming" },
    "C:\\Users\\me",
    "C:\\Users\\me\\AppData\\Roaming\\jupyter",
  ],
  ["win32", {}, "C:\\Users\\me", "C:\\Users\\me\\.jupyter\\data"],
  ["win32", { LOCALAPPDATA: "D:\\local", JUPYTER_PLATFORM_DIRS: "yes" }, "C:\\Users\\me", "D:\\local\\jupyter"],
] as const)(
  "on %s with %o the user's Jupyter folder is where jupyter_core looks for it",
  (platform, env, home, expected) => {
    expect(userDataFolder({ platform, env, home })).toBe(expected);
  },
);

test("uninstalling removes it, and says when there was none", async () => {
  const path = await installKernelspec({ prefix: folder });
  expect(await uninstallKernelspec({ prefix: folder })).toBe(path);
  expect(existsSync(path)).toBe(false);
  expect(await uninstallKernelspec({ prefix: folder })).toBeUndefined();
});
