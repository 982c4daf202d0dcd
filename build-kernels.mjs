// Compiles the CPU target's kernels (engine/cpu/kernels) into dist/, by a clang that is itself WebAssembly, from npm. It takes a while,
// so what was made of the same sources stays: docs/decisions/0036-cpu-kernels.md.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = "engine/cpu/kernels";
const TARGET = "dist/engine/cpu/kernels";
const FLAGS = [
  // Its reduction of loops' strength would add offsets to addresses, by instructions of their own and where V8 no longer sees neighbours.
  ..."-mllvm -disable-lsr".split(" "),
  ..."--target=wasm32 -O3 -msimd128 -matomics -mbulk-memory -mnontrapping-fptoint".split(" "),
  ..."-fno-exceptions -fno-rtti -ffreestanding -nostdlib -nostdinc++ -Wall -Werror".split(" "),
  "-Wl,--no-entry,--import-memory,--shared-memory,--max-memory=4294967296,--export=__stack_pointer,--export=wide_vectors",
];
const RELAXED = ["-DRELAXED", "-mrelaxed-simd"];
const BUILDS = { plain: [], relaxed: RELAXED, dot: [...RELAXED, "-DDOT"] };

/** Where the compiler is missing, as in an installation without development dependencies, there is no CPU target. */
export async function buildKernels() {
  const names = readdirSync(SOURCES);
  const sources = Object.fromEntries(names.map((name) => [name, readFileSync(join(SOURCES, name), "utf8")]));
  const version = compilerVersion();
  if (version === undefined) return console.warn("@yowasp/clang is not installed: the CPU's kernels are not built.");
  const made = createHash("sha256")
    .update(JSON.stringify([version, FLAGS, BUILDS, sources]))
    .digest("hex");
  const stamp = join(TARGET, "made-of.txt");
  if (readIfThere(stamp) === made) return;
  console.log("Compiling the CPU's kernels: most of a minute, and never again until they change.");
  const { runClang, runLLVM } = await import("@yowasp/clang");
  await runLLVM(null, {}, { fetchProgress: () => {} }); // reads its own files, or else would print how far it is
  mkdirSync(TARGET, { recursive: true });
  for (const [name, flags] of Object.entries(BUILDS)) {
    const wasm = `${name}.wasm`;
    const output = await runClang(["clang++", ...FLAGS, ...flags, "main.cpp", "-o", wasm], sources, {
      stderr: (bytes) => bytes && process.stderr.write(bytes),
    });
    writeFileSync(join(TARGET, wasm), output[wasm]);
  }
  writeFileSync(stamp, made);
}

function compilerVersion() {
  const manifest = readIfThere("node_modules/@yowasp/clang/package.json");
  return manifest && JSON.parse(manifest).version;
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
