import type { KernelKind } from "../device.ts";
import type { Activations } from "./activations.ts";
import type { LinearLayout } from "./linear-formats.ts";
import type { PlaneKind } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";
import {
  type MatrixSize,
  matrixDeclarations,
  matrixExtensions,
  matrixSizeFor,
  matrixSizes,
  type SubgroupMatrixConfig,
} from "./subgroup-matrices.ts";

/**
 * `rows`: a lane owns rows; for software adapters. `columns`: lanes split a row, and add up through workgroup memory, or
 * within subgroups. `matrices`: as the last, with prompts by subgroup matrices.
 */
export type LinearVariant = "rows" | "columns" | "columns-subgroups" | "matrices";

/** Columns of a product are computed in tiles of this many tokens: see `LinearBuffers`. */
export const TOKEN_TILE = 8;

/** A step of so few tokens is one small tile: text of several requests, or a short draft. */
export const SMALL_TILE = 4;

/** On GPUs a prompt is computed in tiles of this many tokens, each weight unpacked once for all of them. */
export const PROMPT_TILE = 32;

const LEAST_IN_PROMPT_TILE = 2 * TOKEN_TILE + 1; // tokens; fewer would leave half of it empty

export type Tile = 1 | typeof SMALL_TILE | typeof TOKEN_TILE | typeof PROMPT_TILE;

/** Tiles that a product of up to `maxTokens` tokens needs, the smallest first. */
export function tilesOf(device: GPUDevice, variant: LinearVariant, maxTokens: number): readonly Tile[] {
  if (maxTokens === 1) return [1];
  const hasMemory = device.limits.maxComputeWorkgroupStorageSize >= PROMPT_TILE_MEMORY;
  const isWhole = maxTokens % PROMPT_TILE === 0; // what lies past a step's tokens is overwritten
  return [1, SMALL_TILE, TOKEN_TILE, ...(variant !== "rows" && hasMemory && isWhole ? ([PROMPT_TILE] as const) : [])];
}

/** The tile for a step, of those that there are. */
export function tileFor(numTokens: number, tiles: readonly Tile[]): Tile {
  if (numTokens >= LEAST_IN_PROMPT_TILE && tiles.includes(PROMPT_TILE)) return PROMPT_TILE;
  return ([1, SMALL_TILE] as const).find((tile) => numTokens <= tile) ?? TOKEN_TILE;
}

/** What becomes of sums of products: linear-to-*.wgsl. */
export interface LinearOutput {
  readonly to: "rows" | "residual" | "gated";
  readonly groupRows: number | undefined; // that a workgroup computes, as there; undefined: those that it computes at once
  readonly next: Activations | undefined; // that are left for what follows
}

/** Which rows are multiplied: linear-dense.wgsl, or with linear-of-experts.wgsl those of each result's expert. */
export type LinearRows = "dense" | "of experts, x by tokens" | "of experts, x by results";

export const toRows: LinearOutput = { to: "rows", groupRows: undefined, next: undefined };
export const toResidual = (next: Activations): LinearOutput => ({ to: "residual", groupRows: 32, next });
export const toGated = (next: Activations): LinearOutput => ({ to: "gated", groupRows: 64, next });

const LANES = 32; // along a row, as in linear-lanes.wgsl
const ROWS_PER_LANE = 2; // as in linear-rows-*.wgsl and linear-columns-sum*.wgsl
const PROMPT_TILE_ROWS = 64; // of linear-tiles-*.wgsl, where the output does not say
const PROMPT_TILE_MEMORY = 24_576; // bytes of a workgroup of theirs, at most
const SOFTWARE_SUBGROUP_SIZE = 8; // lanes of a CPU's vector unit, which linear-rows-*.wgsl are written for
const ROWS_TEXTURES = 6; // of linear-rows-fast*.wgsl with what they leave for the next product

/** What is needed of an open device (device.ts). */
export interface LinearDevice {
  readonly device: GPUDevice;
  readonly kernels: KernelKind;
  readonly matrices?: readonly SubgroupMatrixConfig[]; // that its adapter multiplies
}

/** The sizes of subgroup matrices for prompts, the best first; none where the adapter has none. */
export function promptMatrices({ device, matrices = [] }: LinearDevice): MatrixSize[] {
  return matrixSizes(device, matrices, PROMPT_TILE);
}

/** What an adapter can run, what is likely to be the fastest there first. */
export function linearVariants(of: LinearDevice): LinearVariant[] {
  const { device, kernels } = of;
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo;
  const hasSubgroups = device.features.has("subgroups");
  const hasLanes =
    hasSubgroups && subgroupMinSize === SOFTWARE_SUBGROUP_SIZE && subgroupMaxSize === SOFTWARE_SUBGROUP_SIZE;
  const hasTextures = device.limits.maxStorageTexturesPerShaderStage >= ROWS_TEXTURES;
  const variants: LinearVariant[] = hasSubgroups ? ["columns-subgroups", "columns"] : ["columns"];
  if (addsSlowlyInSubgroups(device.adapterInfo)) variants.reverse();
  if (hasSubgroups && promptMatrices(of).length > 0) variants.unshift("matrices");
  if (hasLanes && hasTextures) variants.push("rows");
  return kernels === "software" ? variants.reverse() : variants; // vector units of a CPU are its lanes; memory counts most on a GPU
}

/**
 * AMD's first four generations of GCN add up through workgroup memory faster than within subgroups; the fifth gained a
 * sixth the other way: https://github.com/ggml-org/llama.cpp/pull/22933
 */
function addsSlowlyInSubgroups({ vendor, architecture }: GPUAdapterInfo): boolean {
  return vendor === "amd" && /^gcn-[1-4]/.test(architecture);
}

/** Weights and int8 activations of a variant. */
export function planesOf(variant: LinearVariant): PlaneKind {
  return variant === "rows" ? "texture" : "buffer";
}

/** Rows of a weight from one of a lane's two rows to the other. */
export function rowStepOf(variant: LinearVariant): number {
  return variant === "rows" ? SOFTWARE_SUBGROUP_SIZE : 1;
}

/** Rows that a workgroup computes. */
export function groupRowsOf(variant: LinearVariant, tile: Tile, { groupRows }: LinearOutput): number {
  return groupRows ?? rowsAtOnce(variant, tile);
}

/** Whether tiles of tokens run fastest, while the rows are still in a cache; else groups of rows do. */
export function tokensRunFirst(variant: LinearVariant, tile: Tile): boolean {
  return tile === PROMPT_TILE || (variant === "rows" && tile > 1);
}

function rowsAtOnce(variant: LinearVariant, tile: Tile): number {
  if (tile === PROMPT_TILE) return PROMPT_TILE_ROWS;
  return ROWS_PER_LANE * (variant === "rows" ? SOFTWARE_SUBGROUP_SIZE : rowLanes(tile));
}

/** Groups of lanes along rows that a GPU's workgroup has for each token: 256 invocations in all. */
function rowLanes(tile: Exclude<Tile, typeof PROMPT_TILE>): number {
  return TOKEN_TILE / tile;
}

/** One token has a shader of its own on software adapters; on GPUs only the number of accumulators differs. */
export function shaderOf(
  device: GPUDevice,
  variant: LinearVariant,
  kind: "exact" | "fast",
  tile: Tile,
  layout: LinearLayout,
  output: LinearOutput,
  matrices: readonly MatrixSize[] = [], // as `promptMatrices` gives them
  rows: LinearRows = "dense",
): { readonly file: string; readonly prelude: string } {
  const sizes = { TOKENS: tile, ROW_STEP: rowStepOf(variant), ROWS_AT_ONCE: rowsAtOnce(variant, tile) };
  if (tile === PROMPT_TILE) {
    const isInMatrices = variant === "matrices" && kind === "fast";
    const matrix = isInMatrices ? matrixSizeFor(matrices, layout) : undefined;
    const prelude = [
      matrix ? matrixExtensions(matrix) : "",
      partDeclaration(device),
      declare(sizes),
      readShader("linear-lanes.wgsl"),
      ...operands(variant, layout, output),
      matrix ? matrixDeclarations(matrix, layout) : "",
      readShader(matrix ? "linear-matrices.wgsl" : `linear-tiles-${kind}.wgsl`),
    ];
    return { file: "linear-tiles.wgsl", prelude: prelude.join("") };
  }
  const numbers = {
    ...sizes,
    ...(variant !== "rows" && { ROW_LANES: rowLanes(tile) }),
    ...(addsInSubgroups(variant) && { SUBGROUP_SIZE: Math.min(surelyTogether(device.adapterInfo), LANES) }),
  };
  const sums = addsInSubgroups(variant) ? "linear-columns-sum-subgroups.wgsl" : "linear-columns-sum.wgsl";
  const prelude = [
    variant === "columns" ? "" : "enable subgroups;\n",
    partDeclaration(device),
    declare(numbers),
    rowsShader(rows),
    ...operands(variant, layout, output),
    variant === "rows" ? "" : readShader("linear-lanes.wgsl") + readShader(sums),
  ].join("");
  if (variant !== "rows") return { file: `linear-columns-${kind}.wgsl`, prelude };
  return { file: tile === 1 ? `linear-rows-${kind}.wgsl` : `linear-rows-${kind}-tile.wgsl`, prelude };
}

/** Invocations that a subgroup has at least. Metal's are told to have 4 to 64; Apple's GPUs, by all that is known, have 32. */
function surelyTogether({ vendor, subgroupMinSize = LANES }: GPUAdapterInfo): number {
  return vendor === "apple" ? LANES : subgroupMinSize;
}

function addsInSubgroups(variant: LinearVariant): boolean {
  return variant === "columns-subgroups" || variant === "matrices";
}

/** How weights are loaded, and where results go. */
function operands(variant: LinearVariant, layout: LinearLayout, output: LinearOutput): string[] {
  return [
    layout.loaders(),
    output.next ? blocksShader(variant, output.next) : "",
    readShader(`linear-to-${output.to}.wgsl`),
  ];
}

function rowsShader(rows: LinearRows): string {
  if (rows === "dense") return readShader("linear-dense.wgsl");
  return `const READS_RESULTS = ${rows === "of experts, x by results"};\n${readShader("linear-of-experts.wgsl")}`;
}

function blocksShader(variant: LinearVariant, { store, storeInLanes }: Activations): string {
  if (variant === "rows") return storeInLanes + readShader("linear-to-blocks-in-lanes.wgsl");
  return store + readShader("linear-to-blocks.wgsl");
}

const PART_BYTES = 32; // of linear-part.wgsl

/** Whether a part's place comes with the dispatch, not from a buffer. */
export function hasImmediates({ limits }: GPUDevice): boolean {
  return (limits.maxImmediateSize ?? 0) >= PART_BYTES; // undefined where WebGPU is older than they are
}

/** WGSL in front of linear-part.wgsl. */
export function partDeclaration(device: GPUDevice): string {
  return hasImmediates(device) ? "var<immediate> part: Part;\n" : "@group(0) @binding(7) var<uniform> part: Part;\n";
}
