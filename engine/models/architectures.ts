import type { Architecture } from "../graph/graph.ts";
import type { ModelType } from "./config.ts";
import { qwen } from "./qwen.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";

/** What runs, by general.architecture. */
export const ARCHITECTURES: Readonly<Record<ModelType, Architecture>> = { qwen, qwen2, qwen3 };
