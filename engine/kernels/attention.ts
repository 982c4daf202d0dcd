import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { BLOCK_TOKENS, fitsTexture, type KeyValues } from "./key-values.ts";
import { TOKEN_TILE } from "./linear-variants.ts";
import { bindPlanes } from "./plane.ts";
import type { HeadSizes } from "./rope.ts";
import { declare, readShader } from "./shader-text.ts";

const LANES = 8; // of attention-rows.wgsl
const MAX_GROUP_HEADS = 8; // that a workgroup of attention.wgsl computes: they are in its invocations' registers
const SLICES = 16; // of a token's keys, at most
/** Tokens that make one slice: MIN_SLICE_TILES tiles of attention-slices.wgsl. */
export const WHOLE_CONTEXT = 256;
const MAX_SLICED_TOKENS = TOKEN_TILE; // of a step; more of them fill a GPU without slices
const BYTES = Float32Array.BYTES_PER_ELEMENT;

export interface AttentionBuffers {
  readonly places: GPUBuffer; // u32 [maxTokens, 2]: of each token its position, and where its block table begins
  readonly blockTables: GPUBuffer; // u32: blocks of the cache, in the order of positions
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q rotated, the rest unused
  readonly keys: KeyValues; // with the tokens' own; a texture for `rows`, a buffer for `groups`
  readonly values: KeyValues; // likewise
  readonly attended: Activations; // [numTokens, numHeads * headDim]
}

/**
 * `rows`: for software adapters with subgroups of 8 lanes, keys and values in textures; `groups`: for all others, where
 * text after a long context is split over slices of its keys.
 */
export type AttentionVariant = "rows" | "groups";

/** Causal grouped-query attention of each token to all cached ones up to itself. `headDim` is a multiple of 32, 256 at most. */
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
  isSoftware: boolean,
  sizes: HeadSizes,
  kvBlocks: number,
): AttentionVariant {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
  const hasLanes = device.features.has("subgroups") && subgroupMinSize === LANES && subgroupMaxSize === LANES;
  const fits = sizes.numHeads / sizes.numKeyValueHeads <= LANES && sizes.headDim % (4 * LANES) === 0;
  const inTexture = fitsTexture(device, kvBlocks, keyValueBytes(sizes));
  return isSoftware && hasLanes && fits && inTexture ? "rows" : "groups";
}

async function compileRows(device: GPUDevice, sizes: HeadSizes, buffers: AttentionBuffers): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const { places, qkv, keys, values, blockTables, attended } = buffers;
  const numbers = { HEADS: numHeads / numKeyValueHeads, NUM_KV_HEADS: numKeyValueHeads, QUADS: headDim / 4 };
  const pipeline = await compileShader(device, import.meta.url, {
    file: "attention-rows.wgsl",
    prelude: `enable subgroups;\n${declare(numbers)}${attended.store}`,
    constants: { HEAD_DIM: headDim },
  });
  const bindGroup = bindPlanes(device, pipeline, [places, qkv, keys, values, blockTables], attended.bindings());
  return (numTokens) => ({
    label: `attention ${shapeOf(sizes)}, rows`,
    pipeline,
    bindGroup,
    workgroups: [numKeyValueHeads, numTokens, 1],
  });
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
  { sums, weights }: Slices,
  { places, qkv, keys, values, blockTables, attended }: AttentionBuffers,
): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const heads = headsAtOnce(numHeads / numKeyValueHeads);
  const groups = numHeads / heads;
  const slicing = declare({ SLICES }) + readShader("attention-slices.wgsl");
  const numbers = {
    ...{ HEADS: heads, GROUPS: groups / numKeyValueHeads, NUM_KV_HEADS: numKeyValueHeads },
    ...{ QUADS: headDim / 4, BLOCK_TOKENS },
  };
  const compile = (prelude: string, file?: string) =>
    compileShader(device, import.meta.url, { prelude: slicing + prelude, ...(file !== undefined && { file }) });
  const [whole, sliced, merge] = await Promise.all([
    compile(declare(numbers) + attended.store + readShader("attention-to-blocks.wgsl")),
    compile(declare(numbers) + readShader("attention-to-slices.wgsl")),
    compile(declare({ NUM_HEADS: numHeads, QUADS: headDim / 4 }) + attended.store, "attention-merge.wgsl"),
  ]);
  const cached = [places, qkv, keys, values, blockTables];
  const bindWhole = bindPlanes(device, whole, cached, attended.bindings());
  const bindSliced = bindPlanes(device, sliced, [...cached, sums, weights]);
  const bindMerge = bindPlanes(device, merge, [places, sums, weights], attended.bindings());
  const label = `attention ${shapeOf(sizes)}, groups`;
  return (numTokens, contextLength = Number.POSITIVE_INFINITY) => {
    if (contextLength <= WHOLE_CONTEXT || numTokens > MAX_SLICED_TOKENS)
      return { label, pipeline: whole, bindGroup: bindWhole, workgroups: [groups, numTokens, 1] };
    return [
      { label: `${label}, slices`, pipeline: sliced, bindGroup: bindSliced, workgroups: [groups, numTokens, SLICES] },
      { label: "attention, merge", pipeline: merge, bindGroup: bindMerge, workgroups: [numHeads, numTokens, 1] },
    ];
  };
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
