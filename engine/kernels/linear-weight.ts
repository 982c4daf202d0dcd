import { EngineError } from "../errors.ts";
import { compileShader } from "../shader.ts";
import { BLOCK, type LinearLayout, type LinearRepacking, linearRepacking } from "./linear-formats.ts";
import { bindPlanes, copyPitch, type Plane, type PlaneKind, planeOf, textureOf } from "./plane.ts";

const STAGING_BYTES = 16 * 2 ** 20; // of raw blocks a step; the only memory beside the weights themselves
const ROW_TILE = 64; // parts begin at multiples of this many rows
const MAX_PART_ROWS = 2047 * ROW_TILE; // 65,535 workgroups of two rows is the most that a dispatch may have
const CHUNK_WORDS = 9; // of the uniform of repack-raw.wgsl
const VECTOR_BYTES = 16;
const TILE_ROWS = 8; // that share a row of texels: linear-planes-in-texture.wgsl
const BLOCKS_AT_ONCE = 4; // which linear-rows-fast.wgsl reads, past the row's end too
const REPACK_WORKGROUP_SIZE = 64; // as in repack-planes-*.wgsl

/** A matrix as it lies in the model file: rows of blocks, `columns` values each. */
export interface LinearSource {
  readonly name: string; // for labels and errors
  readonly type: string; // a LinearTensorType; anything else throws `unsupported-model`
  readonly rows: number;
  readonly columns: number; // a multiple of 32 and of the type's block
  /** Fills `into` with the tensor's bytes from `byteOffset` on. */
  read(into: Uint8Array, byteOffset: number): Promise<void>;
}

/** Rows of one or several sources, one below the other or in turn, repacked on the device. */
export interface LinearWeight {
  readonly rows: number; // of experts, of each
  readonly columns: number;
  readonly types: readonly string[]; // of its sources
  readonly isInTurn: boolean; // `rowStep` rows of each source, again and again
  readonly byteLength: number; // device memory
  readonly parts: readonly LinearPart[];
  destroy(): void;
}

/** Rows with one layout, cut so that every plane fits a binding. */
export interface LinearPart {
  readonly layout: LinearLayout;
  readonly firstRow: number; // in the weight; of experts, in each
  readonly rows: number; // likewise
  readonly firstExpert: number;
  readonly experts: number; // whose rows lie one behind the other; 1 where there are none
  readonly quants: Plane | undefined; // none where all bits are high ones
  readonly rest: Plane | undefined; // high bits and scales
}

/** A part while it is filled: buffers, which may become textures of these sizes. */
interface RawPart {
  readonly run: Run;
  readonly firstRow: number; // of the weight's, all experts' counted
  readonly rows: number;
  readonly quants: GPUBuffer | undefined;
  readonly quantsSize: TextureSize;
  readonly rest: GPUBuffer | undefined;
  readonly restSize: TextureSize;
}

/** Rows of one layout that lie together. */
interface Run {
  readonly layout: LinearLayout;
  readonly firstRow: number;
  readonly rows: number; // of all experts
  readonly experts: number;
}

interface TextureSize {
  readonly width: number; // texels
  readonly height: number;
}

export interface LinearUploader {
  upload(sources: readonly LinearSource[], options?: UploadOptions): Promise<LinearWeight>;
  /** Frees the staging memory. */
  dispose(): void;
}

export interface UploadOptions {
  /** The sources hold the rows of so many experts, one behind the other; default: of none. No part has less than all of one's. */
  readonly experts?: number;
  /** Rows of the sources lie in turn, if the sources are of one size and layout; else one below the other. */
  readonly inTurn?: boolean;
}

export interface LinearUploaderOptions {
  readonly planes: PlaneKind;
  readonly maxBindingBytes: number;
  readonly rowStep: number; // rows of a source that lie together where sources lie in turn
}

/** Where the rows of one of several sources lie. */
interface Turn {
  readonly source: number;
  readonly sources: number; // that lie in turn; 1: one below the other
  readonly firstRow: number; // in the weight, of the rows that lie together
}

/** Streams weights through one staging buffer and repacks them on the device, part by part. */
export function createLinearUploader(device: GPUDevice, options: LinearUploaderOptions): LinearUploader {
  let staging = new Uint8Array(STAGING_BYTES);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const raw = device.createBuffer({ label: "raw blocks", size: STAGING_BYTES + 4, usage });
  const chunk = device.createBuffer({
    label: "chunk",
    size: CHUNK_WORDS * 4,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();

  async function repack(part: RawPart, turn: Turn, source: LinearSource, repacking: LinearRepacking) {
    // Rows [begin, end) of the source are in the part, whose first is `first`.
    const first = part.firstRow / turn.sources - turn.firstRow;
    const begin = Math.max(first, 0);
    const end = Math.min(first + part.rows / turn.sources, source.rows);
    if (begin >= end) return;
    let pipeline = pipelines.get(source.type);
    if (pipeline === undefined) {
      const prelude = repacking.decoder();
      pipeline = compileShader(device, import.meta.url, { file: repacking.writer, prelude });
      pipelines.set(source.type, pipeline);
    }
    const compiled = await pipeline;
    const bindGroup = bindPlanes(device, compiled, [raw, chunk, part.quants, part.rest]);
    const rowBytes = repacking.rawRowBytes(source.columns);
    const rowsAtOnce = Math.floor(STAGING_BYTES / rowBytes);
    for (let row = begin; row < end; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, end - row);
      const bytes = staging.subarray(0, rows * rowBytes);
      await source.read(bytes, row * rowBytes);
      device.queue.writeBuffer(raw, 0, staging, 0, Math.ceil(bytes.length / 4) * 4);
      const pitches = [copyPitch(part.quantsSize.width), copyPitch(part.restSize.width)];
      const inTurn = [options.rowStep, turn.sources, turn.source];
      const place = [rows, row - first, rowBytes, source.columns / BLOCK, ...pitches, ...inTurn];
      device.queue.writeBuffer(chunk, 0, new Uint32Array(place));
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(compiled);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(Math.ceil(rows / REPACK_WORKGROUP_SIZE), source.columns / BLOCK);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone(); // else Dawn would keep a copy of every chunk
    }
  }

  return {
    async upload(sources, { inTurn = false, experts = 1 } = {}) {
      const { columns, name } = sources[0]!;
      const repackings = sources.map((source) => checkedRepacking(source, columns, options.planes));
      const runs = runsOfOneLayout(sources, repackings, experts);
      const parts = runs.flatMap((run) => createParts(device, run, columns, name, options));
      const isInTurn = inTurn && runs.length === 1 && sources.every((source) => source.rows === sources[0]!.rows);
      let firstRow = 0;
      for (const [i, source] of sources.entries()) {
        const turn = isInTurn
          ? { source: i, sources: sources.length, firstRow: 0 }
          : { source: 0, sources: 1, firstRow };
        for (const part of parts) await repack(part, turn, source, repackings[i]!);
        firstRow += source.rows;
      }
      const placed = parts.map((part) => placedPart(device, part, options.planes));
      const planes = placed.flatMap((part) => [part.quants, part.rest]);
      return {
        rows: runs.reduce((sum, { rows }) => sum + rows, 0) / experts,
        columns,
        types: sources.map(({ type }) => type),
        isInTurn,
        parts: placed,
        byteLength: planes.reduce((sum, plane) => sum + (plane?.byteLength ?? 0), 0),
        destroy: () => {
          for (const plane of planes) plane?.destroy();
        },
      };
    },
    dispose() {
      staging = new Uint8Array(0); // not held for the life of the model
      raw.destroy();
      chunk.destroy();
    },
  };
}

function checkedRepacking(source: LinearSource, columns: number, planes: PlaneKind): LinearRepacking {
  const repacking = linearRepacking(source.type, source.name, planes);
  const unit = Math.max(BLOCK, repacking.valuesPerRawBlock);
  if (source.columns !== columns || columns % unit !== 0 || repacking.rawRowBytes(columns) > STAGING_BYTES) {
    const problem = `Tensor ${source.name} (${source.type}) has ${source.columns} columns`;
    throw new EngineError("unsupported-model", `${problem}; ${columns} were expected, in multiples of ${unit}.`);
  }
  return repacking;
}

/** Neighbouring sources of one layout become one run, and later one dispatch. */
function runsOfOneLayout(
  sources: readonly LinearSource[],
  repackings: readonly LinearRepacking[],
  experts: number,
): Run[] {
  const runs: Run[] = [];
  let firstRow = 0;
  for (const [i, { rows }] of sources.entries()) {
    const { layout } = repackings[i]!;
    const last = runs.at(-1);
    if (last?.layout.name === layout.name) runs[runs.length - 1] = { ...last, rows: last.rows + rows };
    else runs.push({ layout, firstRow, rows, experts });
    firstRow += rows;
  }
  return runs;
}

function createParts(
  device: GPUDevice,
  run: Run,
  columns: number,
  name: string,
  { planes, maxBindingBytes }: LinearUploaderOptions,
): RawPart[] {
  const { layout, firstRow, rows, experts } = run;
  const { quantVectors, restRowWords } = layout;
  const blocks = columns / BLOCK; // a row
  const padded = paddedBlocks(blocks);
  const { maxTextureDimension2D } = device.limits;
  if (planes === "texture" && padded * TILE_ROWS > maxTextureDimension2D) {
    const problem = `Tensor ${name} has ${columns} columns; on a software adapter there may be`;
    throw new EngineError("unsupported-model", `${problem} ${(maxTextureDimension2D / TILE_ROWS) * BLOCK}.`);
  }
  const rowBytes = Math.max(padded * quantVectors * VECTOR_BYTES, restRowWords(padded) * 4);
  const rowsOfBytes = Math.floor(maxBindingBytes / rowBytes);
  const rowsOfTexels = Math.floor(maxTextureDimension2D / Math.max(quantVectors, 1)) * TILE_ROWS; // the rest has one
  const rowsThatFit = planes === "texture" ? Math.min(rowsOfBytes, rowsOfTexels) : rowsOfBytes;
  const together = experts > 1 ? rows / experts : ROW_TILE;
  const most = experts > 1 ? rowsThatFit : Math.min(rowsThatFit, MAX_PART_ROWS); // of experts a dispatch runs those of one
  const rowsAPart = Math.max(together, Math.floor(most / together) * together);
  const parts: RawPart[] = [];
  for (let row = 0; row < rows; row += rowsAPart) {
    const partRows = Math.min(rowsAPart, rows - row);
    const tiles = Math.ceil(partRows / TILE_ROWS);
    const quantsSize = { width: padded * TILE_ROWS, height: tiles * quantVectors };
    const restSize = { width: (restRowWords(padded) * TILE_ROWS * 4) / VECTOR_BYTES, height: tiles };
    const create = (what: string, { width, height }: TextureSize, bytesARow: number) => {
      const size = planes === "texture" ? copyPitch(width) * height * VECTOR_BYTES : partRows * bytesARow;
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      return device.createBuffer({ label: `${name} ${what}`, size, usage });
    };
    parts.push({
      run,
      firstRow: firstRow + row,
      rows: partRows,
      quants: quantVectors > 0 ? create("quants", quantsSize, blocks * quantVectors * VECTOR_BYTES) : undefined,
      quantsSize,
      rest: layout.isQuantized ? create("high bits and scales", restSize, restRowWords(blocks) * 4) : undefined,
      restSize,
    });
  }
  return parts;
}

function paddedBlocks(blocks: number): number {
  return Math.ceil(blocks / BLOCKS_AT_ONCE) * BLOCKS_AT_ONCE;
}

function placedPart(device: GPUDevice, part: RawPart, kind: PlaneKind): LinearPart {
  const place = (buffer: GPUBuffer | undefined, { width, height }: TextureSize) =>
    buffer && (kind === "buffer" ? planeOf(buffer) : textureOf(device, buffer, width, height));
  const { run, firstRow, rows, quants, quantsSize, rest, restSize } = part;
  const planes = { layout: run.layout, quants: place(quants, quantsSize), rest: place(rest, restSize) };
  if (run.experts === 1) return { ...planes, firstRow, rows, firstExpert: 0, experts: 1 };
  const ofEach = run.rows / run.experts;
  const [firstExpert, experts] = [(firstRow - run.firstRow) / ofEach, rows / ofEach];
  return { ...planes, firstRow: run.firstRow / run.experts, rows: ofEach, firstExpert, experts };
}
