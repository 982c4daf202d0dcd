import type { KernelTime } from "./language-model.ts";
import type { KernelWork } from "./target.ts";

export const PROFILE_ROUNDS = 5; // of which the fastest counts: what else runs on the machine only ever adds

/** Kernels of one label become one entry; those that took longest come first. */
export function byKernel(work: readonly KernelWork[], milliseconds: readonly number[]): KernelTime[] {
  const kernels = new Map<string, { -readonly [K in keyof KernelTime]: KernelTime[K] }>();
  for (const [i, { label, weightBytes = 0, products = 0 }] of work.entries()) {
    const kernel = kernels.get(label) ?? { label, dispatches: 0, milliseconds: 0, weightBytes: 0, products: 0 };
    kernel.dispatches++;
    kernel.milliseconds += milliseconds[i]!;
    kernel.weightBytes += weightBytes;
    kernel.products += products;
    kernels.set(label, kernel);
  }
  return [...kernels.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
