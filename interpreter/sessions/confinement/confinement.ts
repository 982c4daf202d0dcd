// A room for code that nobody has read: bubblewrap, with no network, no home, a cleared environment, the notebook's
// folder to be read and its out/ to be written. What Linux gives an ordinary user; nothing of it needs root, and as root
// the code is run as nobody.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findProgram } from "../../find-program.ts";
import { installCommand } from "../../install-command.ts";
import { limited, NOBODY } from "./limits.ts";
import { openMemoryGroup } from "./memory-group.ts";
import { notebookMounts } from "./notebook-mounts.ts";
import { enterRoom, type Room } from "./room.ts";
import { exchangeMount, outMount, ownFiles, parents, readOnly, systemMounts } from "./room-mounts.ts";
import { systemCallFilter } from "./system-calls.ts";

const OUT = "out"; // the folder that may be written
const FILTER_FD = 9; // the shell that starts bubblewrap opens it; below 10, as sh wants it
const USER_NAMESPACE = ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"];
const PASSED_ON = ["LANG", "LC_ALL", "TZ"];
const OWN_ENVIRONMENT = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/tmp", TMPDIR: "/tmp" };

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Confinement {
  /** The same command, confined. */
  wrap(command: Command, more?: RoomOptions): Command;
  /**
   * What was started so, from outside: its limits are watched, its results brought to the notebook's out/.
   * @param pid of the wrapped command
   * @param onExceeded is told why the room has to end
   */
  enter(pid: number, onExceeded: (why: string) => void, more?: RoomOptions): Room;
}

export interface RoomOptions {
  readonly readable?: readonly string[]; // files and folders beside the notebook's
  readonly exchange?: string; // a folder that is memory in the room, and that both sides write to by the room
}

/** Why there is no confinement on this machine, or undefined. */
export function missingForConfinement(): string | undefined {
  if (process.platform !== "linux") return "bubblewrap runs on Linux only";
  if (!systemCallFilter()) return `system calls cannot be filtered on ${process.arch}, only on x64 and arm64`;
  const programs = ["bwrap", "prlimit", ...(process.getuid?.() === 0 ? ["setpriv"] : [])];
  const missing = programs.filter((program) => !isWhole(program));
  if (missing.length > 0) {
    const packages = missing.map((program) => (program === "bwrap" ? "bubblewrap" : "util-linux"));
    return `${missing.join(", ")} not found; to have it: ${installCommand([...new Set(packages)])}`;
  }
  const { program, args } = started([
    ...systemMounts(),
    ...namespaces(),
    ...setting(OWN_ENVIRONMENT),
    "--",
    ...become(),
    "true",
  ]);
  const tried = spawnSync(program, args, { encoding: "utf8", timeout: 60_000 });
  return tried.status === 0 ? undefined : `bubblewrap does not work here: ${lastWords(tried)}`;
}

/** @param folder the notebook's; its out/ is made if it is not there */
export function openConfinement(folder: string): Confinement {
  const root = realpathSync(folder);
  const outFolder = join(root, OUT);
  const group = openMemoryGroup();
  let covered: readonly string[] = []; // in the room that is started last
  return {
    wrap({ program, args, env }, { readable = [], exchange } = {}) {
      makeFolder(outFolder);
      const notebook = notebookMounts(root, [OUT]);
      covered = notebook.covered;
      const inside = {
        ...OWN_ENVIRONMENT,
        ...Object.fromEntries(PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      };
      const given = [program, ...ownFiles(), ...readable];
      const room = [
        ...systemMounts(),
        ...parents([...given, root]),
        ...(exchange === undefined ? [] : exchangeMount(exchange)),
        ...readOnly(given),
        ...notebook.mounts,
        ...outMount(outFolder),
        ...namespaces(),
        ...setting(inside),
        ...["--chdir", root, "--"],
        ...become(),
        ...limited(),
        ...[program, ...args],
      ];
      // bwrap itself needs nothing but these.
      const own = Object.fromEntries(PASSED_ON.concat("PATH").map((name) => [name, env[name]]));
      return { ...started(room, group?.processes), env: own };
    },
    enter: (pid, onExceeded, { exchange } = {}) => enterRoom({ pid, outFolder, covered, exchange, group, onExceeded }),
  };
}

/** bubblewrap with the filter of system calls open, and in the group, from its first moment. */
function started(room: readonly string[], group = "/dev/null"): { program: string; args: string[] } {
  const script = `echo $$ > "$1"; exec ${FILTER_FD}< "$2"; shift 2; exec bwrap "$@"`;
  const filter = process.getuid?.() === 0 ? [] : filtered();
  return { program: "/bin/sh", args: ["-c", script, "sh", group, filterFile(), ...filter, ...room] };
}

function namespaces(): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    // In a user namespace of its own root would still be root to files and limits: it becomes nobody first.
    ...(isRoot ? [] : USER_NAMESPACE),
    ...["--die-with-parent", "--new-session", "--clearenv", "--remount-ro", "/"],
  ];
}

function setting(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(environment).flatMap(([name, value = ""]) => ["--setenv", name, value]);
}

/** Root becomes nobody, who makes a room in the room, only to be in a user namespace from which no other can be made. */
function become(): string[] {
  if (process.getuid?.() !== 0) return [];
  return [
    ...["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--bounding-set=-all"],
    ...["bwrap", ...filtered(), ...USER_NAMESPACE, "--die-with-parent", "--bind", "/", "/"],
    ...["--dev-bind", "/dev", "/dev", "--"],
  ];
}

function filtered(): string[] {
  return ["--seccomp", String(FILTER_FD)];
}

let filter: string | undefined;

/** A file without a name, that this process holds open: so nothing of it is left, however this process ends. */
function filterFile(): string {
  if (filter !== undefined) return filter;
  const folder = mkdtempSync(join(tmpdir(), "qwenlab-filter-"));
  const path = join(folder, "filter");
  const descriptor = openSync(path, "wx+", 0o600);
  writeSync(descriptor, systemCallFilter() ?? Buffer.alloc(0));
  rmSync(folder, { recursive: true });
  filter = `/proc/${process.pid}/fd/${descriptor}`;
  return filter;
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (lstatSync(folder).isSymbolicLink())
    throw new Error(`${folder} is a link; what is confined may write to a folder only`);
}

/** busybox has a setpriv that cannot do what ours has to. */
function isWhole(name: string): boolean {
  const path = findProgram(name);
  return path !== undefined && basename(realpathSync(path)) !== "busybox";
}

function lastWords({ stderr, error, status }: SpawnSyncReturns<string>): string {
  return stderr.trim().split("\n").at(-1) || error?.message || `exit ${status}`;
}
