import { readFileSync } from "node:fs";

/** A prompt of this folder; the build copies the .md files beside the compiled code. */
export function prompt(name: string): string {
  return readFileSync(new URL(`${name}.md`, import.meta.url), "utf8").trim();
}
