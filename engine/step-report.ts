import { countingDevice } from "./counting-device.ts";
import { MAX_SEQUENCES } from "./generation/batcher.ts";
import { compilePlan } from "./graph/compile.ts";
import { Graph } from "./graph/graph.ts";
import { planOf } from "./graph/plan.ts";
import { labelOf } from "./graph/step-list.ts";
import { edgesOf, type Step } from "./graph/steps.ts";
import type { Precision } from "./language-model.ts";
import { ARCHITECTURES } from "./models/architectures.ts";
import { typicalTarget } from "./target.ts";
import { modelConfig } from "./weights/model-config.ts";
import type { ModelFile } from "./weights/model-file.ts";

const CONTEXT_LENGTH = 256; // of the token that is told of; none of the shapes depends on it

/** What runs as one kernel, or a few, for one token. */
export interface StepReport {
  readonly kernel: string;
  readonly operations: readonly string[]; // of the model's description that it does
  readonly shapes: readonly (readonly [rows: number, columns: number])[]; // of its results and what it reads of others', in its order
  readonly dispatches: readonly string[];
  readonly weightBytes: number; // that its products read
}

/**
 * What a token of text runs, from a file's header alone: nothing is loaded.
 *
 * @throws EngineError as `modelConfig` and `planOf`
 */
export async function reportSteps(gguf: ModelFile, precision: Precision): Promise<StepReport[]> {
  const config = modelConfig(gguf);
  const plan = planOf(ARCHITECTURES[config.modelType](new Graph(config, gguf)), { path: gguf.path });
  const typical = typicalTarget(precision);
  const counted = { ...typical, device: countingDevice(typical.device) };
  const sizes = { contextLength: CONTEXT_LENGTH, numTables: MAX_SEQUENCES, onBytes: () => {} };
  const decoder = await compilePlan(plan, { ...gguf, read: async () => {} }, config, counted, sizes);
  const reports = plan.steps.map((step, i) => {
    const dispatches = decoder.stepDispatches(i);
    return {
      kernel: step.kernel,
      operations: step.does.map(labelOf),
      shapes: shapesOf(step),
      dispatches: dispatches.map(({ label }) => label),
      weightBytes: dispatches.reduce((sum, { weightBytes = 0 }) => sum + weightBytes, 0),
    };
  });
  const before = reports.reduce((sum, { dispatches }) => sum + dispatches.length, 0);
  const head = decoder.next(CONTEXT_LENGTH).slice(before);
  return [
    ...reports,
    {
      kernel: "output head",
      operations: plan.headInput ? [plan.lmHead.name] : [plan.finalNorm.name, plan.lmHead.name],
      shapes: [[1, config.vocabSize]],
      dispatches: head.map(({ label }) => label),
      weightBytes: head.reduce((sum, { weightBytes = 0 }) => sum + weightBytes, 0),
    },
  ];
}

function shapesOf(step: Step): StepReport["shapes"] {
  return edgesOf(step).map(({ rowsPerToken, columns }) => [rowsPerToken, columns]);
}
