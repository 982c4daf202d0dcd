import { type Architecture, Graph, type Value } from "../graph/graph.ts";
import { unread } from "../weights/bad-model-file.ts";
import type { ModelFile } from "../weights/model-file.ts";
import type { ModelConfig, ModelType } from "./config.ts";
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

/**
 * The logits of a file's model.
 *
 * @throws EngineError `bad-model-file` for a tensor that is missing or has another shape; `unsupported-model` for one that the
 * architecture does not read: the model was trained with it, and would give other answers without it
 */
export function describeModel(file: Pick<ModelFile, "path" | "own" | "tensors">, config: ModelConfig): Value {
  const { tensors } = file;
  const read = new Set<string>();
  const get = (name: string) => {
    read.add(name);
    return tensors.get(name);
  };
  const { modelType, numHiddenLayers } = config;
  const logits = ARCHITECTURES[modelType](
    new Graph(config, { ...file, tensors: { get, has: (name) => tensors.has(name) } }),
  );
  for (const name of tensors.keys()) {
    if (!read.has(name)) throw unread(file, name, `${modelType} with ${numHiddenLayers} layers`);
  }
  return logits;
}
