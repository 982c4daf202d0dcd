import { isAbsolute, relative } from "node:path";

/** Whether `path`, absolute, lies in `folder`, by their names; a link may still lead out of it. */
export function isInFolder(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && !isAbsolute(way);
}
