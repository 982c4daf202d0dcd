import { BLOCK, type LinearLayout } from "./linear-formats.ts";
import { declare, readShader } from "./shader-text.ts";

/** WebGPU's name of the feature while it is Dawn's alone; it takes the toggle allow_unsafe_apis. */
export const SUBGROUP_MATRICES = "chromium-experimental-subgroup-matrix";

/** One multiplication of an adapter: [rows, columns] by [columns, tokens]. Names as in linear-matrices.wgsl. */
export interface MatrixSize {
  readonly component: "i8" | "f16"; // linear-matrices-*.wgsl
  readonly rows: number;
  readonly tokens: number;
  readonly columns: number;
}

/** What Dawn says that an adapter multiplies: https://dawn.googlesource.com/dawn/+/refs/heads/main/docs/dawn/features/subgroup_matrix.md */
export interface SubgroupMatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Whole numbers in which sums of 32 products of a weight's quant and an activation's are exact, the cheaper first. */
const COMPONENTS = [
  { component: "i8", result: "i32" },
  { component: "f16", result: "f32" }, // quants have 8 bits, f16 11; sums less than 2^24
] as const;

const LEAST_GROUP_ROWS = 32; // of a workgroup: linear-to-residual.wgsl
const MEMORY = 32_768; // bytes of a workgroup, at most: f16, two sums a block, and what linear-to-blocks.wgsl has

/** Dawn tells them of the adapter only, not of the device. */
export function subgroupMatrixConfigs({ info }: GPUAdapter): SubgroupMatrixConfig[] {
  const { subgroupMatrixConfigs: configs } = info as { subgroupMatrixConfigs?: Iterable<SubgroupMatrixConfig> };
  return [...(configs ?? [])].map(({ componentType, resultComponentType, M, N, K }) => {
    return { componentType, resultComponentType, M, N, K }; // Dawn's own are getters
  });
}

/** Of what an adapter multiplies, what linear-matrices.wgsl can use for tiles of so many tokens, the best first. */
export function matrixSizes(
  { features, limits }: GPUDevice,
  configs: readonly SubgroupMatrixConfig[],
  tileTokens: number,
): MatrixSize[] {
  if (!features.has(SUBGROUP_MATRICES) || limits.maxComputeWorkgroupStorageSize < MEMORY) return [];
  return COMPONENTS.filter(({ component }) => component !== "f16" || features.has("shader-f16")).flatMap(
    ({ component, result }) =>
      configs
        .filter((config) => config.componentType === component && config.resultComponentType === result)
        .map(({ M, N, K }) => ({ component, rows: M, tokens: N, columns: K }))
        .filter(({ rows, tokens, columns }) => {
          return LEAST_GROUP_ROWS % rows === 0 && tileTokens % tokens === 0 && BLOCK % columns === 0;
        })
        .sort((a, b) => productsOf(b) - productsOf(a)),
  );
}

/** The size for weights of a layout: a matrix must not reach over what its scales tell apart. */
export function matrixSizeFor(sizes: readonly MatrixSize[], { dots }: LinearLayout): MatrixSize | undefined {
  return sizes.find(({ columns }) => columns <= BLOCK / dots);
}

/** WGSL in front of linear-matrices.wgsl, but for its `enable`s. */
export function matrixDeclarations({ component, rows, tokens, columns }: MatrixSize, { dots }: LinearLayout): string {
  const numbers = { DOTS: dots, MATRIX_ROWS: rows, MATRIX_TOKENS: tokens, MATRIX_COLUMNS: columns };
  return declare(numbers) + readShader(`linear-matrices-${component}.wgsl`);
}

/** WGSL in front of everything. */
export function matrixExtensions({ component }: MatrixSize): string {
  const f16 = component === "f16" ? "enable f16;\n" : "";
  // A subgroup's number is the same for all of it; the check forgets that on the way through a struct.
  const trusted = "diagnostic(off, chromium.subgroup_matrix_uniformity);\n";
  return `enable subgroups;\nenable chromium_experimental_subgroup_matrix;\n${f16}${trusted}`;
}

function productsOf({ rows, tokens, columns }: MatrixSize): number {
  return rows * tokens * columns;
}
