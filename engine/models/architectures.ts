import type { Architecture } from "../graph/graph.ts";
import type { ModelType } from "./config.ts";
import { qwen } from "./qwen.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen2moe } from "./qwen2moe.ts";
import { qwen3 } from "./qwen3.ts";
import { qwen3moe } from "./qwen3moe.ts";

/** What runs, by general.architecture. */
export const ARCHITECTURES: Readonly<Record<ModelType, Architecture>> = {
  qwen,
  qwen2,
  qwen2moe,
  qwen3,
  qwen3moe,
};
