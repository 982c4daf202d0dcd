import { performance } from "node:perf_hooks";
import { byKernel, PROFILE_ROUNDS } from "../kernel-times.ts";
import type { StepProfile } from "../language-model.ts";
import type { KernelWork } from "../target.ts";
import type { Executor } from "./executor.ts";
import type { CpuOperation } from "./operations.ts";
import { packedBytes } from "./packed.ts";

/** Operations in one memory. */
export interface Part {
  readonly executor: Executor;
  readonly operations: readonly CpuOperation[];
}

/** Times a step's operations, each by itself, by the clock; what starting one takes is in its time. */
export async function profileOperations(step: readonly Part[], tokens: number): Promise<StepProfile> {
  const operations = step.flatMap((part) => part.operations);
  const single = step.flatMap((part) => part.operations.map((operation) => [{ ...part, operations: [operation] }]));
  const lists: (readonly Part[])[] = [step, ...single];
  const fastest = lists.map(() => Number.POSITIVE_INFINITY); // ms
  for (let round = 0; round < PROFILE_ROUNDS; round++) {
    for (const [i, list] of lists.entries()) {
      const begun = performance.now();
      for (const { executor, operations } of list) await executor.run(operations, tokens);
      fastest[i] = Math.min(fastest[i]!, performance.now() - begun);
    }
  }
  const [milliseconds, ...each] = fastest;
  const work = operations.map((operation) => workOf(operation, tokens));
  return { milliseconds: milliseconds!, dispatches: operations.length, kernels: byKernel(work, each) };
}

/** A kernel's name, with its sizes where they decide its time. */
function labelOf(operation: CpuOperation): string {
  if (operation.kind === "elementwise") return operation.function;
  if (operation.kind !== "product" && operation.kind !== "product of experts") return operation.kind;
  const { type, rows, columns } = operation.weight;
  return `${operation.kind} ${type} ${rows} x ${columns}`;
}

/** What an operation does for so many tokens. */
export function workOf(operation: CpuOperation, tokens: number): KernelWork {
  const label = labelOf(operation);
  if (operation.kind === "product") {
    const { type, rows, columns } = operation.weight;
    const count = tokens * operation.rowsPerToken;
    return { label, weightBytes: packedBytes(type, rows, columns), products: count * rows * columns };
  }
  if (operation.kind !== "product of experts") return { label };
  const { type, rows, columns, experts } = operation.weight;
  const count = tokens * operation.chosen;
  const weightBytes = Math.min(count, experts) * packedBytes(type, rows, columns);
  return { label, weightBytes, products: count * rows * columns };
}
