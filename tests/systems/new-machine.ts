// A machine that has never seen qwenlab: bubblewrap shows programs a system of another kind, an empty home with this tree's sources,
// and the network as this machine has it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

const REPOSITORY = join(import.meta.dirname, "../..");
const NOT_FOR_USERS = new Set([".git", "node_modules", "dist", "tests"]);
const HOME = "/home/user";

/** What registries are reached by: proxies, certificates, addresses. */
const NETWORK_VARIABLES =
  /^(\w+_proxy|ssl_\w+|node_extra_ca_certs|\w+_ca_bundle|pip_\w+|npm_config_(registry|cafile))$/i;
const NETWORK_FILES = ["resolv.conf", "hosts", "nsswitch.conf", "passwd", "group", "ssl", "npmrc", "pip.conf"];
const NETWORK_FILES_OF_USER = [".npmrc", ".config/pip"];

/** bubblewrap's arguments that lay out everything but the home, /tmp, /proc and /dev. */
export type System = readonly string[];

export interface NewMachine {
  /** A shell's command in the checkout, its output for the caller to read. It ends with us at the latest. */
  start(command: string): ChildProcess;
  /** The same to its end. @throws Error with what it said, unless it ends with `exitCode` */
  run(command: string, exitCode?: number): Promise<string>;
  readonly checkout: string; // its folder, as we see it
}

/**
 * @param folder for the home, which the caller removes
 * @param model a file that need not be fetched
 */
export function newMachine(system: System, folder: string, model: string): NewMachine {
  const home = join(folder, "home");
  const checkout = join(home, "qwenlab");
  mkdirSync(checkout, { recursive: true });
  for (const name of readdirSync(REPOSITORY).filter((name) => !NOT_FOR_USERS.has(name))) {
    cpSync(join(REPOSITORY, name), join(checkout, name), { recursive: true });
  }
  const variables = Object.entries(process.env).filter(([name]) => NETWORK_VARIABLES.test(name));
  const bubblewrap = [
    ...["--unshare-pid", "--die-with-parent", "--clearenv", "--tmpfs", "/"],
    ...system,
    ...NETWORK_FILES.flatMap((name) => readOnly(join("/etc", name), join("/etc", name))),
    ...["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", home, HOME],
    ...NETWORK_FILES_OF_USER.flatMap((name) => readOnly(join(homedir(), name), join(HOME, name))),
    ...readOnly(model, join(HOME, ".cache/qwenlab/models", basename(model))),
    ...[...variables, ["HOME", HOME] as const, ["PATH", "/usr/bin:/bin"] as const].flatMap(([name, value = ""]) => [
      ...["--setenv", name, value],
    ]),
    ...["--chdir", join(HOME, "qwenlab")],
  ];
  const start = (command: string) =>
    spawn("bwrap", [...bubblewrap, "sh", "-c", command], { stdio: ["ignore", "pipe", "pipe"] });
  return {
    checkout,
    start,
    async run(command, expected = 0) {
      const child = start(command);
      let said = "";
      for (const stream of [child.stdout!, child.stderr!]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          said += text;
        });
      }
      const [exitCode] = await once(child, "close");
      if (exitCode === expected) return said;
      throw new Error(`${command} ended with ${exitCode}:\n${said}`);
    },
  };
}

/** A part of a system, where this machine has it. */
export function readOnly(source: string, target: string): string[] {
  return existsSync(source) ? ["--ro-bind", realpathSync(source), target] : [];
}

/** @param folder for the file */
export function osRelease(folder: string, content: string): string[] {
  const path = join(folder, "os-release");
  writeFileSync(path, content);
  return readOnly(path, "/etc/os-release");
}
