import { createHash, randomUUID } from "node:crypto";
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPlainFile } from "../../interpreter/plain-file.ts";

const MAX_FILE_BYTES = 1_000_000; // 14,000 answers
const OTHERS_MAY_WRITE = 0o022;

/** What a question was about: an answer to one kind is none to another. */
export type ConsentKind = "remote-model" | "mcp-server";

/**
 * What the user agreed to once for all: hashes, in a file of the user's own folder. Whoever can write that file can agree
 * for the user: one that others may write, or that is not the user's, counts for nothing.
 */
export class Consents {
  readonly #folder: string;
  readonly #given = new Set<string>(); // while this object lives, also where the folder cannot be written

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param what plain data, in whole: another value is another question */
  has(kind: ConsentKind, what: unknown): boolean {
    const hash = hashOf(kind, what);
    return this.#given.has(hash) || this.#hashes().includes(hash);
  }

  keep(kind: ConsentKind, what: unknown): void {
    const hash = hashOf(kind, what);
    this.#given.add(hash);
    try {
      this.#write([...new Set([...this.#hashes(), hash])]);
    } catch {
      // asked again by the next kernel
    }
  }

  get #file(): string {
    return join(this.#folder, "consents.json");
  }

  /** Under a new name first: a reader sees the old answers or the new, and a link in its place is replaced, not followed. */
  #write(hashes: readonly string[]): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const written = `${this.#file}.${randomUUID()}`;
    try {
      writeFileSync(written, `${JSON.stringify(hashes, undefined, 1)}\n`, { mode: 0o600, flag: "wx" });
      renameSync(written, this.#file);
    } finally {
      rmSync(written, { force: true });
    }
  }

  #hashes(): string[] {
    try {
      if (!isOwn(this.#file)) return [];
      const value: unknown = JSON.parse(readPlainFile(this.#file, { maxBytes: MAX_FILE_BYTES })?.toString() ?? "[]");
      return Array.isArray(value) ? value.filter((hash) => typeof hash === "string") : [];
    } catch {
      return []; // asked again
    }
  }
}

/** Windows keeps a user's folder from others by itself. */
function isOwn(path: string): boolean {
  const about = lstatSync(path, { throwIfNoEntry: false });
  if (!about?.isFile()) return false;
  const user = process.getuid?.();
  return user === undefined || (about.uid === user && (about.mode & OTHERS_MAY_WRITE) === 0);
}

/** JSON tells any two values apart, and so does its hash. */
function hashOf(kind: ConsentKind, what: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, what]))
    .digest("hex");
}
