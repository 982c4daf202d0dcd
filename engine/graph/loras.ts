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

/** @throws EngineError `bad-model-file` for an adapter of another model, naming tensor and shapes; `unsupported-model` */
export function checkLora(lora: Lora, plan: Plan, architecture: string): void {
  const { path, matrices } = lora;
  if (lora.architecture !== undefined && lora.architecture !== architecture) {
    const problem = `${quote(lora.architecture)}, but the model's is ${architecture}; take an adapter of this model`;
    throw badModelFile(path, "general.architecture", problem);
  }
  const known = adaptableMatrices(plan);
  for (const [name, { rows, columns }] of matrices) {
    const matrix = known.get(name);
    if (matrix === undefined) {
      const problem = `tensor ${quote(name)}: the model has no such matrix that an adapter can add to`;
      throw new EngineError("unsupported-model", `${path}: ${problem}`);
    }
    if (matrix.rows === rows && matrix.columns === columns) continue;
    const shapes = `is for [${columns},${rows}], but the model's has the shape [${matrix.columns},${matrix.rows}]`;
    throw badModelFile(path, `tensor ${quote(name)}`, `${shapes}; take an adapter of this model`);
  }
}
