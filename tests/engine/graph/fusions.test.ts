// Each row of the table of fusions, and all of them together, against plain kernels and against the reference.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KernelKind } from "../../../engine/device.ts";
import { FUSIONS } from "../../../engine/graph/fusions.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES } from "../../../engine/models/config.ts";
import type { Target } from "../../../engine/target.ts";
import { isNightly } from "../../nightly.ts";
import { expectAllClose } from "../all-close.ts";
import { type GraphLogits, openTarget, referenceLogits, runGraph } from "./run-graph.ts";
import { tinyConfig } from "./tiny-models.ts";

const TOKENS = [11, 48, 85, 122, 159, 196, 233, 14, 51, 88, 125];

describe.each<KernelKind>(["software", "gpu"])("kernels for %s", (kernels) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget(kernels);
  });
  afterAll(() => target.dispose());

  describe.each(MODEL_TYPES)("%s", (type) => {
    const graph = { describe: ARCHITECTURES[type], config: tinyConfig(type) };
    const reference = referenceLogits(graph, TOKENS);
    const expectRight = ({ together, alone }: GraphLogits) => {
      for (const [i, row] of reference.entries()) {
        expectAllClose(together[i]!, row, { rtol: 2e-4, atol: 2e-4 });
        expect(alone[i]).toEqual(together[i]); // bit for bit
      }
    };

    test("all rows of the table", async () => {
      const logits = await runGraph(target, graph, TOKENS);
      expectRight(logits);
      if (graph.config.experts) return; // what follows experts has no row of its own yet
      const kernelsUsed = new Set(logits.plan.steps.map(({ kernel }) => kernel));
      expect(
        [...kernelsUsed].filter((kernel) => ["elementwise", "columns", "rope", "activations"].includes(kernel)),
      ).toEqual([]);
    });

    test("none: what matches nothing runs as its plain kernel", async () => {
      const logits = await runGraph(target, { ...graph, fusions: [] }, TOKENS);
      expectRight(logits);
      for (const { does } of logits.plan.steps) expect(does.length).toBeLessThan(2);
    });

    test("turned by angles that are not the slots", async () => {
      const turned = { ...graph, angles: TOKENS.map((_, slot) => 3 * slot + (slot > 4 ? 20 : 0)) };
      const { together } = await runGraph(target, turned, TOKENS);
      for (const [i, row] of referenceLogits(turned, TOKENS).entries()) {
        expectAllClose(together[i]!, row, { rtol: 2e-4, atol: 2e-4 });
        expect(() => expectAllClose(together[i]!, reference[i]!, { rtol: 1e-2, atol: 1e-2 })).toThrow();
      }
    });

    const leftOut = graph.config.experts && !isNightly ? [] : FUSIONS; // the same rows as without experts
    test.each(leftOut.map((fusion) => [fusion.name, fusion] as const))("all but %s", async (_, left) => {
      expectRight(await runGraph(target, { ...graph, fusions: FUSIONS.filter((fusion) => fusion !== left) }, TOKENS));
    });
  });
});
