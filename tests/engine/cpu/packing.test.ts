import { mkdtempSync, rmSync } from "node:fs";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allocateMatrix, compileKernels, createPacker, RESERVED_BYTES } from "../../../engine/cpu/kernels.ts";
import { CpuMemory } from "../../../engine/cpu/memory.ts";
import { packedBytes } from "../../../engine/cpu/packed.ts";
import { type FileRows, rowBytesOf } from "../../../engine/cpu/packing.ts";
import { startThreads } from "../../../engine/cpu/threads.ts";
import { packRandom } from "./packed-source.ts";

const BEFORE = 100; // bytes of the file that are not the matrix's
const [type, rows, columns] = ["Q5_0", 150, 96] as const;
const folder = mkdtempSync(join(tmpdir(), "qwenlab-packing-"));
const memory = new CpuMemory(RESERVED_BYTES);
const threads = startThreads([memory], { count: 2 });
const { matrix, source } = packRandom(memory, createPacker(compileKernels(), memory), { type, rows, columns });
let file: FileHandle;

beforeAll(async () => {
  const path = join(folder, "matrix");
  await writeFile(path, Buffer.concat([Buffer.alloc(BEFORE), source.bytes]));
  file = await open(path);
});
afterAll(async () => {
  await threads.dispose();
  await file.close();
  rmSync(folder, { recursive: true });
});

/** The matrix, 8 rows at a time, and where it becomes tiles. */
function inParts() {
  const { at } = allocateMatrix(memory, { type, rows, columns, experts: 1 }, "a test's matrix");
  const list = Array.from({ length: Math.ceil(rows / 8) }, (_, i): FileRows => {
    const position = BEFORE + 8 * i * rowBytesOf(type, columns);
    const to = at + packedBytes(type, 8 * i, columns);
    return { type, columns, rows: Math.min(8, rows - 8 * i), fd: file.fd, position, to };
  });
  const packed = () => memory.u8(at, packedBytes(type, rows, columns)).slice();
  return { list, packed };
}

test("rows that threads read are packed as those that are handed over", async () => {
  const { list, packed } = inParts();
  const told: number[] = [];
  expect(await threads.packFile(memory, list, (count) => told.push(count))).toBeUndefined();
  expect(packed()).toEqual(memory.u8(matrix.at, packedBytes(type, rows, columns)).slice());
  expect(told.at(-1)).toBe(list.length);
});

test("rows past the end of a file are named", async () => {
  const { list } = inParts();
  const past = { ...list[3]!, position: BEFORE + source.bytes.byteLength - 1 };
  const broken = list.map((each, i) => (i === 3 ? past : each));
  expect(await threads.packFile(memory, broken, () => {})).toBe(past);
});

test("who throws when told ends the work, and threads take what comes next", async () => {
  const { list, packed } = inParts();
  const stop = () => {
    throw new Error("stopped");
  };
  await expect(threads.packFile(memory, list, stop)).rejects.toThrow("stopped");
  await threads.packFile(memory, list, () => {});
  expect(packed()).toEqual(memory.u8(matrix.at, packedBytes(type, rows, columns)).slice());
});
