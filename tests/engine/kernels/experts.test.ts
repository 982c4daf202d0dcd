// Mixtures of experts against their formula, in steps whose results are sorted by expert and in those where they are not.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileActivations, createActivations } from "../../../engine/kernels/activations.ts";
import { chooseExperts } from "../../../engine/kernels/experts.reference.ts";
import { createExperts } from "../../../engine/kernels/experts.ts";
import { linearReference } from "../../../engine/kernels/linear.reference.ts";
import { createLinears, type LinearTensorType } from "../../../engine/kernels/linear.ts";
import type { LinearVariant } from "../../../engine/kernels/linear-variants.ts";
import { randomF32 } from "../random.ts";
import { openTestGpu, type TestGpu } from "./linear-gpu.ts";
import { nmse, randomSource, type TestSource } from "./linear-sources.ts";

const HIDDEN = 96;
const NMSE = { exact: 1e-11, fast: 2e-4 }; // fast: activations of 8 bits, twice

let gpu: TestGpu;
beforeAll(async () => {
  gpu = await openTestGpu();
});
afterAll(() => gpu?.dispose());

interface Mixture {
  readonly experts: number;
  readonly chosen: number;
  readonly normTopkProb: boolean;
  readonly width: number;
  readonly types: readonly [gate: LinearTensorType, up: LinearTensorType, down: LinearTensorType];
  readonly maxBindingBytes?: number;
  readonly scores?: (random: Float32Array) => Float32Array<ArrayBuffer>; // default: those
}

const FEW: Mixture = { experts: 5, chosen: 2, normTopkProb: true, width: 64, types: ["Q8_0", "Q8_0", "Q8_0"] };
const MIXTURES: readonly (readonly [string, Mixture, readonly number[]])[] = [
  ["five experts", FEW, [1, 2, 3, 40]],
  ["many of them, weights that do not add up to 1", { ...FEW, experts: 130, chosen: 8, normTopkProb: false }, [1, 40]],
  ["gate and up stored each in its way", { ...FEW, types: ["Q8_0", "F32", "F32"] }, [2, 40]],
  ["weights cut between experts", { ...FEW, experts: 7, maxBindingBytes: 3 * 2 * 64 * HIDDEN }, [3, 40]],
  [
    "one expert that all choose",
    { ...FEW, scores: (random) => random.map((score, i) => (i % 5 === 3 ? 9 : score)) },
    [40],
  ],
  ["scores that are all equal", { ...FEW, scores: (random) => random.map(() => 1) }, [1, 40]],
  [
    "scores of which one is everything",
    { ...FEW, scores: (random) => random.map((_, i) => (i % 5 === 4 ? 3e38 : -3e37)) },
    [1, 40],
  ],
];
const VARIANTS: readonly (readonly [LinearVariant, "exact" | "fast"])[] = [
  ["rows", "exact"],
  ["rows", "fast"],
  ["columns", "exact"],
  ["columns-subgroups", "fast"],
];
const CASES = MIXTURES.flatMap(([what, mixture, steps], i) =>
  VARIANTS.filter((_, v) => i === 0 || v % 2 === i % 2).map(([variant, precision]) => ({
    what,
    mixture,
    steps,
    variant,
    precision,
  })),
);

describe.each(CASES)("$what, lanes along $variant, $precision", ({ mixture, steps, variant, precision }) => {
  test(`steps of ${steps.join(", ")} tokens`, async () => {
    const { experts, chosen, normTopkProb, width, types, maxBindingBytes } = mixture;
    const maxTokens = Math.max(...steps);
    await gpu.checked(async () => {
      const linears = createLinears(gpu, { variant, precision, ...(maxBindingBytes && { maxBindingBytes }) });
      const [gate, up] = [0, 1].map((i) => randomSource(types[i]!, experts * width, HIDDEN)) as [
        TestSource,
        TestSource,
      ];
      const down = randomSource(types[2], experts * HIDDEN, width);
      const gateUp = await linears.upload([gate, up], { inTurn: true, experts });
      const downWeight = await linears.upload([down], { experts });
      if (maxBindingBytes) expect(gateUp.parts.map((part) => part.experts)).toEqual([2, 2, 2, 1]);
      const sizes = {
        numExperts: experts,
        numExpertsPerTok: chosen,
        normTopkProb,
        hiddenSize: HIDDEN,
        width,
        maxTokens,
      };
      const shared = createExperts(gpu.device, linears, sizes, [types[2]]);

      const [x, random] = [randomF32(maxTokens * HIDDEN, 1, 2), randomF32(maxTokens * experts, 2, 2)];
      const scores = mixture.scores?.(random) ?? random;
      const input = linears.createActivations({ label: "x", columns: HIDDEN, types, maxTokens });
      const y = createActivations(gpu.device, { label: "y", columns: HIDDEN, maxTokens, f32: true, int8: undefined });
      const fill = await compileActivations(gpu.device, gpu.upload(x), input);
      const layer = { x: input, scores: gpu.upload(scores), gateUp, down: downWeight, y };
      const mixed = await shared.compile(layer);
      const expected = reference(mixture, { x, scores, gate, up, down });

      let first: Float32Array | undefined;
      for (const numTokens of steps) {
        await gpu.run([fill(numTokens), mixed(numTokens)].flat(2));
        const actual = new Float32Array(await gpu.download(y.f32!.values)).subarray(0, numTokens * HIDDEN);
        expect(nmse(actual, expected.subarray(0, actual.length))).toBeLessThan(NMSE[precision]);
        first ??= actual.slice(0, HIDDEN);
        expect(actual.subarray(0, HIDDEN)).toEqual(first); // bit for bit, alone and among others
      }
      for (const one of [shared, linears, input, y, gateUp, downWeight])
        "dispose" in one ? one.dispose() : one.destroy();
    });
  });
});

interface Numbers {
  readonly x: Float32Array;
  readonly scores: Float32Array;
  readonly gate: TestSource;
  readonly up: TestSource;
  readonly down: TestSource;
}

function reference(mixture: Mixture, { x, scores, gate, up, down }: Numbers): Float64Array {
  const { experts, chosen, normTopkProb, width } = mixture;
  const ofExpert = ({ values }: TestSource, expert: number) => {
    const size = values.length / experts;
    return values.subarray(expert * size, (expert + 1) * size);
  };
  const result = new Float64Array(x.length);
  for (let token = 0; token < x.length / HIDDEN; token++) {
    const row = x.subarray(token * HIDDEN, (token + 1) * HIDDEN);
    const own = [...scores.subarray(token * experts, (token + 1) * experts)];
    for (const { expert, weight } of chooseExperts(own, chosen, normTopkProb)) {
      const ups = linearReference(row, ofExpert(up, expert), HIDDEN);
      const gates = linearReference(row, ofExpert(gate, expert), HIDDEN);
      const gated = gates.map((value, i) => (value / (1 + Math.exp(-value))) * ups[i]!);
      const y = linearReference(gated, ofExpert(down, expert), width);
      for (const [i, value] of y.entries()) result[token * HIDDEN + i]! += weight * value;
    }
  }
  return result;
}
