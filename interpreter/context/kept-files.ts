// The files of a folder as they were, to be put back: kept before code runs that may change them.
import { constants, copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ownFolder } from "../sessions/own-processes.ts";

const MAX_FILES = 2_000;
const MAX_DEPTH = 5;
const MAX_FILE_BYTES = 50 * 2 ** 20;
const MAX_BYTES = 300 * 2 ** 20;
const NOT_KEPT = new Set(["node_modules", ".git", ".venv", "venv", "__pycache__", ".ipynb_checkpoints"]);

interface Kept {
  readonly path: string; // relative to the folder
  readonly size: number;
  readonly mtimeMs: number;
  readonly isCopied: boolean; // false: too large
}

export interface FolderChanges {
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  readonly created: readonly string[];
  readonly lost: readonly string[]; // changed or deleted, and too large to have been kept
}

export class KeptFiles {
  readonly #folder: string;
  readonly #except: string | undefined;
  readonly #store: string;
  readonly #kept = new Map<string, Kept>();

  /** `except` is the path of a file that others write meanwhile, absolute or from the folder: its changes are nobody's here. */
  constructor(folder: string, except?: string) {
    this.#folder = folder;
    this.#except = except && relative(folder, resolve(folder, except));
    this.#store = mkdtempSync(join(ownFolder(), "undo-")); // mode 0700
    let bytes = 0;
    for (const path of this.#files()) {
      const { size, mtimeMs } = lstatSync(join(folder, path));
      const isCopied = size <= MAX_FILE_BYTES && bytes + size <= MAX_BYTES;
      if (isCopied) {
        bytes += size;
        copy(join(folder, path), join(this.#store, path));
      }
      this.#kept.set(path, { path, size, mtimeMs, isCopied });
    }
  }

  changes(): FolderChanges {
    const now = new Set(this.#files());
    const touched = [...this.#kept.values()].filter(({ path, size, mtimeMs }) => {
      const about = lstatSync(join(this.#folder, path), { throwIfNoEntry: false });
      return about === undefined || about.size !== size || about.mtimeMs !== mtimeMs;
    });
    const names = (files: readonly Kept[]) => files.map(({ path }) => path).sort();
    return {
      changed: names(touched.filter(({ path, isCopied }) => isCopied && now.has(path))),
      deleted: names(touched.filter(({ path, isCopied }) => isCopied && !now.has(path))),
      created: [...now].filter((path) => !this.#kept.has(path)).sort(),
      lost: names(touched.filter(({ isCopied }) => !isCopied)),
    };
  }

  /** Puts back what was changed or deleted; files that are new stay. */
  restore(): FolderChanges {
    const changes = this.changes();
    for (const path of [...changes.changed, ...changes.deleted]) {
      removeLinks(this.#folder, path);
      copy(join(this.#store, path), join(this.#folder, path));
    }
    return changes;
  }

  dispose(): void {
    rmSync(this.#store, { recursive: true, force: true });
  }

  #files(): string[] {
    return filesOf(this.#folder).filter((path) => path !== this.#except);
  }
}

/** No link was kept, so one on the way has come since: through it the copy would be written somewhere else. */
function removeLinks(folder: string, path: string): void {
  const names = path.split(sep);
  const way = names.map((_, i) => join(folder, ...names.slice(0, i + 1)));
  for (const each of way) if (lstatSync(each, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(each);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** Relative, breadth first, without links and what is not the user's own work. */
function filesOf(folder: string): string[] {
  const files: string[] = [];
  let level = [folder];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const current of level) {
      if (!existsSync(current)) continue;
      for (const entry of readdirSync(current, { withFileTypes: true })) {
        if (NOT_KEPT.has(entry.name)) continue;
        const path = join(current, entry.name);
        if (entry.isDirectory()) next.push(path);
        else if (entry.isFile() && files.length < MAX_FILES) files.push(relative(folder, path));
      }
    }
    level = next;
  }
  return files;
}
