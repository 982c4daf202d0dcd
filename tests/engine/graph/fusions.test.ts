// Each row of the table of fusions, and all of them together, against plain kernels and against the reference.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FUSIONS, type Fusion } from "../../../engine/graph/fusions.ts";
import { ARCHITECTURES } from "../../../engine/models/architectures.ts";
import { MODEL_TYPES } from "../../../engine/models/config.ts";
import type { Target } from "../../../engine/target.ts";
import { isNightly } from "../../nightly.ts";
import { expectAllClose } from "../all-close.ts";
import { openTestTarget, TARGETS } from "../targets.ts";
import { type GraphLogits, referenceLogits, runGraph } from "./run-graph.ts";
import { tinyConfig } from "./tiny-models.ts";

const TOKENS = [11, 48, 85, 122, 159, 196, 233, 14, 51, 88, 125];

describe.each(TARGETS)("on the target %s", (kind) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTestTarget(kind);
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
      const plain = ["elementwise", "columns", "rope", "rms norm", "activations"];
      const left = logits.plan.steps.filter(({ kernel }) => plain.includes(kernel));
      expect(left).toEqual([]);
    });

    // By day a row is tried on the architectures that it is for, by an adapter on one without experts and one with them, and by the
    // second kind of its kernels on one.
    const isOwn = ({ name }: Fusion) => name.includes("experts") === (graph.config.experts !== undefined);
    const byDay: readonly string[] = {
      ...{ cpu: MODEL_TYPES, "cpu, several memories": ["qwen2moe"] },
      ...{ software: ["qwen2", "qwen2moe"], gpu: ["qwen2"] },
    }[kind];
    if (!byDay.includes(type) && !isNightly) return;

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

    const leftOut = isNightly ? FUSIONS : FUSIONS.filter(isOwn);
    test.each(leftOut.map((fusion) => [fusion.name, fusion] as const))("all but %s", async (_, left) => {
      expectRight(await runGraph(target, { ...graph, fusions: FUSIONS.filter((fusion) => fusion !== left) }, TOKENS));
    });
  });
});
