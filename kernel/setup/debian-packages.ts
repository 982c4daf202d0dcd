// Debian and Ubuntu packages without root: apt with its own folders of lists and archives, and dpkg-deb to unpack.
// apt checks the archive's signatures as always. Nothing is installed, and no package's scripts run.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAptSources, releaseCodename, withBackports } from "./apt-sources.ts";
import { lastWords, runProgram } from "./run-program.ts";
import { SetupError } from "./setup-error.ts";

const OS_RELEASE = "/etc/os-release";

export interface DebianPackages {
  /** The newest version of a package in a suite, or undefined. `suite` "": what the machine itself would install. */
  candidate(name: string, suite: string): Promise<string | undefined>;
  /** Downloads packages with what they need that is not installed, and unpacks them all into `target`. */
  unpack(names: readonly string[], suite: string, target: string): Promise<void>;
  readonly backports: string; // the suite's name
}

/** Whether this machine has apt and tells its release. */
export function hasApt(): boolean {
  return existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb") && codename() !== undefined;
}

/**
 * Reads the archives' lists into `folder`, which the caller removes.
 * @param other another release's codename; of that nothing counts as installed
 * @throws SetupError
 */
export async function openDebianPackages(
  folder: string,
  signal?: AbortSignal,
  other?: string,
): Promise<DebianPackages> {
  const own = codename();
  if (own === undefined) throw new SetupError(`${OS_RELEASE} tells no codename of this release`);
  const release = other ?? own;
  const config = writeConfiguration(folder, own, release);
  const apt = async (program: string, args: readonly string[]) => {
    const env = { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
    const result = await runProgram(program, ["-c", config, ...args], { cwd: folder, env, signal });
    if (result.exitCode === 0) return result.stdout;
    throw new SetupError(`${program} ${args.find((arg) => !arg.startsWith("-"))} failed: ${lastWords(result)}`);
  };
  await apt("apt-get", ["-qq", "update"]);

  return {
    backports: `${release}-backports`,
    async candidate(name, suite) {
      const target = suite ? ["-t", suite] : [];
      const policy = await apt("apt-cache", [...target, "policy", name]);
      const version = /^ {2}Candidate: (\S+)$/m.exec(policy)?.[1];
      return version === "(none)" ? undefined : version;
    },
    async unpack(names, suite, target) {
      const options = ["-y", "-q", "--no-install-recommends", "--download-only", ...(suite ? ["-t", suite] : [])];
      await apt("apt-get", [...options, "install", ...names]);
      const archives = join(folder, "cache", "archives");
      mkdirSync(target, { recursive: true });
      for (const name of readdirSync(archives).filter((name) => name.endsWith(".deb"))) {
        const result = await runProgram("dpkg-deb", ["-x", join(archives, name), target], { signal });
        if (result.exitCode !== 0) throw new SetupError(`${name} could not be unpacked: ${lastWords(result)}`);
      }
    },
  };
}

function codename(): string | undefined {
  return existsSync(OS_RELEASE) ? releaseCodename(readFileSync(OS_RELEASE, "utf8")) : undefined;
}

function writeConfiguration(folder: string, own: string, release: string): string {
  const sources = join(folder, "sources");
  for (const part of [sources, join(folder, "lists", "partial"), join(folder, "cache", "archives", "partial")]) {
    mkdirSync(part, { recursive: true });
  }
  const { deb822, oneLine } = withBackports(readAptSources(), own, release);
  if (`${deb822}${oneLine}`.trim() === "") throw new SetupError(`/etc/apt names no archive of ${own}`);
  writeFileSync(join(sources, "machine.sources"), `${deb822}\n`);
  writeFileSync(join(sources, "machine.list"), `${oneLine}\n`);
  const nothingInstalled = join(folder, "status");
  if (release !== own) writeFileSync(nothingInstalled, "");
  const path = join(folder, "apt.conf");
  writeFileSync(
    path,
    [
      'Dir::Etc::sourcelist "/dev/null";',
      `Dir::Etc::sourceparts "${sources}";`,
      `Dir::State::lists "${join(folder, "lists")}";`,
      `Dir::Cache "${join(folder, "cache")}";`,
      ...(release === own ? [] : [`Dir::State::status "${nothingInstalled}";`]),
      'Debug::NoLocking "true";', // the locks are of /var, where we change nothing
      'APT::Sandbox::User "";', // apt's own user could not write into a folder of ours
      'Acquire::Languages "none";',
      'Acquire::Retries "3";',
      // What the machine does after an update of its own lists is not for ours.
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      "#clear DPkg::Post-Invoke;",
      "#clear DPkg::Pre-Install-Pkgs;",
      "",
    ].join("\n"),
  );
  return path;
}
