import { bindInOrder, compileShader, type Operation } from "../shader.ts";
import type { HeadSizes } from "./rope.ts";

const WORKGROUP_SIZE = 64; // a power of two, at least headDim / 4
const LANES = 8; // of attention-rows.wgsl

export interface AttentionBuffers {
  readonly step: GPUBuffer; // u32: [0] is the position of the first token
  readonly qkv: GPUBuffer; // f32 [numTokens, numHeads + 2 * numKeyValueHeads, headDim]; q rotated, the rest unused
  readonly keys: GPUBuffer; // f32 [contextLength, numKeyValueHeads, headDim], with the tokens' own
  readonly values: GPUBuffer; // likewise
  readonly attended: GPUBuffer; // f32 [numTokens, numHeads, headDim]
}
export type Attention = (buffers: AttentionBuffers) => Operation;

/** `rows`: for software adapters with subgroups of 8 lanes; `heads`: for all others. */
export type AttentionVariant = "rows" | "heads";

/** Causal grouped-query attention of each token to all cached ones up to itself. */
export async function compileAttention(
  device: GPUDevice,
  sizes: HeadSizes,
  variant: AttentionVariant,
): Promise<Attention> {
  const { numHeads, numKeyValueHeads, headDim } = sizes;
  const pipeline = await (variant === "rows" ? compileRows(device, sizes) : compileHeads(device, sizes));
  const groups = variant === "rows" ? numKeyValueHeads : numHeads;
  return ({ step, qkv, keys, values, attended }) => {
    const bindGroup = bindInOrder(device, pipeline, [step, qkv, keys, values, attended]);
    const label = `attention ${numHeads} / ${numKeyValueHeads} x ${headDim}, ${variant}`;
    return (numTokens) => ({ label, pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
  };
}

/** The variant for an adapter; `rows` only where the sizes fit its lanes. */
export function attentionVariant(device: GPUDevice, isSoftware: boolean, sizes: HeadSizes): AttentionVariant {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
  const hasLanes = device.features.has("subgroups") && subgroupMinSize === LANES && subgroupMaxSize === LANES;
  const fits = sizes.numHeads / sizes.numKeyValueHeads <= LANES && sizes.headDim % (4 * LANES) === 0;
  return isSoftware && hasLanes && fits ? "rows" : "heads";
}

function compileHeads(device: GPUDevice, { numHeads, numKeyValueHeads, headDim }: HeadSizes) {
  const quads = headDim / 4;
  const constants = {
    NUM_HEADS: numHeads,
    NUM_KV_HEADS: numKeyValueHeads,
    HEAD_DIM: headDim,
    WORKGROUP_SIZE,
    QUADS: quads,
    KEY_LANES: Math.floor(WORKGROUP_SIZE / quads),
  };
  return compileShader(device, import.meta.url, { constants });
}

function compileRows(device: GPUDevice, { numHeads, numKeyValueHeads, headDim }: HeadSizes) {
  const heads = numHeads / numKeyValueHeads;
  const quads = headDim / 4;
  const constants = {
    NUM_KV_HEADS: numKeyValueHeads,
    HEAD_DIM: headDim,
    QUADS: quads,
    PARTIAL_QUADS: heads * quads,
  };
  const prelude = `enable subgroups;\nconst HEADS = ${heads}u;\n`;
  return compileShader(device, import.meta.url, { file: "attention-rows.wgsl", prelude, constants });
}
