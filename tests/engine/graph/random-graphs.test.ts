// Graphs that no model has, made by chance: whatever is said runs, and gives what the reference gives.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Graph, type Value } from "../../../engine/graph/graph.ts";
import { planOf } from "../../../engine/graph/plan.ts";
import { edgesOf } from "../../../engine/graph/steps.ts";
import type { Target } from "../../../engine/target.ts";
import { byChance } from "../../nightly.ts";
import { expectAllClose } from "../all-close.ts";
import { randomF32 } from "../random.ts";
import { KINDS_OF_TARGETS, openTestTarget } from "../targets.ts";
import { referenceLogits, runGraph } from "./run-graph.ts";
import { shapesFor, tinyConfig } from "./tiny-models.ts";

const TOKENS = [7, 250, 3, 99, 180];
const RUN = 10;
const ON_ADAPTER = byChance(4, RUN); // whose shaders take seconds to compile
const PLANNED = 400;
const EXPERTS = 4;
const WIDTH = 64; // of an expert

/** A graph whose operations read any of the values before them. */
function randomGraph(seed: number): (g: Graph) => Value {
  return (g) => {
    const numbers = randomF32(200, seed);
    let at = 0;
    const below = (count: number) => Math.min(count - 1, Math.floor(((numbers[at++]! + 1) / 2) * count));
    const { hiddenSize, vocabSize, numAttentionHeads, numKeyValueHeads, headDim } = g.config;
    const values = [g.embed(g.matrix("token_embd.weight", vocabSize, hiddenSize))];
    const any = () => values[Math.max(0, values.length - 1 - below(3))]!;
    for (let i = 0; i < 8; i++) {
      const linear = (x: Value, rows: number, name: string) =>
        g.linear(
          x,
          g.matrix(`${i}.${name}`, rows, hiddenSize),
          below(2) ? g.vector(`${i}.${name}.bias`, rows) : undefined,
        );
      const heads = (x: Value, count: number, name: string) => {
        const projected = g.heads(linear(x, count * headDim, name), count);
        const normed = below(2) ? g.rmsNorm(projected, g.vector(`${i}.${name}_norm`, headDim)) : projected;
        return below(3) ? g.rope(normed) : normed;
      };
      const choices: (() => Value)[] = [
        () => g.add(any(), any()),
        () => g.mul(any(), g.sigmoid(any())),
        () => g.rmsNorm(any(), g.vector(`${i}.norm`, hiddenSize)),
        () => linear(any(), hiddenSize, "linear"),
        () => g.add(any(), linear(g.rmsNorm(any(), g.vector(`${i}.norm`, hiddenSize)), hiddenSize, "residual")),
        () => g.mul(g.silu(linear(any(), hiddenSize, "gate")), linear(any(), hiddenSize, "up")),
        () => {
          const x = any();
          const matrix = (name: string, rows: number, columns: number) =>
            g.expertMatrix(`${i}.${name}`, EXPERTS, rows, columns);
          const weights = {
            gate: matrix("gates", WIDTH, hiddenSize),
            up: matrix("ups", WIDTH, hiddenSize),
            down: matrix("downs", hiddenSize, WIDTH),
          };
          const choice = { numExpertsPerTok: 2, normTopkProb: below(2) === 1 };
          const mixture = g.experts(x, linear(x, EXPERTS, "router"), weights, choice);
          return g.add(any(), below(2) ? mixture : g.add(mixture, any()));
        },
        () => {
          const x = any();
          const [q, k, v] = [
            heads(x, numAttentionHeads, "q"),
            heads(any(), numKeyValueHeads, "k"),
            heads(x, numKeyValueHeads, "v"),
          ];
          const size = numAttentionHeads * headDim;
          return g.linear(g.attention(q, k, v), g.matrix(`${i}.o`, hiddenSize, size));
        },
      ];
      values.push(choices[below(choices.length)]!());
    }
    const normed = g.rmsNorm(values.at(-1)!, g.vector("output_norm.weight", hiddenSize));
    return g.linear(normed, g.matrix("output.weight", vocabSize, hiddenSize));
  };
}

const config = tinyConfig("qwen2");

describe.each(KINDS_OF_TARGETS)("on the target %s", (kind) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTestTarget(kind);
  });
  afterAll(() => target.dispose());

  test.each(Array.from({ length: kind === "cpu" ? RUN : ON_ADAPTER }, (_, seed) => seed))("graph %i", async (seed) => {
    const graph = { describe: randomGraph(seed), config };
    const { together, alone } = await runGraph(target, graph, TOKENS);
    for (const [i, row] of referenceLogits(graph, TOKENS).entries()) {
      expectAllClose(together[i]!, row, { rtol: 1e-3, atol: 1e-3 });
      expect(alone[i]).toEqual(together[i]);
    }
  });
});

test(`in the plans of ${PLANNED} graphs no result is overwritten before it was read for the last time`, () => {
  for (let seed = 0; seed < PLANNED; seed++) {
    const describe = randomGraph(seed);
    const shapes = [...shapesFor(describe, config)];
    const tensors = new Map(shapes.map(([name, shape]) => [name, { type: "F32" as const, shape }]));
    const { steps, bufferOf } = planOf(describe(new Graph(config, { path: "", tensors })));
    const held = new Map<unknown, unknown>(); // buffer -> the result in it
    const last = new Map(steps.flatMap((step, i) => edgesOf(step).map((edge) => [edge, i] as const)));
    for (const [i, step] of steps.entries()) {
      for (const edge of edgesOf(step)) {
        const other = held.get(bufferOf(edge));
        if (other !== undefined && other !== edge) expect(last.get(other as typeof edge)).toBeLessThan(i);
        held.set(bufferOf(edge), edge);
      }
    }
  }
});
