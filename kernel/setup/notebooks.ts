import { constants, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Copies the tutorial notebooks into `folder`. What is there already is the user's and stays. @returns names copied */
export function copyNotebooks(folder: string): string[] {
  const source = join(dirname(createRequire(import.meta.url).resolve("qwenlab/package.json")), "notebooks");
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(source, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.startsWith("."),
  );
  return files.map(({ name }) => name).filter((name) => copyIfAbsent(join(source, name), join(folder, name)));
}

function copyIfAbsent(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false; // as: what fs throws
    throw error;
  }
}
