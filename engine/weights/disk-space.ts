// Whether a download fits on the disk, and what is told when it did not.
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { EngineError } from "../errors.ts";
import { fileBytes, partialPath } from "./partial-file.ts";

interface Wanted {
  readonly name: string;
  readonly bytes: number;
}

/** @throws EngineError `download-failed` */
export async function checkFreeSpace(model: Wanted, path: string): Promise<void> {
  const { missing, free } = await space(model, path);
  if (free < missing) throw new EngineError("download-failed", lackOf(model, path, { missing, free }));
}

/** In bytes: what is still to come, and what the disk has for it. */
async function space(model: Wanted, path: string): Promise<{ missing: number; free: number }> {
  const missing = model.bytes - ((await fileBytes(partialPath(path))) ?? 0);
  const { bavail, bsize } = await statfs(dirname(path));
  return { missing, free: bavail * bsize };
}

function lackOf({ name }: Wanted, path: string, { missing, free }: { missing: number; free: number }): string {
  const problem = `${name} needs ${missing} more bytes in ${dirname(path)}, which has ${free} free`;
  return `${problem}; free some, or set QWENLAB_CACHE_DIR to another disk`;
}

/** What a file system's error means for the download. */
export async function diskError(model: Wanted, path: string, cause: unknown): Promise<EngineError> {
  const { code, message } = cause as NodeJS.ErrnoException; // what fs rejects with
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  const place = isFull ? await space(model, path).catch(() => undefined) : undefined;
  const problem = place
    ? `the disk is full: ${lackOf(model, path, place)}`
    : `${message}, for ${model.name} at ${path}`;
  return new EngineError("download-failed", `${problem}; the next pull goes on from what is there`, { cause });
}
