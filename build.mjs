// Compiles the sources into dist/, copies what tsc leaves behind (shaders, prompts), and warms up the compiler of cells.
// `npm install` runs it in a checkout; the published package carries dist/ and has no build.mjs to run.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";

const COPIED = new Set([".wgsl", ".md", ".cjs", ".txt", ".svg"]);

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

for (const folder of ["engine", "interpreter", "kernel"]) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COPIED.has(extname(entry.name))) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join("dist", source);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { preserveTimestamps: true }); // what is the same need not be read anew
  }
}

// TypeScript cells start without it, too, but slower.
const { freshSnapshot, makeSnapshot } = await import("./dist/interpreter/sessions/typescript/compiler-snapshot.js");
if (freshSnapshot() === undefined) await makeSnapshot().catch(({ message }) => console.warn(message));
