import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { BLOCK_TOKENS, fitsTexture, type KeyValues } from "./key-values.ts";
import { bindPlanes } from "./plane.ts";
import type { HeadSizes } from "./rope.ts";

const WORKGROUP_SIZE = 64; // a power of two, at least headDim / 4
const LANES = 8; // of attention-rows.wgsl

export interface AttentionBuffers {
  readonly places: GPUBuffer; // u32 [maxTokens, 2]: of each token its position, and where its block table begins
  readonly blockTables: GPUBuffer; // u32: blocks of the cache, in the order of positions
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q rotated, the rest unused
  readonly keys: KeyValues; // with the tokens' own; a texture for `rows`, a buffer for `heads`
  readonly values: KeyValues; // likewise
  readonly attended: Activations; // [numTokens, numHeads * headDim]
}

/** `rows`: for software adapters with subgroups of 8 lanes, keys and values in textures; `heads`: for all others. */
export type AttentionVariant = "rows" | "heads";

/** Causal grouped-query attention of each token to all cached ones up to itself. `headDim` is a multiple of 32. */
export async function compileAttention(
  device: GPUDevice,
  sizes: HeadSizes,
  variant: AttentionVariant,
  { places, blockTables, qkv, keys, values, attended }: AttentionBuffers,
): Promise<Operation> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const compile = variant === "rows" ? compileRows : compileHeads;
  const pipeline = await compile(device, sizes, attended.store);
  const groups = variant === "rows" ? numKeyValueHeads : numHeads;
  const bindGroup = bindPlanes(device, pipeline, [places, qkv, keys, values, blockTables], attended.bindings());
  const label = `attention ${numHeads} / ${numKeyValueHeads} x ${headDim}, ${variant}`;
  return (numTokens) => ({ label, pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
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
  return isSoftware && hasLanes && fits && inTexture ? "rows" : "heads";
}

function compileHeads(device: GPUDevice, { numHeads, numKeyValueHeads, headDim }: HeadSizes, prelude: string) {
  const quads = headDim / 4;
  const constants = {
    NUM_HEADS: numHeads,
    NUM_KV_HEADS: numKeyValueHeads,
    HEAD_DIM: headDim,
    WORKGROUP_SIZE,
    QUADS: quads,
    KEY_LANES: Math.floor(WORKGROUP_SIZE / quads),
  };
  return compileShader(device, import.meta.url, {
    constants,
    prelude: `const BLOCK_TOKENS = ${BLOCK_TOKENS}u;\n${prelude}`,
  });
}

function compileRows(device: GPUDevice, { numHeads, numKeyValueHeads, headDim }: HeadSizes, store: string) {
  const heads = numHeads / numKeyValueHeads;
  const quads = headDim / 4;
  const sizes = `const HEADS = ${heads}u;\nconst NUM_KV_HEADS = ${numKeyValueHeads}u;\nconst QUADS = ${quads}u;\n`;
  const prelude = `enable subgroups;\n${sizes}${store}`;
  return compileShader(device, import.meta.url, {
    file: "attention-rows.wgsl",
    prelude,
    constants: { HEAD_DIM: headDim },
  });
}

/** Bytes of a token's keys, or values, of one layer. */
export function keyValueBytes({ numKeyValueHeads, headDim }: HeadSizes): number {
  return numKeyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT;
}
