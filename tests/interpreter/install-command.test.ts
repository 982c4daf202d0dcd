import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { installCommand } from "../../interpreter/install-command.ts";
import { missingForConfinement } from "../../interpreter/sessions/confinement/index.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "qwenlab-path-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A folder of the PATH with these programs. */
function programs(...names: string[]): string {
  const place = mkdtempSync(join(folder, "bin-"));
  for (const name of names) writeFileSync(join(place, name), "");
  return place;
}

test.each([
  ["apt-get", "apt install bubblewrap util-linux"], // Debian, Ubuntu
  ["dnf", "dnf install bubblewrap util-linux"], // Fedora
  ["apk", "apk add bubblewrap util-linux"], // Alpine
  ["rpm", "install bubblewrap and util-linux"], // none that we know
])("where there is %s, what is missing is to be had by: %s", (program, command) => {
  const path = [programs(), programs(program)].join(delimiter);
  expect(installCommand(["bubblewrap", "util-linux"], path)).toBe(command);
});

test.skipIf(process.platform !== "linux")(
  "busybox's programs are none of those that the sandbox is made with: it names the packages that bring them",
  () => {
    const path = programs("busybox", "apk");
    for (const name of ["bwrap", "prlimit", "setpriv"]) symlinkSync(join(path, "busybox"), join(path, name));
    vi.stubEnv("PATH", path);
    expect(missingForConfinement()).toMatch(
      /^bwrap, prlimit(, setpriv)? not found; .*: apk add bubblewrap util-linux$/,
    );
  },
);
