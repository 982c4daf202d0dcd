import type { Precision } from "../language-model.ts";
import { compileShader, type Dispatch } from "../shader.ts";
import { type Activations, createActivations } from "./activations.ts";
import { BLOCK, linearRepacking } from "./linear-formats.ts";
import {
  groupRowsOf,
  hasImmediates,
  type LinearDevice,
  type LinearOutput,
  type LinearRows,
  type LinearVariant,
  partDeclaration,
  planesOf,
  promptMatrices,
  rowStepOf,
  shaderOf,
  type Tile,
  type TOKEN_TILE,
  tileFor,
  tilesOf,
  toGated,
  tokensRunFirst,
  toResidual,
  toRows,
} from "./linear-variants.ts";
import {
  createLinearUploader,
  type LinearPart,
  type LinearSource,
  type LinearWeight,
  type UploadOptions,
} from "./linear-weight.ts";
import { bindPlanes } from "./plane.ts";
import { compileSwiglu } from "./swiglu.ts";

export { LINEAR_TENSOR_TYPES, type LinearTensorType, linearByteLength } from "./linear-formats.ts";
export { type LinearVariant, linearVariants, planesOf, TOKEN_TILE } from "./linear-variants.ts";
export type { LinearSource, LinearWeight } from "./linear-weight.ts";

const EMBEDDING_WORKGROUP_SIZE = 32; // as in linear-embedding.wgsl
const NO_STORE = "fn store_block(token: u32, b: u32, values: array<vec4<f32>, 8>) {}\n"; // nothing follows the embedding

/**
 * y = x W^T (+ bias). Both hold `maxTokens` rows. A product works on whole tiles of tokens: rows of x past those of the step
 * are read (their values do not matter), rows of y past them are overwritten.
 */
export interface LinearBuffers {
  readonly x: Activations; // [maxTokens, columns]
  readonly y: GPUBuffer; // f32 [maxTokens, rows]
  readonly bias?: GPUBuffer; // f32 [rows]
  readonly maxTokens?: number; // that it is compiled for; default: those of x
}

/** hidden += x W^T; then next = RMSNorm(hidden) with these weights. */
export interface ResidualBuffers {
  readonly x: Activations; // [maxTokens, columns]
  readonly hidden: GPUBuffer; // f32 [maxTokens, rows]
  readonly normWeight: GPUBuffer; // f32 [rows]
  readonly next: Activations; // normed [maxTokens, rows]
}

/** y = silu(gate) * up, with gate and up the products of x with the two halves of a weight. */
export interface GatedBuffers {
  readonly x: Activations; // [maxTokens, columns]
  readonly y: Activations; // [maxTokens, rows / 2]
}

/** hidden[t] = row tokenIds[t] of the weight, dequantized; then next = RMSNorm(hidden), if any. Ids past the last row are clamped. */
export interface EmbeddingBuffers {
  readonly tokenIds: GPUBuffer; // u32 [maxTokens]
  readonly hidden: GPUBuffer; // f32 [maxTokens, columns]
  readonly norm?: { readonly weight: GPUBuffer; readonly next: Activations } | undefined; // f32 [columns]; normed [maxTokens, columns]
}

/** Products of results of experts, which `results` tells. */
export interface ExpertsBuffers<Y> extends ResultsOfExperts {
  readonly x: Activations; // [tokens or results, columns]
  readonly y: Y; // [results, rows]
  readonly tile: ExpertsTile;
}

/** Results of one expert that are computed together. */
export type ExpertsTile = 1 | typeof TOKEN_TILE;

/** The dispatches for so many tiles. */
export type OfTiles = (tiles: number) => readonly Dispatch[];

/** Encodes nothing: gives the dispatches for the first `numTokens` rows of x, prebuilt. */
export type Linear = (numTokens: number) => readonly Dispatch[];

/** Uploads weights and compiles products; pipelines and scratch buffers are shared by all of them. */
export interface Linears {
  readonly rowStep: number; // rows of each source that lie together in a weight whose sources lie in turn
  /** Streams the file's bytes through one staging buffer and repacks them on the device. Sources may differ in type. */
  upload(sources: readonly LinearSource[], options?: UploadOptions): Promise<LinearWeight>;
  /** The input of products with weights of these types, as they want it: int8, f32, or both. */
  createActivations(input: ProductInput): Activations;
  compile(weight: LinearWeight, buffers: LinearBuffers): Promise<Linear>;
  compileResidual(weight: LinearWeight, buffers: ResidualBuffers): Promise<Linear>;
  /** One dispatch where gate and up were uploaded `inTurn` and are of one type. */
  compileGated(weight: LinearWeight, buffers: GatedBuffers): Promise<Linear>;
  compileEmbedding(weight: LinearWeight, buffers: EmbeddingBuffers): Promise<Linear>;
  /** y[r] = x[of r] W[of r's expert]^T, f32. The weight was uploaded as that of experts. */
  compileExperts(weight: LinearWeight, buffers: ExpertsBuffers<GPUBuffer>): Promise<OfTiles>;
  /** The same, then SwiGLU, as `compileGated`. */
  compileGatedExperts(weight: LinearWeight, buffers: ExpertsBuffers<Activations>): Promise<OfTiles>;
  /** Device memory that the products compiled so far share. */
  scratchBytes(): number;
  /** Frees the staging memory; call it when all weights are uploaded. */
  finishUploads(): void;
  /** Frees the shared buffers, not the weights. */
  dispose(): void;
}

export interface ProductInput {
  readonly label: string;
  readonly columns: number;
  readonly types: readonly string[]; // of the weights
  readonly isReadAsRows?: boolean; // as f32, by others than products
  readonly maxTokens: number;
  readonly normEps?: number; // RMSNorm's, for rows that `compileResidual` or `compileEmbedding` leave
}

export interface LinearsOptions {
  readonly precision: Precision;
  readonly variant: LinearVariant; // one of `linearVariants`
  /** Bytes a binding of a weight may have, default the device's limit; weights are cut into parts by rows. */
  readonly maxBindingBytes?: number;
}

/** What a product reads and writes: an output, and what it binds. */
interface Product {
  readonly x: Activations;
  readonly output: LinearOutput;
  readonly results: readonly (GPUBuffer | undefined)[]; // bindings 2 and 3
  readonly others?: readonly GPUBindGroupEntry[];
  readonly ofExperts?: ResultsOfExperts;
}

/** Results of experts, each of one expert for one token of the step, in tiles of one expert's: linear-of-experts.wgsl. */
export interface ResultsOfExperts {
  readonly results: GPUBuffer; // u32 [, 2]: of each its token and its expert
  readonly rows: Exclude<LinearRows, "dense">;
}

export function createLinears(on: LinearDevice, options: LinearsOptions): Linears {
  const { device } = on;
  const matrices = promptMatrices(on);
  const { precision, variant, maxBindingBytes = device.limits.maxStorageBufferBindingSize } = options;
  const planes = planesOf(variant);
  const uploader = createLinearUploader(device, { planes, maxBindingBytes, rowStep: rowStepOf(variant) });

  const inputs: Activations[] = [];
  const scratch = new Map<string, GPUBuffer>(); // f32 zeros, by what for and how many
  const places: GPUBuffer[] = [];

  /** The `part` of linear-part.wgsl, in words; as a uniform where there are no immediates. */
  function placeOf(weight: LinearWeight, part: LinearPart, normEps: number | undefined) {
    const { rows, firstRow, firstExpert, experts } = part;
    const norm = [normEps === undefined ? 0 : 1, 0];
    const words = Uint32Array.of(weight.columns, rows, firstRow, weight.rows, ...norm, firstExpert, experts);
    new Float32Array(words.buffer)[5] = normEps ?? 0;
    if (hasImmediates(device)) return { immediates: words };
    const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
    const uniform = device.createBuffer({ label: "part of a weight", size: words.byteLength, usage });
    device.queue.writeBuffer(uniform, 0, words);
    places.push(uniform);
    return { uniform };
  }

  function scratchOf(label: string, size: number): GPUBuffer {
    const key = `${label} ${size}`;
    const buffer = scratch.get(key) ?? device.createBuffer({ label, size: size * 4, usage: GPUBufferUsage.STORAGE });
    scratch.set(key, buffer);
    return buffer;
  }

  const isInt8 = (part: LinearPart) => precision === "fast" && part.layout.isQuantized;

  async function compilePart(weight: LinearWeight, part: LinearPart, product: Product, tile: Tile) {
    const kind = isInt8(part) ? "fast" : "exact";
    const pipeline = await compileShader(
      device,
      import.meta.url,
      shaderOf(device, variant, kind, tile, part.layout, product.output, matrices, product.ofExperts?.rows),
    );
    const { f32, int8, normEps } = product.x;
    const input = kind === "fast" ? int8 && [int8.values, int8.scales] : f32 && [f32.values, f32.squares];
    if (input === undefined) throw new TypeError(`the activations of a product ${kind} were made for other weights`);
    const { uniform, immediates } = placeOf(weight, part, normEps);
    const bound = [
      ...input,
      product.results[0],
      product.results[1],
      part.quants,
      part.rest,
      product.ofExperts?.results,
      uniform,
    ];
    const bindGroup = bindPlanes(device, pipeline, bound, product.others);
    const groups = Math.ceil(part.rows / groupRowsOf(variant, tile, product.output));
    const label = `linear ${weight.rows} x ${weight.columns}, ${part.layout.name}, ${kind}`;
    const partBytes = (part.quants?.byteLength ?? 0) + (part.rest?.byteLength ?? 0);
    return (tiles: number): Dispatch => {
      const weightBytes = (partBytes / part.experts) * Math.min(part.experts, tiles);
      const workgroups = tokensRunFirst(variant, tile) ? ([tiles, groups, 1] as const) : ([groups, tiles, 1] as const);
      const products = part.rows * weight.columns * tile * tiles;
      return { label, pipeline, bindGroup, workgroups, weightBytes, products, ...(immediates && { immediates }) };
    };
  }

  async function compileProduct(weight: LinearWeight, product: Product, most = product.x.maxTokens): Promise<Linear> {
    const tiles = tilesOf(device, variant, most);
    const compileAll = async (tile: Tile) => [tile, await compileTiles(weight, product, tile)] as const;
    const compiled = new Map(await Promise.all(tiles.map(compileAll)));
    const built = new Map<string, readonly Dispatch[]>(); // once for all steps of as many tiles
    const steps = Array.from({ length: most }, (_, i) => {
      const tile = tileFor(i + 1, tiles);
      const count = Math.ceil((i + 1) / tile);
      const dispatches = built.get(`${count} x ${tile}`) ?? compiled.get(tile)!(count);
      built.set(`${count} x ${tile}`, dispatches);
      return dispatches;
    });
    return (numTokens) => {
      const dispatches = steps[numTokens - 1];
      if (dispatches === undefined) throw new RangeError(`${numTokens} tokens; 1 to ${most} were compiled`);
      return dispatches;
    };
  }

  async function compileTiles(weight: LinearWeight, product: Product, tile: Tile): Promise<OfTiles> {
    const parts = await Promise.all(weight.parts.map((part) => compilePart(weight, part, product, tile)));
    return (tiles) => parts.map((part) => part(tiles));
  }

  function compile(weight: LinearWeight, { x, y, bias, maxTokens: most }: LinearBuffers): Promise<Linear> {
    const results = [y, bias ?? scratchOf("no bias", weight.rows)];
    return compileProduct(weight, { x, output: toRows, results }, most);
  }

  function compileExperts(
    weight: LinearWeight,
    { x, y, tile, ...ofExperts }: ExpertsBuffers<GPUBuffer>,
  ): Promise<OfTiles> {
    const results = [y, scratchOf("no bias", weight.rows)];
    return compileTiles(weight, { x, output: toRows, results, ofExperts }, tile);
  }

  return {
    rowStep: rowStepOf(variant),
    scratchBytes: () =>
      [...inputs.map(({ byteLength }) => byteLength), ...[...scratch.values()].map(({ size }) => size)].reduce(
        (sum, bytes) => sum + bytes,
        0,
      ),
    upload: (sources, how) => uploader.upload(sources, how),
    finishUploads: () => uploader.dispose(),
    createActivations({ label, columns, types, isReadAsRows = false, maxTokens, normEps }) {
      const areInt8 = types.map(
        (type) => precision === "fast" && linearRepacking(type, label, planes).layout.isQuantized,
      );
      const created = createActivations(device, {
        label,
        columns,
        maxTokens,
        f32: isReadAsRows || areInt8.includes(false),
        int8: areInt8.includes(true) ? planes : undefined,
        normEps,
      });
      inputs.push(created);
      return created;
    },
    compile,
    compileResidual(weight, { x, hidden, normWeight, next }) {
      const output = toResidual(next);
      return compileProduct(weight, { x, output, results: [hidden], others: next.bindings(normWeight) });
    },
    async compileGated(weight, { x, y }) {
      if (weight.isInTurn) return compileProduct(weight, { x, output: toGated(y), results: [], others: y.bindings() });
      const gateUp = scratchOf("gate and up", x.maxTokens * weight.rows);
      const product = await compile(weight, { x, y: gateUp });
      const swiglu = await compileSwiglu(device, { gateUp, y });
      return (numTokens) => [...product(numTokens), ...[swiglu(numTokens)].flat()];
    },
    async compileEmbedding(weight, { tokenIds, hidden, norm }) {
      const groups = Math.ceil(weight.columns / BLOCK / EMBEDDING_WORKGROUP_SIZE);
      const parts = await Promise.all(
        weight.parts.map(async (part) => {
          const prelude = partDeclaration(device) + part.layout.loaders() + (norm?.next.store ?? NO_STORE);
          const pipeline = await compileShader(device, import.meta.url, { file: "linear-embedding.wgsl", prelude });
          const { uniform, immediates } = placeOf(weight, part, undefined);
          const bound = [tokenIds, undefined, hidden, undefined, part.quants, part.rest, undefined, uniform];
          const bindGroup = bindPlanes(device, pipeline, bound, norm?.next.bindings(norm.weight));
          return { pipeline, bindGroup, ...(immediates && { immediates }) };
        }),
      );
      return (numTokens) =>
        parts.map((part): Dispatch => ({ label: "embedding", ...part, workgroups: [groups, numTokens, 1] }));
    },
    compileExperts,
    async compileGatedExperts(weight, { x, y, tile, ...ofExperts }) {
      if (weight.isInTurn) {
        return compileTiles(weight, { x, output: toGated(y), results: [], others: y.bindings(), ofExperts }, tile);
      }
      const gateUp = scratchOf("gate and up of experts", y.maxTokens * weight.rows);
      const product = await compileExperts(weight, { x, y: gateUp, tile, ...ofExperts });
      const swiglu = await compileSwiglu(device, { gateUp, y });
      return (tiles) => [...product(tiles), ...[swiglu(tiles * tile)].flat()];
    },
    dispose() {
      uploader.dispose();
      for (const shared of [...inputs, ...scratch.values(), ...places]) shared.destroy();
    },
  };
}
