import { open, readFile, rm } from "node:fs/promises";
import { EngineError } from "../errors.ts";

/**
 * Two processes that write the same file would spoil it. A lock whose process is gone does not count.
 *
 * @param path of the file that is the lock
 * @throws EngineError `download-failed` where another process has it
 */
export async function lockDownload(path: string, model: string): Promise<AsyncDisposable> {
  const release = { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await using handle = await open(path, "wx");
      await handle.writeFile(String(process.pid));
      return release;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error; // as: what fs rejects with
      const pid = Number(await readFile(path, "utf8").catch(() => ""));
      if (pid > 0 && isRunning(pid)) {
        const remedy = `wait for it, or delete ${path} if there is no such process`;
        throw new EngineError("download-failed", `process ${pid} is already fetching ${model}; ${remedy}`);
      }
      await rm(path, { force: true });
    }
  }
  throw new EngineError("download-failed", `${path}: another process took the lock`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // as: what kill throws
  }
}
