import { expect, test } from "vitest";
import { findServerProgram } from "../../../interpreter/tools/mcp-program.ts";

function find(command: string, platform: NodeJS.Platform, env: NodeJS.ProcessEnv, files: readonly string[]) {
  const folder = platform === "win32" ? "C:\\notes" : "/notes";
  return findServerProgram(command, folder, { platform, env, isRunnable: (path) => files.includes(path) });
}

test.each([
  ["node", "linux", { PATH: "/a:/b" }, ["/b/node", "/notes/node"], "/b/node"],
  ["node", "linux", { PATH: ":.:bin" }, ["/notes/node", "node", "bin/node"], undefined],
  ["./server", "darwin", { PATH: "/a" }, ["/notes/server"], "/notes/server"],
  ["a\\b", "linux", { PATH: "/a" }, ["/a/a\\b"], "/a/a\\b"], // a name like any other
  ["npx", "win32", { PATH: "C:\\a;D:\\b" }, ["D:\\b\\npx.CMD", "C:\\notes\\npx.CMD"], "D:\\b\\npx.CMD"],
  ["npx", "win32", { PATH: ";.;C:\\a" }, ["C:\\notes\\npx.CMD"], undefined],
  ["uvx.exe", "win32", { PATH: "C:\\a" }, ["C:\\a\\uvx.exe"], "C:\\a\\uvx.exe"],
  ["python3.12", "win32", { PATH: "C:\\a" }, ["C:\\a\\python3.12.EXE"], "C:\\a\\python3.12.EXE"],
  ["x", "win32", { PATH: "C:\\a", PATHEXT: ".PY;.EXE" }, ["C:\\a\\x.PY", "C:\\a\\x.EXE"], "C:\\a\\x.PY"],
  ["bin/server", "win32", { PATH: "C:\\a" }, ["C:\\notes\\bin\\server.EXE"], "C:\\notes\\bin\\server.EXE"],
  ["bin\\server", "win32", { PATH: "C:\\a" }, ["C:\\notes\\bin\\server.EXE"], "C:\\notes\\bin\\server.EXE"],
] as const)("%s is found on %s with %o", (command, platform, env, files, found) => {
  expect(find(command, platform, env, files)).toBe(found);
});
