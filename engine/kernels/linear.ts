import type { Precision } from "../language-model.ts";
import { compileShader, type Dispatch } from "../shader.ts";
import { type Activations, createActivations } from "./activations.ts";
import { BLOCK, readShader } from "./linear-formats.ts";
import { createLinearUploader, type LinearPart, type LinearSource, type LinearWeight } from "./linear-weight.ts";
import { bindPlanes, type PlaneKind } from "./plane.ts";

export { LINEAR_TENSOR_TYPES, type LinearTensorType, linearByteLength } from "./linear-formats.ts";
export type { LinearSource, LinearWeight } from "./linear-weight.ts";

/** Columns of a product are computed in tiles of this many tokens: see `LinearBuffers`. */
export const TOKEN_TILE = 8;

/** A step of so few tokens is one small tile: text of several requests, or a short draft. */
const SMALL_TILE = 4;

type Tile = 1 | typeof SMALL_TILE | typeof TOKEN_TILE;

const ROWS_PER_WORKGROUP = { rows: 16, columns: 2, "columns-subgroups": 2 } as const; // as in the shaders
const LANES = 32; // along a row, as in linear-columns-sum*.wgsl
const EMBEDDING_WORKGROUP_SIZE = 32; // as in linear-embedding.wgsl
const SOFTWARE_SUBGROUP_SIZE = 8; // lanes of a CPU's vector unit, which linear-rows-*.wgsl are written for

/**
 * Both hold `maxTokens` rows. With n > 1 tokens the product works on roundUp(n, TOKEN_TILE) rows: rows of x past n are read
 * (their values do not matter), rows of y past n are overwritten.
 */
export interface LinearBuffers {
  readonly x: Activations; // [maxTokens, columns]
  readonly y: GPUBuffer; // f32 [maxTokens, rows]
  readonly bias?: GPUBuffer; // f32 [rows]
  /** y += instead of y =: the residual stream is added to in place. */
  readonly accumulate?: boolean;
}

/** y = x W^T (+ bias) (+ y). Encodes nothing: gives the dispatches for the first `numTokens` rows of x, prebuilt. */
export type Linear = (numTokens: number) => readonly Dispatch[];

/** y[t] = row tokenIds[t] of the weight, dequantized. Ids past the last row are clamped. */
export interface EmbeddingBuffers {
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]
  readonly y: GPUBuffer; // f32 [maxTokens, columns]
}

/** Uploads weights and compiles products; pipelines and scratch buffers are shared by all of them. */
export interface Linears {
  /** Streams the file's bytes through one staging buffer and repacks them on the device. Sources may differ in type. */
  upload(sources: readonly LinearSource[]): Promise<LinearWeight>;
  /** The input of products with these weights, as they want it: int8, f32, or both. */
  createActivations(label: string, weights: readonly LinearWeight[], options?: { maxTokens?: number }): Activations;
  compile(weight: LinearWeight, buffers: LinearBuffers): Promise<Linear>;
  compileEmbedding(weight: LinearWeight, buffers: EmbeddingBuffers): Promise<Linear>;
  /** Device memory that the products compiled so far share. */
  scratchBytes(): number;
  /** Frees the staging memory; call it when all weights are uploaded. */
  finishUploads(): void;
  /** Frees the shared buffers, not the weights. */
  dispose(): void;
}

export interface LinearsOptions {
  readonly precision: Precision;
  readonly maxTokens: number; // tokens a chunk of the prompt, at most; a multiple of TOKEN_TILE
  /** Default: the first of `linearVariants`. */
  readonly variant?: LinearVariant;
  /** Bytes a binding of a weight may have, default the device's limit; weights are cut into parts by rows. */
  readonly maxBindingBytes?: number;
}

/**
 * `rows`: a lane owns rows; for software adapters. `columns`: lanes split a row, and add up through workgroup memory, or
 * within subgroups.
 */
export type LinearVariant = "rows" | "columns" | "columns-subgroups";

/** What is needed of an open device (device.ts). */
export interface LinearDevice {
  readonly device: GPUDevice;
  readonly info: { readonly isSoftware: boolean };
}

export function createLinears({ device, info }: LinearDevice, options: LinearsOptions): Linears {
  const variant = options.variant ?? linearVariants(device, info.isSoftware)[0]!;
  const { precision, maxTokens, maxBindingBytes = device.limits.maxStorageBufferBindingSize } = options;
  const planes: PlaneKind = variant === "rows" ? "texture" : "buffer";
  const uploader = createLinearUploader(device, { planes, maxBindingBytes });

  const inputs: Activations[] = [];
  const zeros = new Map<number, GPUBuffer>(); // the bias of products without one, by rows
  const places: GPUBuffer[] = [];

  /** The uniform of linear-part.wgsl. */
  function placeOf(weight: LinearWeight, part: LinearPart, accumulate: boolean): GPUBuffer {
    const fields = [weight.columns, part.rows, part.firstRow, weight.rows, accumulate ? 1 : 0];
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const place = device.createBuffer({ label: "part of a weight", size: fields.length * 4, usage });
    device.queue.writeBuffer(place, 0, new Uint32Array(fields));
    places.push(place);
    return place;
  }

  function zeroBias(rows: number): GPUBuffer {
    let buffer = zeros.get(rows);
    if (buffer === undefined) {
      buffer = device.createBuffer({ label: "no bias", size: rows * 4, usage: GPUBufferUsage.STORAGE }); // zeros
      zeros.set(rows, buffer);
    }
    return buffer;
  }

  const isInt8 = (part: LinearPart) => precision === "fast" && part.layout.isQuantized;

  async function compilePart(weight: LinearWeight, part: LinearPart, buffers: LinearBuffers, tile: Tile) {
    const kind = isInt8(part) ? "fast" : "exact";
    const { file, prelude } = shaderOf(device, variant, kind, tile, part.layout.loaders(planes));
    const pipeline = await compileShader(device, import.meta.url, { file, prelude });
    const { f32, int8 } = buffers.x;
    const values = kind === "fast" ? int8?.values : f32;
    if (values === undefined) throw new TypeError(`the activations of a product ${kind} were made for other weights`);
    const activations = [values, int8?.scales, buffers.y, buffers.bias ?? zeroBias(weight.rows)];
    if (kind === "exact") activations[1] = undefined;
    const place = placeOf(weight, part, buffers.accumulate ?? false);
    const bindGroup = bindPlanes(device, pipeline, [...activations, part.quants, part.rest, undefined, place]);
    const groups = Math.ceil(part.rows / ROWS_PER_WORKGROUP[variant]);
    const label = `linear ${weight.rows} x ${weight.columns}, ${part.layout.name}, ${kind}`;
    const weightBytes = part.quants.byteLength + (part.rest?.byteLength ?? 0);
    return (tiles: number): Dispatch => {
      const workgroups = variant === "rows" && tile > 1 ? ([tiles, groups, 1] as const) : ([groups, tiles, 1] as const);
      const products = part.rows * weight.columns * tile * tiles;
      return { label, pipeline, bindGroup, workgroups, weightBytes, products };
    };
  }

  return {
    scratchBytes: () =>
      [...inputs.map(({ byteLength }) => byteLength), ...[...zeros.values()].map(({ size }) => size)].reduce(
        (sum, bytes) => sum + bytes,
        0,
      ),
    upload: (sources) => uploader.upload(sources),
    finishUploads: () => uploader.dispose(),
    createActivations(label, weights, { maxTokens: most = maxTokens } = {}) {
      const parts = weights.flatMap((weight) => weight.parts);
      const created = createActivations(device, {
        label,
        columns: weights[0]!.columns,
        maxTokens: most,
        f32: !parts.every(isInt8),
        int8: parts.some(isInt8) ? planes : undefined,
      });
      inputs.push(created);
      return created;
    },
    async compile(weight, buffers) {
      const { maxTokens: most } = buffers.x;
      const compileAll = (tile: Tile) =>
        Promise.all(weight.parts.map((part) => compilePart(weight, part, buffers, tile)));
      const decode = await compileAll(1);
      const few = most > 1 ? await compileAll(SMALL_TILE) : [];
      const prefill = most > 1 ? await compileAll(TOKEN_TILE) : [];
      return prebuilt(
        most,
        decode.map((product) => product(1)),
        few.map((product) => product(1)),
        (tiles) => prefill.map((product) => product(tiles)),
      );
    },
    async compileEmbedding(weight, { tokenIds, y }) {
      const groups = Math.ceil(weight.columns / BLOCK / EMBEDDING_WORKGROUP_SIZE);
      const parts = await Promise.all(
        weight.parts.map(async (part) => {
          const prelude = part.layout.loaders(planes);
          const pipeline = await compileShader(device, import.meta.url, { file: "linear-embedding.wgsl", prelude });
          const weights = [part.quants, part.rest, undefined, placeOf(weight, part, false)];
          return { pipeline, bindGroup: bindPlanes(device, pipeline, [tokenIds, undefined, y, undefined, ...weights]) };
        }),
      );
      const dispatches = (tokens: number) =>
        parts.map((part): Dispatch => ({ label: "embedding", ...part, workgroups: [groups, tokens, 1] }));
      return (numTokens) => dispatches(numTokens);
    },
    dispose() {
      uploader.dispose();
      for (const shared of [...inputs, ...zeros.values(), ...places]) shared.destroy();
    },
  };
}

/** What an adapter can run, what is likely to be the fastest there first. */
export function linearVariants(device: GPUDevice, isSoftware: boolean): LinearVariant[] {
  const { subgroupMinSize: size = 0, subgroupMaxSize } = device.adapterInfo;
  const hasSubgroups = device.features.has("subgroups") && size === subgroupMaxSize;
  const variants: LinearVariant[] = [];
  if (hasSubgroups && size <= LANES) variants.push("columns-subgroups"); // wider ones would span two tokens
  variants.push("columns");
  if (hasSubgroups && size === SOFTWARE_SUBGROUP_SIZE) variants.push("rows");
  return isSoftware ? variants.reverse() : variants; // vector units of a CPU are its lanes; memory counts most on a GPU
}

/** One token has a shader of its own on software adapters; on GPUs only the number of accumulators differs. */
function shaderOf(device: GPUDevice, variant: LinearVariant, kind: "exact" | "fast", tile: Tile, loaders: string) {
  const common = loaders + readShader("linear-output.wgsl");
  if (variant === "rows") {
    const file = tile === 1 ? `linear-rows-${kind}.wgsl` : `linear-rows-${kind}-tile.wgsl`;
    return { file, prelude: `enable subgroups;\nconst TOKENS = ${tile}u;\n${common}` };
  }
  const file = `linear-columns-${kind}.wgsl`;
  const tokens = `const TOKENS = ${tile}u;\n`;
  if (variant === "columns") return { file, prelude: common + tokens + readShader("linear-columns-sum.wgsl") };
  const subgroups = `const SUBGROUP_SIZE = ${device.adapterInfo.subgroupMinSize}u;\n`;
  const sum = tokens + subgroups + readShader("linear-columns-sum-subgroups.wgsl");
  return { file, prelude: `enable subgroups;\n${common}${sum}` };
}

/** The dispatches for every number of tokens up to `maxTokens`, built once. */
function prebuilt(
  maxTokens: number,
  one: readonly Dispatch[],
  few: readonly Dispatch[],
  ofTiles: (tiles: number) => readonly Dispatch[],
): Linear {
  const tiled = Array.from({ length: Math.floor(maxTokens / TOKEN_TILE) }, (_, i) => ofTiles(i + 1));
  return (numTokens) => {
    const small = numTokens === 1 ? one : few;
    const dispatches = numTokens <= SMALL_TILE ? small : tiled[Math.ceil(numTokens / TOKEN_TILE) - 1];
    if (dispatches === undefined) throw new RangeError(`${numTokens} tokens; 1 to ${maxTokens} were compiled`);
    return dispatches;
  };
}
