import { type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { EngineError } from "./errors.ts";

/**
 * Programs and drivers in `folder` are run as this user, so nobody else may have put them there.
 * @throws EngineError that names the folder
 */
export function checkTrusted(folder: string): void {
  if (process.getuid === undefined) return; // Windows: rights are no mode bits
  for (const place of [folder, dirname(folder)]) {
    const info = statSync(place, { throwIfNoEntry: false });
    if (info === undefined) continue;
    const problem = problemOf(info, process.getuid());
    if (problem === undefined) continue;
    const remedy = "set QWENLAB_CACHE_DIR to a folder of your own";
    throw new EngineError("engine-unavailable", `${place} ${problem}, and programs would be run from it; ${remedy}`);
  }
}

/** Root may run what a user of the machine has, as in a container with that user's folder. */
function problemOf({ uid, mode }: Stats, user: number): string | undefined {
  if ((mode & 0o002) !== 0) return "can be written by every user";
  return user === 0 || uid === user || uid === 0 ? undefined : "belongs to another user";
}
