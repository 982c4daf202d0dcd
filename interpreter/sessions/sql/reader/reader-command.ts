// How the reading process is started: with a cleared environment, limits of the system's, and where bubblewrap works in a
// room without network in which the folder can only be read. The room is a second wall: what the queries may do is held
// by their check and by DuckDB's own lock, which are all there is on other systems.
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { findProgram } from "../../../find-program.ts";
import { nodeLibraries } from "../../node-libraries.ts";
import { MEMORY_BYTES } from "./messages.ts";

const PASSED_ON = ["LANG", "LC_ALL", "TZ", "SystemRoot"];
const HEAP_MEGABYTES = 768;
const PACKAGES = [
  "@duckdb/node-api",
  "zod",
  "vega",
  "vega-lite",
  "read-excel-file/node",
  "jschardet",
  "simple-statistics",
  "ml-matrix",
];
// No core file, no byte written to any file, and what it may allocate. A shell without one of them goes on.
const LIMITS = `ulimit -c 0; ulimit -f 0; ulimit -d ${MEMORY_BYTES / 2 ** 10} 2>/dev/null; exec "$@"`;

export interface ReaderCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** @param options.inRoom whether bubblewrap makes a room for it */
export function readerCommand(folder: string, { inRoom }: { inRoom: boolean }): ReaderCommand {
  const entry = createRequire(import.meta.url).resolve("#dist/interpreter/sessions/sql/reader/child.js");
  const node = [process.execPath, `--max-old-space-size=${HEAP_MEGABYTES}`, entry];
  const limited = process.platform === "win32" ? node : ["/bin/sh", "-c", LIMITS, "sh", ...node];
  const [program, ...args] = inRoom ? [...room(folder), ...limited] : limited;
  const env = Object.fromEntries(PASSED_ON.flatMap((name) => entryOf(name, process.env[name])));
  return { program: program!, args, env };
}

/** What ends well where bubblewrap can make that room. */
export function roomTest(folder: string): Pick<ReaderCommand, "program" | "args"> {
  const [program, ...args] = room(folder);
  return { program: program!, args: [...args, "/bin/sh", "-c", ":"] };
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

/** undefined where there is no bubblewrap. */
export function bubblewrap(): string | undefined {
  return process.platform === "linux" ? findProgram("bwrap") : undefined;
}

function room(folder: string): string[] {
  const isRoot = process.getuid?.() === 0;
  return [
    ...[bubblewrap() ?? "bwrap", "--ro-bind", "/usr", "/usr", ...systemFolders()],
    ...["/etc/ld.so.cache", "/etc/localtime"].flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...[process.execPath, ...nodeLibraries(), ...ownFolders(), folder].flatMap((path) => ["--ro-bind", path, path]),
    ...["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"],
    // Root without this would not get into a folder that is another user's.
    ...["--cap-drop", "ALL", ...(isRoot ? ["--cap-add", "CAP_DAC_READ_SEARCH"] : ["--unshare-user"])],
    ...["--die-with-parent", "--new-session", "--remount-ro", "/", "--chdir", folder, "--"],
  ];
}

function systemFolders(): string[] {
  return ["/bin", "/lib", "/lib32", "/lib64"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
}

/** Our compiled code, and the packages that it imports. */
function ownFolders(): string[] {
  const require = createRequire(import.meta.url);
  const own = dirname(require.resolve("qwenlab/package.json"));
  const packages = PACKAGES.map((name) => modulesFolder(require.resolve(name)));
  const folders = [join(own, "package.json"), join(own, "dist"), ...packages];
  return [...new Set(folders.flatMap((path) => [path, realpathSync(path)]))];
}

/** .../node_modules of a module in it. */
function modulesFolder(path: string): string {
  const marker = `${sep}node_modules${sep}`;
  return path.slice(0, path.lastIndexOf(marker) + marker.length - 1);
}
