import type { SamplingOptions } from "../language-model.ts";
import type { FileMetadata } from "../weights/metadata.ts";

const KEYS = {
  temperature: "general.sampling.temp",
  topK: "general.sampling.top_k",
  topP: "general.sampling.top_p",
  minP: "general.sampling.min_p",
  repetitionPenalty: "general.sampling.penalty_repeat",
} as const;

/** How the makers of a checkpoint say that it should be sampled, if its file does; else greedy. */
export function defaultSampling({ metadata }: Pick<FileMetadata, "metadata">): SamplingOptions {
  const named = Object.entries(KEYS).map(([option, key]) => [option, metadata.get(key)] as const);
  return Object.fromEntries(named.filter(([, value]) => typeof value === "number"));
}
