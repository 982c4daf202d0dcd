// Products that leave their results as the input of what follows: the residual stream with its RMSNorm, and SwiGLU.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quantizeActivationsReference } from "../../../engine/kernels/activations.reference.ts";
import { type Activations, compileActivations } from "../../../engine/kernels/activations.ts";
import { linearReference } from "../../../engine/kernels/linear.reference.ts";
import { createLinears, type Linear, type Linears, type LinearWeight } from "../../../engine/kernels/linear.ts";
import { swigluReference } from "../../../engine/kernels/swiglu.reference.ts";
import { isNightly } from "../../nightly.ts";
import { openTestGpu, type TestGpu, VARIANTS } from "./linear-gpu.ts";
import { nmse, randomNumbers, randomSource, type TestSource } from "./linear-sources.ts";

const MAX_TOKENS = 32; // one prompt tile
const TOKENS = [1, 3, 11, 21]; // a shader for one, a small tile, two tiles with an end, one for prompts
const EPS = 1e-2; // so large that leaving it out would show
const NMSE = { exact: 1e-11, fast: 1e-8 };
const ROUNDED_NMSE = 1e-5; // of what is rounded to 8 bits from sums in another order

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu?.dispose());

const cases = VARIANTS.flatMap((variant) => (["exact", "fast"] as const).map((precision) => ({ variant, precision })));

describe.each(cases)("lanes along $variant, $precision", ({ variant, precision }) => {
  // Lanes within subgroups compute prompts by the tiles that those along columns have: by day not again.
  const steps = variant === "columns-subgroups" && !isNightly ? TOKENS.slice(0, -1) : TOKENS;
  let linears: Linears;
  beforeAll(() => {
    linears = createLinears(gpu, { variant, precision });
  });
  afterAll(() => linears.dispose());

  const rounded = (values: Float32Array, type: string) =>
    precision === "fast" && type !== "F16" ? quantizeActivationsReference(values) : values;

  /** What a product with a normed row gives: RMSNorm, but that rounding comes before the division. */
  function normedProduct(x: Float32Array, weight: Float32Array, source: TestSource): Float64Array {
    const { columns, rows, type, values } = source;
    const weighted = x.map((value, i) => value * weight[i % columns]!);
    const y = linearReference(rounded(weighted, type), values, columns);
    return y.map((sum, i) => {
      const row = x.subarray(Math.floor(i / rows) * columns, (Math.floor(i / rows) + 1) * columns);
      return sum / Math.sqrt(row.reduce((squares, value) => squares + value * value, 0) / columns + EPS);
    });
  }

  /** A product with what `next` holds, and reads it. */
  async function productOf(next: Activations, weight: LinearWeight, before: readonly Linear[], numTokens: number) {
    const y = gpu.create(MAX_TOKENS * weight.rows * 4);
    const product = await linears.compile(weight, { x: next, y });
    await gpu.run([...before, product].flatMap((operation) => operation(numTokens)));
    return new Float32Array(await gpu.download(y)).subarray(0, numTokens * weight.rows);
  }

  test("the residual stream takes products, and is normed", async () => {
    await gpu.checked(async () => {
      const source = randomSource("Q5_0", 96, 512);
      const after = randomSource("Q8_0", 40, 96);
      const [weight, weightAfter] = [await linears.upload([source]), await linears.upload([after])];
      const [x, stream] = [randomF32(MAX_TOKENS * 512, 1), randomF32(MAX_TOKENS * 96, 2)];
      const [normWeight, normWeightAfter] = [randomF32(512, 3), randomF32(96, 4)];
      const input = linears.createActivations({ ...weight, label: "x", maxTokens: MAX_TOKENS, normEps: EPS });
      const next = linears.createActivations({ ...weightAfter, label: "next", maxTokens: MAX_TOKENS, normEps: EPS });
      const hidden = gpu.create(stream.byteLength);
      const prepare = await compileActivations(gpu.device, gpu.upload(x), input, gpu.upload(normWeight));
      const buffers = { x: input, hidden, normWeight: gpu.upload(normWeightAfter), next };
      const residual = await linears.compileResidual(weight, buffers);

      for (const numTokens of steps) {
        gpu.write(hidden, stream);
        const before: Linear[] = [(tokens) => [prepare(tokens)].flat(), residual];
        const y = await productOf(next, weightAfter, before, numTokens);
        const added = new Float32Array(await gpu.download(hidden)).subarray(0, numTokens * 96);
        const sums = normedProduct(x.subarray(0, numTokens * 512), normWeight, source);
        expect(
          nmse(
            added,
            sums.map((sum, i) => sum + stream[i]!),
          ),
        ).toBeLessThan(NMSE[precision]);
        expect(nmse(y, normedProduct(added, normWeightAfter, after))).toBeLessThan(NMSE[precision]);
      }
      weight.destroy();
      weightAfter.destroy();
    });
  });

  // Formats are linear.test.ts's; here one is enough, and two of them in two dispatches.
  test.each([
    ["Q5_0", "Q5_0"],
    ["Q5_0", "Q8_0"],
  ] as const)("SwiGLU of gates in %s and ups in %s", async (gateType, upType) => {
    await gpu.checked(async () => {
      const [gate, up] = [randomSource(gateType, 160, 256), { ...randomSource(upType, 160, 256) }];
      const after = randomSource("Q8_0", 40, 160);
      const weight = await linears.upload([gate, up], { inTurn: true });
      const weightAfter = await linears.upload([after]);
      expect(weight.isInTurn).toBe(gateType === upType);
      const x = randomF32(MAX_TOKENS * 256, 5);
      const input = linears.createActivations({ ...weight, label: "x", maxTokens: MAX_TOKENS });
      const y = linears.createActivations({ ...weightAfter, label: "y", maxTokens: MAX_TOKENS });
      const prepare = await compileActivations(gpu.device, gpu.upload(x), input);
      const gated = await linears.compileGated(weight, { x: input, y });
      expect(gated(1)).toHaveLength(gateType === upType ? 1 : weight.parts.length + 1);

      const ofToken = new Map<number, Float32Array>();
      for (const numTokens of steps) {
        const before: Linear[] = [(tokens) => [prepare(tokens)].flat(), gated];
        const product = await productOf(y, weightAfter, before, numTokens);
        const used = x.subarray(0, numTokens * 256);
        const sumsOf = ({ type, values }: TestSource) => linearReference(rounded(used, type), values, 256);
        const [gates, ups] = [sumsOf(gate), sumsOf(up)];
        const both = Float32Array.from({ length: numTokens * 320 }, (_, i) => {
          const [token, row] = [Math.floor(i / 320), i % 320];
          return row < 160 ? gates[token * 160 + row]! : ups[token * 160 + row - 160]!;
        });
        const expected = Float32Array.from(swigluReference(both, 160));
        const bound = precision === "exact" ? 1e-10 : ROUNDED_NMSE;
        expect(nmse(product, linearReference(rounded(expected, "Q8_0"), after.values, 160))).toBeLessThan(bound);
        ofToken.set(numTokens, product.slice(0, 40));
      }
      for (const numTokens of steps) expect(ofToken.get(numTokens)).toEqual(ofToken.get(1)); // the same bits alone and among others
      weight.destroy();
      weightAfter.destroy();
    });
  });

  test("a weight that fits no binding is cut between blocks", async () => {
    const small = createLinears(gpu, { variant, precision, maxBindingBytes: 64 * 128 });
    await gpu.checked(async () => {
      const [gate, up] = [randomSource("Q5_0", 96, 256), { ...randomSource("Q5_0", 96, 256) }];
      const weight = await small.upload([gate, up], { inTurn: true });
      expect(weight.parts.length).toBeGreaterThan(1);
      const x = randomF32(MAX_TOKENS * 256, 5);
      const input = small.createActivations({ ...weight, label: "x", maxTokens: MAX_TOKENS });
      const whole = await linears.upload([gate, up], { inTurn: true });
      const after = await linears.upload([randomSource("Q8_0", 40, 96)]);
      const prepare = await compileActivations(gpu.device, gpu.upload(x), input);
      const results: Float32Array[] = [];
      for (const [own, uploaded] of [
        [small, weight],
        [linears, whole],
      ] as const) {
        const y = linears.createActivations({ ...after, label: "y", maxTokens: MAX_TOKENS });
        const gated = await own.compileGated(uploaded, { x: input, y });
        results.push(await productOf(y, after, [(tokens) => [prepare(tokens)].flat(), gated], 11));
      }
      expect(results[0]).toEqual(results[1]);
      expect(results[0]!.some((value) => value !== 0)).toBe(true);
    });
    small.dispose();
  });
});

function randomF32(length: number, seed: number): Float32Array<ArrayBuffer> {
  const random = randomNumbers(seed);
  return Float32Array.from({ length }, () => random() * 2 - 1);
}
