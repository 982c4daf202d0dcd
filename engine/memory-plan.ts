import { countingDevice } from "./counting-device.ts";
import { MAX_SEQUENCES } from "./generation/batcher.ts";
import { createRunner } from "./generation/runner.ts";
import { compilePlan } from "./graph/compile.ts";
import { Graph } from "./graph/graph.ts";
import { planOf } from "./graph/plan.ts";
import { stateSizes } from "./graph/state-sizes.ts";
import type { Precision } from "./language-model.ts";
import { ARCHITECTURES } from "./models/architectures.ts";
import { type Target, typicalTarget } from "./target.ts";
import type { Lora } from "./weights/lora-file.ts";
import { modelConfig } from "./weights/model-config.ts";
import type { ModelFile } from "./weights/model-file.ts";

export interface MemoryPlanOptions {
  readonly contextLength: number; // tokens
  readonly precision: Precision;
  /** Where it would run. Default: a software adapter, on which a model takes the most. */
  readonly target?: Target;
  readonly loras?: readonly Lora[]; // adapters beside it, which were checked
}

/** Device memory in bytes, known before anything is loaded. */
export interface MemoryPlan {
  readonly weightsBytes: number;
  readonly kvCacheBytes: number; // keys and values of a context, and recurrent states of all sequences
  readonly prefixBytes: number; // the same of other requests and earlier ones, at most
  readonly activationBytes: number; // and all that is neither
  readonly totalBytes: number;
}

/**
 * What running a model takes, from the file's header alone: it is compiled for a device that only counts.
 *
 * @throws EngineError as `modelConfig`, and as `planOf`; RangeError for a context that is no positive integer
 */
export async function planMemory(gguf: ModelFile, options: MemoryPlanOptions): Promise<MemoryPlan> {
  const { contextLength, precision, target = typicalTarget(precision), loras = [] } = options;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1) {
    throw new RangeError(`a context of ${contextLength} tokens`);
  }
  const config = modelConfig(gguf);
  const plan = planOf(ARCHITECTURES[config.modelType](new Graph(config, gguf)), { path: gguf.path });
  const counted = { ...target, device: countingDevice(target.device) };
  const unread = { ...gguf, read: async () => {} };
  const sizes = { contextLength, numTables: MAX_SEQUENCES, loras, onBytes: () => {} };
  const decoder = await compilePlan(plan, unread, config, counted, sizes);
  const runner = await createRunner(counted, decoder, config, new Uint32Array(Math.ceil(config.vocabSize / 32)));

  const { blocks, recurrent } = stateSizes(plan, contextLength);
  const kvCacheBytes = blocks.ofContext * blocks.bytes + MAX_SEQUENCES * recurrent.bytes;
  const prefixBytes = blocks.ofPrefixes * blocks.bytes + recurrent.snapshots * recurrent.bytes;
  const weightsBytes = decoder.weightsBytes;
  const totalBytes = decoder.byteLength + runner.byteLength;
  const activationBytes = totalBytes - weightsBytes - kvCacheBytes - prefixBytes;
  return { weightsBytes, kvCacheBytes, prefixBytes, activationBytes, totalBytes };
}
