// Operations that keep a recurrent state, against their formulas in f64, in one step and token by token.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Graph } from "../../../engine/graph/graph.ts";
import type { Target } from "../../../engine/target.ts";
import { expectAllClose } from "../all-close.ts";
import { KINDS_OF_TARGETS, openTestTarget } from "../targets.ts";
import { RECURRENT_CONFIG, recurrentToy } from "./recurrent-toy.ts";
import { referenceLogits, runGraph } from "./run-graph.ts";
import { shapesFor } from "./tiny-models.ts";

const TOKENS = [11, 48, 85, 122, 159, 196, 233, 14, 51, 88, 125];

describe.each(KINDS_OF_TARGETS)("on the target %s", (kind) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTestTarget(kind);
  });
  afterAll(() => target.dispose());

  test("convolution and delta rule give what their formulas do, and a token alone the same bits as among others", async () => {
    const graph = { describe: recurrentToy, config: RECURRENT_CONFIG };
    const { together, alone, plan } = await runGraph(target, graph, TOKENS);
    expect(plan.steps.map(({ kernel }) => kernel)).toEqual(expect.arrayContaining(["conv", "delta rule", "attention"]));
    for (const [i, row] of referenceLogits(graph, TOKENS).entries()) {
      expectAllClose(together[i]!, row, { rtol: 2e-4, atol: 2e-4 });
      expect(alone[i]).toEqual(together[i]);
    }
  });
});

test("shapes that do not fit are the description's mistake", () => {
  const shapes = [...shapesFor(recurrentToy, RECURRENT_CONFIG)];
  const tensors = new Map(shapes.map(([name, shape]) => [name, { type: "F32" as const, shape }]));
  const g = new Graph(RECURRENT_CONFIG, { path: "model.gguf", tensors }).within("blk.0.");
  expect(() => g.taps("ssm_conv1d.weight", 128, 3)).toThrow(/ssm_conv1d\.weight.*\[4,128\].*\[3,128\]/);
  const x = g.linear(g.embed(g.matrix("attn_qkv.weight", 128, 96)), g.matrix("attn_qkv.weight", 128, 96));
  expect(() => g.conv(g.columns(x, 0, 64), g.taps("ssm_conv1d.weight", 128, 4))).toThrow(
    /conv: a value of shape \[64\]/,
  );
});
