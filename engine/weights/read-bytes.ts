import type { FileHandle } from "node:fs/promises";
import { badModelFile } from "./bad-model-file.ts";

/**
 * Fills `into` from `position` of the file on.
 *
 * @param field what is read, for errors
 * @throws EngineError `bad-model-file` if the file ends before
 */
export async function readBytes(
  { path, handle }: { readonly path: string; readonly handle: FileHandle },
  field: string,
  into: Uint8Array,
  position: number,
): Promise<void> {
  for (let filled = 0; filled < into.byteLength; ) {
    const { bytesRead } = await handle.read(into, filled, into.byteLength - filled, position + filled);
    if (bytesRead === 0) throw badModelFile(path, field, "the file became shorter");
    filled += bytesRead;
  }
}
