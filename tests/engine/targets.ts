import { openCpuTarget } from "../../engine/cpu/target.ts";
import { type GpuTarget, openGpuTarget } from "../../engine/gpu/target.ts";
import type { OpenLanguageModelOptions, Precision } from "../../engine/index.ts";
import type { Target } from "../../engine/target.ts";
import { openTestDevice } from "./gpu.ts";

/** What a suite of small models runs on: the processors, with one memory and several, and one adapter by both kinds of kernels. */
export type TestedTarget = "cpu" | "cpu, several memories" | "software" | "gpu";

/** Of one memory: too few for any architecture's small model, enough for each of its steps. */
const SMALL_MEMORY = 1_300_000;

const GPU_KERNELS = ["software", "gpu"] as const;
const device = await openTestDevice();
device?.dispose();

/** Those of them that this machine has. */
export const TARGETS: readonly TestedTarget[] = ["cpu", "cpu, several memories", ...(device ? GPU_KERNELS : [])];
/** One for each implementation of a target. */
export const KINDS_OF_TARGETS: readonly TestedTarget[] = TARGETS.filter((target) => target !== "gpu");

/** Whether it is the processors, with however many memories. */
export function isProcessors(target: TestedTarget): boolean {
  return target === "cpu" || target === "cpu, several memories";
}

/** @param sizes of steps, where a test wants others */
export async function openTestTarget(
  target: TestedTarget,
  precision: Precision = "exact",
  sizes: Partial<Pick<GpuTarget, "maxTokens" | "stepsInFlight">> = {},
): Promise<Target> {
  const { adapter, kernels, memoryBytes } = optionsOf(target);
  const opened = adapter ? openCpuTarget(precision, memoryBytes) : await openGpuTarget({ kernels, precision });
  return { ...opened, ...sizes };
}

/** The same for `openLanguageModel`. */
export function optionsOf(target: TestedTarget): Pick<OpenLanguageModelOptions, "adapter" | "kernels" | "memoryBytes"> {
  if (target === "cpu") return { adapter: "cpu" };
  return target === "cpu, several memories" ? { adapter: "cpu", memoryBytes: SMALL_MEMORY } : { kernels: target };
}
