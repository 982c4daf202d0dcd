import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the user agreed to once for all: hashes, in a file of the user's own folder. */
export class Consents {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param what plain data: another value is another question */
  has(what: unknown): boolean {
    return this.#hashes().includes(hashOf(what));
  }

  keep(what: unknown): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const hashes = [...new Set([...this.#hashes(), hashOf(what)])];
    writeFileSync(this.#file, `${JSON.stringify(hashes, undefined, 1)}\n`, { mode: 0o600 });
  }

  get #file(): string {
    return join(this.#folder, "consents.json");
  }

  #hashes(): string[] {
    if (!existsSync(this.#file)) return [];
    try {
      const value: unknown = JSON.parse(readFileSync(this.#file, "utf8"));
      return Array.isArray(value) ? value.map(String) : [];
    } catch {
      return []; // asked again
    }
  }
}

function hashOf(what: unknown): string {
  return createHash("sha256").update(JSON.stringify(what)).digest("hex");
}
