import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where a program lies on the PATH. */
export function findProgram(name: string, path = process.env.PATH): string | undefined {
  const folders = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
