// What of the machine's files is in the room, as arguments of bubblewrap.
import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { nodeLibraries } from "../node-libraries.ts";
import { OUT_BYTES, SHARED_MEMORY_BYTES, TMP_BYTES } from "./limits.ts";

const SYSTEM_FILES = ["/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives", "/etc/ssl/certs"];

/** The system, read-only, and memory to write to. */
export function systemMounts(): string[] {
  const links = ["/bin", "/sbin", "/lib", "/lib32", "/lib64"].flatMap((path) => {
    if (!existsSync(path)) return [];
    return lstatSync(path).isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : bound(path);
  });
  return [
    ...[...bound("/usr"), ...links],
    ...parents(SYSTEM_FILES),
    ...SYSTEM_FILES.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc"],
    // Mapped and shared, /dev/zero is memory that no limit of a process counts.
    ...["--dev", "/dev", "--dev-bind", "/dev/null", "/dev/zero"],
    ...memory("/dev/shm", SHARED_MEMORY_BYTES, "1777"),
    ...["--remount-ro", "/dev"],
    ...memory("/tmp", TMP_BYTES, "1777"),
  ];
}

/** Where the room's results go: memory with a size, which out-folder.ts brings out of it. */
export function outMount(folder: string): string[] {
  return memory(folder, OUT_BYTES, "0777");
}

/** Sockets, and values on their way. */
export function exchangeMount(folder: string): string[] {
  return [...parents([join(folder, "file")]), ...memory(folder, TMP_BYTES, "0777")];
}

function memory(path: string, bytes: number, mode: string): string[] {
  return ["--perms", mode, "--size", String(bytes), "--tmpfs", path];
}

/** Folders that lead to these paths; bubblewrap would make them for root alone. */
export function parents(paths: readonly string[]): string[] {
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
export function readOnly(paths: readonly string[]): string[] {
  const wanted = [...new Set(paths.flatMap((path) => [path, realpathOf(path)]))];
  return wanted.filter((path) => existsSync(path) && !path.startsWith("/usr/")).flatMap(bound);
}

export function bound(path: string): string[] {
  return ["--ro-bind", path, path];
}

/** Our compiled code, the packages that it imports, and Node's own libraries. */
export function ownFiles(): string[] {
  const require = createRequire(import.meta.url);
  const own = dirname(require.resolve("qwenlab/package.json"));
  const packages = ["ws", "@duckdb/node-api", "zod", "typescript"].map((name) => modulesFolder(require.resolve(name)));
  return [join(own, "package.json"), join(own, "dist"), ...packages, ...nodeLibraries()];
}

/** .../node_modules of a module in it. */
function modulesFolder(path: string): string {
  const marker = `${sep}node_modules${sep}`;
  return path.slice(0, path.lastIndexOf(marker) + marker.length - 1);
}

function realpathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
