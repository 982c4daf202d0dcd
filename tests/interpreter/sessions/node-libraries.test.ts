import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodeLibraries } from "../../../interpreter/sessions/node-libraries.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "qwenlab-libraries-")));
afterAll(() => rmSync(folder, { recursive: true }));

test("what Node has loaded from elsewhere than the system, by all of its names", () => {
  const library = join(folder, "libuv.so.1.0.0");
  for (const name of ["libuv.so.1.0.0", "libother.so.2", "notes.txt"]) writeFileSync(join(folder, name), "");
  for (const name of ["libuv.so.1", "libuv.so"]) symlinkSync("libuv.so.1.0.0", join(folder, name));
  symlinkSync("libgone.so.3", join(folder, "libgone.so"));
  const line = (path: string) => `7f0000000000-7f0000001000 r-xp 00000000 fe:00 1234                       ${path}`;
  const others = [
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/ld-musl-x86_64.so.1",
    "/a/node_modules/b/libb.so",
    "[heap]",
  ];
  const maps = [library, library, "/opt/node/bin/node", ...others].map(line).join("\n");
  expect(nodeLibraries(maps).sort()).toEqual([join(folder, "libuv.so"), join(folder, "libuv.so.1"), library]);
});

test("one that is no longer there is left out", () => {
  expect(nodeLibraries(`7f00-7f01 r-xp 00000000 fe:00 1   ${join(folder, "gone", "liba.so.1")}`)).toEqual([]);
});
