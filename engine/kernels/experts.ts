// A mixture of experts: of each token the experts with the highest scores, their SwiGLU layers, and the sum of the results by
// softmax of the scores. Of the weights only rows of chosen experts are read.
// In a long step results are sorted by expert, and computed in tiles; in a short one nearly each has an expert of its own.
import { compileShader, type Operation } from "../shader.ts";
import type { Activations } from "./activations.ts";
import { type ExpertsTile, type Linears, type LinearWeight, type ResultsOfExperts, TOKEN_TILE } from "./linear.ts";
import { BLOCK } from "./linear-formats.ts";
import { bindPlanes } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

const MIX_WORKGROUP_SIZE = 16; // as in experts-mix.wgsl
const NO_EXPERT = 0xffff_ffff;
/** WGSL of what is added to a mixture's sum before it goes to the residual stream. */
const NOTHING_BESIDE = "fn with_beside(token: u32, at: u32, sum: vec4<f32>) -> vec4<f32> { return sum; }\n";
const BESIDE = `@group(0) @binding(4) var<storage, read> beside: array<vec4<f32>>; // [tokens, 8 * BLOCKS]
fn with_beside(token: u32, at: u32, sum: vec4<f32>) -> vec4<f32> { return sum + beside_weight(token) * beside[at]; }
`;
/** WGSL of how far that counts, which is a token's last weight. */
const WHOLLY = "fn weight_beside(token: u32) -> f32 { return 1.0; }\n";
const BY_SCORE = `@group(0) @binding(4) var<storage, read> beside_scores: array<f32>; // [tokens]
fn weight_beside(token: u32) -> f32 { return 1 / (1 + exp(min(-beside_scores[token], 80.0))); } // exp of more is no f32
`;
export const MAX_EXPERTS = 1024; // whose counts and scores fit the 16 KiB that every adapter's workgroups have

export interface ExpertsSizes {
  readonly numExperts: number; // MAX_EXPERTS at most
  readonly numExpertsPerTok: number;
  readonly normTopkProb: boolean; // what the chosen ones count adds up to 1
  readonly hiddenSize: number;
  readonly width: number; // of an expert
  readonly maxTokens: number;
}

/** What all layers of these sizes share. */
export interface Experts {
  compile(layer: ExpertsLayer): Promise<Operation>;
  readonly byteLength: number;
  destroy(): void;
}

export interface ExpertsLayer {
  readonly x: Activations; // [maxTokens, hiddenSize]
  readonly scores: GPUBuffer; // f32 [maxTokens, numExperts]
  readonly gateUp: LinearWeight; // of all experts, [2 * width, hiddenSize] each
  readonly down: LinearWeight; // likewise, [hiddenSize, width]
  readonly y: Activations; // [maxTokens, hiddenSize]; with `residual` its rows, normed
  readonly residual?: ExpertsResidual;
}

/** Where a mixture's sums are added, instead of being `y`. */
export interface ExpertsResidual {
  readonly hidden: GPUBuffer; // f32 [maxTokens, hiddenSize]
  readonly beside: GPUBuffer | undefined; // f32 likewise: is added, too
  readonly besideScore: GPUBuffer | undefined; // f32 [maxTokens]: `beside` counts as far as its sigmoid; default: wholly
  readonly normWeight: GPUBuffer; // f32 [hiddenSize]
}

/** @param downTypes of the tensors of `down` */
export function createExperts(
  device: GPUDevice,
  linears: Linears,
  sizes: ExpertsSizes,
  downTypes: readonly string[],
): Experts {
  const { numExperts, numExpertsPerTok: count, hiddenSize, width, maxTokens } = sizes;
  const most = maxResults(sizes);
  const label = (what: string) => `${what} of experts`;
  const create = (what: string, words: number) =>
    device.createBuffer({ label: label(what), size: words * 4, usage: GPUBufferUsage.STORAGE });
  const weights = create("weights", maxTokens * (count + 1));
  const places = create("places", maxTokens * count);
  const results = create("results", maxTokens * count * 2);
  const sorted = create("sorted results", most * 2);
  const down = create("f32 results", most * hiddenSize);
  const gated = linears.createActivations({ label: label("gated"), columns: width, types: downTypes, maxTokens: most });
  const owned = [weights, places, results, sorted, down];
  const constants = { EXPERTS: numExperts, CHOSEN: count };

  async function compileChoice({ scores, residual }: ExpertsLayer): Promise<Operation> {
    const besideScore = residual?.besideScore;
    const isNormalized = `const IS_NORMALIZED = ${sizes.normTopkProb};\n`;
    const prelude = declare(constants) + isNormalized + (besideScore ? BY_SCORE : WHOLLY);
    const pipeline = await compileShader(device, import.meta.url, { file: "experts-choose.wgsl", prelude });
    const bindGroup = bindPlanes(device, pipeline, [scores, weights, results, places, besideScore]);
    return (numTokens) => ({ label: "choose experts", pipeline, bindGroup, workgroups: [numTokens, 1, 1] });
  }

  async function compileSorting(): Promise<Operation> {
    const prelude = declare({ ...constants, TILE: TOKEN_TILE, NO_EXPERT });
    const pipeline = await compileShader(device, import.meta.url, { file: "experts-sort.wgsl", prelude });
    const bindGroup = bindPlanes(device, pipeline, [results, sorted, places]);
    return (numTokens) => ({ label: "sort by expert", pipeline, bindGroup, workgroups: [numTokens, 1, 1] });
  }

  async function compileMix({ y, residual }: ExpertsLayer): Promise<Operation> {
    const result = residual
      ? (residual.beside ? BESIDE : NOTHING_BESIDE) + readShader("experts-mix-to-residual.wgsl")
      : readShader("experts-mix-to-rows.wgsl");
    const prelude = y.store + declare({ CHOSEN: count }) + result;
    const pipeline = await compileShader(device, import.meta.url, { file: "experts-mix.wgsl", prelude });
    const bound = [down, weights, places, residual?.hidden, residual?.beside];
    const bindGroup = bindPlanes(device, pipeline, bound, y.bindings(residual?.normWeight));
    const groups = Math.ceil(hiddenSize / BLOCK / MIX_WORKGROUP_SIZE);
    const label = residual ? "mix experts, residual" : "mix experts";
    return (numTokens) => ({ label, pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
  }

  async function compileLayers({ x, gateUp, down: weight }: ExpertsLayer, tile: ExpertsTile, of: GPUBuffer) {
    const rows = (which: ResultsOfExperts["rows"]) => ({ results: of, rows: which, tile });
    const [first, second] = await Promise.all([
      linears.compileGatedExperts(gateUp, { x, y: gated, ...rows("of experts, x by tokens") }),
      linears.compileExperts(weight, { x: gated, y: down, ...rows("of experts, x by results") }),
    ]);
    return (tiles: number) => [...first(tiles), ...second(tiles)];
  }

  return {
    async compile(layer) {
      const [choose, sort, mix, oneByOne, inTiles] = await Promise.all([
        compileChoice(layer),
        compileSorting(),
        compileMix(layer),
        compileLayers(layer, 1, results),
        compileLayers(layer, TOKEN_TILE, sorted),
      ]);
      return (numTokens) => {
        const sorts = isSorted(numTokens, sizes);
        const products = sorts ? inTiles(tilesOf(numTokens, sizes)) : oneByOne(numTokens * count);
        return [choose(numTokens), ...(sorts ? [sort(numTokens)] : []), ...products, mix(numTokens)].flat();
      };
    },
    byteLength: owned.reduce((sum, { size }) => sum + size, 0), // `gated` is counted by `linears`
    destroy() {
      for (const buffer of owned) buffer.destroy();
    },
  };
}

/** Where experts have fewer results than there are experts, tiles would stay empty. */
function isSorted(numTokens: number, { numExperts, numExpertsPerTok }: ExpertsSizes): boolean {
  return numTokens * numExpertsPerTok >= numExperts;
}

/** Tiles that are enough however the tokens choose: all experts but that of the last result may have one that holds one. */
function tilesOf(numTokens: number, { numExperts, numExpertsPerTok }: ExpertsSizes): number {
  const results = numTokens * numExpertsPerTok;
  return Math.floor((results + Math.min(numExperts, results) * (TOKEN_TILE - 1)) / TOKEN_TILE);
}

function maxResults(sizes: ExpertsSizes): number {
  const { maxTokens, numExpertsPerTok } = sizes;
  return Math.max(tilesOf(maxTokens, sizes) * TOKEN_TILE, maxTokens * numExpertsPerTok);
}
