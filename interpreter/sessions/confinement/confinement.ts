// A room for code that nobody has read: bubblewrap, with no network, no home, a cleared environment, the notebook's
// folder to be read and its out/ to be written. What Linux gives an ordinary user; nothing of it needs root, and as root
// the code is run as nobody.
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, sep } from "node:path";

const OUT = "out"; // the folder that may be written
const NOBODY = 65_534;
const MAX_PROCESSES = 128;
const MAX_FILE_BYTES = 256 * 2 ** 20;
const MAX_OPEN_FILES = 1_024;
const DATA_BYTES = 1.5 * 2 ** 30; // of a process; not its address space: WebAssembly reserves that by gigabytes
const TMP_BYTES = 256 * 2 ** 20;
const USER_NAMESPACE = ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"];
const SYSTEM_FILES = ["/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/ssl/certs"];
const PASSED_ON = ["LANG", "LC_ALL", "TZ", "NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE"];

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Confinement {
  readonly outFolder: string;
  /** The same command, confined. @param readable folders and files beside the notebook's; @param writable folders */
  wrap(
    command: Command,
    more?: { readonly readable?: readonly string[]; readonly writable?: readonly string[] },
  ): Command;
}

/** Why there is no confinement on this machine, or undefined. */
export function missingForConfinement(): string | undefined {
  if (process.platform !== "linux") return "bubblewrap runs on Linux only";
  const programs = ["bwrap", "prlimit", ...(process.getuid?.() === 0 ? ["setpriv"] : [])];
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) {
    const packages = missing.map((program) => (program === "bwrap" ? "bubblewrap" : "util-linux"));
    return `${missing.join(" and ")} not found; on Debian and Ubuntu: apt install ${[...new Set(packages)].join(" ")}`;
  }
  const tried = spawnSync("bwrap", [...mounts(), ...namespaces(), "--", "/usr/bin/true"], {
    encoding: "utf8",
    timeout: 10_000,
  });
  return tried.status === 0 ? undefined : `bubblewrap does not work here: ${lastWords(tried)}`;
}

/** @param folder the notebook's; its out/ is made if it is not there */
export function openConfinement(folder: string): Confinement {
  const root = realpathSync(folder);
  const outFolder = join(root, OUT);
  return {
    outFolder,
    wrap({ program, args, env }, { readable = [], writable = [] } = {}) {
      makeWritable([outFolder, ...writable]);
      const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : ["--setenv", name, env[name]]));
      return {
        program: "bwrap",
        args: [
          ...mounts(),
          ...parents([program, ...ownFiles(), ...readable, root, ...writable]),
          ...readOnly([program, ...ownFiles(), ...readable]),
          ...notebookFolder(root),
          ...[outFolder, ...writable].flatMap((path) => ["--bind", path, path]),
          ...namespaces(),
          ...[
            "--setenv",
            "PATH",
            "/usr/local/bin:/usr/bin:/bin",
            "--setenv",
            "HOME",
            "/tmp",
            "--setenv",
            "TMPDIR",
            "/tmp",
          ],
          ...passed,
          ...["--chdir", root, "--"],
          ...limits(),
          program,
          ...args,
        ],
        // bwrap itself needs nothing but these; NODE_CHANNEL_FD is set by spawn().
        env: Object.fromEntries(PASSED_ON.concat("PATH").map((name) => [name, env[name]])),
      };
    },
  };
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

function mounts(): string[] {
  const links = ["/bin", "/sbin", "/lib", "/lib32", "/lib64"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
  return [
    ...["--ro-bind", "/usr", "/usr", ...links],
    ...parents(SYSTEM_FILES),
    ...SYSTEM_FILES.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev", "--size", String(TMP_BYTES), "--perms", "1777", "--tmpfs", "/tmp"],
  ];
}

/** Folders that lead to these paths; bubblewrap would make them for root alone. */
function parents(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const parts = path.split(sep).slice(1, -1);
    return parts.map((_, i) => sep + parts.slice(0, i + 1).join(sep));
  });
  const own = [...new Set(folders)].filter(
    (folder) => !/^\/(usr|tmp|proc|dev)(\/|$)/.test(folder) || /^\/tmp\/./.test(folder),
  );
  return own.flatMap((folder) => ["--perms", "0755", "--dir", folder]);
}

/** Each once, and not what is under /usr already. */
function readOnly(paths: readonly string[]): string[] {
  const wanted = [...new Set(paths.flatMap((path) => [path, realpathOf(path)]))];
  return wanted
    .filter((path) => existsSync(path) && !path.startsWith("/usr/"))
    .flatMap((path) => ["--ro-bind", path, path]);
}

/** Our compiled code, and the packages that it imports. */
function ownFiles(): string[] {
  const require = createRequire(import.meta.url);
  const own = dirname(require.resolve("qwenlab/package.json"));
  const packages = ["ws", "@duckdb/node-api", "zod"].map((name) => modulesFolder(require.resolve(name)));
  return [join(own, "package.json"), join(own, "dist"), ...packages];
}

/** .../node_modules of a module in it. */
function modulesFolder(path: string): string {
  const marker = `${sep}node_modules${sep}`;
  return path.slice(0, path.lastIndexOf(marker) + marker.length - 1);
}

/**
 * The folder to be read, without what is hidden in it: keys, git, the servers' configuration. As root its entries are
 * bound one by one, since nobody may not enter a folder that is root's alone.
 */
function notebookFolder(root: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const shown = entries.filter(({ name }) => !name.startsWith(".") && name !== OUT);
    return [
      "--perms",
      "0755",
      "--dir",
      root,
      ...shown.flatMap((entry) => (entry.isSymbolicLink() ? [] : bound(join(root, entry.name)))),
    ];
  }
  const hidden = entries.filter(({ name }) => name.startsWith("."));
  return [
    ...bound(root),
    ...hidden.flatMap((entry) =>
      entry.isDirectory()
        ? ["--tmpfs", join(root, entry.name)]
        : entry.isFile()
          ? ["--ro-bind", "/dev/null", join(root, entry.name)]
          : [],
    ),
  ];
}

function bound(path: string): string[] {
  return ["--ro-bind", path, path];
}

function limits(): string[] {
  const values = { nproc: MAX_PROCESSES, data: DATA_BYTES, fsize: MAX_FILE_BYTES, nofile: MAX_OPEN_FILES, core: 0 };
  const given = Object.entries(values).map(([name, value]) => `--${name}=${value}`);
  // Nobody then makes a room in the room, only to be in a user namespace from which no other can be made.
  const become = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--bounding-set=-all"];
  const inner = [
    "bwrap",
    ...USER_NAMESPACE,
    "--die-with-parent",
    "--bind",
    "/",
    "/",
    "--dev-bind",
    "/dev",
    "/dev",
    "--",
  ];
  return [...(process.getuid?.() === 0 ? [...become, ...inner] : []), "prlimit", ...given];
}

function makeWritable(folders: readonly string[]): void {
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    if (lstatSync(folder).isSymbolicLink())
      throw new Error(`${folder} is a link; what is confined may write to a folder only`);
    if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
  }
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function lastWords({ stderr, error, status }: SpawnSyncReturns<string>): string {
  return stderr.trim().split("\n").at(-1) || error?.message || `exit ${status}`;
}
