// glibc, a Python with pip, and neither apt, a compiler nor anything of Vulkan: what a new Fedora is to us, made of this machine's parts.
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findProgram } from "../../interpreter/find-program.ts";
import { osRelease, readOnly, type System } from "./new-machine.ts";

const OS_RELEASE = 'NAME="Fedora Linux"\nID=fedora\nVERSION_ID=43\n';
const TRIPLET = "x86_64-linux-gnu";
/** What Node, Python and a shell are linked with, and no more. */
const LIBRARIES =
  /^(ld-linux|lib(acl|attr|bz2|c|crypto|dl|expat|ffi|gcc_s|gmp|lzma|m|ncursesw|pcre2-8|pthread|readline|resolv|rt|selinux|sqlite3|ssl|stdc\+\+|tinfo|util|uuid|z)[-.])/;
const TOOLS =
  "awk basename bash cat chmod cp cut date dirname env expr false find grep head id ln ls mkdir mv nproc ps readlink realpath rm sed sh sleep sort tail tar test touch tr true uname wc which xargs";

/** Why it cannot be made here; undefined: it can. */
export function whyNotFedoraLike(): string | undefined {
  if (!existsSync(join("/usr/lib", TRIPLET))) return `no Debian on x64, whose /usr/lib/${TRIPLET} it is made of`;
  if (!existsSync("/usr/share/python-wheels")) return "no pip for Python: install python3-venv";
  return undefined;
}

/** @param folder for its files */
export function fedoraLike(folder: string): System {
  const libraries = readdirSync(join("/usr/lib", TRIPLET)).filter((name) => LIBRARIES.test(name));
  const pythons = readdirSync("/usr/lib").filter((name) => name.startsWith("python3"));
  const python = basename(realpathSync("/usr/bin/python3"));
  const npm = join(dirname(realpathSync(findProgram("npm")!)), ".."); // of bin/npm-cli.js
  const asTheyAre = [
    ...libraries.map((name) => join("/usr/lib", TRIPLET, name)),
    ...pythons.map((name) => join("/usr/lib", name)),
    ...[...TOOLS.split(" "), python].map((name) => join("/usr/bin", name)),
    "/usr/lib64",
    "/usr/share/python-wheels",
  ];
  return [
    ...asTheyAre.filter((path) => existsSync(path)).flatMap((path) => readOnly(path, path)),
    ...readOnly(process.execPath, "/usr/bin/node"),
    ...readOnly(npm, "/usr/lib/node_modules/npm"),
    ...["--symlink", "../lib/node_modules/npm/bin/npm-cli.js", "/usr/bin/npm", "--symlink", python, "/usr/bin/python3"],
    ...["--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"],
    ...osRelease(folder, OS_RELEASE),
  ];
}
