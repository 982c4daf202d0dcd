import { stat } from "node:fs/promises";

/** A download under way: a file that every source appends to from where it ends, so that one goes on for another. */
export interface PartialFile {
  readonly path: string;
  readonly bytes: number; // when complete
  readonly sha256: string | undefined; // likewise, lower-case hexadecimal, where it is known
  readonly signal: AbortSignal | undefined;
  /** Bytes there now. */
  readonly onBytes: (done: number) => void;
}

/** Errors of the disk, which no other source can help: full, over quota, read-only. */
export function isDiskError(error: unknown): error is NodeJS.ErrnoException {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EFBIG", "EIO"].includes(code);
}

/** The file that a download grows in, beside the final one so that moving it is one rename. */
export function partialPath(path: string): string {
  return `${path}.part`;
}

/** The folder where the mirror's packages lie while they are fetched, on the same disk. */
export function wheelFolder(partial: string): string {
  return `${partial}.wheel`;
}

/** Undefined if there is no file. */
export async function fileBytes(path: string): Promise<number | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === false ? stats.size : undefined;
}
