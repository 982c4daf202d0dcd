import type { PromptProgress } from "../../interpreter/index.ts";

/** What is said while the model writes nothing: how far it has read, where that is known and not almost all. */
export function waitingText(progress: PromptProgress | undefined, otherwise: string): string {
  if (!progress || progress.processed >= progress.total) return otherwise;
  return `Reading, ${progress.processed} of ${progress.total} tokens…`;
}
