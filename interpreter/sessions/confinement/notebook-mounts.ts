// The notebook's folder in the room: to be read, without what is hidden in it at any depth: keys, git, the
// configuration of editors and servers.
import { type Dirent, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { isHidden } from "../../hidden-files.ts";
import { bound } from "./room-mounts.ts";

const MAX_COVERS = 300; // of hidden entries in subfolders: each is a mount, and a thousand would take ten seconds
const MAX_ENTRIES = 100_000; // looked at for hidden ones, a second's work

interface Cover {
  readonly path: string;
  readonly mounts: readonly string[];
}

export interface NotebookMounts {
  readonly mounts: readonly string[]; // arguments of bubblewrap
  /** What is hidden by something that is mounted on it: relative to the folder. It lasts until its file is replaced. */
  readonly covered: readonly string[];
}

/** @param leftOut names at the top that something else is mounted on */
export function notebookMounts(root: string, leftOut: readonly string[]): NotebookMounts {
  const entries = list(root).filter(({ name }) => !leftOut.includes(name));
  const shown = entries.filter(({ name }) => !isHidden(name));
  const covers = shown.filter((entry) => entry.isDirectory()).flatMap(({ name }) => hide(join(root, name)));
  if (process.getuid?.() !== 0) {
    const hidden = entries.filter(({ name }) => isHidden(name));
    return covering(root, bound(root), [...hidden.flatMap((entry) => cover(root, entry)), ...covers]);
  }
  // Root's code is run as nobody, who may not enter a folder that is root's alone: so its entries, one by one.
  const links = shown.filter((entry) => !entry.isSymbolicLink()).flatMap(({ name }) => bound(join(root, name)));
  return covering(root, ["--perms", "0755", "--dir", root, ...links], covers);
}

function covering(root: string, mounts: readonly string[], covers: readonly Cover[]): NotebookMounts {
  return {
    mounts: [...mounts, ...covers.flatMap((one) => one.mounts)],
    covered: covers.map(({ path }) => relative(root, path)),
  };
}

/** Covers what is hidden in a folder; the folder itself, where there is too much to look at. */
function hide(folder: string): Cover[] {
  const covers: Cover[] = [];
  const open = [folder];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of list(next)) {
      if (++seen > MAX_ENTRIES || covers.length > MAX_COVERS) return [emptied(folder)];
      if (isHidden(entry.name)) covers.push(...cover(next, entry));
      else if (entry.isDirectory()) open.push(join(next, entry.name));
    }
  }
  return covers;
}

/** A link needs no cover: where it leads is not in the room, or covered there. */
function cover(folder: string, entry: Dirent): Cover[] {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return [emptied(path)];
  return entry.isSymbolicLink() ? [] : [{ path, mounts: ["--ro-bind", "/dev/null", path] }];
}

function emptied(path: string): Cover {
  return { path, mounts: ["--perms", "0755", "--tmpfs", path, "--remount-ro", path] };
}

function list(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // it is not ours to read, so it is not the room's either
  }
}
