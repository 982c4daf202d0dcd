import { withFile } from "./errors.ts";
import { MAX_SEQUENCES } from "./generation/batcher.ts";
import { planOf } from "./graph/plan.ts";
import { labelOf } from "./graph/step-list.ts";
import { edgesOf, type Step } from "./graph/steps.ts";
import type { Precision } from "./language-model.ts";
import { describeModel } from "./models/architectures.ts";
import { plannedTarget } from "./open-target.ts";
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
 * @param adapter `cpu`, or anything else for a software adapter
 * @throws EngineError as `modelConfig` and `planOf`
 */
export async function reportSteps(gguf: ModelFile, precision: Precision, adapter?: string): Promise<StepReport[]> {
  const config = modelConfig(gguf);
  const plan = planOf(describeModel(gguf, config), { path: gguf.path });
  const target = plannedTarget(precision, adapter);
  const allowed = () => new Uint32Array(Math.ceil(config.vocabSize / 32));
  const sizes = { contextLength: CONTEXT_LENGTH, numTables: MAX_SEQUENCES, allowed };
  const unread = { ...gguf, read: async () => {} };
  const loaded = await target
    .counted()
    .load(plan, unread, config, sizes)
    .catch((error: unknown) => {
      throw withFile(gguf.path, error);
    });
  const ran = (step: number) => {
    const kernels = loaded.tokenSteps[step]!;
    return {
      dispatches: kernels.map(({ label }) => label),
      weightBytes: kernels.reduce((sum, { weightBytes = 0 }) => sum + weightBytes, 0),
    };
  };
  const reports = plan.steps.map((step, i) => {
    return { kernel: step.kernel, operations: step.does.map(labelOf), shapes: shapesOf(step), ...ran(i) };
  });
  const norm = plan.headInput ? [] : [`rmsNorm ${plan.finalNorm.name}`]; // else the last step has begun it
  const operations = [...norm, `linear ${plan.lmHead.name}`];
  const head = { kernel: "output head", operations, shapes: [[1, config.vocabSize] as const] };
  return [...reports, { ...head, ...ran(plan.steps.length) }];
}

function shapesOf(step: Step): StepReport["shapes"] {
  return edgesOf(step).map(({ rowsPerToken, columns }) => [rowsPerToken, columns]);
}
