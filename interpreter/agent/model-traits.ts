// What is known of a model by its name: the one place where a size or a family counts.
import { codeBlocks } from "./code-blocks.ts";
import type { Dialect } from "./dialect.ts";
import { toolCalls } from "./tool-calls.ts";

export interface ModelTraits {
  /** How tools are offered to it, and how its calls are read. */
  readonly dialect: Dialect;
  /** Its answers are to be checked: the user is told so. */
  readonly makesMistakes: boolean;
  /** It is told of the tables that a question is not about, by their names; a smaller one takes one of those. */
  readonly seesOtherTables: boolean;
  /** It knows which table a question is about whose words no table has (context/pick-table.ts). */
  readonly picksTables: boolean;
}

/** Coder models below 3B were not trained enough on tool calls: measured in docs/decisions/0011-code-blocks.md. */
const SMALL_CODER = /qwen2\.5-coder-(0\.5|1\.5)b/i;
const SMALLEST = /(^|[^\d.])0\.5b/i;

export function modelTraits(name: string): ModelTraits {
  const isSmallest = SMALLEST.test(name);
  return {
    dialect: SMALL_CODER.test(name) ? codeBlocks() : toolCalls(),
    makesMistakes: isSmallest,
    seesOtherTables: !isSmallest,
    picksTables: !isSmallest,
  };
}
