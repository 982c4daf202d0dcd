import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { driverEnvironment } from "../../engine/index.ts";

const OTHER = 1001;
const THIRD = 1002;

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "trusted-"));
  await mkdir(join(cacheDir, "driver"));
  const manifest = { ICD: { library_path: join(cacheDir, "driver", "lib", "libvulkan_lvp.so") } };
  await writeFile(join(cacheDir, "driver", "icd.json"), JSON.stringify(manifest));
});
afterEach(() => rm(cacheDir, { recursive: true }));

describe.runIf(process.platform === "linux")("a driver in the cache folder", () => {
  const libraries = () => driverEnvironment(cacheDir, {}).LD_LIBRARY_PATH;

  test("is used", () => {
    expect(libraries()).toBe(join(cacheDir, "driver", "lib"));
  });

  test.each(["", "driver"])("is refused where every user can write (%j)", async (place) => {
    await chmod(join(cacheDir, place), 0o777);
    expect(libraries).toThrow(`${join(cacheDir, place)} can be written by every user`);
    expect(libraries).toThrow("set QWENLAB_CACHE_DIR");
  });

  test.runIf(process.getuid?.() === 0)("is refused where it is another user's, but not root's", async () => {
    await chmod(cacheDir, 0o755);
    await chown(join(cacheDir, "driver"), OTHER, OTHER);
    process.seteuid?.(THIRD);
    const getuid = process.getuid!;
    process.getuid = () => THIRD; // the effective one, here
    try {
      expect(libraries).toThrow(`${join(cacheDir, "driver")} belongs to another user`);
    } finally {
      process.getuid = getuid;
      process.seteuid?.(0);
    }
    await chown(join(cacheDir, "driver"), 0, 0);
    expect(libraries()).toBe(join(cacheDir, "driver", "lib"));
  });
});
