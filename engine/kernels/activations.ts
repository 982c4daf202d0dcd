import { compileShader, type Operation } from "../shader.ts";
import { BLOCK } from "./linear-formats.ts";
import { bindPlanes, createTexture, type Plane, type PlaneKind, planeOf } from "./plane.ts";
import { declare, readShader } from "./shader-text.ts";

const WORKGROUP_SIZE = 8; // as in activations.wgsl
const F32_BINDING = 8; // as in activations-*.wgsl
const INT8_BINDING = 9;
const SCALES_BINDING = 10;
const NORM_WEIGHT_BINDING = 11;
const SQUARES_BINDING = 12;

/** The input of matrix products, as the kernel before them leaves it: in f32, as int8, or both, as the weights want it. */
export interface Activations {
  readonly columns: number;
  readonly maxTokens: number;
  readonly f32: F32Activations | undefined;
  readonly int8: Int8Activations | undefined;
  /** RMSNorm's epsilon, if rows are normed: multiplied by the norm's weight; products do the rest (activations-normed.wgsl). */
  readonly normEps: number | undefined;
  /** WGSL in front of a kernel that makes them: `store_block(token, b, values)`, and `const BLOCKS`. */
  readonly store: string;
  /** The same for the 8 lanes of a subgroup, a quad each: `store_block_in_lanes(token, b, lane, quad)`. */
  readonly storeInLanes: string;
  /**
   * What `store` binds; a kernel's own bindings are below 8.
   * @param normWeight of normed rows. f32 [columns]
   */
  bindings(normWeight?: GPUBuffer): readonly GPUBindGroupEntry[];
  readonly byteLength: number;
  destroy(): void;
}

interface F32Activations {
  readonly values: GPUBuffer; // [maxTokens, columns]
  readonly squares: GPUBuffer; // sums of squares of each block's values [maxTokens, columns / 32]
}

interface Int8Activations {
  readonly values: Plane; // int8 [maxTokens, columns]
  readonly scales: Plane; // vec4<f32> [maxTokens, columns / 32]: activations-int8.wgsl
}

export interface ActivationsOptions {
  readonly label: string;
  readonly columns: number; // a multiple of 32
  readonly maxTokens: number;
  readonly f32: boolean;
  readonly int8: PlaneKind | undefined; // where, if at all
  readonly normEps?: number | undefined; // default: rows are left as they are
}

export function createActivations(device: GPUDevice, options: ActivationsOptions): Activations {
  const { label, columns, maxTokens, normEps } = options;
  if (columns % BLOCK !== 0) throw new RangeError(`${label} has ${columns} columns, no multiple of ${BLOCK}`);
  const f32 = options.f32 ? createF32(device, options) : undefined;
  const int8 = options.int8 && createInt8(device, options, options.int8);
  const planes = [f32 && planeOf(f32.values), f32 && planeOf(f32.squares), int8?.values, int8?.scales].filter(
    (plane) => plane !== undefined,
  );
  const stored: GPUBindGroupEntry[] = [
    ...(f32 ? [{ binding: F32_BINDING, resource: { buffer: f32.values } }] : []),
    ...(f32 ? [{ binding: SQUARES_BINDING, resource: { buffer: f32.squares } }] : []),
    ...(int8 ? [{ binding: INT8_BINDING, resource: int8.values.resource }] : []),
    ...(int8 ? [{ binding: SCALES_BINDING, resource: int8.scales.resource }] : []),
  ];
  return {
    columns,
    maxTokens,
    f32,
    int8,
    normEps,
    store: storeShader(options),
    storeInLanes: storeInLanesShader(options),
    bindings(normWeight) {
      if ((normEps === undefined) !== (normWeight === undefined))
        throw new TypeError(`${label}: a norm's weight, or none`);
      return normWeight ? [...stored, { binding: NORM_WEIGHT_BINDING, resource: { buffer: normWeight } }] : stored;
    },
    byteLength: planes.reduce((sum, { byteLength }) => sum + byteLength, 0),
    destroy() {
      for (const plane of planes) plane.destroy();
    },
  };
}

const storesOf = ({ f32, int8 }: ActivationsOptions) => [...(f32 ? ["f32"] : []), ...(int8 ? ["int8"] : [])];

function storeInLanesShader(options: ActivationsOptions): string {
  const stores = storesOf(options);
  return [
    targetsShader(options),
    readShader("activations-in-lanes.wgsl"),
    ...stores.map((name) => readShader(`activations-${name}-in-lanes.wgsl`)),
    "fn store_values_in_lanes(token: u32, b: u32, lane: u32, values: vec4<f32>, squares: f32) {\n",
    ...stores.map((name) => `  store_${name}_in_lanes(token, b, lane, values, squares);\n`),
    "}\n",
    options.normEps === undefined
      ? "fn store_block_in_lanes(token: u32, b: u32, lane: u32, values: vec4<f32>) { store_values_in_lanes(token, b, lane, values, 0.0); }\n"
      : readShader("activations-normed-in-lanes.wgsl"),
  ].join("");
}

/** Where activations lie, and how one invocation stores a block's values of each kind. */
function targetsShader({ columns, f32, int8 }: ActivationsOptions): string {
  return [
    declare({ BLOCKS: columns / BLOCK }),
    f32 ? readShader("activations-f32.wgsl") : "",
    int8 ? readShader(`activations-int8-in-${int8}.wgsl`) + readShader("activations-int8.wgsl") : "",
  ].join("");
}

function storeShader(options: ActivationsOptions): string {
  return [
    targetsShader(options),
    "fn store_values(token: u32, b: u32, values: array<vec4<f32>, 8>, squares: f32) {\n",
    ...storesOf(options).map((name) => `  store_${name}(token, b, values, squares);\n`),
    "}\n",
    options.normEps === undefined
      ? "fn store_block(token: u32, b: u32, values: array<vec4<f32>, 8>) { store_values(token, b, values, 0.0); }\n"
      : readShader("activations-normed.wgsl"),
  ].join("");
}

function createF32(device: GPUDevice, { label, columns, maxTokens }: ActivationsOptions): F32Activations {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const create = (what: string, width: number) =>
    device.createBuffer({ label: `${label}, ${what}`, size: maxTokens * width * 4, usage });
  return { values: create("f32", columns), squares: create("squares", columns / BLOCK) };
}

function createInt8(device: GPUDevice, { label, columns, maxTokens }: ActivationsOptions, kind: PlaneKind) {
  const create = (what: string, vectors: number, format: GPUTextureFormat): Plane => {
    const name = `${label}, ${what}`;
    if (kind === "texture") return createTexture(device, name, vectors, maxTokens, format);
    return planeOf(device.createBuffer({ label: name, size: vectors * maxTokens * 16, usage: GPUBufferUsage.STORAGE }));
  };
  const values = create("int8", columns / 16, "rgba32uint");
  return { values, scales: create("scales", columns / BLOCK, "rgba32float") };
}

/**
 * Makes `to` of the rows of a buffer.
 * @param x f32 [maxTokens, to.columns]
 * @param normWeight of normed rows. f32 [to.columns]
 */
export async function compileActivations(
  device: GPUDevice,
  x: GPUBuffer,
  to: Activations,
  normWeight?: GPUBuffer,
): Promise<Operation> {
  const pipeline = await compileShader(device, import.meta.url, { prelude: to.store });
  const bindGroup = bindPlanes(device, pipeline, [x], to.bindings(normWeight));
  const groups = Math.ceil(to.columns / BLOCK / WORKGROUP_SIZE);
  return (numTokens) => ({ label: "activations", pipeline, bindGroup, workgroups: [groups, numTokens, 1] });
}
