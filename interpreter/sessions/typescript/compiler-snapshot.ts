// A warm compiler as a file: V8's heap of one that has read TypeScript, its libraries and Node's types, and has compiled a
// cell. A process that starts from it compiles in half a second, not in three.
// It is of one version of Node and of the files that it was made of; where it is not there, all works, but starts slower.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

// The checker's program takes 80 MB. A larger young generation makes no cell faster, and takes up to three times its size;
// one that has to grow first is collected six times in the first cell.
const HEAP_MEGABYTES = 512;
const SEMI_SPACE_MEGABYTES = 4;
const STACK_KILOBYTES = 3_900; // of 8 MB: code may be nested deeply

/** Of each process of a compiler: V8 takes a snapshot for those flags only that it was made with. */
export const COMPILER_FLAGS: readonly string[] = [
  `--max-old-space-size=${HEAP_MEGABYTES}`,
  `--max-semi-space-size=${SEMI_SPACE_MEGABYTES}`,
  `--min-semi-space-size=${SEMI_SPACE_MEGABYTES}`,
  ...(process.platform === "win32" ? [] : [`--stack-size=${STACK_KILOBYTES}`]), // the stack of Windows is smaller
];

const NAME = `compiler-${process.version}-${process.platform}-${process.arch}`;

/** What a snapshot was made of: compiler-snapshot.cjs writes it. */
type Versions = Readonly<Record<string, string>>; // a file's path: its time and size

/** The one that the build made, or else the one in `folder`, if it is of this Node and of files that are still the same. */
export function freshSnapshot(folder?: string): string | undefined {
  return freshSnapshotIn(ownFolder()) ?? (folder === undefined ? undefined : freshSnapshotIn(folder));
}

export function freshSnapshotIn(folder: string): string | undefined {
  const { snapshot, versions } = pathsIn(folder);
  if (!existsSync(snapshot) || !existsSync(versions)) return undefined;
  const made = JSON.parse(readFileSync(versions, "utf8")) as Versions; // as: compiler-snapshot.cjs wrote it
  if (made[programOf("compiler-snapshot.cjs")] === undefined) return undefined; // copied here, or another installation's
  const isSame = ([path, version]: [string, string]) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && `${stat.mtimeMs}:${stat.size}` === version;
  };
  return Object.entries(made).every(isSame) ? snapshot : undefined;
}

/**
 * Makes one, in some five seconds of another process. Several may do so at once.
 * @param folder default: the one that our own code is in
 */
export async function makeSnapshot(folder = ownFolder()): Promise<void> {
  const paths = pathsIn(folder);
  const made = { snapshot: `${paths.snapshot}.${process.pid}`, versions: `${paths.versions}.${process.pid}` };
  mkdirSync(folder, { recursive: true });
  try {
    const program = ["--build-snapshot", programOf("compiler-snapshot.cjs"), made.versions];
    await run([...COMPILER_FLAGS, "--snapshot-blob", made.snapshot, ...program]);
    rmSync(paths.snapshot, { force: true }); // never an old one beside versions of a new one
    renameSync(made.versions, paths.versions);
    renameSync(made.snapshot, paths.snapshot);
  } finally {
    for (const path of Object.values(made)) rmSync(path, { force: true });
  }
}

function pathsIn(folder: string): { readonly snapshot: string; readonly versions: string } {
  return { snapshot: join(folder, `${NAME}.blob`), versions: join(folder, `${NAME}.json`) };
}

function ownFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("#dist/interpreter/sessions/typescript/compiler-snapshot.cjs"));
}

function run(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, args, { env: systemsOwn(), stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the compiler's snapshot could not be made:\n${said.join("")}`));
    });
  });
}

let isKept = false;

/** Makes one for later notebooks, beside this one. The process that does ends by itself, also without this one. */
export function keepSnapshot(folder: string): void {
  if (isKept) return;
  isKept = true;
  const maker = spawn(process.execPath, [programOf("make-snapshot.js"), folder], {
    env: systemsOwn(),
    stdio: "ignore", // all works without it
    detached: true,
  });
  maker.on("error", () => {});
  maker.unref();
}

/** A program of this folder, in dist/. */
export function programOf(name: string): string {
  return createRequire(import.meta.url).resolve(`#dist/interpreter/sessions/typescript/${name}`);
}

/** A compiler needs nothing of the user's environment; NODE_OPTIONS would be other flags than the snapshot's. */
export function systemsOwn({ SystemRoot } = process.env): NodeJS.ProcessEnv {
  return SystemRoot === undefined ? {} : { SystemRoot };
}
