import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The shared libraries of this Node that are not the system's, as conda's has them beside it: by all names in their folders, since the
 * loader asks for `libuv.so.1` where `libuv.so.1.0.0` is loaded. A room in which Node starts needs them; none elsewhere than on Linux.
 */
export function nodeLibraries(maps: string = mapsOf()): string[] {
  const loaded = [...maps.matchAll(/ (\/.*\.so(?:\.[\w.]+)?)$/gm)].map(([, path]) => path!);
  const own = [...new Set(loaded)].filter(
    (path) => !/^\/(usr|lib\d*)\//.test(path) && !path.includes("/node_modules/"),
  );
  return own.flatMap((library) => namesOf(library));
}

function namesOf(library: string): string[] {
  const folder = dirname(library);
  try {
    const names = readdirSync(folder).filter((name) => name.includes(".so"));
    return names.map((name) => join(folder, name)).filter((path) => leadsTo(path, library));
  } catch {
    return []; // the folder has gone since
  }
}

function leadsTo(path: string, library: string): boolean {
  try {
    return realpathSync(path) === library;
  } catch {
    return false; // a link to nothing
  }
}

function mapsOf(): string {
  try {
    return readFileSync("/proc/self/maps", "latin1");
  } catch {
    return ""; // another system
  }
}
