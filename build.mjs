// Compiles the sources into dist/, copies what tsc leaves behind (shaders, prompts), and warms up the compiler of cells.
// `npm install` runs it in a checkout; the published package carries dist/ and has no build.mjs to run. Where nothing has
// changed since the last time, it takes a moment.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { buildKernels } from "./build-kernels.mjs";

const FOLDERS = ["engine", "interpreter", "kernel"];
const COPIED = new Set([".wgsl", ".md", ".cjs", ".txt", ".svg"]);
const BUILD_INFO = "dist/.tsbuildinfo"; // as old as the beginning of the last build

const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const entries = FOLDERS.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
if (hasChanged()) await build();

/** A folder has when one of its entries came or went. */
function hasChanged() {
  const madeBy = ["build.mjs", "build-kernels.mjs", "package-lock.json", "tsconfig.json", "tsconfig.build.json", tsc];
  const sources = entries.map(({ parentPath, name }) => join(parentPath, name));
  const built = statSync(BUILD_INFO, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return [...madeBy, ...FOLDERS, ...sources].some((path) => statSync(path).mtimeMs >= built);
}

async function build() {
  const begun = new Date();
  const compiling = once(spawn(process.execPath, [tsc, "-p", "tsconfig.build.json"], { stdio: "inherit" }), "close");
  await buildKernels(); // meanwhile, on another core
  const [status] = await compiling;
  if (status !== 0) process.exit(status ?? 1);
  for (const entry of entries) {
    if (!entry.isFile() || !COPIED.has(extname(entry.name))) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join("dist", source);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target, { preserveTimestamps: true }); // what is the same need not be read anew
  }
  utimesSync(BUILD_INFO, begun, begun);
}

// TypeScript cells start without it, too, but slower.
const { freshSnapshot, makeSnapshot } = await import("./dist/interpreter/sessions/typescript/compiler-snapshot.js");
if (freshSnapshot() === undefined) await makeSnapshot().catch(({ message }) => console.warn(message));
