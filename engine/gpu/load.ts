import type { Plan } from "../graph/plan.ts";
import { WHOLE_CONTEXT } from "../kernels/attention.ts";
import type { ModelConfig } from "../models/config.ts";
import type { LoadedModel, LoadOptions } from "../target.ts";
import type { ModelFile } from "../weights/model-file.ts";
import { compilePlan } from "./compile.ts";
import { createRunner } from "./runner.ts";
import { createStateStore } from "./state-store.ts";
import type { GpuTarget } from "./target.ts";

/** Uploads a plan's weights, and compiles its kernels. @throws EngineError as `compilePlan` */
export async function loadOnGpu(
  target: GpuTarget,
  plan: Plan,
  file: ModelFile,
  config: ModelConfig,
  { allowed, ...sizes }: LoadOptions,
): Promise<LoadedModel> {
  const decoder = await compilePlan(plan, file, config, target, sizes);
  const runner = await createRunner(target, decoder, config, allowed());
  const { keyValues, kvBlocks, recurrent, weightsBytes } = decoder;
  const states = createStateStore(target, { keyValues, numBlocks: kvBlocks, recurrent });
  const steps = plan.steps.map((_, step) => decoder.stepDispatches(step));
  await target.settle(target.device.queue.onSubmittedWorkDone());
  return {
    ...{ runner, states, weightsBytes },
    tokenSteps: [...steps, decoder.next(WHOLE_CONTEXT).slice(steps.flat().length)],
    byteLength: decoder.byteLength + runner.byteLength + states.byteLength,
    destroy() {
      for (const one of [runner, states, decoder]) one.destroy();
    },
  };
}
