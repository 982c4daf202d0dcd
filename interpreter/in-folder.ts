import { isAbsolute, relative, sep } from "node:path";

/** Whether `path`, absolute, lies in `folder`, by their names; a link may still lead out of it. */
export function isInFolder(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way.split(sep)[0] !== ".." && !isAbsolute(way);
}
