import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quantizeActivationsReference } from "../../../engine/kernels/activations.reference.ts";
import { compileActivations, createActivations } from "../../../engine/kernels/activations.ts";
import { linearReference } from "../../../engine/kernels/linear.reference.ts";
import {
  createLinears,
  LINEAR_TENSOR_TYPES,
  type Linears,
  type LinearsOptions,
  type LinearTensorType,
  type LinearVariant,
  linearByteLength,
  linearVariants,
} from "../../../engine/kernels/linear.ts";
import { isNightly } from "../../nightly.ts";
import { openTestGpu, type TestGpu, VARIANTS } from "./linear-gpu.ts";
import { nmse, randomNumbers, randomSource, type TestSource, withSmallScales, zeroSource } from "./linear-sources.ts";

const EXACT_NMSE = 1e-11; // f32 sums against f64
const FAST_NMSE = 1e-8; // the reference rounds the same activations; a division may differ in its last bit
const MAX_TOKENS = 32; // one prompt tile
const PRECISIONS = ["exact", "fast"] as const;
type Precision = (typeof PRECISIONS)[number];
const COMMON_TYPES: readonly LinearTensorType[] = ["Q5_0", "Q4_K", "Q6_K", "Q8_0", "F16"]; // one of each kind
const SHAPES = [
  [37, 256],
  [65, 768],
] as const;
const NEXT = { label: "next", f32: true, int8: undefined, normEps: 1e-6 };

/**
 * Types and steps to test at all; the rest is tested at night. Lanes within subgroups load and unpack as those along
 * columns do, compute prompts by the same tiles, and only add up in another way; matrices as those do, but for tiles of a
 * prompt; and those tiles unpack by the functions that one token's products do, so that of all types but the common ones
 * a few tokens and one shape are enough. How sums are ordered is no matter of the type.
 */
function casesOf(variant: LinearVariant, precision: Precision) {
  const loadsAlike = variant === "columns-subgroups" || (variant === "matrices" && precision === "exact");
  const isWhole = !loadsAlike || isNightly;
  const types = isWhole ? LINEAR_TENSOR_TYPES : COMMON_TYPES;
  const isPrompts = variant === "matrices" && isWhole && !isNightly;
  const hasPrompts = (type: LinearTensorType) =>
    isNightly || variant === "rows" || (isWhole && COMMON_TYPES.includes(type));
  return {
    types,
    isWhole,
    shapes: (type: LinearTensorType) => (isNightly || COMMON_TYPES.includes(type) ? SHAPES : SHAPES.slice(1)),
    ordered: isNightly ? types : types.filter((type) => COMMON_TYPES.includes(type)),
    products: (type: LinearTensorType) => (isPrompts ? [1, 19] : hasPrompts(type) ? [1, 3, 19] : [1, 3]),
    others: (type: LinearTensorType) => (isPrompts ? [17] : hasPrompts(type) ? [3, 17] : [3]),
  };
}

let gpu: TestGpu;
const opened = new Map<string, Linears>();
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => {
  for (const linears of opened.values()) linears.dispose();
  gpu?.dispose();
});

describe.each(VARIANTS)("lanes along %s", (variant) => {
  const loadsAsColumns = !["rows", "columns"].includes(variant);
  const decoded = loadsAsColumns && !isNightly ? COMMON_TYPES : LINEAR_TENSOR_TYPES;
  test.each(decoded)("%s is decoded bit by bit as the reference does", async (type) => {
    await expectDecoded(variant, randomSource(type, 203, 512)); // rows of several workgroups, whose blocks share words
  });

  test("odd numbers of blocks, and a single one, are decoded bit by bit", async () => {
    for (const type of ["Q5_0", "Q5_1", "Q8_0"] as const) {
      for (const columns of [32, 96]) await expectDecoded(variant, randomSource(type, 37, columns));
    }
  });

  test("scales below the normal f16 keep their bits", async () => {
    for (const type of ["Q5_0", "Q5_1", "Q4_K", "Q6_K", "Q2_K", "Q3_K", "IQ4_XS"] as const) {
      await expectDecoded(variant, withSmallScales(randomSource(type, 37, 512)));
    }
  });

  describe.each(PRECISIONS)("%s", (precision) => {
    const { types, isWhole, shapes, ordered, products, others } = casesOf(variant, precision);

    test.each(types)("products of %s agree with the reference for one token and for many", async (type) => {
      for (const [rows, columns] of shapes(type)) {
        await expectProducts({
          variant,
          precision,
          sources: [randomSource(type, rows, columns)],
          tokens: products(type),
        });
      }
    });

    // Prefix caches rest on it: what a token leaves behind does not depend on how many were computed with it.
    test.each(ordered)("a token's products of %s are the same bits alone and among others", async (type) => {
      const source = randomSource(type, 37, 768);
      await withLinears({ variant, precision }, async (linears) => {
        const weight = await linears.upload([source]);
        const random = randomNumbers(11);
        const x = Float32Array.from({ length: MAX_TOKENS * 768 }, () => random() * 2 - 1);
        const y = gpu.create(MAX_TOKENS * 37 * 4);
        const activations = linears.createActivations({ ...weight, label: "x", maxTokens: MAX_TOKENS });
        const prepare = await compileActivations(gpu.device, gpu.upload(x), activations);
        const linear = await linears.compile(weight, { x: activations, y });
        const firstOf = async (tokens: number) => {
          await gpu.run([prepare(tokens), linear(tokens)].flat());
          return new Float32Array(await gpu.download(y)).slice(0, 37);
        };
        const alone = await firstOf(1);
        for (const tokens of others(type)) expect(await firstOf(tokens), `among ${tokens}`).toEqual(alone);
        weight.destroy();
      });
    });

    if (!isWhole) return; // what follows is of loading

    test("blocks of 32 need not come in eights", async () => {
      for (const type of ["Q5_0", "Q8_0", "F16"] as const) {
        await expectProducts({ variant, precision, sources: [randomSource(type, 37, 288)], tokens: [1, 8] });
      }
    });

    test("long rows", async () => {
      for (const type of ["Q4_K", "Q6_K"] as const) {
        await expectProducts({ variant, precision, sources: [randomSource(type, 19, 4864)], tokens: [1, 9] });
      }
    });

    test("sources of several types are one weight, with bias", async () => {
      const sources = [
        randomSource("Q5_0", 40, 256),
        randomSource("Q5_0", 24, 256),
        randomSource("Q8_0", 33, 256),
        randomSource("F32", 7, 256),
      ];
      await expectProducts({ variant, precision, sources, tokens: [1, 4, 8, 11], bias: true });
    });

    test("scales that differ in buffers only are one part in textures", async () => {
      const sources = [randomSource("Q4_1", 40, 256), randomSource("Q4_K", 33, 256)];
      await expectProducts({ variant, precision, sources, tokens: [1, 8], parts: variant === "rows" ? 1 : 2 });
    });

    test("a weight that fits no binding is cut by rows", async () => {
      const sources = [randomSource("Q6_K", 200, 512), randomSource("Q8_0", 131, 512)];
      await expectProducts({ variant, precision, sources, tokens: [1, 8], maxBindingBytes: 64 * 512, parts: 5 });
    });

    test("activations of 1e5 beside small ones", async () => {
      for (const type of ["Q5_0", "Q4_K", "Q6_K", "Q8_0", "F16"] as const) {
        await expectProducts({
          variant,
          precision,
          sources: [randomSource(type, 37, 512)],
          tokens: [1, 8],
          outliers: 1e5,
        });
      }
    });

    test("weights of zero and activations of zero give zero", async () => {
      for (const type of ["Q5_0", "Q4_K", "Q6_K", "Q8_0"] as const) {
        await expectProducts({ variant, precision, sources: [zeroSource(type, 17, 256)], tokens: [1, 8] });
        const sources = [randomSource(type, 17, 256)];
        await expectProducts({ variant, precision, sources, tokens: [1, 8], zeroActivations: true });
      }
    });
  });
});

// Weights are most of what a GPU reads for a token.
const BUFFER_BITS = {
  F32: 32,
  F16: 16,
  BF16: 16,
  Q4_0: 4.5,
  Q4_1: 5,
  Q5_0: 5.5,
  Q5_1: 6,
  Q8_0: 8.5,
  Q4_K: 4.625, // 4.5 in the file, whose six-bit numbers cross bytes
  Q5_K: 5.625,
  Q6_K: 6.625, // 6.5625 in the file: 8 blocks have an f16, not a word
  Q2_K: 2.625,
  Q3_K: 3.625, // 3.4375 in the file, whose scales have six bits
  IQ4_NL: 4.5,
  IQ4_XS: 4.375, // 4.25 in the file, whose scales have six bits
} as const satisfies Record<LinearTensorType, number>;

// matrices.test.ts runs these tests again, for the variant's sake only.
const ofBuffers = process.env.TEST_MATRICES && !isNightly ? [] : LINEAR_TENSOR_TYPES;
test.each(ofBuffers)("in buffers %s takes hardly more bits than in the file", async (type) => {
  await withLinears({ variant: "columns", precision: "exact" }, async (linears) => {
    const weight = await linears.upload([zeroSource(type, 37, 512)]);
    expect(weight.byteLength).toBe((37 * 512 * BUFFER_BITS[type]) / 8);
    expect(linearByteLength(type, 37, 512, "buffer")).toBe(weight.byteLength);
    weight.destroy();
  });
});

test("in buffers a row's scales end with a whole word", async () => {
  await withLinears({ variant: "columns", precision: "exact" }, async (linears) => {
    const weight = await linears.upload([zeroSource("Q8_0", 37, 96)]);
    expect(weight.byteLength).toBe(37 * (96 + 2 * 4)); // three scales in two words
    expect(linearByteLength("Q8_0", 37, 96, "buffer")).toBe(weight.byteLength);
    weight.destroy();
  });
});

// Two workgroups write a word. A race would show on a GPU; lavapipe runs neighbouring ones one after another.
test("in buffers scales are the file's, bit by bit", async () => {
  await withLinears({ variant: "columns", precision: "exact" }, async (linears) => {
    const source = randomSource("Q8_0", 64, 32_768);
    const weight = await linears.upload([source]);
    const { buffer } = weight.parts[0]!.rest!.resource as GPUBufferBinding;
    const file = new DataView(source.bytes.buffer);
    const scales = Uint16Array.from({ length: source.bytes.length / 34 }, (_, i) => file.getUint16(i * 34, true));
    expect(Buffer.from(await gpu.download(buffer)).equals(Buffer.from(scales.buffer))).toBe(true);
    weight.destroy();
  });
});

test("a type without kernels is an error that names tensor and type", async () => {
  await withLinears({ precision: "exact" }, async (linears) => {
    const source = { ...zeroSource("Q8_0", 1, 256), name: "blk.0.attn_q.weight", type: "IQ3_S" };
    await expect(linears.upload([source])).rejects.toThrow(/blk\.0\.attn_q\.weight has the type IQ3_S/);
  });
});

/** Every row, in an order that is not theirs. */
async function expectDecoded(variant: LinearVariant, source: TestSource) {
  const { rows, columns, values } = source;
  await withLinears({ variant, precision: "exact" }, async (linears) => {
    const weight = await linears.upload([source]);
    const ids = Array.from({ length: rows }, (_, i) => rows - 1 - i);
    const tokenIds = gpu.upload(new Uint32Array(ids));
    const hidden = gpu.create(rows * columns * 4);
    const next = createActivations(gpu.device, { ...NEXT, columns, maxTokens: rows });
    const normWeight = gpu.upload(new Float32Array(columns));
    const embedding = await linears.compileEmbedding(weight, { tokenIds, hidden, norm: { weight: normWeight, next } });
    await gpu.run(embedding(rows));
    const decoded = new Float32Array(await gpu.download(hidden));
    for (const [t, id] of ids.entries()) {
      const expected = withoutSignsOfZero(values.subarray(id * columns, (id + 1) * columns));
      const actual = withoutSignsOfZero(decoded.subarray(t * columns, (t + 1) * columns));
      expect(actual, `${source.type}, row ${id}`).toEqual(expected);
    }
    weight.destroy();
  });
}

/** Which WGSL leaves to the driver: https://www.w3.org/TR/WGSL/#differences-from-ieee754; SwiftShader drops them. */
function withoutSignsOfZero(values: Float32Array): Float32Array {
  return values.map((value) => value + 0);
}

interface ProductCase extends Partial<LinearsOptions> {
  readonly sources: readonly TestSource[];
  readonly tokens: readonly number[];
  readonly bias?: boolean;
  readonly outliers?: number;
  readonly zeroActivations?: boolean;
  readonly parts?: number;
}

async function expectProducts({ sources, tokens, bias, outliers, zeroActivations, parts, ...options }: ProductCase) {
  const random = randomNumbers(7);
  const columns = sources[0]!.columns;
  const x = Float32Array.from({ length: MAX_TOKENS * columns }, () => (zeroActivations ? 0 : random() * 2 - 1));
  if (outliers) for (let i = 5; i < x.length; i += 301) x[i]! *= outliers;

  await withLinears(options, async (linears) => {
    const weight = await linears.upload(sources);
    if (parts !== undefined) expect(weight.parts.length).toBe(parts);
    const before = Float32Array.from({ length: MAX_TOKENS * weight.rows }, () => random() - 0.5);
    const biasValues = Float32Array.from({ length: weight.rows }, () => random() - 0.5);
    const activations = linears.createActivations({ ...weight, label: "x", maxTokens: MAX_TOKENS });
    const prepare = await compileActivations(gpu.device, gpu.upload(x), activations);
    const buffers = {
      x: activations,
      y: gpu.create(before.byteLength),
      ...(bias && { bias: gpu.upload(biasValues) }),
    };
    const linear = await linears.compile(weight, buffers);

    for (const numTokens of tokens) {
      gpu.write(buffers.y, before);
      await gpu.run([prepare(numTokens), linear(numTokens)].flat());
      const y = new Float32Array(await gpu.download(buffers.y));
      const used = x.subarray(0, numTokens * columns);
      const expected = new Float64Array(numTokens * weight.rows);
      let firstRow = 0;
      for (const source of sources) {
        const isFast = options.precision === "fast" && !["F32", "F16", "BF16"].includes(source.type);
        const own = linearReference(isFast ? quantizeActivationsReference(used) : used, source.values, columns);
        for (let t = 0; t < numTokens; t++) {
          for (let r = 0; r < source.rows; r++) {
            const at = t * weight.rows + firstRow + r;
            expected[at] = own[t * source.rows + r]! + (bias ? biasValues[firstRow + r]! : 0);
          }
        }
        firstRow += source.rows;
      }
      const label = `${sources.map((source) => source.type)} ${weight.rows} x ${columns}, ${numTokens} tokens`;
      expect(nmse(y, expected), label).toBeLessThan(options.precision === "exact" ? EXACT_NMSE : FAST_NMSE);
    }
    weight.destroy();
  });
}

/** Products of the same options share their pipelines across tests. */
async function withLinears(given: Partial<LinearsOptions>, use: (linears: Linears) => Promise<void>) {
  const options = { precision: "fast", variant: linearVariants(gpu)[0]!, ...given } as const;
  const key = JSON.stringify(options);
  const linears = opened.get(key) ?? createLinears(gpu, options);
  opened.set(key, linears);
  await gpu.checked(() => use(linears));
}
