import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FORMAT = 2; // of what is hashed and written
const MAX_BYTES = 512 * 2 ** 20; // of all files; the least recently used go first
const SUFFIX = ".kv";
const DIGEST_BYTES = 32; // SHA-256, in front of the data

/** A prompt's beginning, in whole blocks. */
export interface Prefix {
  readonly tokens: readonly number[];
  readonly root: string; // of its blocks: what beside the tokens decides their numbers
}

/** Keys and values of prompts' beginnings that are the same at every start, such as system prompt and tools, on disk. */
export interface PrefixFiles {
  /** Undefined: there is none, or not as it was written. */
  load(prefix: Prefix): Promise<Uint8Array<ArrayBuffer> | undefined>;
  has(prefix: Prefix): Promise<boolean>;
  save(prefix: Prefix, data: Uint8Array): Promise<void>;
}

/**
 * @param identity of what computed them: another model, precision or adapter gives other numbers
 * Files that cannot be read or written are as if there were none: they only save time.
 */
export function openPrefixFiles(folder: string, identity: readonly unknown[]): PrefixFiles {
  const fileOf = ({ tokens, root }: Prefix) =>
    join(
      folder,
      `${sha256(JSON.stringify([FORMAT, identity, root, tokens]))
        .toString("hex")
        .slice(0, 40)}${SUFFIX}`,
    );
  return {
    async load(prefix) {
      const file = fileOf(prefix);
      const content = await readFile(file).catch(() => undefined);
      if (!content) return undefined;
      const data = new Uint8Array(content.subarray(DIGEST_BYTES)); // aligned
      if (!content.subarray(0, DIGEST_BYTES).equals(sha256(data))) {
        await rm(file, { force: true }).catch(() => {});
        return undefined;
      }
      const now = new Date();
      await utimes(file, now, now).catch(() => {});
      return data;
    },
    has: (prefix) =>
      stat(fileOf(prefix)).then(
        () => true,
        () => false,
      ),
    async save(prefix, data) {
      const file = fileOf(prefix);
      const half = `${file}.${randomUUID()}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(half, Buffer.concat([sha256(data), data]), { mode: 0o600 });
        await rename(half, file);
        await dropOldest(folder);
      } catch {
        await rm(half, { force: true }).catch(() => {}); // a full disk
      }
    },
  };
}

async function dropOldest(folder: string): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), ...(await stat(join(folder, name))) })),
  );
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  for (const { path, size } of files) {
    bytes += size;
    if (bytes > MAX_BYTES) await rm(path, { force: true });
  }
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}
