import { keyValueBytes } from "../kernels/attention.ts";
import { BLOCK_TOKENS } from "../kernels/key-values.ts";
import type { Plan } from "./plan.ts";

const MAX_PREFIX_BYTES = 256 * 2 ** 20;

/** How many blocks of BLOCK_TOKENS tokens a plan keeps keys and values of. */
export interface KeyValueBlocks {
  readonly ofContext: number; // one sequence's
  readonly ofPrefixes: number; // other requests' and earlier ones', at most
  readonly blockBytes: number; // keys and values of all layers
}

export function keyValueBlocks({ steps }: Plan, contextLength: number): KeyValueBlocks {
  const tokenBytes = steps.reduce(
    (sum, step) => (step.kernel === "attention" ? sum + 2 * keyValueBytes(step.sizes) : sum),
    0,
  );
  const blockBytes = tokenBytes * BLOCK_TOKENS;
  const ofContext = Math.ceil(contextLength / BLOCK_TOKENS);
  const most = Math.min(ofContext * blockBytes, MAX_PREFIX_BYTES);
  return { ofContext, ofPrefixes: Math.max(1, Math.floor(most / blockBytes)), blockBytes };
}
