import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { installKernelspec, uninstallKernelspec } from "../../kernel/kernelspec.ts";

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
  await installKernelspec({ prefix: folder });
  await installKernelspec({ prefix: folder });
  expect(readdirSync(join(folder, "share/jupyter/kernels"))).toEqual(["qwenlab"]);
});

test("places are the user's Jupyter folder, the active Python environment, or a prefix", async () => {
  vi.stubEnv("JUPYTER_DATA_DIR", join(folder, "user"));
  vi.stubEnv("VIRTUAL_ENV", join(folder, "venv"));
  expect(await installKernelspec({ user: true })).toBe(join(folder, "user/kernels/qwenlab"));
  expect(await installKernelspec({ sysPrefix: true })).toBe(join(folder, "venv/share/jupyter/kernels/qwenlab"));
  vi.stubEnv("VIRTUAL_ENV", "");
  vi.stubEnv("CONDA_PREFIX", "");
  await expect(installKernelspec({ sysPrefix: true })).rejects.toThrow("no Python environment is active");
});

test("uninstalling removes it, and says when there was none", async () => {
  const path = await installKernelspec({ prefix: folder });
  expect(await uninstallKernelspec({ prefix: folder })).toBe(path);
  expect(existsSync(path)).toBe(false);
  expect(await uninstallKernelspec({ prefix: folder })).toBeUndefined();
});
