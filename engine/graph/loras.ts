// LoRA adapters of a plan: which of its matrices they may add to, and whether one is for this model.
import { EngineError } from "../errors.ts";
import { badModelFile, quote } from "../weights/bad-model-file.ts";
import type { Lora } from "../weights/lora-file.ts";
import type { Matrix } from "./graph.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./steps.ts";

/** Matrices that adapters may add to, by name. */
export function adaptableMatrices({ steps }: Plan): ReadonlyMap<string, Matrix> {
  return new Map(steps.flatMap(adaptable).map((matrix) => [matrix.name, matrix]));
}

function adaptable(step: Step): readonly Matrix[] {
  switch (step.kernel) {
    case "linear":
      return step.weights;
    case "residual":
      return [step.weight];
    case "gated":
      return [step.gate, step.up];
    default:
      return [];
  }
}

/** @throws EngineError `bad-model-file` for an adapter of another model, naming tensor and shapes as its file has them; `unsupported-model` */
export function checkLora(lora: Lora, plan: Plan, architecture: string): void {
  const { path, matrices, isRowsFirst } = lora;
  if (lora.architecture !== undefined && lora.architecture !== architecture) {
    const problem = `${quote(lora.architecture)}, but the model's is ${architecture}; take an adapter of this model`;
    throw badModelFile(path, "general.architecture", problem);
  }
  const known = adaptableMatrices(plan);
  const shape = ({ rows, columns }: Pick<Matrix, "rows" | "columns">) =>
    isRowsFirst ? `[${rows},${columns}]` : `[${columns},${rows}]`;
  for (const [name, lora] of matrices) {
    const matrix = known.get(name);
    if (matrix === undefined) {
      const problem = `tensor ${quote(lora.own)}: the model has no such matrix that an adapter can add to`;
      throw new EngineError("unsupported-model", `${path}: ${problem}`);
    }
    if (matrix.rows === lora.rows && matrix.columns === lora.columns) continue;
    const shapes = `is for ${shape(lora)}, but the model's has the shape ${shape(matrix)}`;
    throw badModelFile(path, `tensor ${quote(lora.own)}`, `${shapes}; take an adapter of this model`);
  }
}
