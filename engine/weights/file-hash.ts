import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** What a file is known by. */
export interface FileHashes {
  readonly bytes: number;
  readonly sha256: string | undefined; // lower-case hexadecimal, as all
  readonly gitHash?: string | undefined; // git's own of a blob: all that Hugging Face tells of small files
}

/** The sha256 where there is one. */
export function fingerprintOf({ sha256, gitHash }: FileHashes): string | undefined {
  return sha256 ?? gitHash;
}

/** Which of the two it is, for people. */
export function fingerprintKind({ sha256 }: FileHashes): string {
  return sha256 === undefined ? "git hash" : "sha256";
}

interface HashOptions {
  readonly onBytes: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Of the file at `path` the hash by which `known` is known. */
export async function hashOf(path: string, known: FileHashes, { onBytes, signal }: HashOptions): Promise<string> {
  const hash = known.sha256 === undefined ? createHash("sha1").update(`blob ${known.bytes}\0`) : createHash("sha256");
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk);
    done += chunk.length;
    onBytes(done);
  }
  return hash.digest("hex");
}
