import type { KernelKind } from "../device.ts";
import { compileShader, type Dispatch, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { BLOCK_TOKENS, fitsTexture } from "./key-values.ts";
import { TOKEN_TILE } from "./linear-variants.ts";
import { bindPlanes } from "./plane.ts";
import { compileRope, type HeadSizes, type RopeBuffers } from "./rope.ts";
import { declare, readShader } from "./shader-text.ts";

const LANES = 8; // of attention-rows.wgsl
const MAX_GROUP_HEADS = 8; // that a workgroup of attention.wgsl computes: they are in its invocations' registers
const SLICES = 16; // of a token's keys, at most
/** Tokens that make one slice: MIN_SLICE_TILES tiles of attention-slices.wgsl. */
export const WHOLE_CONTEXT = 256;
const MAX_SLICED_TOKENS = TOKEN_TILE; // of a step; more of them fill a GPU without slices
const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** RoPE's, and where it goes. Whether `qkv` comes back with q rotated is the variant's and the step's matter. */
export interface AttentionBuffers extends RopeBuffers {
  readonly attended: Activations; // [numTokens, numHeads * headDim]
}

/**
 * `rows`: for software adapters with subgroups of 8 lanes, keys and values in textures; `groups`: for all others, keys and
 * values in buffers, where text after a long context is split over slices of its keys and one token needs no dispatch for RoPE.
 */
export type AttentionVariant = "rows" | "groups";

/**
 * RoPE, and causal grouped-query attention of each token to all cached ones up to itself, with its own key and value written
 * to the cache. `headDim` is a multiple of 32, 256 at most.
 */
export interface Attention {
  readonly variant: AttentionVariant;
  compile(buffers: AttentionBuffers): Promise<Operation>;
  readonly byteLength: number; // of what all that it compiles share
  destroy(): void;
}

export function createAttention(device: GPUDevice, sizes: HeadSizes, variant: AttentionVariant): Attention {
  if (variant === "rows") {
    return { variant, byteLength: 0, compile: (buffers) => compileRows(device, sizes, buffers), destroy() {} };
  }
  const slices = createSlices(device, sizes);
  return {
    variant,
    byteLength: slices.sums.size + slices.weights.size,
    compile: (buffers) => compileGroups(device, sizes, slices, buffers),
    destroy() {
      slices.sums.destroy();
      slices.weights.destroy();
    },
  };
}

/** The variant for an adapter; `rows` only where the sizes fit its lanes. */
export function attentionVariant(
  device: GPUDevice,
  kernels: KernelKind,
  sizes: HeadSizes,
  kvBlocks: number,
): AttentionVariant {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
  const hasLanes = device.features.has("subgroups") && subgroupMinSize === LANES && subgroupMaxSize === LANES;
  const fits = sizes.numHeads / sizes.numKeyValueHeads <= LANES && sizes.headDim % (4 * LANES) === 0;
  const inTexture = fitsTexture(device, kvBlocks, keyValueBytes(sizes));
  return kernels === "software" && hasLanes && fits && inTexture ? "rows" : "groups";
}

async function compileRows(device: GPUDevice, sizes: HeadSizes, buffers: AttentionBuffers): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const { places, qkv, keys, values, blockTables, attended } = buffers;
  const numbers = { HEADS: numHeads / numKeyValueHeads, NUM_KV_HEADS: numKeyValueHeads, QUADS: headDim / 4 };
  const [rope, pipeline] = await Promise.all([
    compileRope(device, sizes, buffers),
    compileShader(device, import.meta.url, {
      file: "attention-rows.wgsl",
      prelude: `enable subgroups;\n${readShader("place.wgsl")}${declare(numbers)}${attended.store}`,
      constants: { HEAD_DIM: headDim },
    }),
  ]);
  const bindGroup = bindPlanes(device, pipeline, [places, qkv, keys, values, blockTables], attended.bindings());
  const label = `attention ${shapeOf(sizes)}, rows`;
  return (numTokens) => {
    const attention: Dispatch = { label, pipeline, bindGroup, workgroups: [numKeyValueHeads, numTokens, 1] };
    return [rope(numTokens), attention].flat();
  };
}

/** What slices of a step's keys give, until they are added up. */
interface Slices {
  readonly sums: GPUBuffer; // f32 [MAX_SLICED_TOKENS, numHeads, SLICES, headDim]
  readonly weights: GPUBuffer; // f32 [MAX_SLICED_TOKENS, numHeads, SLICES, 2]
}

function createSlices(device: GPUDevice, { numHeads, headDim }: HeadSizes): Slices {
  const count = MAX_SLICED_TOKENS * numHeads * SLICES;
  const create = (label: string, size: number) => device.createBuffer({ label, size, usage: GPUBufferUsage.STORAGE });
  return {
    sums: create("attention slices", count * headDim * BYTES),
    weights: create("attention weights", count * 2 * BYTES),
  };
}

async function compileGroups(
  device: GPUDevice,
  sizes: HeadSizes,
  slices: Slices,
  buffers: AttentionBuffers,
): Promise<Operation> {
  const [rope, afterRope, rotating, merge] = await Promise.all([
    compileRope(device, sizes, buffers),
    compileKeys(device, sizes, slices, buffers, "rotated"),
    compileKeys(device, sizes, slices, buffers, "rotating"),
    compileMerge(device, sizes, slices, buffers),
  ]);
  return (numTokens, contextLength = Number.POSITIVE_INFINITY) => {
    const isWhole = contextLength <= WHOLE_CONTEXT || numTokens > MAX_SLICED_TOKENS;
    const { whole, sliced } = numTokens === 1 ? rotating : afterRope;
    const first = numTokens === 1 ? [] : [rope];
    const operations = isWhole ? [...first, whole] : [...first, sliced, merge];
    return operations.flatMap((operation) => operation(numTokens));
  };
}

/**
 * attention.wgsl over all keys, and over slices of them.
 * @param queries `rotated` by RoPE's own dispatch, or `rotating` them here
 */
async function compileKeys(
  device: GPUDevice,
  sizes: HeadSizes,
  { sums, weights }: Slices,
  { places, qkv, keys, values, blockTables, rotations, attended }: AttentionBuffers,
  queries: "rotated" | "rotating",
): Promise<{ readonly whole: Operation; readonly sliced: Operation }> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const heads = headsAtOnce(numHeads / numKeyValueHeads);
  const groups = numHeads / heads;
  const numbers = {
    ...{ HEADS: heads, GROUPS: groups / numKeyValueHeads, NUM_KV_HEADS: numKeyValueHeads },
    ...{ QUADS: headDim / 4, BLOCK_TOKENS },
  };
  const rotation = queries === "rotating" ? readShader("rotation.wgsl") : "";
  const inFront = slicing() + declare(numbers) + rotation + readShader(`attention-${queries}.wgsl`);
  const [whole, sliced] = await Promise.all([
    compileShader(device, import.meta.url, {
      prelude: inFront + attended.store + readShader("attention-to-blocks.wgsl"),
    }),
    compileShader(device, import.meta.url, { prelude: inFront + readShader("attention-to-slices.wgsl") }),
  ]);
  const bound = [places, qkv, keys, values, blockTables, queries === "rotating" ? rotations : undefined];
  const bindWhole = bindPlanes(device, whole, bound, attended.bindings());
  const bindSliced = bindPlanes(device, sliced, [...bound, sums, weights]);
  const label = `attention ${shapeOf(sizes)}, groups`;
  return {
    whole: (numTokens) => ({ label, pipeline: whole, bindGroup: bindWhole, workgroups: [groups, numTokens, 1] }),
    sliced: (numTokens) => ({
      label: `${label}, slices`,
      pipeline: sliced,
      bindGroup: bindSliced,
      workgroups: [groups, numTokens, SLICES],
    }),
  };
}

async function compileMerge(
  device: GPUDevice,
  { numHeads, headDim }: HeadSizes,
  { sums, weights }: Slices,
  { places, attended }: AttentionBuffers,
): Promise<Operation> {
  const pipeline = await compileShader(device, import.meta.url, {
    file: "attention-merge.wgsl",
    prelude: slicing() + declare({ NUM_HEADS: numHeads, QUADS: headDim / 4 }) + attended.store,
  });
  const bindGroup = bindPlanes(device, pipeline, [places, sums, weights], attended.bindings());
  return (numTokens) => ({ label: "attention, merge", pipeline, bindGroup, workgroups: [numHeads, numTokens, 1] });
}

function slicing(): string {
  return readShader("place.wgsl") + declare({ SLICES }) + readShader("attention-slices.wgsl");
}

/** As many of the query heads that share a key head as divide them evenly. */
function headsAtOnce(sharing: number): number {
  let heads = Math.min(sharing, MAX_GROUP_HEADS);
  while (sharing % heads !== 0) heads--;
  return heads;
}

function shapeOf({ numHeads, numKeyValueHeads, headDim }: HeadSizes): string {
  return `${numHeads} / ${numKeyValueHeads} x ${headDim}`;
}

/** Bytes of a token's keys, or values, of one layer. */
export function keyValueBytes({ numKeyValueHeads, headDim }: HeadSizes): number {
  return numKeyValueHeads * headDim * BYTES;
}
