import { codeBlocks } from "./code-blocks.ts";
import type { Dialect } from "./dialect.ts";
import { toolCalls } from "./tool-calls.ts";

/** Coder models below 3B were not trained enough on tool calls: measured in docs/decisions/0011-code-blocks.md. */
const SMALL_CODER = /qwen2\.5-coder-(0\.5|1\.5)b/i;

export function chooseDialect(modelName: string): Dialect {
  return SMALL_CODER.test(modelName) ? codeBlocks() : toolCalls();
}
