import { convStateSize } from "../kernels/conv.ts";
import { deltaRuleStateSize } from "../kernels/delta-rule.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./steps.ts";

const MAX_PREFIX_BYTES = 256 * 2 ** 20; // of other requests' and earlier ones' keys and values, and of recurrent states' copies
const SNAPSHOTS = { least: 4, most: 64 };

/** How much a plan keeps of sequences from step to step. */
export interface StateSizes {
  /** Blocks of BLOCK_TOKENS tokens' keys and values. */
  readonly blocks: {
    readonly ofContext: number; // one sequence's
    readonly ofPrefixes: number; // other requests' and earlier ones', at most
  };
  /** Recurrent states. */
  readonly recurrent: {
    readonly bytes: number; // of a sequence, in all layers; 0: there are none
    readonly snapshots: number; // copies of them
  };
}

/** @param numberBytes of a number of the keys and values */
export function stateSizes({ steps }: Plan, contextLength: number, numberBytes: number): StateSizes {
  const sum = (of: (step: Step) => number) => steps.reduce((total, step) => total + of(step), 0);
  const blockBytes = sum(keyValuesOf) * BLOCK_TOKENS * numberBytes;
  const ofContext = Math.ceil(contextLength / BLOCK_TOKENS);
  const most = Math.min(ofContext * blockBytes, MAX_PREFIX_BYTES);
  const ofPrefixes = blockBytes === 0 ? ofContext : Math.max(1, Math.floor(most / blockBytes));
  const bytes = sum((step) => Float32Array.BYTES_PER_ELEMENT * recurrentSizeOf(step));
  const fitting = Math.floor(MAX_PREFIX_BYTES / bytes);
  const snapshots = bytes === 0 ? 0 : Math.min(SNAPSHOTS.most, Math.max(SNAPSHOTS.least, fitting));
  return { blocks: { ofContext, ofPrefixes }, recurrent: { bytes, snapshots } };
}

/** Numbers of a token's keys and values. */
function keyValuesOf(step: Step): number {
  return step.kernel === "attention" ? 2 * step.sizes.numKeyValueHeads * step.sizes.headDim : 0;
}

/** f32 that a step keeps of a sequence whatever its length. */
export function recurrentSizeOf(step: Step): number {
  if (step.kernel === "conv") return convStateSize(step.weight);
  return step.kernel === "delta rule" ? deltaRuleStateSize(step.sizes) : 0;
}
