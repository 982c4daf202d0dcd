import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { npmMagic } from "../../../kernel/magics/npm.ts";
import { npmCommand } from "../../../kernel/magics/npm-process.ts";
import { type NotebookSession, openNotebook, plain } from "../../interpreter/sessions/notebook-session.ts";
import { fakeCell } from "./fake-cell.ts";

const pkg = (version: string, type: string, value: string) => ({
  [`source-${version}/package.json`]: JSON.stringify({ name: "boxed", version, main: "main.js", types: "main.d.ts" }),
  [`source-${version}/main.js`]: `exports.boxed = ${value};`,
  [`source-${version}/main.d.ts`]: `/** What is in the box. */\nexport declare const boxed: ${type};`,
});

let notebook: NotebookSession;

beforeAll(async () => {
  const own = { name: "folder", scripts: { preinstall: "touch ran", install: "touch ran", postinstall: "touch ran" } };
  const files = {
    "package.json": JSON.stringify(own),
    ...pkg("1.0.0", "number", "5"),
    ...pkg("2.0.0", "string", "'t'"),
    "source-other/package.json": JSON.stringify({ name: "other", version: "1.0.0", main: "main.js" }),
    "source-other/main.js": "module.exports = 1;",
  };
  notebook = await openNotebook({ files });
  for (const version of ["1.0.0", "2.0.0"]) {
    execFileSync("npm", ["pack", `./source-${version}`, "--offline"], { cwd: notebook.folder, stdio: "ignore" });
  }
});
afterAll(() => notebook[Symbol.asyncDispose]());

async function npm(args: string, { isConfined = false, cell = fakeCell() } = {}) {
  const sandbox = { isOn: isConfined } as Parameters<typeof npmMagic>[0]["sandbox"]; // as: no more of it is asked
  await npmMagic({ folder: notebook.folder, session: notebook.session, sandbox }).run({ args, text: "" }, cell);
  return cell.text();
}

describe("%npm install", () => {
  test("makes a package importable by the next cell, with its types, and says what it changed", async () => {
    expect((await notebook.failure("import { boxed } from 'boxed';")).evalue).toContain("Cannot find module 'boxed'");
    const text = await npm("install ./boxed-1.0.0.tgz");
    expect(text).toContain(`changed in ${notebook.folder}: package.json, package-lock.json (new), node_modules\n`);
    expect(text).toContain("package.json: + boxed file:boxed-1.0.0.tgz\n");
    expect(plain(await notebook.result("import { boxed } from 'boxed';\nboxed.toFixed(1)"))).toBe("'5.0'");
    expect((await notebook.failure("boxed.toUpperCase()")).evalue).toContain("does not exist on type 'number'");
  });

  test("of another version gives its types, and says that what was imported stays", async () => {
    const text = await npm("i ./boxed-2.0.0.tgz");
    expect(text).toContain("package.json: boxed file:boxed-2.0.0.tgz\n");
    expect(text).toContain("boxed: what cells have imported stays as it was until the kernel is restarted\n");
    const about = await notebook.session.inspect("import { boxed } from 'boxed';", 10);
    expect(about?.plain).toContain("boxed: string");
  });

  test("does not run the folder's own scripts", () => {
    expect(existsSync(join(notebook.folder, "ran"))).toBe(false);
  });

  test("that fails shows npm's words and fails the cell", async () => {
    await expect(npm("install ./not-there.tgz")).rejects.toThrow("npm ended with exit status");
  });

  test("without a network says so, and leaves the folder as it was", async () => {
    const manifest = join(notebook.folder, "package.json");
    const before = readFileSync(manifest, "utf8");
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/"); // nobody listens there
    vi.stubEnv("npm_config_fetch_retries", "0");
    vi.stubEnv("npm_config_cache", join(notebook.folder, "cache"));
    await expect(npm("install is-not-there")).rejects.toThrow("npm did not reach the registry: is there a network");
    vi.unstubAllEnvs();
    expect(readFileSync(manifest, "utf8")).toBe(before);
  });

  test("leaves what the lock file holds as it is, and adds to it", async () => {
    const locked = () => JSON.parse(readFileSync(join(notebook.folder, "package-lock.json"), "utf8")).packages;
    const before = locked();
    expect(await npm("install -D ./source-other")).toContain("package.json, package-lock.json, node_modules\n");
    expect(locked()).toMatchObject({ "node_modules/boxed": before["node_modules/boxed"], "source-other": {} });
    expect(plain(await notebook.result("import other from 'other';\nother"))).toBe("1");
  });

  test("from a registry or npm's cache shows npm's result, not how it was fetched", async () => {
    const registry = createServer(({ url }, response) => {
      if (url?.endsWith(".tgz")) return response.end(readFileSync(join(notebook.folder, "boxed-1.0.0.tgz")));
      const tarball = `http://127.0.0.1:${port}/-/boxed-1.0.0.tgz`;
      const versions = { "1.0.0": { name: "boxed", version: "1.0.0", dist: { tarball } } };
      return response.end(JSON.stringify({ name: "boxed", "dist-tags": { latest: "1.0.0" }, versions }));
    }).listen(0, "127.0.0.1");
    await once(registry, "listening");
    const { port } = registry.address() as AddressInfo; // as: it listens on a port
    vi.stubEnv("npm_config_registry", `http://127.0.0.1:${port}/`);
    vi.stubEnv("npm_config_cache", join(notebook.folder, "filled-cache"));
    for (const _ of ["from the registry", "from the cache"]) {
      const text = await npm("install boxed@1.0.0");
      expect(text).toContain("package.json: ");
      expect(text).not.toContain("http");
      await npm("uninstall boxed");
    }
    vi.unstubAllEnvs();
    registry.closeAllConnections();
    registry.close();
    await npm("install ./boxed-2.0.0.tgz");
  });

  test("that is interrupted leaves the folder whole, and nothing running", async () => {
    const files = ["package.json", "package-lock.json", "node_modules/.package-lock.json"];
    const texts = () => files.map((name) => readFileSync(join(notebook.folder, name), "utf8"));
    const before = texts();
    const cell = fakeCell();
    const registry = createServer(() => cell.controller.abort()).listen(0, "127.0.0.1"); // and never answers
    await once(registry, "listening");
    const { port } = registry.address() as AddressInfo; // as: it listens on a port
    vi.stubEnv("npm_config_registry", `http://127.0.0.1:${port}/`);
    vi.stubEnv("npm_config_cache", join(notebook.folder, "empty-cache"));
    await expect(npm("install never-comes", { cell })).rejects.toThrow();
    vi.unstubAllEnvs();
    const closed = once(registry, "close"); // not before npm's connections have ended
    registry.close();
    await closed;
    expect(texts()).toEqual(before);
    expect(existsSync(join(notebook.folder, "node_modules/never-comes"))).toBe(false);
    expect(await npm("install ./boxed-1.0.0.tgz")).toContain("package.json: boxed file:boxed-1.0.0.tgz\n");
  });
});

test("%npm uninstall takes a package away", async () => {
  expect(await npm("uninstall boxed")).toContain("package.json: - boxed\n");
  expect(JSON.parse(readFileSync(join(notebook.folder, "package.json"), "utf8")).dependencies ?? {}).toEqual({});
});

test.each([
  ["", "Usage: %npm install"],
  ["install", "Usage: %npm install"],
  ["run build", "Usage: %npm install"],
  ["install x --prefix=/", "%npm takes no --prefix=/"],
  ["install -g x", "%npm takes no -g"],
])("%%npm %s is refused: %s", async (args, message) => {
  await expect(npm(args)).rejects.toThrow(message);
});

test("in the sandbox it says why it does nothing", async () => {
  await expect(npm("install x", { isConfined: true })).rejects.toThrow("runs in the sandbox, without network");
});

test.each([
  ["linux", "/usr/bin/node", "/usr/lib/node_modules/npm/bin/npm-cli.js"],
  ["darwin", "/opt/homebrew/bin/node", "/opt/homebrew/lib/node_modules/npm/bin/npm-cli.js"],
  ["win32", "C:\\Program Files\\nodejs\\node.exe", "C:\\Program Files\\nodejs\\node_modules\\npm\\bin\\npm-cli.js"],
] as const)("on %s it runs the npm that lies beside Node", (platform, execPath, script) => {
  expect(npmCommand({ platform, execPath }, (path) => path === script)).toEqual({ program: execPath, args: [script] });
  expect(npmCommand({ platform, execPath }, () => false)).toEqual({ program: "npm", args: [] });
});
