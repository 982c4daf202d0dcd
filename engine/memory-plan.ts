import { withFile } from "./errors.ts";
import { MAX_SEQUENCES } from "./generation/batcher.ts";
import { type Plan, planOf } from "./graph/plan.ts";
import { BLOCK_TOKENS } from "./kernels/key-values.ts";
import type { Precision } from "./language-model.ts";
import { describeModel } from "./models/architectures.ts";
import type { ModelConfig } from "./models/config.ts";
import { plannedTarget } from "./open-target.ts";
import type { Target } from "./target.ts";
import type { Lora } from "./weights/lora-file.ts";
import { modelConfig } from "./weights/model-config.ts";
import type { ModelFile } from "./weights/model-file.ts";

export interface MemoryPlanOptions {
  readonly contextLength: number; // tokens
  readonly precision: Precision;
  /** Where it would run. Default: what `adapter` names. */
  readonly target?: Target;
  /** `cpu`, or anything else for a software adapter, on which a model takes the most. */
  readonly adapter?: string | undefined;
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
 * What running a model takes, from the file's header alone: it is loaded by a target that only counts.
 *
 * @throws EngineError as `modelConfig`, and as `planOf`; RangeError for a context that is no positive integer
 */
export async function planMemory(gguf: ModelFile, options: MemoryPlanOptions): Promise<MemoryPlan> {
  const { contextLength, precision, adapter, loras = [] } = options;
  const { target = plannedTarget(precision, adapter) } = options;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1) {
    throw new RangeError(`a context of ${contextLength} tokens`);
  }
  const config = modelConfig(gguf);
  const plan = planOf(describeModel(gguf, config), { path: gguf.path });
  return await memoryOf(plan, gguf, config, { contextLength, target, loras });
}

/** The same of a model whose header has been read already. */
export async function memoryOf(
  plan: Plan,
  gguf: ModelFile,
  config: ModelConfig,
  { contextLength, target, loras }: Required<Pick<MemoryPlanOptions, "contextLength" | "target" | "loras">>,
): Promise<MemoryPlan> {
  const unread = { ...gguf, read: async () => {} };
  const allowed = () => new Uint32Array(Math.ceil(config.vocabSize / 32));
  const sizes = { contextLength, numTables: MAX_SEQUENCES, loras, allowed };
  const loaded = await target
    .counted()
    .load(plan, unread, config, sizes)
    .catch((error: unknown) => {
      throw withFile(gguf.path, error);
    });

  const { numBlocks, blockBytes, numSnapshots, snapshotBytes } = loaded.states;
  const blocksOfContext = Math.ceil(contextLength / BLOCK_TOKENS);
  const kvCacheBytes = blocksOfContext * blockBytes + MAX_SEQUENCES * snapshotBytes;
  const prefixBytes = (numBlocks - blocksOfContext) * blockBytes + numSnapshots * snapshotBytes;
  const { weightsBytes, byteLength: totalBytes } = loaded;
  const activationBytes = totalBytes - weightsBytes - kvCacheBytes - prefixBytes;
  return { weightsBytes, kvCacheBytes, prefixBytes, activationBytes, totalBytes };
}
