import { EngineError } from "../errors.ts";
import { compileShader } from "../shader.ts";
import {
  BLOCK,
  type LinearLayout,
  type LinearRepacking,
  linearRepacking,
  type PlaneKind,
  TEXTURE_WIDTH,
} from "./linear-formats.ts";

const STAGING_BYTES = 16 * 2 ** 20; // of raw blocks a step; the only memory beside the weights themselves
const ROW_TILE = 64; // parts begin at multiples of this many rows
const MAX_PART_ROWS = 2047 * ROW_TILE; // 65,535 workgroups of two rows is the most that a dispatch may have
const TEXEL_BYTES = 16; // of rgba32uint
const TILE_ROWS = 8; // that lie together: block_index in linear-part.wgsl
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

/** Rows of one or several sources, one below the other, repacked on the device. */
export interface LinearWeight {
  readonly rows: number;
  readonly columns: number;
  readonly byteLength: number; // device memory
  readonly parts: readonly LinearPart[];
  destroy(): void;
}

/** Rows with one layout, cut so that every plane fits a binding. */
export interface LinearPart {
  readonly layout: LinearLayout;
  readonly firstRow: number; // in the weight
  readonly rows: number;
  readonly rowStride: number; // within a tile of 8 rows, in blocks of 32 values
  readonly blockStride: number;
  readonly quants: Plane;
  readonly rest: Plane | undefined; // high bits and scales
}

/** A plane of a part: a buffer for GPUs, a texture for software adapters. */
export interface Plane {
  readonly byteLength: number;
  readonly resource: GPUBindingResource;
  destroy(): void;
}

/** A part while it is filled, from buffers. */
interface RawPart extends Omit<LinearPart, "quants" | "rest"> {
  readonly quants: GPUBuffer;
  readonly rest: GPUBuffer | undefined;
}

export interface LinearUploader {
  upload(sources: readonly LinearSource[]): Promise<LinearWeight>;
  /** Frees the staging memory. */
  dispose(): void;
}

export interface LinearUploaderOptions {
  /**
   * Which index of a block runs fastest within a tile of 8 rows: rows for kernels whose lanes own rows, columns for lanes
   * along a row. Tiles follow each other, so that both read memory in its order.
   */
  readonly order: "rows" | "columns";
  readonly planes: PlaneKind;
  readonly maxBindingBytes: number;
}

/** Streams weights through one staging buffer and repacks them on the device, part by part. */
export function createLinearUploader(device: GPUDevice, options: LinearUploaderOptions): LinearUploader {
  let staging = new Uint8Array(STAGING_BYTES);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
  const raw = device.createBuffer({ label: "raw blocks", size: STAGING_BYTES + 4, usage });
  const chunk = device.createBuffer({
    label: "chunk",
    size: 24,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const pipelines = new Map<string, Promise<GPUComputePipeline>>();

  async function repack(part: RawPart, firstRow: number, source: LinearSource, repacking: LinearRepacking) {
    // Rows [begin, end) of the weight are both in the part and in the source.
    const begin = Math.max(part.firstRow, firstRow);
    const end = Math.min(part.firstRow + part.rows, firstRow + source.rows);
    if (begin >= end) return;
    let pipeline = pipelines.get(source.type);
    if (pipeline === undefined) {
      const { writer: file, decoder: prelude } = repacking;
      pipeline = compileShader(device, import.meta.url, { file, prelude });
      pipelines.set(source.type, pipeline);
    }
    const compiled = await pipeline;
    const planes = [part.quants, part.rest].filter((plane) => plane !== undefined);
    const bindGroup = device.createBindGroup({
      layout: compiled.getBindGroupLayout(0),
      entries: [raw, chunk, ...planes].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const rowBytes = repacking.rawRowBytes(source.columns);
    const rowsAtOnce = Math.floor(STAGING_BYTES / rowBytes);
    for (let row = begin; row < end; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, end - row);
      const bytes = staging.subarray(0, rows * rowBytes);
      await source.read(bytes, (row - firstRow) * rowBytes);
      device.queue.writeBuffer(raw, 0, staging, 0, Math.ceil(bytes.length / 4) * 4);
      const place = [rows, row - part.firstRow, rowBytes, part.rowStride, part.blockStride, source.columns / BLOCK];
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
    async upload(sources) {
      const { columns, name } = sources[0]!;
      const repackings = sources.map((source) => checkedRepacking(source, columns));
      const parts: RawPart[] = [];
      let rows = 0;
      for (const run of runsOfOneLayout(sources, repackings)) {
        parts.push(...createParts(device, run.layout, rows, run.rows, columns, name, options));
        rows += run.rows;
      }
      let firstRow = 0;
      for (const [i, source] of sources.entries()) {
        for (const part of parts) await repack(part, firstRow, source, repackings[i]!);
        firstRow += source.rows;
      }
      const placed = parts.map((part) => placedPart(device, part, options.planes));
      const planes = placed.flatMap((part) => [part.quants, part.rest]);
      return {
        rows,
        columns,
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

function checkedRepacking(source: LinearSource, columns: number): LinearRepacking {
  const repacking = linearRepacking(source.type, source.name);
  const unit = Math.max(BLOCK, repacking.valuesPerRawBlock);
  if (source.columns !== columns || columns % unit !== 0 || repacking.rawRowBytes(columns) > STAGING_BYTES) {
    const problem = `Tensor ${source.name} (${source.type}) has ${source.columns} columns`;
    throw new EngineError("unsupported-model", `${problem}; ${columns} were expected, in multiples of ${unit}.`);
  }
  return repacking;
}

/** Neighbouring sources of one layout become one run, and later one dispatch. */
function runsOfOneLayout(sources: readonly LinearSource[], repackings: readonly LinearRepacking[]) {
  const runs: { layout: LinearLayout; rows: number }[] = [];
  for (const [i, source] of sources.entries()) {
    const { layout } = repackings[i]!;
    const last = runs.at(-1);
    if (last?.layout.name === layout.name) last.rows += source.rows;
    else runs.push({ layout, rows: source.rows });
  }
  return runs;
}

function createParts(
  device: GPUDevice,
  layout: LinearLayout,
  firstRow: number,
  rows: number,
  columns: number,
  name: string,
  { order, planes, maxBindingBytes }: LinearUploaderOptions,
): RawPart[] {
  const blocks = columns / BLOCK; // a row
  const { quants, rest } = layout.planeBytes;
  const rowsOfBytes = Math.floor(maxBindingBytes / (blocks * Math.max(quants, rest)));
  const texels = TEXTURE_WIDTH * device.limits.maxTextureDimension2D;
  const rowsOfTexels = Math.floor(texels / (blocks * (quants / TEXEL_BYTES)));
  const rowsThatFit = planes === "texture" ? Math.min(rowsOfBytes, rowsOfTexels) : rowsOfBytes;
  const rowsAPart = Math.min(MAX_PART_ROWS, Math.max(ROW_TILE, Math.floor(rowsThatFit / ROW_TILE) * ROW_TILE));
  const parts: RawPart[] = [];
  for (let row = 0; row < rows; row += rowsAPart) {
    const partRows = Math.min(rowsAPart, rows - row);
    const paddedRows = Math.ceil(partRows / TILE_ROWS) * TILE_ROWS;
    const plane = (kind: string, bytes: number, texelBytes: number) => {
      const unit = planes === "texture" ? TEXTURE_WIDTH * texelBytes : 1; // textures are copied row by row
      const size = Math.ceil((paddedRows * blocks * bytes) / unit) * unit;
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      return device.createBuffer({ label: `${name} ${kind}`, size, usage });
    };
    parts.push({
      layout,
      firstRow: firstRow + row,
      rows: partRows,
      rowStride: order === "rows" ? 1 : blocks,
      blockStride: order === "rows" ? TILE_ROWS : 1,
      quants: plane("quants", quants, TEXEL_BYTES),
      rest: rest === 0 ? undefined : plane("high bits and scales", rest, rest),
    });
  }
  return parts;
}

function placedPart(device: GPUDevice, part: RawPart, kind: PlaneKind): LinearPart {
  const { restFormat = "r32uint", planeBytes } = part.layout;
  const place = (buffer: GPUBuffer, format: GPUTextureFormat, texelBytes: number): Plane =>
    kind === "buffer" ? planeOf(buffer) : textureOf(device, buffer, format, texelBytes);
  return {
    ...part,
    quants: place(part.quants, "rgba32uint", TEXEL_BYTES),
    rest: part.rest && place(part.rest, restFormat, planeBytes.rest),
  };
}

/** The buffer's bytes as a texture; the buffer is freed. */
function textureOf(device: GPUDevice, buffer: GPUBuffer, format: GPUTextureFormat, texelBytes: number): Plane {
  const plane = createTexture(device, buffer.label, buffer.size, format, texelBytes);
  const encoder = device.createCommandEncoder();
  const size = [TEXTURE_WIDTH, plane.texture.height];
  encoder.copyBufferToTexture({ buffer, bytesPerRow: TEXTURE_WIDTH * texelBytes }, { texture: plane.texture }, size);
  device.queue.submit([encoder.finish()]);
  buffer.destroy();
  return plane;
}

export function planeOf(buffer: GPUBuffer): Plane {
  return { byteLength: buffer.size, resource: { buffer }, destroy: () => buffer.destroy() };
}

/** A row of texels as long as `byteLength`, folded to TEXTURE_WIDTH. */
export function createTexture(
  device: GPUDevice,
  label: string,
  byteLength: number,
  format: GPUTextureFormat,
  texelBytes = TEXEL_BYTES,
): Plane & { readonly texture: GPUTexture } {
  const height = Math.ceil(byteLength / (TEXTURE_WIDTH * texelBytes));
  const usage = GPUTextureUsage.STORAGE_BINDING | GPUTextureUsage.COPY_DST;
  const texture = device.createTexture({ label, size: [TEXTURE_WIDTH, height], format, usage });
  const resource = texture.createView();
  return { texture, resource, byteLength: TEXTURE_WIDTH * height * texelBytes, destroy: () => texture.destroy() };
}
