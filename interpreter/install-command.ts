import { findProgram } from "./find-program.ts";

/** Package managers, and how each is told to install: where there are two, the system's own is the first of them. */
const MANAGERS: readonly (readonly [program: string, install: string])[] = [
  ["apt-get", "apt install"],
  ["dnf", "dnf install"],
  ["apk", "apk add"],
  ["pacman", "pacman -S"],
  ["zypper", "zypper install"],
  ["brew", "brew install"],
];

/** For messages: the command that installs packages of these names here, `apk add bash`; in words where none is known. */
export function installCommand(packages: readonly string[], path = process.env.PATH): string {
  const manager = MANAGERS.find(([program]) => findProgram(program, path) !== undefined);
  return manager ? [manager[1], ...packages].join(" ") : `install ${packages.join(" and ")}`;
}
