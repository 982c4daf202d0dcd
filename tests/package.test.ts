// What people install: packed as npm packs it, unpacked into an empty folder, with nothing but its dependencies.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const NEEDED = new Set([".wgsl", ".md", ".cjs", ".txt"]); // read at run time beside the code

let folder: string;
let installed: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "package-"));
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"], // what npm complains of is in the error
  });
  const modules = join(folder, "node_modules");
  installed = join(modules, "qwenlab");
  mkdirSync(installed, { recursive: true });
  const archive = join(folder, JSON.parse(packed)[0].filename);
  execFileSync("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"]);

  // As npm would lay them, but without fetching: the dependencies by name, the program in .bin.
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, ".bin"));
  chmodSync(join(installed, "bin", "qwenlab.js"), 0o755);
  symlinkSync("../qwenlab/bin/qwenlab.js", join(modules, ".bin", "qwenlab"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function filesUnder(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
}

test("shaders, prompts and whatever else is read at run time are in it", () => {
  for (const part of ["engine", "interpreter", "kernel"]) {
    const needed = filesUnder(join(ROOT, part)).filter((name) => NEEDED.has(extname(name)));
    const missing = needed.filter((name) => !existsSync(join(installed, "dist", part, name)));
    expect(missing, part).toEqual([]);
  }
});

test("notebooks, licence and README are in it; tests, sources and references are not", () => {
  const files = filesUnder(installed);
  expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "notebooks/01-first-notebook.ipynb"]));
  expect(
    files.filter((name) => /^(tests|engine|kernel|interpreter|shared)\/|\.reference\.|tsbuildinfo/.test(name)),
  ).toEqual([]);
});

test("npx qwenlab works from an empty folder", () => {
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", "qwenlab", "--help"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  expect(stdout).toContain("usage: qwenlab COMMAND");
});

test.each(["qwenlab", "qwenlab/engine"])("%s can be imported", (name) => {
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", `await import("${name}")`], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
});
