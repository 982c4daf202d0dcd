import type { Matrix, Vector } from "../graph/graph.ts";
import { readF32 } from "../models/tensors.ts";
import { badTensor } from "../weights/bad-model-file.ts";
import type { Extent, ModelFile } from "../weights/model-file.ts";
import type { Allocator } from "./allocator.ts";
import type { Executor } from "./executor.ts";
import { adviseHugePages } from "./huge-pages.ts";
import { allocateMatrix } from "./kernels.ts";
import type { Machine } from "./machine.ts";
import type { Address, CpuMemory } from "./memory.ts";
import { GROUP_ROWS, matrixBytes, type PackedMatrix, packedBytes } from "./packed.ts";
import { type FileRows, READ_BYTES, rowBytesOf } from "./packing.ts";

const F32_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Where a plan's weights are in a memory: each finds its place when it is first asked for. */
export interface Weights {
  matrix(matrix: Matrix): PackedMatrix;
  vector(vector: Vector): Address;
  /** f32, one behind the other. */
  vectors(joined: readonly Vector[]): Address;
  readonly byteLength: number; // of those so far
  /** Asks for huge pages for them, which is of use until they are read. */
  advise(memory: CpuMemory): Promise<void>;
  /** Fills them in; until then they are zeros. @throws EngineError `bad-model-file` for a file that ends early */
  read(machine: Machine, file: ModelFile, onBytes: (bytes: number) => void): Promise<void>;
}

/** None yet. What asks for their places throws EngineError `out-of-memory`. */
export function createWeights(allocator: Allocator): Weights {
  const matrices = new Map<string, PackedMatrix>();
  const vectors = new Map<string, PlacedVectors>();
  let byteLength = 0;

  function placeMatrix({ name, type, rows, columns, experts }: Matrix): PackedMatrix {
    const placed = allocateMatrix(allocator, { type, rows, columns, experts }, name);
    byteLength += matrixBytes(placed);
    matrices.set(name, placed);
    return placed;
  }

  function placeVectors(joined: readonly Vector[]): PlacedVectors {
    const size = joined.reduce((sum, vector) => sum + vector.size, 0);
    const placed = { joined, size, at: allocator.allocate(size * F32_BYTES, keyOf(joined)) };
    byteLength += size * F32_BYTES;
    vectors.set(keyOf(joined), placed);
    return placed;
  }

  const ranges = () => [...matrices.values()].map((matrix) => ({ at: matrix.at, byteLength: matrixBytes(matrix) }));
  const vectorsAt = (joined: readonly Vector[]) => (vectors.get(keyOf(joined)) ?? placeVectors(joined)).at;
  return {
    get byteLength() {
      return byteLength;
    },
    matrix: (matrix) => matrices.get(matrix.name) ?? placeMatrix(matrix),
    vector: (vector) => vectorsAt([vector]),
    vectors: vectorsAt,
    async advise(memory) {
      await adviseHugePages(memory, ranges());
    },
    async read(machine, file, onBytes) {
      await Promise.all([
        readMatrices(machine, file, matrices, onBytes),
        ...[...vectors.values()].map((placed) => readVectors(machine, file, placed)),
      ]);
    },
  };
}

interface PlacedVectors {
  readonly joined: readonly Vector[];
  readonly size: number; // of all
  readonly at: Address;
}

function keyOf(tensors: readonly { readonly name: string }[]): string {
  return tensors.map(({ name }) => name).join();
}

async function readVectors({ memory }: Machine, file: ModelFile, { joined, size, at }: PlacedVectors): Promise<void> {
  const values = await Promise.all(joined.map(({ name }) => readF32(file, name)));
  let first = 0;
  for (const part of values) {
    memory.f32(at, size).set(part, first);
    first += part.length;
  }
}

/** Rows of the named tensor. */
interface NamedRows extends FileRows {
  readonly name: string;
  readonly chunk: Chunk;
}

/** All threads read; what has to be computed of a file's bytes is, and packed by the engine's own. */
async function readMatrices(
  { executor }: Machine,
  file: ModelFile,
  matrices: ReadonlyMap<string, PackedMatrix>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const rows: NamedRows[] = [];
  const computed: [string, PackedMatrix][] = [];
  for (const [name, matrix] of matrices) {
    const extents = file.extentsOf(file.tensors.get(name)!); // its shape was checked when it became a matrix
    if (extents) rows.push(...rowsOf(name, matrix, extents));
    else computed.push([name, matrix]);
  }
  let told = 0;
  const failed = await executor.packFile(rows, (count) => {
    const bytes = rows.slice(told, count).reduce((sum, { chunk }) => sum + chunk.length, 0);
    told = Math.max(told, count);
    if (bytes > 0) onBytes(bytes);
  });
  if (failed) await packAgain(executor, file, rows, failed);
  for (const [name, matrix] of computed) await packComputed(file, name, matrix, executor, onBytes);
}

function rowsOf(name: string, matrix: PackedMatrix, extents: readonly Extent[]): NamedRows[] {
  const { type, rows, columns, experts, at } = matrix;
  const ofExpert = packedBytes(type, rows, columns);
  const perExtent = experts / extents.length;
  return [...chunksOf(matrix, READ_BYTES)].map((chunk) => {
    const { expert, firstRow, offset, length } = chunk;
    const extent = extents[Math.floor(expert / perExtent)]!;
    const before = Math.floor(expert / perExtent) * extent.byteLength; // experts' stretches are alike
    return {
      ...{ name, chunk, type, columns, rows: length / rowBytesOf(type, columns) },
      ...{ fd: extent.fd, position: extent.position + offset - before },
      to: at + expert * ofExpert + packedBytes(type, firstRow, columns),
    };
  });
}

/**
 * All rows once more, where the bytes that a thread could not read can be read now: a machine that is out of memory for a
 * moment is no fault of the file.
 * @throws EngineError that names file and tensor
 */
async function packAgain(
  executor: Executor,
  file: ModelFile,
  rows: readonly NamedRows[],
  { name, chunk }: NamedRows,
): Promise<void> {
  await file.read(file.tensors.get(name)!, new Uint8Array(chunk.length), chunk.offset);
  const failed = await executor.packFile(rows, () => {});
  if (failed) throw badTensor(file, failed.name, "cannot be read by all threads; open the model anew");
}

/** In chunks: there is never a second copy of a tensor. */
async function packComputed(
  file: ModelFile,
  name: string,
  matrix: PackedMatrix,
  executor: Executor,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const tensor = file.tensors.get(name)!;
  const chunk = new Uint8Array(Math.min(executor.maxPackedBytes, tensor.byteLength));
  for (const { expert, firstRow, offset, length } of chunksOf(matrix, executor.maxPackedBytes)) {
    const bytes = chunk.subarray(0, length);
    await file.read(tensor, bytes, offset);
    executor.pack(matrix, expert, firstRow, bytes);
    onBytes(length);
  }
}

/** A matrix of a model that is no tensor of its file, as requests' adapters have them. */
export function packValues(
  matrix: PackedMatrix,
  values: Float32Array<ArrayBuffer>,
  { pack, maxPackedBytes }: Executor,
): void {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (const { expert, firstRow, offset, length } of chunksOf(matrix, maxPackedBytes)) {
    pack(matrix, expert, firstRow, bytes.subarray(offset, offset + length));
  }
}

interface Chunk {
  readonly expert: number;
  readonly firstRow: number;
  readonly offset: number; // bytes of the tensor before it
  readonly length: number; // bytes
}

/** Whole groups of rows of a matrix as a file has it, with so many bytes at most, or one group. */
function* chunksOf({ type, rows, columns, experts }: PackedMatrix, maxBytes: number): Generator<Chunk> {
  const rowBytes = rowBytesOf(type, columns);
  const most = Math.max(1, Math.floor(maxBytes / rowBytes / GROUP_ROWS)) * GROUP_ROWS;
  for (let expert = 0; expert < experts; expert++) {
    for (let firstRow = 0; firstRow < rows; firstRow += most) {
      const length = Math.min(most, rows - firstRow) * rowBytes;
      yield { expert, firstRow, offset: (expert * rows + firstRow) * rowBytes, length };
    }
  }
}
